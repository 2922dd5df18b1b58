# Everything that one does with this project. `make` alone lists it.

.DEFAULT_GOAL := help
.SUFFIXES:
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PORT ?= 8000
export PORT
# More workers than processors only take turns; more than eight wait for the one database.
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); echo $$(( n > 8 ? 8 : n )))
FILES := aftersales orders refunds logistics invoices complaints warranty feedback surveys service tickets reports tests tools bench manage.py
# What is checked needs no secrets and no database, and must not see those of the shell that it runs in.
CLEAN := env -u DATABASE_URL -u REDIS_URL -u DEMO -u DEBUG

.PHONY: help
help:  ## list what there is
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  \033[1m%-14s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- Installing -------------------------------------------------------------------------------------------------------
# The stamps make a second run free; they hold a digest, not a date, for a fresh checkout gives all files one date.

PINS := $(shell cat requirements.txt constraints.txt | cksum | tr -d ' ')
PINS_DEV := $(shell cat requirements.txt requirements-dev.txt constraints.txt | cksum | tr -d ' ')
RUNS := .venv/.runs-$(PINS)
DEVELOPS := .venv/.develops-$(PINS_DEV)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python's venv is missing; on Debian: apt-get install python3-venv"; exit 1; }

$(RUNS): | $(BIN)/python
	@echo "Installing what the project runs on"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@rm -f .venv/.runs-*; touch $@

$(DEVELOPS): | $(BIN)/python
	@echo "Installing what the project is made with"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@rm -f .venv/.runs-* .venv/.develops-*; touch $@ $(RUNS)

.PHONY: install
install: $(DEVELOPS)  ## make .venv with everything that is needed to work on the project
	@$(BIN)/python -m tools.translations compile

# --- Running ----------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: $(RUNS)  ## run it all on http://127.0.0.1:8000 (PORT=…) with made-up shops and orders
	@exec $(BIN)/python -m aftersales.demo

.PHONY: demo-reset
demo-reset: $(RUNS)  ## the same, after throwing away what the demo holds
	@exec $(BIN)/python -m aftersales.demo --reset

# --- Proving ----------------------------------------------------------------------------------------------------------

.PHONY: test
test: install  ## run every test (ARGS="-k words" for some); what the machine lacks is skipped by name
	@exec $(BIN)/python -m pytest -n $(WORKERS) --dist=loadgroup $(ARGS)

.PHONY: check
check: install  ## format, lint, types, layers, templates, migrations, diagrams, dead ends, translations, deployment
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint --check --lint --quiet templates
	$(CLEAN) $(BIN)/python -W ignore manage.py makemigrations --check --dry-run
	$(CLEAN) PYTHONHASHSEED=0 $(BIN)/python manage.py graph --check
	$(CLEAN) $(BIN)/python manage.py explore --verbosity 0
	$(BIN)/python -m tools.translations check
	$(CLEAN) SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') ALLOWED_HOSTS=example.com \
		DATABASE_URL=postgres:///none REDIS_URL=redis://localhost $(BIN)/python manage.py check --deploy --fail-level WARNING

.PHONY: format
format: install  ## put Python and templates into the house's form
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .
	$(BIN)/djlint --reformat --quiet templates || true

.PHONY: explore
explore: install  ## come into every state of an after-sale and look for dead ends, double payments, edges never taken
	@$(CLEAN) $(BIN)/python manage.py explore

.PHONY: bench
bench: install  ## the short form of the measurements in bench/
	@exec $(BIN)/python -m bench $(ARGS)

.PHONY: rules
rules: install  ## which rules no test cites
	@exec $(BIN)/python -m tools.rules

# --- Making -----------------------------------------------------------------------------------------------------------

.PHONY: graph
graph: install  ## draw the state diagrams in docs/states/ from the tables that run
	@$(CLEAN) PYTHONHASHSEED=0 $(BIN)/python manage.py graph

.PHONY: translations
translations: install  ## write new texts into locale/ (FROM="more.po …" fills gaps from other catalogues)
	@$(BIN)/python -m tools.translations update $(FROM)
	@$(BIN)/python -m tools.translations compile

.PHONY: screenshots
screenshots: install  ## photograph the pages of the running demo into docs/screenshots/
	@exec $(BIN)/python -m tools.screenshots $(ARGS)

.PHONY: vendor
vendor: install  ## fetch htmx, the drawings, icons and the Chinese font from npm again
	@exec $(BIN)/python -m tools.vendor

.PHONY: pins
pins:  ## write the versions that .venv holds into requirements*.txt and constraints.txt
	@exec $(BIN)/python -m tools.pins

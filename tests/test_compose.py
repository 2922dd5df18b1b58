"""docker-compose.yml, Dockerfile, .env.example and the settings say the same, without a Docker to try them on."""

import ast
import importlib
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from aftersales.celery import app

ROOT = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ["migrate", "web", "worker", "beat"]
# Read by docker compose itself, never by the application.
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "HTTP_ADDRESS", "WEB_WORKERS", "WORKER_CONCURRENCY"}
# Modes of a developer's machine and of the demo; an installation has neither.
NOT_IN_PRODUCTION = {"DEBUG", "DEMO"}


def variables_of_the_settings() -> set[str]:
    tree = ast.parse((ROOT / "aftersales/settings.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def variables_of_the_example() -> set[str]:
    return set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def command_of(service: str) -> list[str]:
    command = SERVICES[service]["command"]
    return shlex.split(command) if isinstance(command, str) else list(command)


def test_the_example_names_what_is_read_and_nothing_else() -> None:
    assert variables_of_the_example() == variables_of_the_settings() | COMPOSE_ONLY


def test_compose_hands_on_what_the_settings_read_and_nothing_else() -> None:
    assert set(SERVICES["web"]["environment"]) == variables_of_the_settings() - NOT_IN_PRODUCTION


def test_compose_asks_for_nothing_that_the_example_does_not_name() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert asked <= variables_of_the_example()
    assert asked >= COMPOSE_ONLY


@pytest.mark.parametrize("name", ["SECRET_KEY", "POSTGRES_PASSWORD", "ALLOWED_HOSTS", "PUBLIC_URL"])
def test_what_nobody_can_guess_is_asked_for_in_words(name: str) -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    assert f"${{{name}:?" in text
    assert re.search(rf"\$\{{{name}(:-|\}})", text) is None


def test_all_of_ours_run_alike() -> None:
    for name in OURS:
        service = SERVICES[name]
        assert service["environment"] == SERVICES["web"]["environment"], name
        assert service["image"] == "aftersales", name
        assert service["cap_drop"] == ["ALL"], name
        assert service["read_only"] is True, name


def test_what_stays_up_is_watched_and_started_again() -> None:
    for name, service in SERVICES.items():
        if name == "migrate":
            assert service["restart"] == "no"
        else:
            assert service["restart"] == "unless-stopped", name
            assert service["healthcheck"]["test"], name


def test_nothing_starts_before_the_tables_are_there() -> None:
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully", name


def test_every_volume_is_declared_and_used() -> None:
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


def test_the_web_command_names_an_application_and_options_that_gunicorn_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    from gunicorn.app.wsgiapp import WSGIApplication

    program, *arguments = [re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", word) for word in command_of("web")]
    assert program == "gunicorn"
    monkeypatch.setattr("sys.argv", [program, *arguments])
    application = WSGIApplication()
    assert application.cfg.worker_class_str == "gthread"
    assert application.cfg.workers == 2
    assert application.cfg.threads == 8
    assert callable(importlib.import_module(application.app_uri).application)


@pytest.mark.parametrize("service", ["worker", "beat"])
def test_the_celery_command_names_this_app_and_options_that_celery_knows(service: str) -> None:
    from celery.bin.celery import celery

    program, *arguments = [re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", word) for word in command_of(service)]
    assert program == "celery"
    assert arguments[0] == "--app=aftersales"
    assert app.main == "aftersales"
    command = celery.commands[arguments[1]]
    assert arguments[1] == service
    known = {name for parameter in command.params for name in parameter.opts}
    assert {word.split("=")[0] for word in arguments[2:]} <= known


def test_a_worker_is_given_the_time_that_its_tasks_may_take() -> None:
    from django.conf import settings

    assert SERVICES["worker"]["stop_grace_period"] == f"{settings.CELERY_TASK_TIME_LIMIT}s"


def test_the_image_runs_as_nobody_in_particular_and_holds_no_secret() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert "USER aftersales" in lines
    assert [line for line in lines if line.startswith(("ENV", "ARG")) and "SECRET" in line] == []


def test_the_image_gets_every_package_and_no_test() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    allowed = [line[1:].rstrip("/") for line in lines if line.startswith("!")]
    assert [name for name in allowed if not (ROOT / name).exists()] == []
    assert {"aftersales", "orders", "refunds", "logistics", "tickets", "templates", "static", "locale"} <= set(allowed)
    assert "tests" not in allowed

"""The documents tell the truth: links lead somewhere, commands exist, and the README's example runs."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "bench").glob("*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text())
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing == []


def test_commands_that_are_named_exist():
    named = {name for page in PAGES for name in re.findall(r"manage\.py ([a-z_]+)", page.read_text())}
    assert named - set(get_commands()) == set()


def test_make_targets_that_are_named_exist():
    named = {
        name for page in PAGES for name in re.findall(r"(?:^|`|    )make ([a-z-]+)", page.read_text(), re.MULTILINE)
    }
    there = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert named - there == set()


def test_every_code_path_that_the_readme_names_exists():
    text = (ROOT / "README.md").read_text()
    paths = re.findall(r"`([a-z_/]+\.py)(?:: (\w+))?`", text)
    assert paths
    for path, name in paths:
        source = (ROOT / path).read_text()
        assert not name or f"def {name}(" in source, (path, name)

"""Every code that is raised anywhere is in the one table, and its page says in both languages what to do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from aftersales import urls
from aftersales.core import errors, problem_kinds
from aftersales.core.api import problems

ROOT = Path(__file__).resolve().parent.parent
APPS = (
    "aftersales complaints feedback invoices logistics orders refunds reports service surveys tickets warranty".split()
)
PASSED_ON = {
    ("aftersales/core/errors.py", "code"),  # a constructor's own argument
    ("aftersales/core/api/problems.py", "str(exc.default_code)"),  # what REST framework raises; see below
}


def classes(base: type[errors.Problem]) -> Iterator[type[errors.Problem]]:
    yield base
    for one in base.__subclasses__():
        if not one.__module__.startswith("tests"):
            yield from classes(one)


assert urls.urlpatterns, "every view is loaded, and with it every class of problems"
CLASSES = {one.__name__: one for one in classes(errors.Problem)}


def raised(source: str, where: str) -> Iterator[tuple[str, int]]:
    """Find the codes that a file gives to problems, with their status."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in CLASSES:
            continue
        for word in node.keywords:
            if word.arg != "code" or (where, ast.unparse(word.value)) in PASSED_ON:
                continue
            words = list(said(tree, word.value))
            assert words, f"{where}:{node.lineno}: a code is a word that can be looked up"
            yield from ((one, CLASSES[name].status) for one in words)


def said(tree: ast.AST, value: ast.expr) -> Iterator[str]:
    """Give the words that an expression can be: itself, either side of a choice, or what a name was set to."""
    if isinstance(value, ast.Constant):
        yield str(value.value)
    elif isinstance(value, ast.IfExp):
        yield from said(tree, value.body)
        yield from said(tree, value.orelse)
    elif isinstance(value, ast.Name):
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == value.id for target in node.targets):
                yield from said(tree, node.value)


def all_raised() -> set[tuple[str, int]]:
    found = {(one.code, one.status) for one in CLASSES.values()}
    for path in (path for app in APPS for path in (ROOT / app).rglob("*.py")):
        found |= set(raised(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT))))
    return found


def known() -> list[problem_kinds.Kind]:
    return [kind for _group, kinds in problem_kinds.by_group() for kind in kinds]


def test_every_code_that_is_raised_is_in_the_table_with_its_status() -> None:
    missing = {
        (code, status) for code, status in all_raised() if getattr(problem_kinds.kind_of(code), "status", 0) != status
    }
    assert missing == set()


def test_nothing_is_in_the_table_that_nothing_raises() -> None:
    assert {kind.code for kind in known()} - {code for code, _status in all_raised()} == {"not_acceptable"}


def test_a_code_that_is_missing_or_hidden_in_a_variable_is_found() -> None:
    assert list(raised('raise errors.Conflict("x", code="new_one")', "a.py")) == [("new_one", 409)]
    assert list(raised('Forbidden(code="a" if x else "b")', "a.py")) == [("a", 403), ("b", 403)]
    with pytest.raises(AssertionError, match=r"a\.py:1: a code is a word"):
        list(raised("raise errors.Conflict(code=chosen)", "a.py"))


def test_a_kind_has_one_meaning() -> None:
    kind = known()[0]
    problem_kinds.register(kind)
    with pytest.raises(ValueError, match="two kinds"):
        problem_kinds.register(problem_kinds.Kind(kind.code, 418, kind.group, kind.happened, kind.advice))


def test_rules_are_rules_of_the_document() -> None:
    document = (ROOT / "docs/domain.md").read_text(encoding="utf-8")
    assert [rule for kind in known() for rule in kind.rules if not re.search(rf"\b{rule}\b", document)] == []


def test_the_type_of_every_answer_leads_to_its_page_without_a_login_or_the_database(client: Client) -> None:
    """No database here: this test has not asked for one, so any statement would fail it."""
    for kind in known():
        english, chinese = (
            client.get(address_of(kind), headers={"accept-language": language}) for language in ("en", "zh-CN")
        )
        assert (english.status_code, chinese.status_code) == (200, 200)
        for rule in kind.rules:
            assert rule in english.content.decode()
        assert re.search(rf"<dd>\s*{kind.status}\s*</dd>", english.content.decode())
        assert english.content != chinese.content
        assert english["Content-Language"] == "en"


def address_of(kind: problem_kinds.Kind) -> str:
    problem = errors.Problem(code=kind.code)
    return str(problems.document(problem)["type"])


def test_the_index_names_all_and_the_language_can_be_chosen(client: Client) -> None:
    body = client.get("/problems/?language=en", headers={"accept-language": "zh-CN"}).content.decode()
    assert "What a call can be answered with" in body
    assert all(f'href="/problems/{kind.code}"' in body for kind in known())
    assert "接口可能返回的错误" in client.get("/problems/").content.decode()


def test_an_unknown_code_has_no_page(client: Client) -> None:
    assert client.get("/problems/no_such_code").status_code == 404

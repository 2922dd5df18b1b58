"""The layout that the project promises: layers, names and sizes. Each contract is seen to fail once."""

import ast
import copy
import tomllib
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter.configuration import configure
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract

ROOT = Path(__file__).resolve().parent.parent
APPS = [
    "orders",
    "refunds",
    "logistics",
    "invoices",
    "complaints",
    "warranty",
    "feedback",
    "surveys",
    "service",
    "tickets",
    "reports",
]
OPTIONS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract for contract in OPTIONS["contracts"]}
KINDS = {"layers": LayersContract, "forbidden": ForbiddenContract}

configure()

# What a file or folder of an app may be called: its place among the layers follows from its name.
MODULES = {
    *{"urls", "views", "api", "admin", "tasks", "management", "forms", "serializers", "filters", "handlers"},
    *{"services", "selectors", "gateways", "models", "states"},
    *{"__init__", "apps", "migrations", "templatetags"},
}
LONGEST = 400


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*OPTIONS["root_packages"], include_external_packages=True, cache_dir=None)


def kept(contract_id: str, graph: grimp.ImportGraph) -> bool:
    options = CONTRACTS[contract_id]
    contract = KINDS[options["type"]](name=options["name"], session_options=OPTIONS, contract_options=options)
    return contract.check(graph=graph, verbose=False).kept


def with_import(graph: grimp.ImportGraph, importer: str, imported: str) -> grimp.ImportGraph:
    planted = copy.deepcopy(graph)
    for module in (importer, imported):
        if module not in planted.modules:
            planted.add_module(module)
    planted.add_import(importer=importer, imported=imported, line_number=1, line_contents=f"import {imported}")
    return planted


@pytest.mark.parametrize("contract_id", CONTRACTS)
def test_the_code_keeps_the_contract(contract_id: str, graph: grimp.ImportGraph) -> None:
    assert kept(contract_id, copy.deepcopy(graph))


VIOLATIONS = [
    ("packages", "orders.models", "refunds.models"),
    ("packages", "refunds.models", "logistics.models"),
    ("packages", "logistics.models", "tickets.apps"),
    ("packages", "aftersales.core.clock", "orders.models"),
    ("core", "aftersales.core.clock", "aftersales.settings"),
    ("core", "aftersales.core.clock", "tickets.apps"),
    ("modules", "orders.states", "orders.models"),
    ("modules", "orders.models", "orders.services"),
    ("modules", "refunds.gateways", "refunds.selectors"),
    ("modules", "refunds.selectors", "refunds.services"),
    ("modules", "refunds.services", "refunds.handlers"),
    ("modules", "refunds.services", "refunds.api"),
    ("modules", "refunds.serializers", "refunds.views"),
    ("modules", "refunds.views", "refunds.tasks"),
    ("modules", "refunds.views", "refunds.urls"),
    ("celery", "refunds.services", "celery"),
    ("celery", "orders.models", "kombu"),
]


@pytest.mark.parametrize(("contract_id", "importer", "imported"), VIOLATIONS)
def test_the_contract_catches(contract_id: str, importer: str, imported: str, graph: grimp.ImportGraph) -> None:
    assert not kept(contract_id, with_import(graph, importer, imported))


def test_every_contract_is_seen_failing() -> None:
    assert {contract_id for contract_id, *_ in VIOLATIONS} == set(CONTRACTS)


def strangers(app: Path) -> list[str]:
    found = [path for path in app.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]
    return sorted(path.name for path in found if path.stem not in MODULES)


@pytest.mark.parametrize("app", APPS)
def test_an_app_contains_nothing_of_another_name(app: str) -> None:
    assert strangers(ROOT / app) == []


def test_a_stranger_among_the_modules_is_found(tmp_path: Path) -> None:
    for name in ("services.py", "helpers.py", "apps.py"):
        (tmp_path / name).touch()
    (tmp_path / "utils").mkdir()
    (tmp_path / "utils" / "__init__.py").touch()
    (tmp_path / "__pycache__").mkdir()
    assert strangers(tmp_path) == ["helpers.py", "utils"]


def python_files() -> list[Path]:
    places = ["aftersales", *APPS, "tests", "tools", "bench"]
    return [path for place in places for path in sorted((ROOT / place).rglob("*.py"))]


def too_long(path: Path) -> bool:
    """Data may be long: migrations, and files of nothing but assignments of literals."""
    text = path.read_text()
    if text.count("\n") <= LONGEST or "migrations" in path.parts:
        return False
    statements = ast.parse(text).body
    return any(isinstance(statement, ast.FunctionDef | ast.ClassDef) for statement in statements)


def test_no_file_is_longer_than_a_screen_can_be_searched() -> None:
    assert [str(path.relative_to(ROOT)) for path in python_files() if too_long(path)] == []


def test_a_file_that_is_too_long_is_found(tmp_path: Path) -> None:
    code, data, short = tmp_path / "code.py", tmp_path / "data.py", tmp_path / "short.py"
    code.write_text("def one():\n    pass\n" + "\n" * LONGEST)
    data.write_text("NAMES = [\n" + "    'x',\n" * LONGEST + "]\n")
    short.write_text("def one():\n    pass\n")
    assert [too_long(path) for path in (code, data, short)] == [True, False, False]


def test_every_module_says_what_lives_in_it() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if path.read_text().strip()
        and "migrations" not in path.parts
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    words = ["TO" + "DO", "FIX" + "ME", "raise " + "NotImplementedError"]
    files = [path for path in python_files() if "tests" not in path.parts]
    found = [f"{path.relative_to(ROOT)}: {word}" for path in files for word in words if word in path.read_text()]
    assert found == []

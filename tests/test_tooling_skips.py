"""On CI a test that is skipped is a test that failed, wherever it says so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PLUGIN = """
from tests.strictness import pytest_make_collect_report, pytest_runtest_makereport
"""
IN_A_TEST = """
import pytest
def test_needs_a_tool():
    pytest.skip("the tool is missing: apt-get install tool")
"""
IN_A_MODULE = """
import pytest
pytest.importorskip("a_package_that_nobody_has")
def test_needs_a_package():
    pass
"""


@pytest.mark.parametrize("module", [IN_A_TEST, IN_A_MODULE])
@pytest.mark.parametrize(("strict", "passes"), [("1", False), ("", True)])
def test_a_skip_fails_where_nothing_may_be_skipped(module: str, strict: str, passes: bool, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(PLUGIN)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_it.py").write_text(module)
    answer = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:django",
            "-p",
            "no:schemathesis",
            "-q",
            "test_it.py",
        ],
        cwd=tmp_path,
        env=os.environ
        | {
            "AFTERSALES_NO_SKIPS": strict,
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": str(Path(__file__).resolve().parent.parent),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 skipped" in answer.stdout or not passes, answer.stdout
    assert (answer.returncode in {0, 5}) is passes, answer.stdout

"""What a skipped test means: a word on a developer's machine, a failure with AFTERSALES_NO_SKIPS=1.

On CI nothing may be missing without a word. Hooks of pytest; conftest.py takes them in.
"""

import os
from collections.abc import Generator

import pytest


def fail_what_is_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure where nothing may be skipped."""
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("AFTERSALES_NO_SKIPS") == "1":
        assert isinstance(report.longrepr, tuple)
        report.outcome = "failed"
        report.longrepr = f"skipped although nothing may be: {report.longrepr[2]}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    fail_what_is_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    fail_what_is_skipped(report)
    return report

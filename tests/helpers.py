"""Small tools of the tests."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction

from aftersales.core.errors import Problem


@contextmanager
def refused(kind: type[Problem], rule: str = "") -> Iterator[pytest.ExceptionInfo[Problem]]:
    """Expect a refusal, undone as a request undoes it; with `rule`, the one that it must name."""
    with pytest.raises(kind) as info, transaction.atomic():
        yield info
    if rule:
        assert info.value.extra.get("rule") == rule, info.value.extra

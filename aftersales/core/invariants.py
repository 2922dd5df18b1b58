"""What must always hold, checked: the invariants of this system, which the migrations keep as views.

A view `invariant_…` shows what breaks a rule; its comment says the rule. They are found by their names, so that an app
adds one by a migration and nothing here knows any table. Tests, the nightly job, the figures and the page for those
who run the system share `check`. What a view cannot compare, every field of every row with the log, is `core.replay`.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from . import clock
from .models import ConsistencyCheck

log = logging.getLogger(__name__)

LATENESS_GOAL = timedelta(seconds=15)
"""How late a deadline may act before that counts as wrong (I8)."""
EXAMPLES = 50

_VIEWS = """
SELECT c.relname, obj_description(c.oid, 'pg_class') FROM pg_class c
WHERE c.relkind = 'v' AND c.relname LIKE 'invariant\\_%%' AND pg_table_is_visible(c.oid) ORDER BY c.relname
"""


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule: its short name (`I2`), the view that shows what breaks it, and the rule in a sentence."""

    code: str
    view: str
    says: str


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that breaks a rule: whose it is, and what is wrong with it in words."""

    code: str
    view: str
    subject_type: str
    subject_id: int
    detail: str

    def __str__(self) -> str:
        return f"{self.code} {self.subject_type} {self.subject_id}: {self.detail}"


def invariants(*codes: str) -> list[Invariant]:
    """List the rules, or those with the given short names."""
    with connection.cursor() as cursor:
        cursor.execute(_VIEWS)
        found = [(view, *(comment or view).partition(": ")) for view, comment in cursor.fetchall()]
    known = [Invariant(code, view, says) for view, code, _colon, says in found]
    return [rule for rule in known if not codes or rule.code in codes]


def check(*codes: str, limit: int = 100, at: datetime | None = None) -> list[Violation]:
    """Give what breaks the rules (all, or those named) at the moment `at`; at most `limit` for each rule.

    Read-only. One statement a rule; a whole check reads the tables once, so it is a nightly job's, not a page's.
    """
    late = (at or clock.now()) - LATENESS_GOAL
    found: list[Violation] = []
    for rule in invariants(*codes):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT subject_type, subject_id, detail FROM {connection.ops.quote_name(rule.view)}"
                " WHERE since IS NULL OR since < %s LIMIT %s",
                [late, limit],
            )
            found += [Violation(rule.code, rule.view, *row) for row in cursor.fetchall()]
    return found


def check_and_keep() -> ConsistencyCheck:
    """Check everything and keep what came of it: the nightly job. Each violation is an error in the log, too."""
    found = check()
    for violation in found:
        log.error("an invariant does not hold", extra={"violation": str(violation)})
    examples = [str(violation) for violation in found[:EXAMPLES]]
    return ConsistencyCheck.objects.create(checked_at=clock.now(), violations=len(found), examples=examples)

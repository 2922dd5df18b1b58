"""Keeping the figures: folding marks into facts and sums, and holding the sums against a recount (RPT-1)."""

from collections import defaultdict
from typing import Any

from django.db import connection, transaction

from .selectors.facts import COLUMNS, DIMENSIONS, FACTS, SUMS, asked

LOCK = "reports"
"""The advisory lock: one fold or recount at a time."""
_INSERT = f"INSERT INTO reports_fact ({COLUMNS}) SELECT {COLUMNS} FROM ({FACTS}) found RETURNING {DIMENSIONS}, amount"
_REPLACE = f"""
WITH gone AS (
  DELETE FROM reports_fact WHERE (subject_kind, subject_id) IN (
    SELECT unnest(%(kinds)s::text[]), unnest(%(ids)s::bigint[])
  ) RETURNING {DIMENSIONS}, amount
)
SELECT * FROM gone
"""
_ADD = f"""
INSERT INTO reports_sum AS kept ({DIMENSIONS}, facts, amount)
  SELECT {DIMENSIONS}, sum(facts), sum(amount) FROM unnest(
    %s::date[], %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[],
    %s::bigint[], %s::bigint[]
  ) change ({DIMENSIONS}, facts, amount)
  GROUP BY {DIMENSIONS} HAVING sum(facts) <> 0 OR sum(amount) <> 0
ON CONFLICT ({DIMENSIONS}) DO UPDATE SET facts = kept.facts + excluded.facts, amount = kept.amount + excluded.amount
"""
_DIFFERENCES = f"""
WITH due AS ({SUMS})
SELECT {DIMENSIONS}, kept.facts, kept.amount, due.facts, due.amount, EXISTS (SELECT 1 FROM reports_mark)
FROM due FULL JOIN reports_sum kept USING ({DIMENSIONS})
WHERE (kept.facts, kept.amount) IS DISTINCT FROM (due.facts, due.amount) LIMIT 100
"""


def figures_fold(*, limit: int = 2000) -> int:
    """Work out the facts of marked cases again and add the difference to the sums; return how many marks were folded.

    One transaction: after a crash the marks are still there. Locks: the advisory lock of the figures; another fold
    that holds it leaves nothing to do. Marks are taken with SKIP LOCKED, so no decision waits for the fold.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(
            "DELETE FROM reports_mark WHERE id IN (SELECT id FROM reports_mark ORDER BY id LIMIT %s"
            " FOR UPDATE SKIP LOCKED) RETURNING subject_kind, subject_id",
            [limit],
        )
        marks = cursor.fetchall()
        if marks:
            _replace(cursor, sorted(set(marks)))
        return len(marks)


def _replace(cursor: Any, subjects: list[tuple[str, int]]) -> None:
    ids: dict[str, list[int]] = defaultdict(list)
    for kind, number in subjects:
        ids[kind].append(number)
    cursor.execute(_REPLACE, {"kinds": [kind for kind, _id in subjects], "ids": [number for _kind, number in subjects]})
    changes = [(*row[:-1], -1, -row[-1]) for row in cursor.fetchall()]
    cursor.execute(_INSERT, asked(ids))
    changes += [(*row[:-1], 1, row[-1]) for row in cursor.fetchall()]
    if changes:
        cursor.execute(_ADD, [list(column) for column in zip(*changes, strict=True)])
        cursor.execute("DELETE FROM reports_sum WHERE facts = 0 AND amount = 0")


def figures_fold_all() -> int:
    """Fold until nothing is left; return how many marks were folded."""
    folded = 0
    while now := figures_fold():
        folded += now
    return folded


def figures_check() -> list[tuple[Any, ...]]:
    """Give up to a hundred sums that differ from a recount: dimensions, kept count and amount, due count and amount.

    What changes during the count is folded and looked at again, five times at most. Reads every case: for the night.
    """
    found: list[tuple[Any, ...]] = []
    for _try in range(5):
        figures_fold_all()
        with connection.cursor() as cursor:
            cursor.execute(_DIFFERENCES, asked())
            found = cursor.fetchall()
        if not any(row[-1] for row in found):
            break
    return [row[:-1] for row in found]


def figures_repair() -> int:
    """Work out every fact and sum anew; return how many facts there are. Locks: the figures' advisory lock."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
        cursor.execute("DELETE FROM reports_mark")
        cursor.execute("DELETE FROM reports_fact")
        cursor.execute("DELETE FROM reports_sum")
        cursor.execute(f"INSERT INTO reports_fact ({COLUMNS}) SELECT {COLUMNS} FROM ({FACTS}) found", asked())
        facts: int = cursor.rowcount
        cursor.execute(
            f"INSERT INTO reports_sum ({DIMENSIONS}, facts, amount)"
            f" SELECT {DIMENSIONS}, count(*), sum(amount) FROM reports_fact GROUP BY {DIMENSIONS}"
        )
        return facts

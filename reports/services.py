"""Keeping the figures: folding marks into facts and sums, holding the sums against a recount, exports (RPT-1)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from aftersales.core import jobs, sheets
from aftersales.core.auth import Actor
from aftersales.core.models import Job

from .selectors import documents
from .selectors.facts import BY_DAY, COLUMNS, DIMENSIONS, FACTS, asked, day_sums, sums
from .selectors.figures import DIMENSIONS as DIMENSION_WORDS
from .states import CHARTED, FIGURES, Unit

LOCK = "reports"
"""The advisory lock: one fold or recount at a time."""
_CHANGED = f"{DIMENSIONS}, detail, amount"
_INSERT = f"INSERT INTO reports_fact ({COLUMNS}) SELECT {COLUMNS} FROM ({FACTS}) found RETURNING {_CHANGED}"
_REPLACE = f"""
WITH gone AS (
  DELETE FROM reports_fact WHERE (subject_kind, subject_id) IN (
    SELECT unnest(%(kinds)s::text[]), unnest(%(ids)s::bigint[])
  ) RETURNING {_CHANGED}
)
SELECT * FROM gone
"""
_CHANGES = f"""unnest(
    %(day)s::date[], %(shop_id)s::bigint[], %(measure)s::text[], %(item_id)s::text[], %(agent_id)s::bigint[],
    %(carrier)s::text[], %(reason)s::text[], %(kind)s::text[], %(detail)s::text[], %(amount)s::bigint[],
    %(facts)s::bigint[]
  ) change ({_CHANGED}, facts)"""
_NAMES = [*_CHANGED.split(", "), "facts"]
_MOVED = " HAVING sum(facts) <> 0 OR sum(amount) <> 0"
_SET = "DO UPDATE SET facts = kept.facts + excluded.facts, amount = kept.amount + excluded.amount"
_ADD = {
    "reports_sum": f"""
INSERT INTO reports_sum AS kept ({DIMENSIONS}, facts, amount) {sums(_CHANGES, count="sum(facts)")}{_MOVED}
ON CONFLICT ({DIMENSIONS}) {_SET}
""",
    "reports_daysum": f"""
INSERT INTO reports_daysum AS kept ({BY_DAY}, facts, amount) {day_sums(_CHANGES, count="sum(facts)")}{_MOVED}
ON CONFLICT ({BY_DAY}) {_SET}
""",
}


def _differences(table: str, by: str, due: str) -> str:
    return f"""
WITH due AS ({due})
SELECT {by}, kept.facts, kept.amount, due.facts, due.amount, EXISTS (SELECT 1 FROM reports_mark)
FROM due FULL JOIN {table} kept USING ({by})
WHERE (kept.facts, kept.amount) IS DISTINCT FROM (due.facts, due.amount) LIMIT 100
"""


_DIFFERENCES = (
    _differences("reports_sum", DIMENSIONS, sums(f"({FACTS}) f")),
    _differences("reports_daysum", BY_DAY, day_sums(f"({FACTS}) f")),
)


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
    changes = [(*row[:-1], -row[-1], -1) for row in cursor.fetchall()]
    cursor.execute(_INSERT, asked(ids))
    changes += [(*row, 1) for row in cursor.fetchall()]
    if changes:
        columns: dict[str, Any] = dict(zip(_NAMES, map(list, zip(*changes, strict=True)), strict=True))
        columns["charted"] = [measure.value for measure in CHARTED]
        for table, statement in _ADD.items():
            cursor.execute(statement, columns)
            cursor.execute(f"DELETE FROM {table} WHERE facts = 0 AND amount = 0")


def figures_fold_all() -> int:
    """Fold until nothing is left; return how many marks were folded."""
    folded = 0
    while now := figures_fold():
        folded += now
    return folded


def figures_check() -> list[tuple[Any, ...]]:
    """Give up to a hundred sums of each table that differ from a recount.

    Each as its dimensions, kept count and amount, due count and amount. What changes during the count is folded and
    looked at again, five times at most. Reads every case: for the night.
    """
    found: list[tuple[Any, ...]] = []
    for _try in range(5):
        figures_fold_all()
        found = []
        with connection.cursor() as cursor:
            for statement in _DIFFERENCES:
                cursor.execute(statement, asked())
                found += cursor.fetchall()
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
        cursor.execute("DELETE FROM reports_daysum")
        cursor.execute(f"INSERT INTO reports_fact ({COLUMNS}) SELECT {COLUMNS} FROM ({FACTS}) found", asked())
        facts: int = cursor.rowcount
        for table, by, found in (("sum", DIMENSIONS, sums), ("daysum", BY_DAY, day_sums)):
            cursor.execute(f"INSERT INTO reports_{table} ({by}, facts, amount) {found('reports_fact')}", asked())
        return facts


# Exports --------------------------------------------------------------------------------------------------------------

EXPORT_BATCH = 500


def export_start(*, actor: Actor, by: str, since: date, until: date, form: str) -> Job:
    """Queue an export of every figure of these days as `form` (xlsx, csv), a row for each value of the dimension.

    Raises: Forbidden, Conflict `too_many_jobs`.
    """
    actor.require(documents.READ)
    params = {
        "format": form,
        "by": by,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "shops": None if actor.shop_ids is None else sorted(actor.shop_ids),
    }
    return jobs.job_start(actor=actor, kind=EXPORT, params=params, total=0)


def _wanted(job: Job) -> dict[str, Any]:
    days = {name: date.fromisoformat(job.params[name]) for name in ("since", "until")}
    return {"shop": "", "by": job.params["by"], **days}


def _export_batch(job: Job) -> jobs.Batch:
    actor, wanted = jobs.job_actor(job), _wanted(job)
    column = documents.COLUMNS[wanted["by"]]
    rows = documents.figure_rows(actor, **wanted)
    if "after" in job.cursor:
        rows = rows.filter(**{f"{column}__gt": job.cursor["after"]})
    found = list(rows.order_by(column)[:EXPORT_BATCH])
    last = found[-1][column] if len(found) == EXPORT_BATCH else None
    cells = [_export_cells(row) for row in documents.figures_as_json(actor, found, **wanted)]
    after = last.isoformat() if isinstance(last, date) else last
    return jobs.Batch(cursor=None if last is None else {"after": after}, ok=len(found), rows=cells)


def _export_cells(row: Mapping[str, Any]) -> list[sheets.Cell]:
    return [row["label"], *(_figure_cell(figure) for figure in row["figures"])]


def _figure_cell(figure: Mapping[str, Any]) -> sheets.Cell:
    if figure["unit"] == Unit.FEN:
        return sheets.yuan(figure["value_fen"])
    if figure["unit"] == Unit.RATE:
        return sheets.share(figure["value"])
    value = figure["value"]
    return round(value, 2) if isinstance(value, float) else value


def _export_header(job: Job) -> list[str]:
    return [str(DIMENSION_WORDS[job.params["by"]].label), *(str(figure.name) for figure in FIGURES.values())]


def _export_definitions(job: Job) -> list[sheets.Sheet]:
    """Say on a sheet of its own which days these are and what counts in each figure."""
    days = f"{job.params['since']} – {job.params['until']}"
    header = [pgettext("threshold", "Figure"), _("Unit"), _("What counts"), _("Rule")]
    rows = [[str(one.name), str(one.unit.label), str(one.words), one.rule] for one in FIGURES.values()]
    return [sheets.Sheet(_("Definitions"), header, [[_("Days"), "", days, ""], *rows])]


EXPORT = "figures"
KIND = jobs.Kind(EXPORT, gettext_lazy("Export of figures"), _export_batch, _export_header, more=_export_definitions)

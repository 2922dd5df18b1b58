"""What every test of the machinery asks at its end: do the books add up, does the log give back the rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from aftersales.core import invariants, replay


def all_is_well(*, at: datetime | None = None, overdue: bool = False) -> None:
    """Check the guards that wait for the commit, every invariant and the whole log; `overdue` deadlines may wait."""
    sql("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    found = [one for one in invariants.check(at=at) if not (overdue and one.view == "invariant_i8_overdue")]
    assert found == []
    assert list(replay.differences()) == []


def sql(statement: str, *params: object) -> list[tuple]:
    """Run a statement as somebody with a prompt would, past every service."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def without_guards() -> Iterator[None]:
    """Switch the database's own triggers off, so that a break can be planted for a checker to find."""
    sql("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED; SET LOCAL session_replication_role = replica")
    yield
    sql("SET LOCAL session_replication_role = origin")


def footprint() -> tuple[object, ...]:
    """Everything that a refused step must leave as it was: log, outbox, deadlines, versions, sums, messages."""
    tables = {
        "core_logentry": "count(*), max(id)",
        "core_outboxevent": "count(*), max(id)",
        "core_deadline": "count(*), md5(string_agg(d::text, '' ORDER BY d.id))",
        "orders_order": "count(*), md5(string_agg(d::text, '' ORDER BY d.id))",
        "orders_orderline": "count(*), md5(string_agg(d::text, '' ORDER BY d.id))",
        "orders_ordernote": "count(*), max(id)",
        "refunds_refund": "count(*), md5(string_agg(d::text, '' ORDER BY d.id))",
        "refunds_refundline": "count(*), md5(string_agg(d::text, '' ORDER BY d.id))",
        "refunds_refundpayment": "count(*), md5(string_agg(d::text, '' ORDER BY d.id))",
        "refunds_dispute": "count(*), md5(string_agg(d::text, '' ORDER BY d.id))",
        "refunds_message": "count(*), max(id)",
        "refunds_refundversion": "count(*), max(id)",
        "refunds_returnshipment": "count(*), md5(string_agg(d::text, '' ORDER BY d.id))",
        "refunds_inspection": "count(*), max(id)",
        "refunds_payout": "count(*), md5(string_agg(d::text, '' ORDER BY d.id))",
        "refunds_payoutline": "count(*), md5(string_agg(d::text, '' ORDER BY d.id))",
        "refunds_tally": "count(*), max(id)",
        "logistics_parcel": "count(*), md5(string_agg(d::text, '' ORDER BY d.id))",
        "logistics_parcelscan": "count(*), max(id)",
    }
    parts = [f"SELECT '{name}', ({what})::text FROM {name} d" for name, what in tables.items()]
    return tuple(sql(" UNION ALL ".join(part.replace("(count", "ROW(count") for part in parts)))


@contextmanager
def shared_world(django_db_blocker: Any) -> Iterator[None]:
    """Keep what is made here for all tests of a module: they run in savepoints of one transaction, undone at the end.

    For module-scoped fixtures that also ask for `django_db_setup`.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)

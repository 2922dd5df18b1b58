"""Records older than the law and the shop want them: whose they were is forgotten, what happened stays (LAW-7)."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from aftersales.core import clock, policies, retention, transitions
from aftersales.core.auth import Actor
from aftersales.core.models import Erasure, LogEntry, Shop
from aftersales.core.retention import Record
from orders.models import Buyer, Order, OrderNote
from orders.states import ERASABLE

from .machine import ORDER

RECORDS = (
    # The order's own columns are blanked by its step.
    Record(Order, "pk", "updated_at", subject="order"),
    Record(
        OrderNote, "order", "created_at", Q(flag="yellow", settled_at=None), personal={"text": retention.gone("text")}
    ),
)
NOBODY = "erased-"
"""What the id of a buyer begins with whom nobody knows any more; his key in the database follows."""
BATCH = 200


@dataclass
class Erased:
    """What a run did, or would do: orders, and rows by what they are."""

    orders: int = 0
    rows: Counter[str] = field(default_factory=Counter)

    def __iadd__(self, other: "Erased") -> "Erased":
        self.orders += other.orders
        self.rows += other.rows
        return self


def orders_to_erase(shop: Shop, at: datetime) -> QuerySet[Order]:
    """Give the orders of a shop that nobody needs at `at`, those that rested longest first.

    Everything that hangs on one has ended, and was last changed before the time for which records are kept.
    """
    before = at - policies.duration("records.kept", shop_id=shop.pk)
    rows = Order.objects.filter(shop=shop, erased_at=None, status__in=ERASABLE, updated_at__lt=before)
    rows = rows.filter(open_requests=0, promised_fen=0)
    for record in retention.records():
        needed = (record.open or Q()) | (Q(**{f"{record.changed}__gte": before}) if record.changed else Q())
        if needed and record.model is not Order:
            hanging = record.model._default_manager.filter(record.only, needed, **{record.order: OuterRef("pk")})
            rows = rows.exclude(Exists(hanging))
    ordered: QuerySet[Order] = rows.order_by("updated_at", "pk")
    return ordered


def records_count(*, shop: Shop, at: datetime | None = None) -> Erased:
    """Say what `records_erase` would erase of a shop at `at`, without doing it."""
    orders = orders_to_erase(shop, at or clock.now())
    found = Erased(orders.count())
    for record in retention.records():
        if record.personal and found.orders:
            found.rows[record.name] += _hanging(record, orders.order_by().values("pk")).count()
    found.rows["buyers"] = len(set(orders.order_by().values_list("buyer_id", flat=True)))
    return found


def records_erase(*, shop: Shop, limit: int = BATCH) -> Erased:
    """Erase what is personal of up to `limit` orders, in one transaction; to be called until it says no orders.

    Names, phones, addresses, and everything that people wrote go; numbers, dates, sums, reasons and steps stay, and the
    order's log says that it was done. A buyer goes with the last of his orders. Files go once it is committed; a crash
    before that leaves a stray, which the nightly look for strays removes. Locks: the orders that nobody holds.
    Emits: order.erased. Writes an `Erasure` as the report.
    """
    done = Erased()
    after: list[tuple[Record, list[int]]] = []
    with transaction.atomic():
        keys = list(orders_to_erase(shop, clock.now()).values_list("pk", flat=True)[:limit])
        moved = transitions.apply_batch(ORDER, keys, "erase", actor=Actor.system("retention")).moved
        if not moved:
            return done
        orders = [order.pk for order in moved]
        done.orders = len(orders)
        for record in retention.records():
            hanging = _hanging(record, orders)
            rows = list(hanging.values_list("pk", flat=True))
            if record.subject:
                _erase_log(record, rows)
            if record.after is not None:
                after.append((record, rows))
            if record.personal and rows:
                done.rows[record.name] += record.model._default_manager.filter(pk__in=rows).update(**record.blanks())
        done.rows["buyers"] += _erase_buyers({order.buyer_id for order in moved})
        Erasure.objects.create(shop=shop, at=clock.now(), orders=done.orders, rows=dict(done.rows))
    for record, rows in after:
        assert record.after is not None
        record.after(rows)
    return done


def _hanging(record: Record, orders: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = record.model._default_manager.filter(record.only, **{f"{record.order}__in": orders})
    return rows


def _erase_log(record: Record, keys: list[int]) -> None:
    """Take what people wrote out of the log, and the names of buyers; the guard of the log lets it."""
    entries = LogEntry.objects.filter(subject_type=record.subject, subject_id__in=keys)
    for column in record.personal:
        said = entries.filter(changes__has_key=column).exclude(changes__contains={column: ""})
        said.update(changes=retention.without("changes", column))
    entries.exclude(note="").exclude(action="erase").update(note=retention.ERASED)
    entries.filter(actor_kind="buyer").update(actor_name=retention.ERASED)


def _erase_buyers(keys: set[int]) -> int:
    """Forget the buyers whose every order is erased; they stay apart from each other, so that they count the same."""
    known = Order.objects.filter(buyer=OuterRef("pk"), erased_at=None)
    forgotten = list(Buyer.objects.filter(~Exists(known), pk__in=keys).exclude(buyer_id__startswith=NOBODY))
    for buyer in forgotten:
        buyer.buyer_id, buyer.nick = f"{NOBODY}{buyer.pk}", retention.ERASED
    Buyer.objects.bulk_update(forgotten, ["buyer_id", "nick"])
    return len(forgotten)

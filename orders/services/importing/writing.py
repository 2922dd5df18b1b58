"""Typed orders into the database, a batch in one transaction, with the rows that `order_register` would write.

New orders come into being through `transitions.create_many`, by COPY, so log, deadlines and events are those of a
registration; known ones are brought forward in `known`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import psycopg2.errors
from django.db import DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from aftersales.core import clock, money, transitions
from aftersales.core.auth import Actor
from orders.models import Buyer, Order, OrderLine, OrderNote
from orders.services.machine import ORDER, order_lock
from orders.states import OrderStatus, Shipping

from . import known
from .copying import CopyBatch
from .parsing import ImportedLine, ImportedOrder
from .records import Fault, File

_LINE_COLUMNS = (
    "order line_no item_id goods_no title sku unit_price_fen quantity discount_fen paid_share_fen bundle category"
    " seven_day_return hot_seller gift serial_no shipped promised_fen refunded_fen returned_quantity"
).split()
# By position, which takes a model half the time that names do.
_ORDER_DEFAULTS = [(field.attname, field.get_default()) for field in Order._meta.concrete_fields]
_ABOUT_THE_ROWS = (psycopg2.errors.UniqueViolation, psycopg2.errors.CheckViolation, psycopg2.DataError)


@dataclass(slots=True)
class Outcome:
    """What came of orders: how many are new, changed and as they were, and what could not be done."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.faults + other.faults,
        )


def import_lock() -> None:
    """Let one import run at a time; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('orders.import'))")


def write(orders: Sequence[ImportedOrder], *, actor: Actor, file: File) -> Outcome:
    """Register new orders and bring known ones forward, all or none of this batch.

    Locks: the known orders that change, by key. Emits: order.registered, and the events of the steps taken.
    An order that somebody registers at the same moment makes the batch run once more, then as a known one; one that
    the database refuses is found by halving, so that it does not take others with it.
    """
    if not orders:
        return Outcome()
    for _attempt in range(2):
        try:
            with transaction.atomic():
                return _write(orders, actor, file)
        except (IntegrityError, DataError) as exc:
            if not isinstance(exc.__cause__, _ABOUT_THE_ROWS):
                raise
            refusal = exc
    if len(orders) == 1:
        fault = Fault(
            file.name, orders[0].line, orders[0].order_no, "", "database_refused", str(refusal).split("\n")[0]
        )
        return Outcome(faults=[fault])
    middle = len(orders) // 2
    return write(orders[:middle], actor=actor, file=file) + write(orders[middle:], actor=actor, file=file)


def _write(orders: Sequence[ImportedOrder], actor: Actor, file: File) -> Outcome:
    outcome = Outcome()
    import_lock()
    stands = known.stands(orders)
    fresh = [order for order in orders if (order.shop_id, order.order_no) not in stands]
    if fresh:
        _register(fresh, actor)
        outcome.new = len(fresh)
    plans = [
        known.plan(order, stand)
        for order in orders
        if (stand := stands.get((order.shop_id, order.order_no))) is not None
    ]
    busy = [one for one in plans if not one.idle]
    outcome.unchanged = len(plans) - len(busy)
    if busy:
        order_lock(sorted(one.pk for one in busy), False)
        _bring_forward([one.order for one in busy], actor, file, outcome)
    return outcome


def _bring_forward(orders: Sequence[ImportedOrder], actor: Actor, file: File, outcome: Outcome) -> None:
    """Plan again, now that nobody else can move the orders, and do it."""
    stands = known.stands(orders)
    plans = [known.plan(order, stands[order.shop_id, order.order_no]) for order in orders]
    refused = known.carry_out([one for one in plans if one.fields or one.steps], actor)
    for one in plans:
        code, reason = one.wrong or ("step_refused", refused.get(one.pk, ""))
        if reason:
            column = file.headers["status" if code in ("step_refused", "request_open") else "order_no"]
            outcome.faults.append(Fault(file.name, one.order.line, one.order.order_no, column, code, str(reason)))
        elif one.idle:
            outcome.unchanged += 1
        else:
            outcome.changed += 1


def _register(orders: Sequence[ImportedOrder], actor: Actor) -> None:
    """Write new orders with buyers, lines, log rows, deadlines and events. ORD-1, ORD-2, AMT-1."""
    buyers = _buyers(orders)
    at = clock.now()
    rows = [_order(order, buyers[order.shop_id, order.buyer_nick], at) for order in orders]
    transitions.create_many(ORDER, rows, actor=actor, action="register", batch=CopyBatch())
    _note_refunds(zip(rows, orders, strict=True), actor, at)
    CopyBatch().insert(
        OrderLine,
        _LINE_COLUMNS,
        (_line(row.pk, line, row.shipping) for row, order in zip(rows, orders, strict=True) for line in order.lines),
    ).run()


def _note_refunds(made: Iterable[tuple[Order, ImportedOrder]], actor: Actor, at: datetime) -> None:
    """Say on the order why less is shown as paid than the buyer remembers (ORD-5)."""
    OrderNote.objects.bulk_create(
        OrderNote(
            order=row,
            text=_("Given back by the platform before the import, and taken off what was paid: ¥%(amount)s")
            % {"amount": money.yuan(order.refunded_fen)},
            author_kind=actor.kind,
            author_id=actor.id,
            author_name=actor.name,
            created_at=at,
        )
        for row, order in made
        if order.refunded_fen
    )


def _buyers(orders: Sequence[ImportedOrder]) -> dict[tuple[int, str], int]:
    """Find the buyers by shop and nick; the export knows no other name of theirs, so a new one has it as id too."""
    wanted = {(order.shop_id, order.buyer_nick) for order in orders}
    table = Buyer._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT b.shop_id, b.nick, min(b.id) FROM unnest(%s::bigint[], %s::text[]) v(shop_id, nick)"
            f" JOIN {table} b ON b.shop_id = v.shop_id AND b.nick = v.nick GROUP BY 1, 2",
            [[shop for shop, _nick in wanted], [nick for _shop, nick in wanted]],
        )
        found = {(shop_id, nick): pk for shop_id, nick, pk in cursor.fetchall()}
        new = sorted(wanted - found.keys())
        if new:
            cursor.execute(
                f"INSERT INTO {table} (shop_id, buyer_id, nick, level)"
                f" SELECT shop_id, nick, nick, '' FROM unnest(%s::bigint[], %s::text[]) v(shop_id, nick)"
                f" ON CONFLICT DO NOTHING RETURNING shop_id, nick, id",
                [[shop for shop, _nick in new], [nick for _shop, nick in new]],
            )
            found |= {(shop_id, nick): pk for shop_id, nick, pk in cursor.fetchall()}
    for shop_id, nick in wanted - found.keys():  # the nick is another buyer's id
        buyer = Buyer.objects.create(shop_id=shop_id, buyer_id=f"nick:{nick}"[:64], nick=nick)
        found[shop_id, nick] = buyer.pk
    return found


def _order(order: ImportedOrder, buyer_id: int, at: datetime) -> Order:
    """Make the row. A step whose moment the export does not tell counts from now, as when it is told by hand."""
    shipped = order.status in (OrderStatus.SELLER_CONSIGNED_PART, OrderStatus.WAIT_BUYER_CONFIRM_GOODS)
    finished = order.status == OrderStatus.TRADE_FINISHED
    given = {
        "shop_id": order.shop_id,
        "order_no": order.order_no,
        "buyer_id": buyer_id,
        "status": order.status,
        "shipping": order.shipping,
        "created_at": order.created_at or order.paid_at or at,
        "paid_at": order.paid_at,
        "shipped_at": order.shipped_at or (at if shipped else None),
        "finished_at": order.finished_at or (at if finished else None),
        "paid_fen": order.paid_fen,
        "postage_fen": order.postage_fen,
        "receiver_name": order.receiver_name,
        "receiver_phone": order.receiver_phone,
        "receiver_phone_tail": order.receiver_phone[-4:],
        "receiver_region": order.receiver_region,
        "receiver_address": order.receiver_address,
        "seller_memo": order.seller_memo,
    }
    return Order(*(given.get(name, default) for name, default in _ORDER_DEFAULTS))


def _line(order_id: int, line: ImportedLine, shipping: str) -> tuple[object, ...]:
    """Make the row. Seven days hold for goods unless somebody knows better (LAW-1)."""
    return (
        order_id,
        line.line_no,
        line.item_id,
        line.goods_no,
        line.title,
        line.sku,
        line.unit_price_fen,
        line.quantity,
        line.discount_fen,
        line.paid_share_fen,
        line.bundle,
        "",
        shipping != Shipping.VIRTUAL,
        False,
        False,
        "",
        line.shipped,
        0,
        0,
        0,
    )

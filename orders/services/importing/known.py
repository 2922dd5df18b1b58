"""Orders that are known already: what a new export says of them, and the steps that bring them there.

A status only goes forward, by the edges of its machine. Lines and amounts are fixed from the first registration on
(AMT-1); only while an order waits for payment may its amounts still change, as the seller centre lets a shop do. What
an export knows less well than the database (masked or empty texts) never replaces what is there.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from aftersales.core import errors, transitions
from aftersales.core.auth import Actor
from orders.models import Order, OrderLine
from orders.services.machine import ORDER
from orders.states import OPEN_STATES, OrderStatus

from .parsing import ImportedOrder

TEXTS = ("receiver_name", "receiver_phone", "receiver_region", "receiver_address", "seller_memo")
S = OrderStatus
_RANK: dict[str, int] = {state.value: rank for rank, state in enumerate((*OPEN_STATES, S.TRADE_FINISHED))}


@dataclass(frozen=True, slots=True)
class Stand:
    """What the database says of an order, as far as an export could say otherwise."""

    pk: int
    status: str
    paid_fen: int
    postage_fen: int
    open_requests: int
    texts: tuple[str, ...]
    lines: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Plan:
    """What has to be done for one known order; nothing if it is as the export says."""

    order: ImportedOrder
    pk: int
    fields: dict[str, Any] = field(default_factory=dict)
    steps: list[tuple[str, str]] = field(default_factory=list)
    wrong: tuple[str, str] | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing is to be done."""
        return not (self.fields or self.steps or self.wrong)


def stands(orders: Iterable[ImportedOrder]) -> dict[tuple[int, str], Stand]:
    """Read the known ones among `orders`, by shop and number, in two queries."""
    keys = {(order.shop_id, order.order_no) for order in orders}
    texts = ", ".join(f"o.{name}" for name in TEXTS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT o.id, o.shop_id, o.order_no, o.status, o.paid_fen, o.postage_fen, o.open_requests, {texts}"
            f" FROM unnest(%s::bigint[], %s::text[]) v(shop_id, order_no)"
            f" JOIN {Order._meta.db_table} o ON o.shop_id = v.shop_id AND o.order_no = v.order_no",
            [[shop for shop, _no in keys], [number for _shop, number in keys]],
        )
        known = cursor.fetchall()
        lines: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        if known:
            cursor.execute(
                f"SELECT order_id, unit_price_fen, quantity FROM {OrderLine._meta.db_table} WHERE order_id = ANY(%s)",
                [[row[0] for row in known]],
            )
            for pk, price, quantity in cursor.fetchall():
                lines[pk].append((price, quantity))
    return {
        (shop, number): Stand(pk, status, paid, postage, open_requests, tuple(texts), tuple(sorted(lines[pk])))
        for pk, shop, number, status, paid, postage, open_requests, *texts in known
    }


def plan(order: ImportedOrder, stand: Stand) -> Plan:
    """Compare an order with what is known of it."""
    made = Plan(order, stand.pk)
    if stand.lines != tuple(sorted((line.unit_price_fen, line.quantity) for line in order.lines)):
        made.wrong = ("lines_fixed", _("The order is known with other lines; those are fixed from the first time on."))
        return made
    if order.status != S.TRADE_CLOSED and not _same_amounts(order, stand):
        if stand.status != S.WAIT_BUYER_PAY:
            made.wrong = (
                "amounts_fixed",
                _("The order is known with other amounts; those are fixed from the payment on."),
            )
            return made
        made.fields |= {"paid_fen": order.paid_fen, "postage_fen": order.postage_fen}
    for name, old in zip(TEXTS, stand.texts, strict=True):
        new = getattr(order, name)
        if new and new != old and "*" not in new:
            made.fields[name] = new
    if "receiver_phone" in made.fields:
        made.fields["receiver_phone_tail"] = order.receiver_phone[-4:]
    made.steps = list(_way(stand.status, order.status))
    if stand.open_requests and ("close", "") in made.steps:
        made.steps = []
        made.wrong = ("request_open", _("The trade is closed on the platform, but a request of it is open here."))
    return made


def _same_amounts(order: ImportedOrder, stand: Stand) -> bool:
    """Compare amounts; what the platform gave back since was given back through us, or not, and is no difference."""
    return (
        order.paid_fen <= stand.paid_fen <= order.paid_fen + order.refunded_fen
        and order.postage_fen <= stand.postage_fen <= order.postage_fen + order.refunded_fen
    )


def _way(now: str, wanted: str) -> Iterator[tuple[str, str]]:
    """Give the steps from one status to another one further on; none to one behind it."""
    if wanted == S.TRADE_CLOSED:
        if now in OPEN_STATES:
            yield "close", ""
        return
    if now not in _RANK or _RANK[wanted] <= _RANK[now]:
        return
    if now == S.WAIT_BUYER_PAY:
        yield "pay", ""
    if wanted == S.SELLER_CONSIGNED_PART:
        yield "ship", "part"
    elif _RANK[wanted] > _RANK[S.SELLER_CONSIGNED_PART] and now != S.WAIT_BUYER_CONFIRM_GOODS:
        yield "ship", "all"
    if wanted == S.TRADE_FINISHED:
        yield "confirm_receipt", ""


def carry_out(plans: Sequence[Plan], actor: Actor) -> dict[int, errors.Text]:
    """Take the steps of plans whose orders are locked; say which orders refused one, and why.

    Emits: the events of the steps. Orders without details of their own go in sets, the others one by one.
    """
    refused: dict[int, errors.Text] = {}
    for one in plans:
        if one.fields:
            _update(one, actor)
    for action, outcome in (("pay", ""), ("ship", "part"), ("ship", "all"), ("confirm_receipt", ""), ("close", "")):
        going = [one for one in plans if (action, outcome) in one.steps and one.pk not in refused]
        in_sets = []
        for one in going:
            if details := _details(one.order, action):
                _step(one, action, outcome, actor, details, refused)
            else:
                in_sets.append(one.pk)
        if in_sets:
            refused |= transitions.apply_batch(ORDER, in_sets, action, actor=actor, outcome=outcome).refused
        if action == "ship":
            _mark_shipped([one for one in going if one.pk not in refused])
    return refused


def _details(order: ImportedOrder, action: str) -> Mapping[str, datetime]:
    moment = {"pay": ("paid_at", order.paid_at), "ship": ("shipped_at", order.shipped_at)}.get(action)
    return {moment[0]: moment[1]} if moment is not None and moment[1] is not None else {}


def _step(
    one: Plan, action: str, outcome: str, actor: Actor, details: Mapping[str, Any], refused: dict[int, errors.Text]
) -> None:
    try:
        transitions.apply(ORDER, one.pk, action, outcome=outcome, actor=actor, **details)
    except errors.Problem as problem:  # raised before anything of the step is written
        refused[one.pk] = problem.detail


def _update(one: Plan, actor: Actor) -> None:
    """Set what may change, logged. Amounts of an order that waits for payment go with the shares of its lines."""
    transitions.apply(ORDER, one.pk, "update", actor=actor, fields=one.fields)
    if "paid_fen" not in one.fields:
        return
    Order.objects.filter(pk=one.pk).update(paid_fen=one.order.paid_fen, postage_fen=one.order.postage_fen)
    lines = sorted(
        OrderLine.objects.filter(order=one.pk), key=lambda line: (line.unit_price_fen, line.quantity, line.pk)
    )
    numbers = {line.line_no for line in one.order.lines}
    by_number = {line.line_no: line for line in one.order.lines}
    in_order = sorted(one.order.lines, key=lambda line: (line.unit_price_fen, line.quantity))
    for position, line in enumerate(lines):
        new = by_number[line.line_no] if numbers == {each.line_no for each in lines} else in_order[position]
        line.discount_fen, line.paid_share_fen = new.discount_fen, new.paid_share_fen
    OrderLine.objects.bulk_update(lines, ["discount_fen", "paid_share_fen"])


def _mark_shipped(plans: Sequence[Plan]) -> None:
    whole = [one.pk for one in plans if all(line.shipped for line in one.order.lines)]
    OrderLine.objects.filter(order_id__in=whole, shipped=False).update(shipped=True)
    for one in plans:
        if one.order.status == S.SELLER_CONSIGNED_PART:
            numbers = [line.line_no for line in one.order.lines if line.shipped]
            OrderLine.objects.filter(order_id=one.pk, line_no__in=numbers, shipped=False).update(shipped=True)

"""Registering and updating orders as the shop front-end knows them (ORD-1…4)."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, deadlines, errors, money, transitions
from aftersales.core.auth import Actor
from aftersales.core.bulk import Batch, allocate
from aftersales.core.models import Shop
from orders.models import Buyer, Order, OrderLine
from orders.models.orders import Flag
from orders.states import OrderStatus, Shipping

from .machine import ORDER


@dataclass(frozen=True, slots=True)
class LineData:
    """A line as registered. `paid_share_fen` is the platform's own figure (分摊实付) where it gives one."""

    line_no: str
    title: str
    unit_price_fen: int
    quantity: int
    discount_fen: int = 0
    item_id: str = ""
    goods_no: str = ""
    sku: str = ""
    bundle: str = ""
    bundle_from_fen: int = 0
    category: str = ""
    seven_day_return: bool = False
    hot_seller: bool = False
    gift: bool = False
    special_offer: bool = False
    serial_no: str = ""
    item_score: Decimal | None = None
    weight_g: int | None = None
    paid_share_fen: int | None = None

    @property
    def due_fen(self) -> int:
        """Price times quantity less the line's own discount: the weight in the split of what was paid."""
        return self.unit_price_fen * self.quantity - self.discount_fen


@dataclass(frozen=True, slots=True)
class OrderData:
    """An order as registered; amounts in fen. Without `paid_at` it waits for payment."""

    order_no: str
    buyer_id: str
    buyer_nick: str
    paid_fen: int
    lines: tuple[LineData, ...]
    buyer_level: str = ""
    postage_fen: int = 0
    paid_at: datetime | None = None
    created_at: datetime | None = None
    escrow: bool = True
    payment_channel: str = "other"
    shipping: str = Shipping.COURIER
    freight_insurance: bool = False
    receiver: dict[str, str] = field(default_factory=dict)
    seller_memo: str = ""
    seller_flag: str = "none"
    platform_deadlines: dict[str, str] = field(default_factory=dict)


def paid_shares(data: OrderData) -> list[int]:
    """Share what was paid for the goods out to the lines, exact to the fen (AMT-1).

    The platform's own shares are taken where every line has one; they must add up. Raises: RuleViolation AMT-1.
    """
    goods_fen = data.paid_fen - data.postage_fen
    if goods_fen < 0:
        raise errors.RuleViolation("AMT-1", _("The postage is more than what was paid."))
    given = [line.paid_share_fen for line in data.lines]
    if all(share is not None for share in given):
        shares = [share for share in given if share is not None]
        if sum(shares) != goods_fen:
            raise errors.RuleViolation(
                "AMT-1", _("The lines' paid shares and the postage do not add up to the paid sum.")
            )
        return shares
    wrong = next((line for line in data.lines if line.due_fen < 0), None)
    if wrong is not None:
        raise errors.RuleViolation(
            "AMT-1", _("The discount of line %(line)s is more than its price.") % {"line": wrong.line_no}
        )
    return money.split(goods_fen, [line.due_fen for line in data.lines])


def order_register(*, shop: Shop, data: OrderData, actor: Actor) -> tuple[Order, bool]:
    """Register an order, or bring what the shop may change of a known one up to date; says whether it is new.

    The number makes it idempotent. Lines and amounts are fixed by the first registration (AMT-1), and a status is
    never set back. Locks: a known order's row. Emits: order.registered | order.updated, order.paid.
    Raises: NotFound for an unseen shop, Forbidden, RuleViolation (AMT-1, ORD-2).
    """
    if not actor.sees(shop.pk):
        raise errors.NotFound()
    if actor.role not in ORDER.machine.roles_of["register"]:
        raise errors.Forbidden()
    known = Order.objects.filter(shop=shop, order_no=data.order_no).first()
    if known is not None:
        return _bring_up_to_date(shop, known, data, actor), False
    try:
        with transaction.atomic():
            return _register(shop, data, actor), True
    except IntegrityError:
        known = Order.objects.filter(shop=shop, order_no=data.order_no).first()
        if known is None:
            raise
        return _bring_up_to_date(shop, known, data, actor), False


def _register(shop: Shop, data: OrderData, actor: Actor) -> Order:
    shares = paid_shares(data)
    at = clock.now()
    [key] = allocate(Order, 1)
    order = Order(
        pk=key,
        shop=shop,
        order_no=data.order_no,
        buyer=_buyer(shop, data),
        status=OrderStatus.WAIT_SELLER_SEND_GOODS if data.paid_at else OrderStatus.WAIT_BUYER_PAY,
        escrow=data.escrow,
        shipping=data.shipping,
        created_at=data.created_at or data.paid_at or at,
        paid_at=data.paid_at,
        paid_fen=data.paid_fen,
        postage_fen=data.postage_fen,
        **_changeable(data),
    )
    batch = Batch().insert(
        OrderLine,
        ("order", "paid_share_fen", *_LINE_FIELDS),
        [
            (order.pk, share, *(getattr(line, name) for name in _LINE_FIELDS))
            for line, share in zip(data.lines, shares, strict=True)
        ],
    )
    transitions.create(ORDER, order, actor=actor, action="register", batch=batch)
    return order


def _buyer(shop: Shop, data: OrderData) -> Buyer:
    """Bring the buyer's row up to date, or add it, in one statement."""
    buyer = Buyer(shop=shop, buyer_id=data.buyer_id, nick=data.buyer_nick, level=data.buyer_level)
    Buyer.objects.bulk_create(
        [buyer], update_conflicts=True, unique_fields=["shop", "buyer_id"], update_fields=["nick", "level"]
    )
    return buyer


_LINE_FIELDS = tuple(field.name for field in fields(LineData) if field.name != "paid_share_fen")


def _changeable(data: OrderData) -> dict[str, Any]:
    phone = data.receiver.get("phone", "")
    return {
        "payment_channel": data.payment_channel,
        "freight_insurance": data.freight_insurance,
        "receiver_name": data.receiver.get("name", ""),
        "receiver_phone": phone,
        "receiver_phone_tail": phone[-4:],
        "receiver_region": data.receiver.get("region", ""),
        "receiver_address": data.receiver.get("address", ""),
        "seller_memo": data.seller_memo,
        "seller_flag": data.seller_flag,
        "platform_deadlines": data.platform_deadlines,
    }


def _bring_up_to_date(shop: Shop, order: Order, data: OrderData, actor: Actor) -> Order:
    """Update what may change, and note a payment that came since.

    A front-end that repeats an order without a flag does not take away what the shop's people have set (ORD-5). The
    platform's own moments move what is open already: the order's at once, its requests' by the news (domain.md §17).
    An order whose buyer was forgotten stays so (LAW-7).
    """
    _refuse_other_goods(order, data)
    if order.erased_at is not None:
        return order
    given = {"buyer_id": _buyer(shop, data).pk} | _changeable(data)
    if data.seller_flag == Flag.NONE:
        del given["seller_flag"]
    changed = {name: value for name, value in given.items() if getattr(order, name) != value}
    if changed:
        with transaction.atomic():
            order = transitions.apply(ORDER, order.pk, "update", actor=actor, fields=changed)
            deadlines.follow_platform(changed.get("platform_deadlines", {}), {"order": [order.pk]})
    if data.paid_at and order.status == OrderStatus.WAIT_BUYER_PAY:
        order = transitions.apply(ORDER, order.pk, "pay", actor=actor, paid_at=data.paid_at)
    return order


def _refuse_other_goods(order: Order, data: OrderData) -> None:
    known = {line.line_no: line for line in order.lines.all()}
    same = (
        order.paid_fen == data.paid_fen
        and order.postage_fen == data.postage_fen
        and known.keys() == {line.line_no for line in data.lines}
        and all(
            (known[line.line_no].unit_price_fen, known[line.line_no].quantity, known[line.line_no].discount_fen)
            == (line.unit_price_fen, line.quantity, line.discount_fen)
            for line in data.lines
        )
    )
    if not same:
        raise errors.RuleViolation(
            "AMT-1",
            _("This order is registered with other lines or amounts; those are fixed from the first time on."),
            code="order_lines_fixed",
        )

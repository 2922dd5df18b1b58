"""Everything that the page of one order shows, in seventeen statements. What may be done comes from the edge table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import masking
from aftersales.core.auth import Actor
from aftersales.core.models import Deadline, LogEntry
from aftersales.core.transitions import allowed_actions
from aftersales.core.words import duration_words
from complaints.models import Complaint
from complaints.selectors import complaints_of
from invoices.models import Invoice
from invoices.selectors import invoices_of
from logistics.models import Claim, Parcel
from logistics.selectors.claims import claims_of
from logistics.selectors.movement import Movement, movement_of
from logistics.states import Direction
from orders.models import Order, OrderLine, OrderNote
from orders.models.orders import Flag
from orders.selectors import order_get_for
from orders.states import ORDER, OrderStatus
from refunds.models import Payout, Refund, RefundLine
from refunds.selectors.payouts import payouts_of
from refunds.states import CLOSED_BY_RECEIPT, Flow, RefundStatus
from service.models import ServiceSheet
from service.selectors.rows import sheets_of
from surveys.models import Survey
from surveys.selectors import surveys_of
from tickets.models import Disclosure

from .deadlines import ORDER_THEN
from .ticket_rows import tickets_of_order

MOST = 50
_ACTION_OF = {edge.name: edge.action for edge in ORDER.edges}
_SAID = {
    "register": gettext_lazy("registered the order"),
    "pay": gettext_lazy("recorded the payment"),
    "ship": gettext_lazy("shipped goods"),
    "sign": gettext_lazy("recorded that the buyer signed"),
    "confirm_receipt": gettext_lazy("confirmed receipt; the trade is finished"),
    "extend_receipt": gettext_lazy("extended the receiving period"),
    "close": gettext_lazy("closed the trade"),
    "mark_late": gettext_lazy("marked it as shipped late"),
    "end_aftersale": gettext_lazy("ended the aftersale window"),
    "erase": gettext_lazy("erased who the buyer was: records are kept no longer"),
    "update": gettext_lazy("changed what is known of the order"),
}
_ICON_KIND = {"buyer": "buyer", "staff": "person", "platform": "platform", "system": "system"}


@dataclass(frozen=True, slots=True)
class OrderPage:
    """An order with all that belongs to it, ready to be shown."""

    order: Order
    lines: list[OrderLine]
    movement: Movement
    notes: list[OrderNote]
    owed: list[OrderNote]
    requests: list[Refund]
    payouts: list[Payout]
    tickets: list[dict[str, Any]]
    claims: list[Claim]
    invoices: list[Invoice]
    complaints: list[Complaint]
    surveys: list[Survey]
    sheets: list[ServiceSheet]
    deadlines: list[dict[str, Any]]
    deadline: dict[str, Any] | None
    timeline: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    receiver: dict[str, str]

    @property
    def parcels_out(self) -> list[Parcel]:
        """The parcels to the buyer."""
        return [one.parcel for one in self.movement.parcels if one.parcel.direction == Direction.OUT]

    @property
    def left_to_ship(self) -> list[OrderLine]:
        """Lines that have not left and still may, so that a faster carrier is a question (LOG-4)."""
        waits = self.order.status in (OrderStatus.WAIT_SELLER_SEND_GOODS, OrderStatus.SELLER_CONSIGNED_PART)
        return [line for line in self.lines if waits and not line.shipped and line.returned_quantity < line.quantity]


def order_page(actor: Actor, order_no: str, shop: str = "") -> OrderPage:
    """Collect the page of an order. Raises: Forbidden, NotFound, Invalid `ambiguous` as `order_get_for`."""
    order = order_get_for(actor, order_no, shop)
    lines = list(OrderLine.objects.filter(order=order).order_by("id"))
    rows = list(Deadline.objects.filter(subject_type="order", subject_id=order.pk).order_by("-id")[:MOST])
    shown = [_deadline(row) for row in rows]
    return OrderPage(
        order=order,
        lines=lines,
        movement=movement_of(order.pk),
        notes=notes_of(order),
        owed=owed_to_buyer(order),
        payouts=payouts_of(order.pk),
        tickets=tickets_of_order(order),
        claims=claims_of(order.pk),
        invoices=invoices_of(order.pk),
        complaints=complaints_of(order.pk),
        surveys=surveys_of(order.pk),
        sheets=sheets_of(order.pk),
        requests=list(Refund.objects.filter(order=order).order_by("-id")[:MOST]),
        deadlines=shown,
        deadline=next((row for row in sorted(shown, key=lambda row: row["due_at"]) if row["open"]), None),
        timeline=_timeline(order),
        steps=_steps(order),
        actions=allowed_actions(ORDER, order, actor),
        receiver={
            "name": masking.mask_name(order.receiver_name),
            "phone": masking.mask_phone(order.receiver_phone),
            "address": f"{order.receiver_region} {masking.mask_address(order.receiver_address)}".strip(),
        },
    )


def orders_with_number(actor: Actor, order_no: str) -> list[Order]:
    """List the orders of several shops that carry one number, to choose from; one query."""
    rows = actor.visible(Order.objects.filter(order_no=order_no)).select_related("shop", "buyer")
    return list(rows.order_by("shop__code")[:MOST])


def owed_to_buyer(order: Order) -> list[OrderNote]:
    """Give what is owed to the buyer of this order by any of his orders of this shop (ORD-5); one query."""
    rows = OrderNote.objects.filter(order__buyer_id=order.buyer_id, flag=Flag.YELLOW, settled_at=None)
    return list(rows.select_related("order").order_by("id")[:MOST])


def requests_before_shipment(order: Order, lines: Sequence[OrderLine]) -> list[Refund]:
    """Give the open requests that shipping these lines would close (RFD-2); one query."""
    asked = RefundLine.objects.filter(order_line__in=lines, is_open=True).values("refund")
    rows = Refund.objects.filter(pk__in=asked, flow=Flow.UNSHIPPED, status=RefundStatus.WAIT_SELLER_AGREE)
    return list(rows.order_by("id"))


def refunded_unshipped(lines: Sequence[OrderLine]) -> list[Refund]:
    """Give the requests by which these lines are paid back although they never left: they must not (VOI-4)."""
    given = RefundLine.objects.filter(order_line__in=lines, quantity__gt=0, refund__flow=Flow.UNSHIPPED).values(
        "refund"
    )
    paid = (RefundStatus.WAIT_SYSTEM_TRANSFER, RefundStatus.SUCCESS)
    return list(Refund.objects.filter(pk__in=given, status__in=paid).order_by("id"))


def requests_open(order: Order) -> list[Refund]:
    """Give the requests that confirming receipt would close (ORD-7); one query."""
    return list(Refund.objects.filter(order=order, status__in=CLOSED_BY_RECEIPT).order_by("id"))


def lines_unshipped(order: Order) -> list[OrderLine]:
    """Give the lines that have not left yet; one query."""
    return list(OrderLine.objects.filter(order=order, shipped=False).order_by("id"))


def notes_of(order: Order) -> list[OrderNote]:
    """Give an order's notes, the latest first; one query."""
    return list(OrderNote.objects.filter(order=order).order_by("-id")[:MOST])


def note_get(order: Order, note_id: int) -> OrderNote | None:
    """Give a note that may concern this order: its own, or one of the same buyer's other orders; one query."""
    mine = Q(order=order) | Q(order__buyer_id=order.buyer_id)
    return OrderNote.objects.filter(mine, pk=note_id).select_related("order").first()


def _deadline(row: Deadline) -> dict[str, Any]:
    return {
        "rule": row.rule,
        "due_at": row.due_at,
        "then": str(ORDER_THEN.get(row.action, row.action)),
        "action": str(ORDER.actions.get(row.action, row.action)),
        "against_shop": row.against_shop,
        "paused": row.status == Deadline.Status.PAUSED,
        "remaining_text": _("%(time)s left") % {"time": duration_words(row.remaining)} if row.remaining else "",
        "open": row.status in (Deadline.Status.CREATED, Deadline.Status.RUNNING, Deadline.Status.PAUSED),
        "status": row.get_status_display(),
        "late_by": row.late_by,
        "error": row.error,
    }


def _timeline(order: Order) -> list[dict[str, Any]]:
    rows = LogEntry.objects.filter(subject_type="order", subject_id=order.pk).order_by("-version")[:MOST]
    looks = Disclosure.objects.filter(order=order).order_by("-id")[:MOST]
    entries = [_entry(row) for row in rows] + [_look(row) for row in looks]
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)


def _look(row: Disclosure) -> dict[str, Any]:
    return {
        "at": row.created_at,
        "who": row.user_name,
        "text": _("saw the buyer's full data: %(why)s") % {"why": row.get_reason_display()},
        "note": row.note,
        "kind": "system",
    }


def _entry(row: LogEntry) -> dict[str, Any]:
    action = _ACTION_OF.get(row.action, row.action)
    text = str(_SAID.get(action, ORDER.actions.get(action, action)))
    note = _("by %(days)s days") % {"days": row.note} if action == "extend_receipt" else row.note
    if row.action == "ship_part":
        note = note or _("Only a part of the goods.")
    return {
        "at": row.at,
        "who": _("The clock") if row.actor_name == "system: timeout" else row.actor_name,
        "text": text,
        "note": note,
        "kind": _ICON_KIND.get(row.actor_kind, "system"),
    }


def _steps(order: Order) -> list[dict[str, Any]]:
    """Say how far the trade has come: what has its moment is done, the first that has none is where it stands."""
    ways: list[tuple[str, datetime | None]] = [
        (_("Ordered"), order.created_at),
        (_("Paid"), order.paid_at),
        (_("Shipped"), None if order.status == OrderStatus.SELLER_CONSIGNED_PART else order.shipped_at),
        (_("Signed for"), order.signed_at),
        (_("Finished"), order.finished_at),
    ]
    closed = order.status == OrderStatus.TRADE_CLOSED
    if closed:
        ways = [way for way in ways if way[1]] + [(_("Trade closed"), order.updated_at)]
    last = max((number for number, (_label, at) in enumerate(ways) if at), default=-1)
    steps, stands = [], False
    for number, (label, at) in enumerate(ways):
        if at or number < last:
            state = "done"
        else:
            state, stands = ("todo", stands) if stands else ("now", True)
        steps.append({"label": label, "state": state, "at": at})
    return steps

"""The page of one order and the decisions that are taken on it."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aftersales.core import clock, errors, policies
from aftersales.core.api.base import actor_of
from aftersales.core.views.access import open_to
from aftersales.core.views.dialogs import Dialog
from complaints.states import COMPLAINT
from invoices.states import INVOICE
from logistics import selectors as logistics_selectors
from logistics import services as logistics
from logistics.selectors.gifts import gifts_waiting
from logistics.selectors.regions import reach
from logistics.services.attention import SEES_TO_IT
from logistics.states.claim import CLAIM
from orders import services as orders
from orders.models import Order, OrderLine, OrderNote
from orders.selectors import order_get_for
from orders.states import DESK, ORDER, READERS, SHIPPERS
from refunds.states import PAYOUT
from service.states import FIELD, SERVICE
from tickets.forms.orders import ExtendForm, NoteForm, ReceiptForm, ShipForm, SignForm
from tickets.selectors import order_page as selectors
from tickets.selectors.members import member_line_words, member_words
from tickets.services import DISCLOSE

KEYS = {"ship": "s", "sign": "g", "extend_receipt": "e", "confirm_receipt": "c"}
STAFF = READERS & {"agent", "supervisor", "warehouse", "finance"}


@require_safe
@open_to(*STAFF)
def order_detail(request: HttpRequest, order_no: str) -> HttpResponse:
    """Show an order with its goods, money, parcels, notes, requests and history."""
    actor = actor_of(request)
    try:
        page = selectors.order_page(actor, order_no, request.GET.get("shop", ""))
    except errors.Invalid as problem:
        if problem.errors and problem.errors[0].code == "ambiguous":
            return _choose(request, order_no)
        raise
    context = {
        "page": page,
        "order": page.order,
        "actions": _actions(page),
        "totals": {
            "share": sum(line.paid_share_fen for line in page.lines),
            "given": sum(line.refunded_fen for line in page.lines),
            "promised": sum(line.promised_fen for line in page.lines),
            "left": sum(line.left_fen for line in page.lines),
        },
        "postage_left": max(page.order.postage_fen - page.order.postage_given_fen, 0),
        "query": f"?shop={page.order.shop.code}",
        "may_disclose": actor.may(DISCLOSE),
        "may_ask": actor.role in DESK,
        "may_settle": actor.role in SEES_TO_IT,
        "may_ship_faster": actor.role in DESK and bool(page.left_to_ship),
        "may_pay_out": actor.role in PAYOUT.roles_of["open"],
        "may_claim": actor.role in CLAIM.roles_of["draft"]
        and any(one.carrier and one.tracking_no for one in page.parcels_out),
        "may_complain": actor.role in COMPLAINT.roles_of["file"],
        "may_report": actor.role in SERVICE.roles_of["file"],
        "may_see_service": actor.role in FIELD,
        "may_invoice": actor.role in INVOICE.roles_of["request"],
        "member": member_words(page.order),
        "lines": [(line, _member_line(page.order, line)) for line in page.lines],
    }
    return render(request, "tickets/order_detail.html", context)


def _member_line(order: Order, line: OrderLine) -> str:
    return member_line_words(
        order,
        unit_price_fen=line.unit_price_fen,
        quantity=line.quantity,
        paid_fen=line.paid_share_fen,
        gift=line.gift,
        special_offer=line.special_offer,
    )


def _choose(request: HttpRequest, order_no: str) -> HttpResponse:
    found = selectors.orders_with_number(actor_of(request), order_no)
    return render(request, "tickets/order_choose.html", {"orders": found, "order_no": order_no})


def _actions(page: selectors.OrderPage) -> list[dict[str, Any]]:
    """Give the buttons: what the edge table offers this role, with the reason where it is not possible now."""
    order, shown = page.order, []
    for entry in page.actions:
        action = entry["action"]
        if action not in KEYS:
            continue
        # Over an open request the dialog asks for the buyer's word, so the button leads there (ORD-7).
        asks = entry.get("rule") == "ORD-7"
        shown.append(
            {
                "name": f"order-{action}",
                "label": ORDER.actions[action],
                "url": _address(order, action),
                "enabled": entry["allowed"] or asks,
                "reason": entry.get("why_not", ""),
                "primary": action == "ship" and entry["allowed"],
                "key": KEYS[action],
            }
        )
    return shown


_ROUTES = {
    "ship": "tickets:order_ship",
    "sign": "tickets:order_sign",
    "extend_receipt": "tickets:order_extend",
    "confirm_receipt": "tickets:order_receipt",
}


def _address(order: Order, action: str) -> str:
    return f"{reverse(_ROUTES[action], args=[order.order_no])}?shop={order.shop.code}"


class OrderDialog(Dialog):
    """A decision about one order, named by its number and its shop's code."""

    order: Order

    def load(self, **kwargs: Any) -> None:
        """Find the order. Raises: NotFound, Forbidden."""
        self.order = order_get_for(self.actor, kwargs["order_no"], self.request.GET.get("shop", ""))

    def context(self) -> dict[str, Any]:
        """Give the order."""
        return {"order": self.order}

    def home(self) -> str:
        """Lead back to the order."""
        return f"{reverse('tickets:order_detail', args=[self.order.order_no])}?shop={self.order.shop.code}"

    def draft_key(self) -> str:
        """Keep a draft for each order."""
        return f"{self.request.path}:{self.order.pk}"


class Ship(OrderDialog):
    """Goods leave (RFD-2)."""

    roles = SHIPPERS & STAFF
    template_name = "tickets/order_ship.html"
    form_class = ShipForm

    def load(self, **kwargs: Any) -> None:
        """Find the order and what has not left yet."""
        super().load(**kwargs)
        self.lines = selectors.lines_unshipped(self.order)
        self.asked = selectors.requests_before_shipment(self.order, self.lines)
        self.refunded = selectors.refunded_unshipped(self.lines)
        self.carriers = list(logistics_selectors.carriers_active())
        self.there = reach(self.order.receiver_region)
        self.gifts = list(gifts_waiting(self.order))

    def form_kwargs(self) -> dict[str, Any]:
        """Offer the carriers and the lines; over a request the buyer's word is needed."""
        carriers = self.there.choices(self.carriers)
        asked = {"asked": bool(self.asked), "promised": bool(self.gifts)}
        return {"carriers": carriers, "lines": self.lines, **asked}

    def initial(self) -> dict[str, Any]:
        """Ship everything unless told otherwise."""
        return {"lines": [line.line_no for line in self.lines]}

    def context(self) -> dict[str, Any]:
        """Name the requests that shipping closes, and those that are paid back already."""
        about = {"asked": self.asked, "refunded": self.refunded, "lines": self.lines, "gifts": self.gifts}
        return super().context() | about

    def act(self, data: dict[str, Any]) -> str:
        """Ship it."""
        logistics.order_ship(
            order=self.order,
            actor=self.actor,
            carrier=data["carrier"],
            tracking_no=data["tracking_no"],
            line_nos=data["lines"],
            buyer_consented={"yes": True, "no": False}.get(data["consent"]),
            gifts_in=data["gifts"] == "in",
        )
        chosen = next((one for one in self.carriers if one.code == data["carrier"]), None)
        if warning := self.there.warning(chosen):
            messages.warning(self.request, warning)
        return _("The goods are on their way.")


class Sign(OrderDialog):
    """The buyer signed (TMO-9)."""

    roles = SHIPPERS & STAFF
    template_name = "tickets/order_sign.html"
    form_class = SignForm

    def initial(self) -> dict[str, Any]:
        """Propose now."""
        return {"version": self.order.version, "signed_at": self.order.signed_at or clock.now()}

    def act(self, data: dict[str, Any]) -> str:
        """Record it."""
        if data["signed_at"] > clock.now():
            raise errors.Invalid(
                errors=[errors.FieldError("signed_at", "in_the_future", _("This moment has not come yet."))]
            )
        orders.order_sign(order=self.order, actor=self.actor, **data)
        return _("Recorded that the buyer signed.")


class Extend(OrderDialog):
    """The buyer gets longer to confirm receipt (ORD-6)."""

    roles = DESK
    template_name = "tickets/order_extend.html"
    form_class = ExtendForm

    def initial(self) -> dict[str, Any]:
        """Propose the shop's usual figure."""
        days = policies.number("order.extension_days", shop_id=self.order.shop_id)
        return {"version": self.order.version, "days": days}

    def context(self) -> dict[str, Any]:
        """Say how many days are possible."""
        most = policies.number("order.extension_days_max", shop_id=self.order.shop_id)
        return super().context() | {"most": most}

    def act(self, data: dict[str, Any]) -> str:
        """Extend it."""
        orders.order_extend_receipt(order=self.order, actor=self.actor, **data)
        return _("The receiving period is extended by %(days)s days.") % {"days": data["days"]}


class Receipt(OrderDialog):
    """Receipt is confirmed, over open requests only with the buyer's word (ORD-7)."""

    roles = DESK
    template_name = "tickets/order_receipt.html"
    form_class = ReceiptForm

    def load(self, **kwargs: Any) -> None:
        """Find the order and the requests that this would close."""
        super().load(**kwargs)
        self.open = selectors.requests_open(self.order)

    def initial(self) -> dict[str, Any]:
        """Remember which order was looked at."""
        return {"version": self.order.version}

    def context(self) -> dict[str, Any]:
        """Name the requests."""
        return super().context() | {"open": self.open}

    def act(self, data: dict[str, Any]) -> str:
        """Finish the trade."""
        if self.open and not data["told"]:
            said = _("Tell the buyer first; without his word receipt cannot be confirmed over an open request.")
            raise errors.RuleViolation("ORD-7", said, errors=[errors.FieldError("told", "required", said)])
        logistics.order_confirm_receipt(
            order=self.order, actor=self.actor, close_open_requests=bool(self.open), version=data["version"]
        )
        return _("Receipt is confirmed; the trade is finished.")


class NoteAdd(OrderDialog):
    """A note and a flag; nothing is overwritten (ORD-5)."""

    roles = STAFF
    template_name = "tickets/order_note.html"
    form_class = NoteForm

    def form_kwargs(self) -> dict[str, Any]:
        """Offer flags to those who may set them."""
        return {"may_flag": self.actor.role in DESK}

    def act(self, data: dict[str, Any]) -> str:
        """Add it."""
        orders.note_add(order=self.order, actor=self.actor, text=data["text"], flag=data.get("flag", ""))
        return _("The note is added.")


class NoteSettle(OrderDialog):
    """What a yellow note owes is made good (ORD-5)."""

    roles: ClassVar[frozenset[str]] = DESK | {"warehouse"}
    template_name = "tickets/order_note_settle.html"
    form_class = forms.Form
    note: OrderNote

    def load(self, **kwargs: Any) -> None:
        """Find the note, of this order or of another one of the same buyer. Raises: NotFound."""
        super().load(**kwargs)
        note = selectors.note_get(self.order, kwargs["note_id"])
        if note is None:
            raise errors.NotFound()
        self.note = note

    def context(self) -> dict[str, Any]:
        """Show what was owed."""
        return super().context() | {"note": self.note}

    def draft_key(self) -> str:
        """Nothing is typed."""
        return ""

    def act(self, data: dict[str, Any]) -> str:
        """Mark it."""
        orders.note_settle(note=self.note, actor=self.actor)
        return _("Marked as made good.")

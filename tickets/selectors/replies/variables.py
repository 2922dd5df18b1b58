"""Variables of ready words: which there are, what stands for them in a case, and which are left open (TKT-3)."""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aftersales.core import masking, money
from aftersales.core.auth import Actor
from aftersales.core.words import moment_words
from logistics.models import Carrier, Parcel
from logistics.states import Direction
from orders.models import Order
from refunds.models import Refund, ReturnShipment
from tickets.models import Ticket

VARIABLES: dict[str, Promise] = {
    "buyer": _("the buyer, as far as the console shows him"),
    "order_no": _("number of the order"),
    "refund_no": _("number of the request"),
    "ticket_no": _("number of the ticket"),
    "amount": _("sum of the request"),
    "deadline": _("when the request or the ticket is due"),
    "carrier": _("carrier of the parcel to the buyer"),
    "tracking_no": _("number of the parcel to the buyer"),
    "return_carrier": _("carrier of the return parcel"),
    "return_tracking_no": _("number of the return parcel"),
    "shop": _("the shop"),
    "agent": _("who writes"),
}
_GAP = re.compile(r"\{([^{}\n]{0,40})\}")


@dataclass(frozen=True, slots=True)
class Case:
    """What a reply is about: an order, and where there is one its request or its ticket."""

    order: Order
    refund: Refund | None = None
    ticket: Ticket | None = None
    on_ticket: bool = False
    """Whether it is done on the ticket, and not on its request."""

    @property
    def shop_id(self) -> int:
        """The shop of the order."""
        return int(self.order.shop_id)


def unknown(text: str) -> list[str]:
    """Name what stands in braces and is no variable, in the order of the text."""
    return [name for name in dict.fromkeys(_GAP.findall(text)) if name not in VARIABLES]


def unfilled(text: str) -> list[str]:
    """Name the variables that a text still has in it, in the order of the text."""
    return [name for name in dict.fromkeys(_GAP.findall(text)) if name in VARIABLES]


def filled(text: str, values: dict[str, str]) -> str:
    """Put values in the place of variables; what has none stays, so that it is seen."""
    return _GAP.sub(lambda found: values.get(found[1]) or found[0], text)


def values_of(case: Case, actor: Actor) -> dict[str, str]:
    """Give what stands for each variable, without those that have no value; two statements at most.

    The buyer's name is as masked as on the page: to use it in full would be to disclose it (LAW-7).
    """
    order, refund, ticket = case.order, case.refund, case.ticket
    due = refund.due_at if refund is not None else ticket.due_at if ticket is not None else None
    if refund is not None and refund.due_paused:
        due = None
    values = {
        "buyer": masking.mask_name(order.buyer.nick),
        "order_no": order.order_no,
        "refund_no": refund.refund_no if refund is not None else "",
        "ticket_no": ticket.ticket_no if ticket is not None else "",
        "amount": f"¥{money.yuan(refund.amount_fen)}" if refund is not None and refund.amount_fen else "",
        "deadline": moment_words(due) if due is not None else "",
        "shop": order.shop.name,
        "agent": actor.name,
        **_parcel(order),
        **(_return(refund) if refund is not None else {}),
    }
    return {name: value for name, value in values.items() if value}


def _parcel(order: Order) -> dict[str, str]:
    out = Parcel.objects.filter(order=order, direction=Direction.OUT, superseded_at=None).order_by("-id")
    return _told(out, "")


def _return(refund: Refund) -> dict[str, str]:
    return _told(ReturnShipment.objects.filter(refund=refund, superseded_at=None).order_by("-id"), "return_")


def _told(rows: QuerySet[Any], before: str) -> dict[str, str]:
    names = Carrier.objects.filter(code__iexact=OuterRef("carrier")).values("name")[:1]
    found = rows.annotate(named=Subquery(names)).values("named", "carrier", "tracking_no").first()
    if found is None:
        return {}
    return {f"{before}carrier": found["named"] or found["carrier"], f"{before}tracking_no": found["tracking_no"]}

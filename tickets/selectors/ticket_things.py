"""What belongs to an order and can be linked to a ticket: requests, parcels, money, claims, registers (TKT-1)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model

from aftersales.core import errors
from complaints.models import Complaint
from invoices.models import Invoice
from logistics.models import Claim, Parcel
from orders.models import Order
from refunds.models import Payout, Refund
from tickets.models import Ticket
from tickets.models.tickets import LINKED

MOST = 50
MODELS: dict[str, tuple[type[Model], str]] = {
    "refund": (Refund, "refund_no"),
    "parcel": (Parcel, "tracking_no"),
    "payout": (Payout, "payout_no"),
    "claim": (Claim, "claim_no"),
    "invoice": (Invoice, "request_no"),
    "complaint": (Complaint, "complaint_no"),
}
"""By the names of `LINKED`: the model, and the field that numbers it."""
ASKED = {name: f"{number}s" for name, (_model, number) in MODELS.items()} | {"invoice": "invoice_request_nos"}
"""By the same names: how a program that opens a ticket names them."""
Things = dict[str, list[Any]]
"""By the names of `LINKED`."""


def things_of(order: Order) -> Things:
    """Give everything of the order that a ticket may be about; a statement for each kind."""
    return {
        name: list(model._default_manager.filter(order=order).order_by("-pk")[:MOST])
        for name, (model, _number) in MODELS.items()
    }


def things_to_link(ticket: Ticket) -> Things:
    """Give what the ticket's order has and the ticket does not name yet; a statement for each kind and one more."""
    linked = list(ticket.links.values(*(f"{name}_id" for name in LINKED)))
    named = {name: {row[f"{name}_id"] for row in linked} for name in LINKED}
    named["refund"].add(ticket.refund_id)
    return {
        name: [one for one in found if one.pk not in named[name]] for name, found in things_of(ticket.order).items()
    }


def things_named(order: Order, asked: Mapping[str, Sequence[str]]) -> Things:
    """Give the order's things that have these numbers, by the fields of `ASKED`.

    A statement for each field that names something. Raises: Invalid for one that the order does not have.
    """
    found: Things = {}
    wrong = []
    for name, (model, number) in MODELS.items():
        wanted = asked.get(ASKED[name], ())
        rows = model._default_manager.filter(order=order, **{f"{number}__in": wanted}) if wanted else ()
        found[name] = list(rows)
        known = {getattr(one, number) for one in found[name]}
        wrong += [
            errors.FieldError(f"{ASKED[name]}[{index}]", "unknown_number", errors.NotFound.title)
            for index, one in enumerate(wanted)
            if one not in known
        ]
    if wrong:
        raise errors.Invalid(errors=wrong)
    return found

"""Who is looking at which request or ticket just now, and who is typing there."""

from datetime import timedelta
from typing import Any

from aftersales.core import clock
from aftersales.core.auth import Actor
from refunds.models import Refund
from tickets.models import Looking, Ticket
from tickets.states import WORKERS

HELD = timedelta(seconds=40)
"""A page says every fifteen seconds that it is open; who misses two is gone."""
TYPES = timedelta(seconds=20)
MOST = 300


def case_of(actor: Actor, number: str) -> tuple[int, str] | None:
    """Give the shop of a request or a ticket that somebody sees, and its other number, if it has one; one statement."""
    requests = actor.visible(Refund.objects.filter(refund_no=number)).values_list("shop_id", "ticket__ticket_no")
    tickets = actor.visible(Ticket.objects.filter(ticket_no=number)).values_list("shop_id", "refund__refund_no")
    either = requests.union(tickets, all=True) if actor.role in WORKERS else requests
    found = next(iter(either), None)
    return (found[0], found[1] or "") if found is not None else None


def others_looking(actor: Actor) -> list[dict[str, Any]]:
    """Give who else of one's shops has what before him, who types first; one statement."""
    at = clock.now()
    rows = actor.visible(Looking.objects.filter(seen_at__gte=at - HELD)).exclude(user=actor.user_id)
    found = [
        {
            "cases": [number for number in (row.number, row.twin) if number],
            "who": str(row.user),
            "typing": row.typed_at is not None and row.typed_at >= at - TYPES,
        }
        for row in rows.select_related("user").order_by("-seen_at", "-pk")[:MOST]
    ]
    return sorted(found, key=lambda one: (not one["typing"], str(one["who"])))

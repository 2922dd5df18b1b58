"""Claims and complaints that begin on a ticket: filled in from it, and linked to it in the same transaction (TKT-1)."""

from typing import Any

from django.urls import reverse

from complaints.models import Complaint
from complaints.states import COMPLAINT, Problem
from complaints.views.dialogs import File
from logistics.models import Claim
from logistics.states.claim import CLAIM, ClaimCause
from logistics.views.claim_dialogs import Draft
from orders.models import Order
from tickets import services
from tickets.models import Ticket
from tickets.selectors import tickets
from tickets.services import About
from tickets.states import WORKERS, TicketKind

CAUSES = {TicketKind.MISSING: ClaimCause.SHORT}
PROBLEMS = {
    TicketKind.LOGISTICS: Problem.LOGISTICS,
    TicketKind.MISSING: Problem.LOGISTICS,
    TicketKind.REFUND: Problem.REFUND,
    TicketKind.NOT_ARRIVED: Problem.REFUND,
    TicketKind.OVERPAID_POSTAGE: Problem.REFUND,
    TicketKind.WARRANTY: Problem.QUALITY,
}
"""What is proposed for a ticket of this kind."""


class TicketClaim(Draft):
    """A claim for a parcel of the ticket's order, `?parcel=` its tracking number."""

    roles = CLAIM.roles_of["draft"] & WORKERS
    ticket: Ticket

    def load(self, **kwargs: Any) -> None:
        """Propose the parcel that the address names."""
        super().load(**kwargs)
        asked = self.request.GET.get("parcel", "")
        self.parcels.sort(key=lambda parcel: parcel.tracking_no != asked)

    def found(self, **kwargs: Any) -> Order:
        """Give the order of the ticket. Raises: NotFound."""
        self.ticket = tickets.ticket_get_for(self.actor, kwargs["ticket_no"])
        order: Order = self.ticket.order
        return order

    def initial(self) -> dict[str, Any]:
        """Propose the cause that the kind speaks for, and what the buyer brings."""
        cause = CAUSES.get(TicketKind(self.ticket.kind), ClaimCause.LOST)
        return super().initial() | {"cause": cause.value, "note": self.ticket.title}

    def drafted(self, data: dict[str, Any]) -> Claim:
        """Draft it and link it."""
        claim = super().drafted(data)
        services.ticket_link(ticket=self.ticket, actor=self.actor, about=About(claims=[claim]))
        return claim

    def home(self) -> str:
        """Lead back to the ticket."""
        return reverse("tickets:ticket", args=[self.ticket.ticket_no])


class TicketComplaint(File):
    """A complaint of the ticket's buyer about its order."""

    roles = COMPLAINT.roles_of["file"] & WORKERS
    ticket: Ticket

    def found(self, **kwargs: Any) -> Order:
        """Give the order of the ticket. Raises: NotFound."""
        self.ticket = tickets.ticket_get_for(self.actor, kwargs["ticket_no"])
        order: Order = self.ticket.order
        return order

    def initial(self) -> dict[str, Any]:
        """Propose the problem that the kind speaks for, and what the buyer brings."""
        problem = PROBLEMS.get(TicketKind(self.ticket.kind), Problem.OTHER)
        return super().initial() | {"problem": problem.value, "text": self.ticket.title}

    def filed(self, data: dict[str, Any]) -> Complaint:
        """Record it and link it."""
        complaint = super().filed(data)
        services.ticket_link(ticket=self.ticket, actor=self.actor, about=About(complaints=[complaint]))
        return complaint

    def home(self) -> str:
        """Lead back to the ticket."""
        return reverse("tickets:ticket", args=[self.ticket.ticket_no])

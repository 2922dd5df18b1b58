"""What the workbench keeps of a person, and how long it needs it (LAW-7). Who looked at whose data stays."""

from django.db.models import Q

from aftersales.core.retention import Record, gone
from tickets.models import Task, Ticket, TicketNote
from tickets.states import ACTIVE

RECORDS = (
    Record(
        Ticket,
        "order",
        "updated_at",
        Q(status__in=ACTIVE),
        {name: gone(name) for name in ("title", "next_step", "resolution")},
        "ticket",
    ),
    Record(TicketNote, "ticket__order", "created_at", personal={"text": gone("text")}),
    Record(Task, "order", "created_at", Q(done_at=None), {"detail": gone("detail")}),
)

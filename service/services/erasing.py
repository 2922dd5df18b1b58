"""What service files and sheets keep of a person, and how long they need it (LAW-7)."""

from django.db.models import Q

from aftersales.core.retention import Record, gone
from service.models import ServiceSheet, TermsAcceptance
from service.states import SERVICE

RECORDS = (
    Record(
        ServiceSheet,
        "order",
        "updated_at",
        ~Q(status__in=SERVICE.terminal),
        {
            name: gone(name)
            for name in (
                *("text", "contact_name", "contact_phone", "address", "charge_reason"),
                *("diagnosis", "work", "accepted_by"),
            )
        },
        "service",
    ),
    Record(TermsAcceptance, "sheet__order", personal={"accepted_by": gone("accepted_by")}),
)

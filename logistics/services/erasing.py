"""What parcels and claims keep of a person, and how long they need it (LAW-7)."""

from django.db.models import Q

from aftersales.core.retention import Record, gone
from logistics.models import Claim, Parcel, UnclaimedMatch, UnclaimedParcel
from logistics.states.claim import OPEN_CLAIMS

RECORDS = (
    Record(Parcel, "order", "updated_at", subject="parcel"),
    Record(
        Claim,
        "order",
        "updated_at",
        Q(status__in=OPEN_CLAIMS),
        {"note": gone("note"), "rejection": gone("rejection")},
        "claim",
    ),
    Record(
        UnclaimedParcel,
        "refund__order",
        personal={"sender_name": gone("sender_name"), "sender_phone": gone("sender_phone")},
    ),
    Record(UnclaimedMatch, "refund__order", personal={"undone_why": gone("undone_why")}),
)

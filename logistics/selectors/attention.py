"""Which parcels need someone, told from data, and the list of those that were found (LOG-6, RFD-6, TMO-14, EXC-4).

`standing` is the one place that says what each reason means; the watch opens what stands and ends what does not.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Upper
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core import errors, keyset, policies
from aftersales.core.auth import Actor
from logistics.models import Attention, AttentionEnd, AttentionReason, Carrier, Parcel, TrackingSubscription
from logistics.states import Direction, ParcelStatus
from orders.states import SHIPPED_STATES, OrderStatus
from refunds.states import OPEN_STATES, ExchangeStatus, RefundStatus

R, S = AttentionReason, ParcelStatus
WAY_ON = (S.PICKED_UP, S.IN_TRANSIT, S.OUT_FOR_DELIVERY, S.AT_PICKUP_POINT)
"""Where the next scan is a matter of time; what goes back or is a problem has a reason of its own."""
BACK = (S.RETURNING, S.RETURNED)
ORDERING = ("due_at", "id")
BACKWARDS = ("-ended_at", "-id")
ALL, ENDED = "all", "ended"
TABS: dict[str, str | Promise] = {ALL: _("All"), **{reason.value: reason.label for reason in R}}
HISTORY: dict[str, str | Promise] = {ENDED: pgettext_lazy("parcels that need someone", "Over")}

AWAITED = Q(direction=Direction.OUT, order__status__in=SHIPPED_STATES, order__signed_at=None) | Q(
    ~Q(direction=Direction.OUT), refund__status__in=OPEN_STATES, refund__received_at=None
)
"""Parcels that somebody still waits for: the buyer for his goods, the warehouse for a return."""
HERE_UNREFUNDED = Q(direction=Direction.RETURN) & (
    Q(refund__status=RefundStatus.WAIT_SELLER_CONFIRM_GOODS, status=S.SIGNED)
    | Q(refund__status=RefundStatus.WAIT_SYSTEM_TRANSFER, refund__received_at__isnull=False)
)
GONE_MISSING = Q(
    direction=Direction.RETURN,
    refund__status=ExchangeStatus.WAIT_BUYER_CONFIRM_GOODS,
    refund__ships_first=True,
    refund__received_at=None,
    refund__marked_overdue=True,
)
"""The replacement went first and the time for the return is over (EXC-4)."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a shop waits before a parcel needs someone, and how soon somebody then sees to it."""

    silent: timedelta
    return_silent: timedelta
    stalled: timedelta
    unrefunded: timedelta
    lawful: timedelta
    seen_to: timedelta

    @classmethod
    def of(cls, shop_id: int) -> "Patience":
        """Read the shop's figures."""
        names = (
            "parcel.no_first_scan",
            "return.no_scan",
            "parcel.stalled",
            "parcel.return_unrefunded",
            "deadline.TMO-14",
            "parcel.seen_to_within",
        )
        return cls(*(policies.duration(name, shop_id=shop_id) for name in names))

    def due(self, reason: str, since: datetime, now: datetime) -> datetime:
        """Say by when somebody must have seen to it: what the law says of a refund, else the shop's own time."""
        return since + self.lawful if reason == R.RETURN_UNREFUNDED else now + self.seen_to


def standing(reason: str, shop_id: int, patience: Patience, now: datetime) -> QuerySet[Parcel]:
    """Give the parcels of a shop for which a reason stands now, each with the moment `since` when it began."""
    rows = Parcel.objects.filter(shop_id=shop_id)
    since: Any = Coalesce("last_scan_at", "updated_at")
    match reason:
        case R.SILENT:
            # Only of a number that a service was asked about does silence say anything (LOG-2).
            own_site = Carrier.objects.filter(tracked_on_own_site=True, code__iexact=OuterRef("carrier"))
            asked = TrackingSubscription.objects.filter(tracking_no=OuterRef("tracking_no"))
            late = Q(direction=Direction.RETURN, shipped_at__lte=now - patience.return_silent) | Q(
                ~Q(direction=Direction.RETURN), shipped_at__lte=now - patience.silent
            )
            rows = rows.filter(AWAITED, late, Exists(asked), ~Exists(own_site), status=S.WAIT_PICKUP)
            since = F("shipped_at")
        case R.STALLED:
            rows = rows.filter(AWAITED, status__in=WAY_ON, last_scan_at__lte=now - patience.stalled)
        case R.DENIED:
            rows = rows.filter(status=S.DENIED).exclude(order__status=OrderStatus.TRADE_CLOSED)
            since = F("denied_at")
        case R.GOING_BACK:
            rows = rows.filter(AWAITED, status__in=BACK)
        case R.UNDELIVERABLE:
            rows = rows.filter(AWAITED, status=S.PROBLEM)
        case R.RETURN_UNREFUNDED:
            signed = Case(When(status=S.SIGNED, then=F("last_scan_at")), default=F("refund__received_at"))
            since = Coalesce(signed, "refund__received_at")
            rows = rows.filter(HERE_UNREFUNDED).alias(here=since).filter(here__lte=now - patience.unrefunded)
        case R.RETURN_MISSING:
            went = Parcel.objects.filter(refund=OuterRef("refund"), direction=Direction.REPLACEMENT)
            sent = Subquery(went.exclude(status=S.SUPERSEDED).values("shipped_at")[:1])
            rows = rows.filter(GONE_MISSING).exclude(status=S.SUPERSEDED)
            since = Coalesce(sent, "shipped_at")
    found: QuerySet[Parcel] = rows.annotate(since=since).filter(since__lte=now)
    return found


def unnoticed(reason: str, shop_id: int, patience: Patience, now: datetime) -> QuerySet[Parcel]:
    """Give the parcels that need someone for a reason and of which nobody was told.

    What was settled by hand stays so while the parcel stands as it did; a stalled one until its next scan.
    """
    rows = standing(reason, shop_id, patience, now)
    known = Attention.objects.filter(parcel=OuterRef("pk"), reason=reason)
    settled = known.filter(ended_as=AttentionEnd.SETTLED, parcel_version=OuterRef("version"))
    if reason == R.STALLED:
        settled = settled.filter(since__gte=OuterRef("last_scan_at"))
    return rows.exclude(Exists(known.filter(ended_at=None))).exclude(Exists(settled)).order_by("pk")


def over(reason: str, shop_id: int, patience: Patience, now: datetime) -> QuerySet[Attention]:
    """Give the open rows of a reason whose parcel does not need anybody for it any more."""
    stands = standing(reason, shop_id, patience, now).filter(pk=OuterRef("parcel"))
    rows = Attention.objects.filter(shop=shop_id, reason=reason, ended_at=None)
    return rows.exclude(Exists(stands)).select_related("parcel").order_by("pk")


def attention_rows(actor: Actor, tab: str = ALL, carrier: str = "") -> QuerySet[Attention]:
    """Give what is open of a tab, or what has ended, unordered; of one carrier alone if asked."""
    rows: QuerySet[Attention] = actor.visible(Attention.objects.filter(ended_at__isnull=tab != ENDED))
    if tab not in (ALL, ENDED):
        rows = rows.filter(reason=tab)
    return rows.filter(parcel__carrier__iexact=carrier) if carrier else rows


def attention_counts(actor: Actor, carrier: str = "") -> dict[str, int]:
    """Count what is open in each tab, up to a cap, in one statement for each."""
    return {tab: keyset.counted(attention_rows(actor, tab, carrier)) for tab in TABS}


def with_parcel(rows: QuerySet[Attention]) -> QuerySet[Attention]:
    """Bring along what a row of the list shows, in its own statement."""
    named = Carrier.objects.annotate(upper=Upper("code")).filter(upper=Upper(OuterRef("parcel__carrier")))
    return rows.select_related("parcel__order", "parcel__refund", "shop").annotate(
        carrier_name=Subquery(named.values("name")[:1])
    )


def attention_get_for(actor: Actor, pk: int) -> Attention:
    """Return one row with its parcel, to be given to a service; one statement. Raises: NotFound."""
    found: Attention | None = with_parcel(actor.visible(Attention.objects.filter(pk=pk))).first()
    if found is None:
        raise errors.NotFound()
    return found


NEXT: dict[str, str | Promise] = {
    R.SILENT: _("Ask the warehouse whether the carrier has it; check carrier and number."),
    R.STALLED: _("Ask the carrier where it is; tell the buyer before he asks."),
    R.DENIED: _("Have the carrier prove the delivery; refund or send again, then claim."),
    R.GOING_BACK: _("Ask the buyer: send it again, or refund once it is here."),
    R.UNDELIVERABLE: _("Ask the carrier why; correct the address or decide which way it goes."),
    R.RETURN_UNREFUNDED: _("Have it inspected and the refund paid: the law gives seven days."),
    R.RETURN_MISSING: _("Talk to the buyer: the return, or what the replacement cost."),
}
OF_RETURN: dict[str, str | Promise] = {
    R.SILENT: _("Contact the buyer: is the number right, has it been handed over?"),
    R.STALLED: _("Ask the carrier where it is; the buyer waits for the money."),
    R.GOING_BACK: _("Contact the buyer: the return goes back to him; ask why and have it sent again."),
    R.UNDELIVERABLE: _("Ask the carrier why the warehouse does not get it."),
}


def next_step(attention: Attention) -> str:
    """Say in words what is done next about a parcel; the parcel is at hand."""
    words: dict[str, Any] = NEXT | OF_RETURN if attention.parcel.direction == Direction.RETURN else NEXT
    return str(words[attention.reason])

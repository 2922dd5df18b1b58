"""All parcels of an order, out, back and instead, with their last scans on one line of time (LOG-6, RET-1, EXC-1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber, Upper
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.models import Attention, Carrier, Packing, Parcel, ParcelScan
from logistics.states import Direction

from .attention import next_step

MOST = 30
LAST_SCANS = 6
"""So many of each parcel are shown, the last ones."""
_LEFT: dict[str, str | Promise] = {
    Direction.OUT: gettext_lazy("handed over to the carrier"),
    Direction.RETURN: gettext_lazy("sent back by the buyer"),
    Direction.REPLACEMENT: gettext_lazy("replacement handed over to the carrier"),
}
_SAID: tuple[tuple[str, str | Promise], ...] = (
    ("recalled_at", gettext_lazy("called back by the shop")),
    ("denied_at", gettext_lazy("the buyer denies having it")),
    ("lost_at", gettext_lazy("given up as lost")),
    ("superseded_at", gettext_lazy("number corrected")),
)
"""What people know of a parcel that no scan says."""


@dataclass(frozen=True, slots=True)
class Need:
    """Why a parcel needs someone, what is next and by when."""

    attention: Attention
    next: str


@dataclass(frozen=True, slots=True)
class Moving:
    """One parcel with its carrier's name, what it weighed when it was packed, and why it needs someone."""

    parcel: Parcel
    carrier_name: str
    phone: str
    weight_g: int | None
    difference_g: int | None
    needs: list[Need]

    @property
    def kept(self) -> bool:
        """Whether it still counts: its number was not corrected."""
        return self.parcel.superseded_at is None


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened to one of the parcels, in words."""

    at: datetime
    who: str
    text: str
    note: str
    kind: str


@dataclass(frozen=True, slots=True)
class Movement:
    """What travelled for an order: its parcels as they left, and what happened to all of them, the latest first."""

    parcels: list[Moving]
    line: list[Moment]


def movement_of(order_id: int) -> Movement:
    """Collect the parcels of an order that the caller may see; three statements, however many there are."""
    carriers = Carrier.objects.annotate(upper=Upper("code")).filter(upper=Upper(OuterRef("carrier")))
    packed = Packing.objects.filter(parcel=OuterRef("pk"), superseded_at=None)
    rows = Parcel.objects.filter(order=order_id).select_related("refund")
    rows = rows.annotate(
        carrier_name=Subquery(carriers.values("name")[:1]),
        phone=Subquery(carriers.values("phone")[:1]),
        weight_g=Subquery(packed.values("packed_weight_g")[:1]),
        expected_g=Subquery(packed.values("expected_weight_g")[:1]),
    )
    needed = Attention.objects.filter(ended_at=None).select_related("parcel").order_by("due_at", "id")
    rows = rows.prefetch_related(
        Prefetch("attentions", needed, to_attr="needed"), Prefetch("scans", _last_scans(), to_attr="last_scans")
    )
    found = list(rows.order_by("-shipped_at", "-id")[:MOST])
    line = [moment for parcel in found for moment in _moments(parcel, parcel.last_scans)]
    return Movement([_moving(parcel) for parcel in found], sorted(line, key=lambda one: one.at, reverse=True))


def _last_scans() -> QuerySet[ParcelScan]:
    newest = Window(RowNumber(), partition_by=F("parcel"), order_by=[F("occurred_at").desc(), F("id").desc()])
    return ParcelScan.objects.annotate(newest=newest).filter(newest__lte=LAST_SCANS).order_by("occurred_at", "id")


def _moving(parcel: Parcel) -> Moving:
    weight, expected = parcel.weight_g, parcel.expected_g
    return Moving(
        parcel=parcel,
        carrier_name=parcel.carrier_name or parcel.carrier,
        phone=parcel.phone or "",
        weight_g=weight,
        difference_g=None if weight is None or expected is None else weight - expected,
        needs=[Need(one, next_step(one)) for one in parcel.needed],
    )


def _moments(parcel: Parcel, scans: Sequence[ParcelScan]) -> Iterator[Moment]:
    who = f"{parcel.carrier_name or parcel.carrier} {parcel.tracking_no}".strip() or _("without a number")
    by = "buyer" if parcel.direction == Direction.RETURN else "person"
    yield Moment(parcel.shipped_at, who, str(_LEFT[parcel.direction]), "", by)
    for scan in scans:
        yield Moment(scan.occurred_at, who, f"{scan.place} {scan.text}".strip(), "", "system")
    for name, words in _SAID:
        at: datetime | None = getattr(parcel, name)
        if at is not None:
            yield Moment(at, who, str(words), "", "person")

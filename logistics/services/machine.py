"""The parcel's binding to `core.transitions`: how it is locked, what its steps set, what is told of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from aftersales.core.auth import Actor
from aftersales.core.steps import Step
from aftersales.core.transitions import Binding
from logistics.models import Parcel
from logistics.states import PARCEL as MACHINE

if TYPE_CHECKING:
    from .tracking import Scan


def parcel_lock(ids: Sequence[int], skip_locked: bool) -> list[Parcel]:
    """Lock parcels by key. They come last of all: whoever holds an order or a request may lock its parcels after."""
    rows = Parcel.objects.filter(pk__in=ids).order_by("pk")
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked))


def _scan(parcel: Parcel, *, actor: Actor, at: datetime, last: "Scan") -> None:
    parcel.last_scan_at, parcel.last_code, parcel.last_text = last.occurred_at, last.code, last.text


def _deny(parcel: Parcel, *, actor: Actor, at: datetime) -> None:
    parcel.denied_at = at


def _lose(parcel: Parcel, *, actor: Actor, at: datetime) -> None:
    parcel.lost_at = at


def _recall(parcel: Parcel, *, actor: Actor, at: datetime) -> None:
    parcel.recalled_at = at


def _correct_carrier(parcel: Parcel, *, actor: Actor, at: datetime, carrier: str) -> str:
    said = f"{parcel.carrier} → {carrier}"
    parcel.carrier = carrier
    return said


def _supersede(parcel: Parcel, *, actor: Actor, at: datetime) -> None:
    parcel.superseded_at = at


def _tell(step: Step) -> None:
    """Say with every event whose parcel it is."""
    parcel = step.subject
    step.news = {"direction": parcel.direction, "order_id": parcel.order_id, "refund_id": parcel.refund_id}


PARCEL = Binding(
    machine=MACHINE,
    model=Parcel,
    lock=parcel_lock,
    prepare={
        "scan": _scan,
        "deny": _deny,
        "confirm_lost": _lose,
        "recall": _recall,
        "correct_carrier": _correct_carrier,
        "supersede": _supersede,
    },
    saved=(
        "carrier",
        "last_scan_at",
        "last_code",
        "last_text",
        "denied_at",
        "lost_at",
        "recalled_at",
        "superseded_at",
    ),
    stamp=_tell,
)

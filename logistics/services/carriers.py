"""Changing what is known of carriers. Every change stays readable, with who made it (LOG-1)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.core import clock, errors
from aftersales.core.auth import Actor, grant
from aftersales.core.models import Role
from aftersales.core.regions import PROVINCES
from logistics.models import Carrier, CarrierChange, CarrierSurcharge, Claim, Parcel, UnclaimedParcel, UnservedRegion
from logistics.selectors import carriers as selectors
from logistics.selectors.formats import format_fault

EDIT_CARRIER = "logistics.edit_carrier"
grant(EDIT_CARRIER, [Role.SUPERVISOR])

MOST_FORMATS = 30
MOST_SURCHARGE_FEN = 1_000_000
RESERVED = frozenset({"new", "try"})
_CODE = re.compile(r"[A-Za-z0-9_-]{1,24}")
_LONGEST = {"name": 40, "phone": 40}


@dataclass(frozen=True, slots=True)
class CarrierFacts:
    """All that is known of a carrier. `unserved` gives a note by province, `surcharges` fen by province."""

    code: str
    name: str
    formats: Sequence[str] = ()
    phone: str = ""
    surface: bool = False
    tracked_on_own_site: bool = False
    is_active: bool = True
    unserved: Mapping[str, str] = field(default_factory=dict)
    surcharges: Mapping[str, int] = field(default_factory=dict)

    def state(self) -> dict[str, Any]:
        """Give it as the history keeps it."""
        return asdict(self) | {
            "formats": list(self.formats),
            "unserved": selectors.by_province(self.unserved),
            "surcharges": selectors.by_province(self.surcharges),
        }


def may_edit(actor: Actor) -> bool:
    """Say whether somebody may change what holds for all shops."""
    return actor.may(EDIT_CARRIER) and actor.shop_ids is None


def carrier_save(
    *, actor: Actor, facts: CarrierFacts, carrier: Carrier | None = None, version: int | None = None
) -> Carrier:
    """Write down what is known of a carrier, or of a new one; what stays as it was changes nothing.

    Locks: the carrier. Raises: Forbidden unless the actor is a supervisor of all shops; NotFound; StaleVersion with
    what a colleague changed meanwhile; Invalid with the field, also for another code of a carrier that has had parcels.
    """
    actor.require(EDIT_CARRIER)
    if actor.shop_ids is not None:
        raise errors.Forbidden(_("Only a supervisor of all shops may change a carrier."))
    faults = list(_faults(facts))
    if faults:
        raise errors.Invalid(_("The carrier was not changed."), errors=faults)
    with transaction.atomic():
        if carrier is None:
            return _write(Carrier(version=0), facts, actor, {})
        locked = Carrier.objects.select_for_update().filter(pk=carrier.pk).first()
        if locked is None:
            raise errors.NotFound()
        if version is not None and version != locked.version:
            raise errors.StaleVersion(_changed_meanwhile(locked, version), version=locked.version)
        before = selectors.state_of(locked)
        if before == facts.state():
            return locked
        if facts.code != locked.code and _is_used(locked.code):
            raise _wrong("code", "fixed", _("Parcels bear this code already; it stays as it is."))
        return _write(locked, facts, actor, before)


def _write(carrier: Carrier, facts: CarrierFacts, actor: Actor, before: dict[str, Any]) -> Carrier:
    carrier.code, carrier.name, carrier.phone = facts.code, facts.name, facts.phone
    carrier.formats = "\n".join(facts.formats)
    carrier.surface, carrier.tracked_on_own_site = facts.surface, facts.tracked_on_own_site
    carrier.is_active = facts.is_active
    carrier.version += 1
    try:
        with transaction.atomic():
            carrier.save()
    except IntegrityError as error:
        raise _wrong("code", "taken", _("Another carrier has this code.")) from error
    carrier.unserved.all().delete()
    carrier.surcharges.all().delete()
    state = facts.state()
    UnservedRegion.objects.bulk_create(
        UnservedRegion(carrier=carrier, province=province, note=note) for province, note in state["unserved"].items()
    )
    CarrierSurcharge.objects.bulk_create(
        CarrierSurcharge(carrier=carrier, province=province, fen=fen) for province, fen in state["surcharges"].items()
    )
    CarrierChange.objects.create(
        carrier=carrier,
        version=carrier.version,
        at=clock.now(),
        by_id=actor.user_id,
        by_name=actor.name,
        before=before,
        after=state,
    )
    return carrier


def _faults(facts: CarrierFacts) -> Iterator[errors.FieldError]:
    if not _CODE.fullmatch(facts.code) or facts.code.lower() in RESERVED:
        yield errors.FieldError("code", "invalid", _("A code has up to 24 letters, digits, “-” and “_”."))
    if not facts.name.strip():
        yield errors.FieldError("name", "required", _("A carrier needs a name."))
    for name, most in _LONGEST.items():
        if len(getattr(facts, name)) > most:
            words = _("At most %(most)d characters are possible.") % {"most": most}
            yield errors.FieldError(name, "too_long", words)
    if len(facts.formats) > MOST_FORMATS:
        words = _("A carrier has %(most)d formats at the most.") % {"most": MOST_FORMATS}
        yield errors.FieldError("formats", "too_many", words)
    for place, pattern in enumerate(facts.formats[:MOST_FORMATS], start=1):
        if fault := format_fault(pattern):
            told = {"place": place, "format": pattern[:60], "fault": fault}
            words = _("Format %(place)d, %(format)s: %(fault)s") % told
            yield errors.FieldError("formats", "invalid", words)
    for province in {**facts.unserved, **facts.surcharges}:
        if province not in PROVINCES:
            words = _("“%(province)s” is no province.") % {"province": province}
            yield errors.FieldError("unserved", "invalid", words)
    for province, fen in facts.surcharges.items():
        if not 0 <= fen <= MOST_SURCHARGE_FEN:
            words = _("%(province)s: a surcharge is ¥0 to ¥10000.") % {"province": province}
            yield errors.FieldError("surcharges", "out_of_range", words)


def _wrong(name: str, code: str, words: str) -> errors.Invalid:
    return errors.Invalid(_("The carrier was not changed."), errors=[errors.FieldError(name, code, words)])


def _is_used(code: str) -> bool:
    """Say whether anything was sent, found or claimed under a code; asked only when it would change."""
    return any(model.objects.filter(carrier__iexact=code).exists() for model in (UnclaimedParcel, Claim, Parcel))


def _changed_meanwhile(carrier: Carrier, version: int) -> str:
    """Say who changed what since a version was looked at, the first change first."""
    said = []
    for changed in reversed(selectors.history(carrier, after=version)):
        what = _("; ").join(f"{one.label}: {one.was} → {one.now}" for one in changed.differences)
        said.append(_("%(who)s changed %(what)s.") % {"who": changed.change.by_name, "what": what})
    return " ".join(said)

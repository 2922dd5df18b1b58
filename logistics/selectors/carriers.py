"""Reading what is known of carriers: the list, one with its history in words, whose format a number has (LOG-1)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aftersales.core import errors, money
from aftersales.core.regions import PROVINCES
from logistics.models import Carrier, CarrierChange

from .formats import has_format

State = Mapping[str, Any]
LABELS = {
    "code": gettext_lazy("Code"),
    "name": pgettext_lazy("carrier", "Name"),
    "formats": gettext_lazy("Number formats"),
    "phone": gettext_lazy("Hotline"),
    "surface": gettext_lazy("Surface mail"),
    "tracked_on_own_site": gettext_lazy("Tracked on its own site only"),
    "is_active": gettext_lazy("Offered for choosing"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact that was changed, in words."""

    label: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One change with what it changed."""

    change: CarrierChange
    differences: list[Difference]


def carrier_rows(asked: str = "", number: str = "") -> QuerySet[Carrier]:
    """Give the carriers whose name or code holds what was asked for, and whose formats the number has."""
    rows = Carrier.objects.annotate(
        unserved_count=Count("unserved", distinct=True), surcharge_count=Count("surcharges", distinct=True)
    )
    if asked:
        rows = rows.filter(Q(name__icontains=asked) | Q(code__icontains=asked))
    if number:
        rows = rows.filter(pk__in=[carrier.pk for carrier in carriers_fitting(number)])
    return rows


def carriers_fitting(number: str) -> list[Carrier]:
    """Give the carriers one of whose formats a tracking number has, active ones first; one statement."""
    wanted = number.strip().upper()
    rows = Carrier.objects.order_by("-is_active", "name") if wanted else ()
    return [carrier for carrier in rows if has_format(carrier.formats, wanted)]


def carrier_get(code: str) -> Carrier:
    """Give a carrier by its code. Raises: NotFound."""
    found = Carrier.objects.filter(code__iexact=code).first()
    if found is None:
        raise errors.NotFound()
    return found


def state_of(carrier: Carrier) -> dict[str, Any]:
    """Give all that is known of a carrier, as its history keeps it; two statements."""
    return {
        "code": carrier.code,
        "name": carrier.name,
        "formats": carrier.formats.split(),
        "phone": carrier.phone,
        "surface": carrier.surface,
        "tracked_on_own_site": carrier.tracked_on_own_site,
        "is_active": carrier.is_active,
        "unserved": by_province({one.province: one.note for one in carrier.unserved.all()}),
        "surcharges": by_province({one.province: one.fen for one in carrier.surcharges.all()}),
    }


def by_province(values: Mapping[str, Any]) -> dict[str, Any]:
    """Put values into the order of the provinces."""
    return {name: values[name] for name in PROVINCES if name in values}


def history(carrier: Carrier, *, after: int = 0) -> list[Changed]:
    """Give what was changed of a carrier, the last change first; those that came `after` a version alone."""
    rows = carrier.changes.filter(version__gt=after)
    return [Changed(change, list(differences(change.before, change.after))) for change in rows]


def state_at(carrier: Carrier, version: int) -> State | None:
    """Give what was known of a carrier at an earlier version; None where nothing was changed since."""
    following = carrier.changes.filter(version__gt=version).order_by("version").first()
    return following.before if following is not None else None


def differences(before: State, after: State) -> Iterator[Difference]:
    """Say in words what differs; of a new carrier everything that is there."""
    for name, label in LABELS.items():
        was, now = before.get(name), after.get(name)
        if was != now and (before or now):
            yield Difference(str(label), _word(was), _word(now))
    for name, province_label in (
        ("unserved", _("%(province)s not served")),
        ("surcharges", _("Surcharge %(province)s")),
    ):
        old, new = before.get(name, {}), after.get(name, {})
        for province in by_province({**old, **new}):
            was, now = (_province_word(name, values.get(province)) for values in (old, new))
            if was != now:
                yield Difference(province_label % {"province": province}, was, now)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return " ".join(value) or "—"
    return value or "—"


def _province_word(name: str, value: Any) -> str:
    if value is None:
        return "—"
    return f"¥{money.yuan(value)}" if name == "surcharges" else value or _("yes")

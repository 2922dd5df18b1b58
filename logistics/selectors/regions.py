"""Which carriers reach which provinces, and what that costs more (LOG-1, LOG-4, LOG-7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from aftersales.core.regions import province_of
from logistics.models import Carrier, CarrierSurcharge, UnservedRegion


@dataclass(frozen=True, slots=True)
class Reach:
    """What is known of a province: who does not serve it, with a note, and what is added, by carrier's code."""

    province: str
    unserved: Mapping[str, str]
    surcharges: Mapping[str, int]

    def serves(self, code: str) -> bool:
        """Say whether a carrier goes there, as far as anybody wrote down."""
        return code.lower() not in self.unserved

    def surcharge_fen(self, code: str) -> int | None:
        """Give what a carrier adds there; None where nothing was written down."""
        return self.surcharges.get(code.lower())

    def warning(self, carrier: Carrier | None) -> str:
        """Say that a carrier does not serve the province; empty where it does. Warns and never blocks."""
        if carrier is None or self.serves(carrier.code):
            return ""
        said = {"carrier": carrier.name, "province": self.province, "note": self.unserved[carrier.code.lower()]}
        if said["note"]:
            return _("%(carrier)s does not serve %(province)s (%(note)s).") % said
        return _("%(carrier)s does not serve %(province)s.") % said

    def choices(self, carriers: Iterable[Carrier]) -> list[tuple[str, str]]:
        """Give carriers to choose from: first those that go there, the others named as what they are."""
        rows = sorted(carriers, key=lambda carrier: not self.serves(carrier.code))
        said = _("%(carrier)s – does not serve %(province)s")
        return [
            (row.code, row.name if self.serves(row.code) else said % {"carrier": row.name, "province": self.province})
            for row in rows
        ]


def reach(region: str) -> Reach:
    """Give what is known of the province of an address's region; two statements, none for an unknown province."""
    province = province_of(region)
    if not province:
        return Reach("", {}, {})
    unserved = UnservedRegion.objects.filter(province=province).values_list("carrier__code", "note")
    surcharges = CarrierSurcharge.objects.filter(province=province).values_list("carrier__code", "fen")
    return Reach(
        province,
        {code.lower(): note for code, note in unserved},
        {code.lower(): fen for code, fen in surcharges},
    )

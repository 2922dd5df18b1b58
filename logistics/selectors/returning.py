"""What a buyer who sends goods back is told: carriers with their phone numbers, and the postage to expect (LOG-7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q
from django.utils.translation import gettext as _

from aftersales.core import money
from aftersales.core.regions import province_of
from logistics.models import Carrier
from refunds.models import Refund
from refunds.selectors import postage

COLUMNS = ("code", "name", "phone", "provinces")


@dataclass(frozen=True, slots=True)
class ReturnAdvice:
    """The carriers to choose from, about what the postage should be, and both in words for the buyer."""

    carriers: list[dict[str, str]]
    postage_fen: int
    text: str

    @property
    def named(self) -> list[dict[str, str]]:
        """Those that can be called; where no phone is known, all of them."""
        return _to_name(self.carriers)


def return_advice(refund: Refund) -> ReturnAdvice:
    """Give what the buyer of a return is told; two statements. Surface mail is left out, for it is slow to be seen."""
    rows = Carrier.objects.filter(is_active=True, surface=False).annotate(
        provinces=ArrayAgg("unserved__province", filter=Q(unserved__isnull=False), default=[])
    )
    return advice_of(refund, rows.order_by("name").values(*COLUMNS), postage.postage_expected(refund))


def advice_of(refund: Refund, carriers: Iterable[Mapping[str, Any]], postage_fen: int) -> ReturnAdvice:
    """Put the advice together from carriers, each with the `provinces` that it does not serve; no statement.

    Left out is who does not serve the buyer's province or that of the address that the goods go to.
    """
    ends = {province_of(refund.order.receiver_region), province_of(refund.return_address.get("region", ""))}
    fitting = [
        {name: row[name] for name in ("code", "name", "phone")}
        for row in carriers
        if not ends.intersection(row["provinces"])
    ]
    return ReturnAdvice(fitting, postage_fen, _text(fitting, postage_fen))


def _text(carriers: list[dict[str, str]], postage_fen: int) -> str:
    said = []
    if named := _to_name(carriers):
        listed = _(", ").join(f"{row['name']} {row['phone']}".strip() for row in named)
        said.append(_("These carriers collect from you: %(carriers)s.") % {"carriers": listed})
    if postage_fen:
        said.append(_("The postage should be about ¥%(yuan)s.") % {"yuan": money.yuan(postage_fen)})
    return " ".join(said)


def _to_name(carriers: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in carriers if row["phone"]] or carriers

"""What the weights say when goods are missing from a parcel, and what is recommended then (MIS-1, MIS-2).

Pure reasoning over rows that are there already; a person decides, and `logistics.services.missing` writes it down.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from aftersales.core import money, policies
from logistics.models import MissingLine, MissingReport, Packing, Parcel
from logistics.states.missing import Intact, MissingCause, Settlement
from orders.models import Order, OrderLine

Goods = Sequence[tuple[OrderLine, int]]
"""Lines with how many of each are missing."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Grams that are compared, each None where nobody knows it; `missing_g` is what the missing goods weigh."""

    expected_g: int | None
    packed_g: int | None
    carrier_g: int | None
    missing_g: int | None


class Ground(StrEnum):
    """What decided about the likely cause."""

    LIGHT_AT_DISPATCH = "light_at_dispatch"
    LIGHTER_LATER = "lighter_later"
    OPENED = "opened"
    SEALED_AND_LIGHT = "sealed_and_light"
    LIGHT_SOMEWHERE = "light_somewhere"
    TOO_LITTLE_TO_TELL = "too_little_to_tell"
    WEIGHTS_RIGHT = "weights_right"
    NO_LATER_WEIGHT = "no_later_weight"
    NO_WEIGHTS = "no_weights"

    @property
    def cause(self) -> MissingCause:
        """The likely cause that follows from it."""
        return _CAUSES.get(self, MissingCause.UNCLEAR)


_CAUSES = {
    Ground.LIGHT_AT_DISPATCH: MissingCause.WAREHOUSE_MISSED,
    Ground.SEALED_AND_LIGHT: MissingCause.WAREHOUSE_MISSED,
    Ground.LIGHTER_LATER: MissingCause.THEFT,
    Ground.OPENED: MissingCause.THEFT,
    Ground.WEIGHTS_RIGHT: MissingCause.NOT_SHORT,
}
WHY = {
    Ground.LIGHT_AT_DISPATCH: gettext_lazy("Packed, it weighed less than its goods: they were not all in it."),
    Ground.LIGHTER_LATER: gettext_lazy("It was lighter with the carrier than when it was packed."),
    Ground.OPENED: gettext_lazy("It was opened on the way, and it was not too light when it was packed."),
    Ground.SEALED_AND_LIGHT: gettext_lazy("It is lighter than its goods, and nobody opened it on the way."),
    Ground.LIGHT_SOMEWHERE: gettext_lazy("It is lighter than its goods, but nobody weighed it when it was packed."),
    Ground.TOO_LITTLE_TO_TELL: gettext_lazy("What is missing weighs less than weights may differ by."),
    Ground.WEIGHTS_RIGHT: gettext_lazy("No weight is too low for all of the goods, and nobody opened the parcel."),
    Ground.NO_LATER_WEIGHT: gettext_lazy("It was right when it was packed; nothing is known of later."),
    Ground.NO_WEIGHTS: gettext_lazy("There are not enough weights to compare."),
}


def likely_cause(weights: Weights, *, intact: str, tolerance_percent: int) -> Ground:
    """Say what most likely happened to goods that are missing (MIS-2); weights may differ by so many percent.

    What was too light when it was packed is the warehouse's, whatever the box looks like; what became lighter later
    or was opened is theft. A weight proves that nothing is missing only where what is missing would show in it.
    """
    expected, packed, carrier = weights.expected_g, weights.packed_g, weights.carrier_g

    def below(weight: int | None, other: int | None) -> bool:
        return weight is not None and other is not None and weight * 100 < other * (100 - tolerance_percent)

    if below(packed, expected):
        return Ground.LIGHT_AT_DISPATCH
    if below(carrier, packed):
        return Ground.LIGHTER_LATER
    if intact == Intact.NO:
        return Ground.OPENED
    if expected is None or (packed is None and carrier is None):
        return Ground.NO_WEIGHTS
    if below(carrier, expected):
        return Ground.SEALED_AND_LIGHT if intact == Intact.YES else Ground.LIGHT_SOMEWHERE
    if weights.missing_g is None or weights.missing_g * 100 <= expected * tolerance_percent:
        return Ground.TOO_LITTLE_TO_TELL
    if carrier is None and intact != Intact.YES:
        return Ground.NO_LATER_WEIGHT
    return Ground.WEIGHTS_RIGHT


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the data say about goods that are missing: weights, likely cause, and what follows for the buyer."""

    weights: Weights
    ground: Ground
    value_fen: int
    recommended: Settlement
    tolerance_percent: int
    large_fen: int
    goods: str

    @property
    def cause(self) -> MissingCause:
        """The likely cause."""
        return self.ground.cause

    @property
    def why(self) -> str:
        """What decided about the cause, in words."""
        return str(WHY[self.ground])

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The weights side by side, each with what it differs from the goods by."""
        found, expected = self.weights, self.weights.expected_g
        named = [
            (_("Goods by the catalogue"), expected),
            (_("On our scale, packed"), found.packed_g),
            (_("On the waybill, with the carrier"), found.carrier_g),
        ]
        rows: list[dict[str, Any]] = []
        for place, (title, grams) in enumerate(named):
            difference = grams - expected if place and grams is not None and expected is not None else None
            words = "" if difference is None else f"{difference:+d}"
            rows.append({"title": title, "g": grams, "difference": difference, "difference_words": words})
        return rows

    @property
    def recommendation(self) -> str:
        """Say why this settlement is recommended (MIS-2)."""
        figures = {"value": money.yuan(self.value_fen), "large": money.yuan(self.large_fen)}
        words = {
            Settlement.RESHIP: _("Worth ¥%(value)s, from ¥%(large)s on it is sent again."),
            Settlement.REFUND: _("Worth ¥%(value)s, below ¥%(large)s it is refunded in agreement."),
            Settlement.NEXT_TIME: _("Nothing was paid for it: it goes with the next order."),
            Settlement.LOOK_INTO: _("Worth ¥%(value)s; first the warehouse counts its stock."),
        }
        return words[self.recommended] % figures

    def answer(self, settlement: str) -> str:
        """Give the words for the buyer, ready to be copied into the chat."""
        return " ".join(filter(None, (self._opening(), self._promise(settlement), self._closing())))

    def _opening(self) -> str:
        words = {
            MissingCause.WAREHOUSE_MISSED: _("We are very sorry: %(goods)s was left out when your parcel was packed."),
            MissingCause.THEFT: _("We are very sorry: it looks as if %(goods)s was taken out on the way."),
            MissingCause.NOT_SHORT: _(
                "We are sorry for the trouble with %(goods)s. By its weight the parcel was complete; please look once "
                "more between the padding and in the inner boxes."
            ),
        }
        default = _("We are sorry for the trouble with %(goods)s and are looking into it.")
        return words.get(self.cause, default) % {"goods": self.goods}

    def _promise(self, settlement: str) -> str:
        figures = {"value": money.yuan(self.value_fen)}
        words = {
            Settlement.RESHIP: _("We send it to you again at once. Is there anything else that you want with it?"),
            Settlement.REFUND: _("If that is all right with you, we refund you ¥%(value)s for it."),
            Settlement.NEXT_TIME: _("It is noted, and we add it to your next order."),
            Settlement.LOOK_INTO: _("Our warehouse counts its stock, and we tell you within a day."),
        }
        return words[Settlement(settlement)] % figures

    def _closing(self) -> str:
        if self.cause != MissingCause.THEFT:
            return ""
        return _("Next time please check box and goods before you sign, and refuse what was opened.")


def compare(parcel: Parcel, goods: Goods, *, intact: str, carrier_weight_g: int | None) -> Comparison:
    """Compare the weights of a parcel from which goods are missing (MIS-1); two statements."""
    shop = parcel.shop_id
    packing = Packing.objects.filter(parcel=parcel, superseded_at=None).first()
    weights = Weights(
        expected_g=_grams([(line, line.quantity) for line in lines_in(parcel)]),
        packed_g=packing.packed_weight_g if packing is not None else None,
        carrier_g=carrier_weight_g,
        missing_g=_grams(goods),
    )
    tolerance = policies.number("parcel.weight_tolerance_percent", shop_id=shop)
    large = policies.get("parcel.large_value_missing", shop_id=shop)
    ground = likely_cause(weights, intact=intact, tolerance_percent=tolerance)
    value = sum(min(line_value_fen(line, quantity), max(line.left_fen, 0)) for line, quantity in goods)
    return Comparison(
        weights=weights,
        ground=ground,
        value_fen=value,
        recommended=recommended(ground.cause, value, large),
        tolerance_percent=tolerance,
        large_fen=large,
        goods=goods_words(goods),
    )


def recommended(cause: MissingCause, value_fen: int, large_fen: int) -> Settlement:
    """Say how missing goods are settled: large ones go again, small ones are refunded, unclear ones looked into."""
    if cause not in (MissingCause.WAREHOUSE_MISSED, MissingCause.THEFT):
        return Settlement.LOOK_INTO
    if not value_fen:
        return Settlement.NEXT_TIME
    return Settlement.RESHIP if value_fen >= large_fen else Settlement.REFUND


def line_value_fen(line: OrderLine, quantity: int) -> int:
    """Say what the buyer paid for so many of a line, exact to the fen."""
    return sum(money.unit_shares(line.paid_share_fen, line.quantity)[:quantity])


def goods_words(goods: Goods) -> str:
    """Name goods with how many of them."""
    return _(", ").join(f"{line.title}{f' {line.sku}' if line.sku else ''} ×{quantity}" for line, quantity in goods)


def _grams(goods: Goods) -> int | None:
    """Add up what goods weigh; None where a weight is not known, or there are no goods."""
    if not goods or any(line.weight_g is None for line, _quantity in goods):
        return None
    return sum((line.weight_g or 0) * quantity for line, quantity in goods) or None


def lines_in(parcel: Parcel) -> list[OrderLine]:
    """Give the lines that were in a parcel; all of the order's where nobody said which."""
    lines = OrderLine.objects.filter(order=parcel.order_id).order_by("id")
    return list(lines.filter(line_no__in=parcel.line_nos) if parcel.line_nos else lines)


def reports_of(order: Order) -> list[MissingReport]:
    """Give what was reported as missing from an order, the newest first."""
    rows = MissingReport.objects.filter(order=order).select_related("refund", "claim")
    return list(rows.prefetch_related("lines__order_line").order_by("-id")[:20])


def reported(parcel: Parcel, lines: Sequence[OrderLine]) -> list[MissingLine]:
    """Give what stands reported of these lines of a parcel."""
    rows = MissingLine.objects.filter(parcel=parcel, order_line__in=lines, superseded_at=None)
    return list(rows.select_related("report__refund", "order_line").order_by("id"))


def settled_words(report: MissingReport) -> str:
    """Say how a report was settled, with its request where there is one."""
    said = pgettext("missing", "%(cause)s, %(settled)s") % {
        "cause": report.get_cause_display(),
        "settled": report.get_settlement_display(),
    }
    return f"{said} {report.refund.refund_no}" if report.refund is not None else said

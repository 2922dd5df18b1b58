"""The questions that rules may ask, with what is known of one case as their answers. Pure: nothing is read here."""

from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from refunds.states import OPEN_STATES, GoodsStatus, Kind, Phase, Reason

from .questions import Choice, Name, Number, Question, YesNo

PARCEL = (
    ("not_shipped", _("not shipped")),
    ("no_number", _("shipped, without a tracking number")),
    ("under_way", _("under way")),
    ("signed", _("signed for")),
)
RETURN = (
    ("none", _("nothing sent back")),
    ("sent", _("sent back, not opened yet")),
    ("passed", _("inspection passed")),
    ("failed", _("inspection failed")),
)
REPLACEMENT = (
    ("as_sent", pgettext_lazy("replacement", "nothing is wrong")),
    ("denied", pgettext_lazy("replacement", "signed for, the buyer denies it")),
    ("lost", pgettext_lazy("replacement", "did not reach the buyer")),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """One case. None is what nobody knows; a condition on it does not hold."""

    status: str
    kind: str
    goods_status: str
    reason: str
    phase: str
    before_shipment: bool = False
    in_dispute: bool = False
    voided: bool = False
    parcel: str = "under_way"
    return_state: str = "none"
    replacement: str = "as_sent"
    amount_fen: int = 0
    full_amount: bool = True
    given_before: bool = False
    seven_day_goods: bool = False
    hot_seller: bool = False
    insured: bool = False
    pictures: int = 0
    attempt: int = 1
    refusals: int = 0
    guided_in_vain: bool = False
    buyer_requests: int = 0
    buyer_refusals: int = 0
    shipped_days: int | None = None
    signed_days: int | None = None
    in_time: bool | None = None
    item_score: int | None = None
    category: str | None = None
    shop: str | None = None


def _choices(*members: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((member.value, member.label) for member in members)


QUESTIONS: dict[str, Question] = {
    question.key: question
    for question in (
        Choice("status", _("Status"), _choices(*OPEN_STATES)),
        Choice("kind", _("Kind"), _choices(*Kind)),
        YesNo("before_shipment", _("before shipment"), _("after shipment")),
        Choice("goods_status", _("Goods status"), _choices(*GoodsStatus)),
        Choice("reason", _("Reason"), _choices(*Reason)),
        Choice("phase", _("Phase"), _choices(*Phase)),
        YesNo("in_dispute", _("the platform has stepped in"), _("the platform has not stepped in")),
        YesNo("voided", _("voided by the warehouse"), _("the warehouse has not answered yet")),
        Choice("parcel", _("Parcel to the buyer"), PARCEL),
        Choice("return_state", _("Return parcel"), RETURN),
        Choice("replacement", _("Replacement's parcel"), REPLACEMENT),
        Number("amount_fen", _("Amount"), "money"),
        YesNo("full_amount", _("asks for all that was paid for these goods"), _("asks for a part of it")),
        YesNo("given_before", _("something was given back for these goods before"), _("nothing was given back before")),
        YesNo("seven_day_goods", _("sold with the seven-day return"), _("sold without the seven-day return")),
        YesNo("hot_seller", _("hot seller"), _("no hot seller")),
        YesNo("insured", _("return freight insured"), _("return freight not insured")),
        Number("pictures", _("Pictures of the buyer")),
        Number("attempt", _("Application for these goods, no."), floor=1),
        Number("refusals", _("Refusals of this request")),
        YesNo("guided_in_vain", _("asked to correct it, and not corrected"), _("not asked in vain to correct it")),
        Number("buyer_requests", _("Other requests of the buyer")),
        Number("buyer_refusals", _("Refusals of the buyer's other requests")),
        Number("shipped_days", _("Since shipping"), "days", always=False),
        Number("signed_days", _("From signing to applying"), "days", always=False),
        YesNo("in_time", _("within the seven days"), _("after the seven days"), always=False),
        Number("item_score", _("Item score"), "tenths", always=False),
        Name("category", _("Category")),
        Name("shop", _("Shop")),
    )
}
"""By key, in the order in which they are shown; the keys are the fields of `Facts`."""

assert set(QUESTIONS) == {field.name for field in fields(Facts)}

"""On which grounds a claim of a buyer may be refused, as data (DEC-4, LAW-1, LAW-2, LAW-4, LAW-5).

What a buyer claims decides what binds the seller: the law on returns without a reason, the law on faults, or nothing.
A ground that is not listed for a claim breaks the claim's rule; one that is listed must also be so, which is judged
on the request itself (`services.lawful`). That goods were unpacked is in no list: it is never a ground (LAW-2).
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .words import Reason, RefusalReason

R, N = Reason, RefusalReason
INTERNAL = "\n§ "
"""What follows it in the log's note is the desk's own: no shop front-end, and so no buyer, reads it."""
PHONED = "DEC-2"


def broken_in(note: str) -> list[str]:
    """Give the rules that a refusal with this note in the log went against (DEC-4)."""
    named = [inner.partition(" ")[0] for inner in note.split(INTERNAL)[1:]]
    return [rule for rule in named if rule != PHONED]


class Claim(models.TextChoices):
    """What the buyer claims, as far as it binds the seller."""

    WITHOUT_REASON = "without_reason", _("Return without a reason, in time")
    FAULT = "fault", _("Fault of the goods")
    COUNTERFEIT = "counterfeit", _("Counterfeit")
    NOT_RECEIVED = "not_received", _("Goods that never came")
    FREE = "free", _("For the shop to decide")


class Figure(models.TextChoices):
    """The figures of the shop that an unlawful refusal touches (RPT-1)."""

    DISPUTE_RATE = "dispute_rate", pgettext_lazy("figure", "dispute rate")
    INTERVENTION_RATE = "intervention_rate", pgettext_lazy("figure", "platform-intervention rate")
    QUALITY_RATE = "quality_rate", pgettext_lazy("figure", "quality-reason rate")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What binds the seller where a claim is made: by which rule, to which grounds, and what it costs to ignore it."""

    rule: str
    text: str | Promise
    grounds: frozenset[RefusalReason]
    figures: tuple[Figure, ...]


CLAIMS: dict[str, Claim] = {
    R.QUALITY: Claim.FAULT,
    R.NOT_AS_DESCRIBED: Claim.FAULT,
    R.DAMAGED: Claim.FAULT,
    R.WRONG_OR_MISSING: Claim.FAULT,
    R.COUNTERFEIT: Claim.COUNTERFEIT,
    R.NOT_RECEIVED: Claim.NOT_RECEIVED,
    R.LOST_OR_EMPTY: Claim.NOT_RECEIVED,
}
"""Reasons that bind the seller by themselves; those below do so while the seven days last, others never."""

WITHOUT_REASON = frozenset({R.SEVEN_DAY, R.NO_LONGER_WANTED, R.ORDERED_BY_MISTAKE})
"""Returns for these need no reason, whatever the buyer calls it, of goods sold so and while the time lasts (LAW-1)."""

_ALWAYS = frozenset({N.GOODS_NOT_RETURNED, N.INSPECTION_FAILED, N.AGREED_OTHERWISE, N.ABUSE})

BOUNDS: dict[Claim, Bounds] = {
    Claim.WITHOUT_REASON: Bounds(
        "LAW-1",
        _("A return without a reason in time can be refused only where the goods are not intact or are excluded."),
        _ALWAYS | {N.NOT_FIT_FOR_RESALE, N.DAMAGED_BY_BUYER, N.PAST_PERIOD, N.EXCLUDED_GOODS},
        (Figure.DISPUTE_RATE, Figure.INTERVENTION_RATE),
    ),
    Claim.FAULT: Bounds(
        "LAW-4",
        _("A fault is the seller's to make good, however long ago and however worn, unless the buyer caused it."),
        _ALWAYS | {N.DAMAGED_BY_BUYER, N.INSUFFICIENT_EVIDENCE, N.WRONG_KIND, N.WRONG_REASON},
        (Figure.DISPUTE_RATE, Figure.QUALITY_RATE),
    ),
    Claim.COUNTERFEIT: Bounds(
        "LAW-4",
        _("The seller shows where the goods came from; the buyer need not prove that they are counterfeit."),
        _ALWAYS | {N.WRONG_KIND, N.WRONG_REASON},
        (Figure.DISPUTE_RATE, Figure.QUALITY_RATE, Figure.INTERVENTION_RATE),
    ),
    Claim.NOT_RECEIVED: Bounds(
        "DIS-3",
        _("The seller shows that the goods were signed for; the buyer need not prove that they never came."),
        frozenset(
            {
                N.UNDER_WAY,
                N.INSUFFICIENT_EVIDENCE,
                N.WRONG_KIND,
                N.WRONG_REASON,
                N.AGREED_OTHERWISE,
                N.ABUSE,
            }
        ),
        (Figure.DISPUTE_RATE,),
    ),
}
"""What binds where; `Claim.FREE` binds to nothing."""

"""What the refuse dialog knows of the law: which grounds hold for a request, and what any other would cost (DEC-4).

For reading only: what really holds is judged by the service under the lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from refunds.models import Refund
from refunds.selectors.inspection import finding_words
from refunds.services.lawful import Broken, claim_of, judge_all, last_findings
from refunds.states import RefusalReason
from refunds.states.grounds import BOUNDS, Claim
from refunds.states.words import SELLER_FAULT

from .thresholds import Limited, limit_words, limits_of_shop


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason of the list with its label, and what it would cost where the law does not allow it; else empty."""

    value: str
    label: str
    rule: str
    costs: str


def grounds_of(refund: Refund) -> list[Ground]:
    """Judge every reason of the list for this request; few queries, whatever there is of it."""
    found = []
    judged = judge_all(refund)
    limits = limits_of_shop(refund.shop_id) if any(judged.values()) else {}
    for value, broken in judged.items():
        rule, costs = (broken.rule, _costs(broken, limits)) if broken else ("", "")
        found.append(Ground(value, str(RefusalReason(value).label), rule, costs))
    return found


def lawful_lines(refund: Refund) -> list[dict[str, Any]]:
    """Say in the outcome which grounds hold and what any other would bring; nothing where the shop is free."""
    claim = claim_of(refund)
    if claim == Claim.FREE:
        return []
    bounds, judged = BOUNDS[claim], judge_all(refund)
    holds = [str(RefusalReason(value).label) for value, broken in judged.items() if not broken]
    lines = [
        {"label": _("The law"), "text": f"{bounds.text} ({bounds.rule})"},
        {"label": _("Grounds that hold"), "text": _(", ").join(holds)},
        {"label": _("Any other"), "text": _predicted(bounds.figures, limits_of_shop(refund.shop_id))},
    ]
    if claim == Claim.WITHOUT_REASON:
        if named := finding_words(last_findings(refund)):
            lines.append({"label": _("Found at the inspection"), "text": _(", ").join(named)})
        lines.append({"label": "", "text": _("that the goods were unpacked is never a ground (LAW-2)")})
    return lines


def must_phone(refund: Refund) -> bool:
    """Whether the buyer is phoned before this request is refused: its reason counts against the shop (DEC-2)."""
    return refund.reason in SELLER_FAULT


def _costs(broken: Broken, limits: Mapping[str, Limited]) -> str:
    return f"{broken.rule}: {broken.text} {_capital(_predicted(broken.figures, limits))}"


def _predicted(figures: tuple[Any, ...], limits: Mapping[str, Limited]) -> str:
    named = _(", ").join(_touched(figure, limits) for figure in figures)
    return _("the platform would decide for the buyer, and it counts in: %(figures)s") % {"figures": named}


def _touched(figure: Any, limits: Mapping[str, Limited]) -> str:
    """Name a figure that it touches, with how it stands to what campaigns ask for (RPT-2)."""
    limited = limits.get(str(figure.value))
    if limited is None:
        return str(figure.label)
    return _("%(figure)s (%(standing)s)") % {"figure": figure.label, "standing": limit_words(limited)}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

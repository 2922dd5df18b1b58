"""The figures, each defined once: what is counted of which case, and how a figure is made of that (RPT-1)."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from refunds.states import REFUND, DisputeStatus, Reason

QUALITY_REASONS = (Reason.QUALITY, Reason.NOT_AS_DESCRIBED, Reason.DAMAGED, Reason.COUNTERFEIT)
"""Reasons of the buyer that say that the goods are not what they should be."""
LOST = (DisputeStatus.DECIDED_BUYER, DisputeStatus.DECIDED_PARTIAL)
"""The platform ruled against the shop, wholly or in part."""
RAN_OUT = tuple(sorted({(rule.state, rule.action) for rule in REFUND.deadlines if rule.against_shop}))
"""The states in which a time of the shop can run out, each with the step that the clock then takes."""


class Measure(models.TextChoices):
    """What is counted once of a case, on the day on which it happened in Shanghai."""

    ORDER_PAID = "order_paid", _("Orders paid")
    ASKED = "asked", _("Requests asked")
    REFUNDED = "refunded", _("Refunds given")
    QUALITY = "quality", _("Refunds for a fault of the goods")
    COMPLETED = "completed", _("Requests completed")
    ALONE = "alone", _("Completed by the shop alone")
    DECIDED = "decided", _("Requests decided")
    REFUSED = "refused", _("Refused at first")
    INTERVENED = "intervened", _("The platform stepped in")
    LOST = "lost", _("Disputes lost")
    PAYOUT_PAID = "payout_paid", _("Payouts paid")
    CLAIM_MADE = "claim_made", _("Claims submitted")
    CLAIM_PAID = "claim_paid", _("Claims recovered")
    OPEN = "open", _("Requests open now")
    LATE = "late", _("The shop's time ran out")
    STEP = "step", _("Steps taken")
    REACHED = "reached", _("How far requests came")


CHARTED = (Measure.OPEN, Measure.LATE, Measure.STEP, Measure.REACHED)
"""Counted for charts alone: in the sums of days, not in those by item, agent and kind."""


class Speed(models.TextChoices):
    """How long the first decision took; each leaves off where the next begins."""

    HOURS_4 = "4h", _("under 4 hours")
    HOURS_12 = "12h", _("4 to 12 hours")
    HOURS_24 = "24h", _("12 to 24 hours")
    HOURS_48 = "48h", _("24 to 48 hours")
    LONGER = "more", _("48 hours or more")


class Stage(models.TextChoices):
    """How far a request came, each stage a part of the one before."""

    DECIDED = "decided", _("Decided or completed")
    COMPLETED = "completed", _("Completed")
    ALONE = "alone", _("Completed by the shop alone")


class Unit(models.TextChoices):
    """What a figure is in."""

    COUNT = "count", pgettext_lazy("figure", "number")
    RATE = "rate", pgettext_lazy("figure", "per cent")
    HOURS = "hours", pgettext_lazy("figure", "hours")
    FEN = "fen", pgettext_lazy("figure", "yuan")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: the facts above the line, those below it, and in words what counts and what does not."""

    name: str | Promise
    unit: Unit
    above: Measure
    below: Measure | None
    words: str | Promise
    bad: bool | None
    """Whether high is bad; none: neither."""
    rule: str = "RPT-1"


_M, _U = Measure, Unit
FIGURES: dict[str, Figure] = {
    "orders_paid": Figure(
        _("Orders paid"), _U.COUNT, _M.ORDER_PAID, None, _("Orders by the day on which they were paid."), None
    ),
    "refund_rate": Figure(
        _("Refund rate"),
        _U.RATE,
        _M.REFUNDED,
        _M.ORDER_PAID,
        _("Requests for money that succeeded, by the day of it, of the orders paid. Exchanges do not count."),
        True,
    ),
    "quality_rate": Figure(
        _("Quality-reason rate"),
        _U.RATE,
        _M.QUALITY,
        _M.ORDER_PAID,
        _(
            "Requests for money that succeeded for a quality fault, damage, goods not as described or counterfeit, "
            "of the orders paid."
        ),
        True,
    ),
    "dispute_rate": Figure(
        _("Dispute rate"),
        _U.RATE,
        _M.LOST,
        _M.ORDER_PAID,
        _(
            "Disputes that the platform ruled against the shop, wholly or in part, of the orders paid. "
            "Settled and withdrawn ones do not count."
        ),
        True,
    ),
    "intervention_rate": Figure(
        _("Intervention rate"),
        _U.RATE,
        _M.INTERVENED,
        _M.ASKED,
        _("Requests that the platform was called into, once each, of the requests asked."),
        True,
    ),
    "self_completion_rate": Figure(
        _("Self-completion rate"),
        _U.RATE,
        _M.ALONE,
        _M.COMPLETED,
        _(
            "Requests that succeeded without the platform and without a step that the clock took for the shop, "
            "of all that succeeded, exchanges among them."
        ),
        False,
    ),
    "refused_share": Figure(
        _("Refused share"),
        _U.RATE,
        _M.REFUSED,
        _M.DECIDED,
        _("Requests whose first decision was a refusal, of the requests decided by the shop or by the clock."),
        True,
    ),
    "hours_to_decision": Figure(
        _("Time to first decision"),
        _U.HOURS,
        _M.DECIDED,
        None,
        _("Mean time from the buyer's request to the first agreement or refusal."),
        True,
    ),
    "hours_to_completion": Figure(
        _("Time to completion"),
        _U.HOURS,
        _M.COMPLETED,
        None,
        _("Mean time from the buyer's request to its success; one that an exchange turned into counts from the first."),
        True,
    ),
    "refunded": Figure(
        _("Refunds given"), _U.FEN, _M.REFUNDED, None, _("Money given back by requests that succeeded."), True
    ),
    "payouts": Figure(_("Payouts paid"), _U.FEN, _M.PAYOUT_PAID, None, _("Payouts by the day of their payment."), True),
    "claims_made": Figure(
        _("Claims submitted"), _U.FEN, _M.CLAIM_MADE, None, _("What was claimed of carriers, by the day of it."), None
    ),
    "claims_paid": Figure(
        _("Claims recovered"), _U.FEN, _M.CLAIM_PAID, None, _("What carriers paid, by the day of the payment."), False
    ),
}
"""Every figure once. Requests that an exchange turned into are not asked again."""

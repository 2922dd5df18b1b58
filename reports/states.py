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


# --- What a campaign asks for -----------------------------------------------------------------------------------------


class Level(models.TextChoices):
    """How a figure stands to its limit, the worst first (RPT-2)."""

    OVER = "over", pgettext_lazy("threshold", "over the limit")
    LIKELY = "likely", pgettext_lazy("threshold", "will break it, as cases usually end")
    POSSIBLE = "possible", pgettext_lazy("threshold", "may break it")
    WITHIN = "within", pgettext_lazy("threshold", "keeps it, however the open cases end")


@dataclass(frozen=True, slots=True)
class Outlook:
    """One figure of a shop against the most that it may be, now and when the days ahead are over (RPT-2).

    `facts` of `below` are counted in the days up to today; `kept` of `below_ahead` are those that are still counted
    then. Of the `open` cases each counts with the probability `share`. Nothing is broken by what equals the limit.
    """

    limit: int
    """In ten-thousandths."""
    facts: int
    below: int
    kept: int
    below_ahead: int
    open: int
    share: float

    @property
    def now(self) -> float | None:
        """The figure today, between 0 and 1 or above; none where nothing is below it."""
        return self.facts / self.below if self.below else None

    @property
    def best(self) -> float | None:
        """What it will be when none of the open cases counts."""
        return self._ahead(0)

    @property
    def expected(self) -> float | None:
        """What it will be when the open cases end as others did."""
        return self._ahead(self.open * self.share)

    @property
    def worst(self) -> float | None:
        """What it will be when every open case counts."""
        return self._ahead(self.open)

    @property
    def left(self) -> int:
        """How many more cases break it today; 0 where it is broken."""
        return _until(self.limit, self.facts, self.below)

    @property
    def tips(self) -> int | None:
        """How many of the open cases break it by the end; 0 where it is broken without any, none where all do not."""
        needed = _until(self.limit, self.kept, self.below_ahead)
        return needed if needed <= self.open else None

    @property
    def level(self) -> Level:
        """Say how it stands."""
        if self._breaks(self.now):
            return Level.OVER
        if self._breaks(self.expected):
            return Level.LIKELY
        return Level.POSSIBLE if self._breaks(self.worst) else Level.WITHIN

    def _ahead(self, more: float) -> float | None:
        return (self.kept + more) / self.below_ahead if self.below_ahead else None

    def _breaks(self, value: float | None) -> bool:
        return value is not None and round(value * 10_000, 6) > self.limit


def _until(limit: int, facts: int, below: int) -> int:
    return max(0, limit * below // 10_000 - facts + 1)


@dataclass(frozen=True, slots=True)
class Threshold:
    """Which figure a setting limits, by what the ends of its open cases are foretold, and in words which these are."""

    figure: str
    began: Measure
    """What stands for all such cases that there were; with `above` of the figure it gives the usual share."""
    cases: str | Promise


CAMPAIGN: dict[str, Threshold] = {
    "refund_rate": Threshold("refund_rate", _M.ASKED, _("open requests for money")),
    "quality_refund_rate": Threshold(
        "quality_rate", _M.ASKED, _("open requests for money with a reason that blames the goods")
    ),
    "dispute_rate": Threshold("dispute_rate", _M.INTERVENED, _("disputes that the platform has not decided")),
    "intervention_rate": Threshold(
        "intervention_rate", _M.REFUSED, _("refused requests that the buyer may bring to the platform")
    ),
}
"""By the name that the setting gives it. An exchange counts when it has been turned into a refund."""

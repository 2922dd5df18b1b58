"""The lawful-refusal guard: does a refusal stand on a ground that the law and the shop's promise allow (DEC-4, LAW-5)?

Pure judgement on a request whose lines are loaded; nothing is written here. The grounds are data (`states.grounds`);
here stands what makes a ground true: past is past, excluded is excluded, inspected is inspected.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.machine import SUPERVISOR
from refunds.models import Inspection, InspectionLine, Refund, RefundLine
from refunds.states import (
    ExchangeStatus,
    Flow,
    GoodsStatus,
    PayoutStatus,
    ProposalKind,
    ProposalStatus,
    RefundStatus,
    RefusalReason,
)
from refunds.states.grounds import BOUNDS, CLAIMS, INTERNAL, PHONED, WITHOUT_REASON, Claim, Figure
from refunds.states.inspection import not_intact

from .assessing import seven_day_until

N = RefusalReason
AWAITED = (RefundStatus.WAIT_SELLER_CONFIRM_GOODS, ExchangeStatus.WAIT_SELLER_CONFIRM_GOODS)
"""Where the buyer says that goods are on their way back."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The rule that a refusal would break, why, for whom the platform would decide, and which figures that touches."""

    rule: str
    text: str | Promise
    figures: tuple[Figure, ...]
    wins: str = "buyer"


@dataclass(frozen=True, slots=True)
class Says:
    """What the one who refuses says beside the reason: the buyer was phoned, and why it is done despite the law."""

    phoned: bool = False
    despite_law: bool = False
    why: str = ""


NOTHING = Says()


def claim_of(refund: Refund) -> Claim:
    """Say what the buyer claims: without a reason only for seven-day goods and until the time is over (LAW-1, TMO-9).

    What counts is when the request was applied for, and the shop's own time where it promises more than the law.
    """
    if refund.reason not in WITHOUT_REASON:
        return CLAIMS.get(refund.reason, Claim.FREE)
    if refund.flow not in (Flow.RETURN_REFUND, Flow.EXCHANGE) or not _any_seven_day(refund) or _is_past(refund):
        return Claim.FREE
    return Claim.WITHOUT_REASON


def judge(refund: Refund, ground: str) -> Broken | None:
    """Say which rule a refusal on this ground would break, or None where it is lawful (DEC-4).

    Reads the last inspection or the accepted proposals only for the grounds that rest on them.
    """
    claim = claim_of(refund)
    bounds = BOUNDS.get(claim)
    if bounds is None:
        return None
    if ground not in bounds.grounds:
        return Broken(bounds.rule, bounds.text, bounds.figures)
    for fact in FACTS.get(ground, ()):
        if not fact.is_so(refund):
            return Broken(fact.rule, fact.text, bounds.figures)
    return None


def judge_all(refund: Refund) -> dict[str, Broken | None]:
    """Judge every ground, for the dialog; loads the lines where they are not."""
    lines = Prefetch("lines", RefundLine.objects.select_related("order_line"))
    prefetch_related_objects([refund], lines, "inspections__lines")
    return {ground: judge(refund, ground) for ground in RefusalReason.values}


def check(refund: Refund, *, actor: Actor, ground: str, says: Says) -> str:
    """Let a refusal pass that is lawful, or that a supervisor wants all the same; give what the log's note adds.

    Raises: RuleViolation with the rule that is broken: `needs_supervisor` for an agent, `despite_law_required` for a
    supervisor who did not say so, and DEC-4 for one who did not say why. DEC-2, DEC-4.
    """
    phoned = f"{INTERNAL}{PHONED}" if says.phoned else ""
    broken = judge(refund, ground)
    if broken is None:
        return phoned
    if actor.role != SUPERVISOR or not says.despite_law:
        raise _not_lawful(broken, actor)
    if len(says.why.strip()) < 2:
        text = _("Say why it is refused all the same; it is kept with the step.")
        raise errors.RuleViolation("DEC-4", text, errors=[errors.FieldError("despite_note", "required", text)])
    return f"{phoned}{INTERNAL}{broken.rule} {' '.join(says.why.split())}"


def check_inspection(refund: Refund, *, actor: Actor, lines: Iterable[InspectionLine], why: str) -> str:
    """Let an inspection fail that names why the goods are not intact; else give what a supervisor's note adds.

    A failed inspection is a refusal: of a return without a reason it needs a listed finding, other goods, too few, or
    damage by the buyer. Raises: RuleViolation LAW-2, `needs_supervisor`. DEC-4, LAW-1, LAW-2.
    """
    if claim_of(refund) != Claim.WITHOUT_REASON or any(_line_not_intact(line) for line in lines):
        return ""
    broken = Broken("LAW-2", NOTHING_NAMED, BOUNDS[Claim.WITHOUT_REASON].figures)
    if actor.role != SUPERVISOR:
        raise _not_lawful(broken, actor, field="findings")
    return f"{INTERNAL}{broken.rule} {' '.join(why.split())}"


def last_findings(refund: Refund) -> list[str]:
    """Give what the last inspection named as not intact, over all lines."""
    last = _last_inspection(refund)
    return [name for line in (last.lines.all() if last else ()) for name in line.findings]


def _not_lawful(broken: Broken, actor: Actor, *, field: str = "reason") -> errors.RuleViolation:
    supervisor = actor.role == SUPERVISOR
    code = "despite_law_required" if supervisor else "needs_supervisor"
    ask = _("To refuse all the same, say so and why.") if supervisor else _("Only a supervisor can refuse like this.")
    text = format_lazy("{} {}", broken.text, ask)
    return errors.RuleViolation(
        broken.rule,
        text,
        code=code,
        errors=[errors.FieldError(field, code, text)],
        predicted={"decided_for": broken.wins, "figures": [str(figure.value) for figure in broken.figures]},
    )


# --- What makes a ground true -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fact:
    """What must be so for a ground to hold, and the rule that it would break otherwise."""

    rule: str
    text: str | Promise
    is_so: Callable[[Refund], bool]


def _any_seven_day(refund: Refund) -> bool:
    return any(line.order_line.seven_day_return for line in refund.lines.all())


def _is_past(refund: Refund) -> bool:
    until = seven_day_until(refund.order)
    return until is not None and refund.created_at >= until


def _is_missing(refund: Refund) -> bool:
    return refund.status in AWAITED and refund.received_at is None


def _last_inspection(refund: Refund) -> Inspection | None:
    """Give it, without a statement where nothing was received yet."""
    if refund.received_at is None:
        return None
    return max(refund.inspections.all(), key=lambda one: one.pk, default=None)


def _failed_inspection(refund: Refund) -> bool:
    last = _last_inspection(refund)
    return last is not None and not last.passed


def _found_not_intact(refund: Refund) -> bool:
    """Whether the bench named why the goods are not intact; before it has seen them the evidence alone speaks."""
    last = _last_inspection(refund)
    if last is None or claim_of(refund) != Claim.WITHOUT_REASON:
        return True
    return any(_line_not_intact(line) for line in last.lines.all())


def _line_not_intact(line: InspectionLine) -> bool:
    return not_intact(vars(line))


def _under_way(refund: Refund) -> bool:
    return refund.goods_status == GoodsStatus.NOT_RECEIVED and refund.order.signed_at is None


def _proved_enough(refund: Refund) -> bool:
    return claim_of(refund) != Claim.NOT_RECEIVED or refund.order.signed_at is not None


def _agreed_otherwise(refund: Refund) -> bool:
    proposals = refund.proposals.filter(status=ProposalStatus.ACCEPTED).exclude(kind=ProposalKind.EVIDENCE)
    payouts = refund.payouts.exclude(status__in=(PayoutStatus.DRAFT, PayoutStatus.REJECTED))
    return bool(proposals.exists() or payouts.exists())


NOTHING_NAMED = _(
    "The inspection names nothing that makes these goods not intact; that they were unpacked is never a ground."
)
_NAMED = Fact("LAW-2", NOTHING_NAMED, _found_not_intact)

FACTS: dict[str, tuple[Fact, ...]] = {
    N.PAST_PERIOD: (Fact("TMO-9", _("The seven days were not over when the buyer applied."), _is_past),),
    N.EXCLUDED_GOODS: (
        Fact("LAW-1", _("These goods were sold with the seven-day return."), lambda refund: not _any_seven_day(refund)),
    ),
    N.GOODS_NOT_RETURNED: (
        Fact("LAW-2", _("No goods are awaited: none were sent back yet, or they have been received."), _is_missing),
    ),
    N.INSPECTION_FAILED: (
        Fact("RET-2", _("No inspection of these goods has failed."), _failed_inspection),
        _NAMED,
    ),
    N.NOT_FIT_FOR_RESALE: (_NAMED,),
    N.DAMAGED_BY_BUYER: (_NAMED,),
    N.UNDER_WAY: (Fact("LOG-6", _("The parcel is not under way: it was signed for."), _under_way),),
    N.INSUFFICIENT_EVIDENCE: (
        Fact("DIS-3", _("Nobody signed for the goods: it is for the seller to show where they are."), _proved_enough),
    ),
    N.AGREED_OTHERWISE: (
        Fact(
            "DEC-4", _("Nothing that was agreed on is on record: no accepted proposal, no payout."), _agreed_otherwise
        ),
    ),
}
"""Grounds that rest on facts, each of which must be so; the others rest on the evidence alone (RFD-5)."""

INTACT_GROUNDS = frozenset({N.INSPECTION_FAILED, N.NOT_FIT_FOR_RESALE, N.DAMAGED_BY_BUYER})
"""Grounds that say of the goods that they are not intact; what was found is named with them."""

"""The state machine of a payout: postage and other money that leaves beside the refund of goods (PAY-4)."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.machine import AGENT, FINANCE, SUPERVISOR, SYSTEM, Condition, DeadlineRule, Edge, Machine, WhyNot

from .unanswered import paid_by_hand, reported_by_another, sent_by_a_provider, was_reported


class PayoutStatus(models.TextChoices):
    """Where a payout stands."""

    DRAFT = "draft", _("Draft")
    PENDING_APPROVAL = "pending_approval", _("Waiting for approval")
    APPROVED = "approved", pgettext_lazy("payout", "Approved")
    SENDING = "sending", _("On its way")
    UNKNOWN = "unknown", _("Outcome unknown")
    PAID = "paid", pgettext_lazy("payout", "Paid")
    FAILED = "failed", _("Failed")
    REJECTED = "rejected", _("Rejected")


class PayoutPurpose(models.TextChoices):
    """What a payout is for (PAY-1); never a substitute for the refund of goods."""

    RETURN_POSTAGE = "return_postage", _("Return postage")
    PRICE_DIFFERENCE = "price_difference", _("Price difference")
    OVERPAID_POSTAGE = "overpaid_postage", _("Overpaid postage")
    GOODWILL = "goodwill", _("Goodwill")
    EXCHANGE_DIFFERENCE = "exchange_difference", _("Exchange difference")


class PayoutFault(models.TextChoices):
    """Whose data or account made a payout fail, as the provider's code tells."""

    PAYEE = "payee", _("The payee's account or name")
    US = "us", _("Our own account")
    DATA = "data", _("What we sent")


class AccountType(models.TextChoices):
    """Where the money goes (PAY-2)."""

    ALIPAY = "alipay", _("Alipay account")
    BANK = "bank", _("Bank card")


S = PayoutStatus
WRITERS = frozenset({AGENT, SUPERVISOR, FINANCE})
APPROVERS = frozenset({FINANCE, SUPERVISOR})
MONEY = frozenset({FINANCE, SYSTEM})
CLOCK = frozenset({SYSTEM})
EDITABLE = (S.DRAFT, S.PENDING_APPROVAL, S.APPROVED, S.FAILED)
APPROVED_STATES = (S.APPROVED, S.SENDING, S.UNKNOWN, S.PAID, S.FAILED)
"""States that nothing reaches without a second person (PAY-5)."""
MOVING = (S.APPROVED, S.SENDING, S.UNKNOWN, S.FAILED)
"""Approved and not paid yet: after three working days red (PAY-6)."""
OPEN_PAYOUTS = (S.DRAFT, S.PENDING_APPROVAL, *MOVING)

not_marked = Condition("not marked late yet", lambda payout: not payout.is_late)


def four_eyes(payout: Any, actor: Any) -> WhyNot | None:
    """Whoever opened a payout, or set its amount or payee, never approves it (PAY-5)."""
    if actor.user_id is not None and actor.user_id not in (payout.opened_by_id, payout.edited_by_id):
        return None
    return WhyNot("PAY-5", _("You opened or changed this payout; somebody else has to approve it."))


def within_limit(payout: Any, actor: Any) -> WhyNot | None:
    """Let a supervisor approve what is beyond the limit (PAY-3)."""
    if actor.role == SUPERVISOR or not payout.needs_supervisor:
        return None
    return WhyNot("PAY-3", _("This is beyond the limit of a payout or of its opener's day; a supervisor approves it."))


def _changes(action: str) -> tuple[Edge, ...]:
    """Give the steps by which an amount or payee is changed: whatever was approved is not any more."""
    targets = {S.DRAFT: S.DRAFT, **dict.fromkeys(EDITABLE[1:], S.PENDING_APPROVAL)}
    return tuple(Edge(action, source, target, WRITERS, "payout.edited") for source, target in targets.items())


PAYOUT = Machine(
    name="payout",
    labels={state.value: state.label for state in S},
    edges=(
        Edge("open", "", S.DRAFT, WRITERS, "payout.created"),
        *_changes("edit"),
        *_changes("correct_payee"),
        Edge("submit", S.DRAFT, S.PENDING_APPROVAL, WRITERS, "payout.submitted"),
        Edge(
            "approve",
            S.PENDING_APPROVAL,
            S.APPROVED,
            APPROVERS,
            "payout.approved",
            guards=(four_eyes, within_limit),
        ),
        *(
            Edge("reject", state, S.REJECTED, APPROVERS, "payout.rejected")
            for state in (S.PENDING_APPROVAL, S.APPROVED)
        ),
        *(Edge("withdraw", state, S.REJECTED, WRITERS, "payout.rejected") for state in EDITABLE),
        Edge("send", S.APPROVED, S.SENDING, CLOCK, "payout.sending"),
        Edge("lose_track", S.SENDING, S.UNKNOWN, CLOCK, "payout.unknown"),
        *(Edge("confirm", state, S.PAID, MONEY, "payout.paid") for state in (S.SENDING, S.UNKNOWN)),
        *(
            Edge("fail", state, S.FAILED, MONEY, "payout.failed", guards=(paid_by_hand,))
            for state in (S.SENDING, S.UNKNOWN)
        ),
        Edge(
            "report_unmoved",
            S.SENDING,
            S.UNKNOWN,
            frozenset({FINANCE}),
            "payout.unknown",
            guards=(sent_by_a_provider,),
        ),
        Edge("report_unmoved", S.UNKNOWN, S.UNKNOWN, frozenset({FINANCE}), "payout.unknown"),
        Edge(
            "accept_unmoved",
            S.UNKNOWN,
            S.FAILED,
            APPROVERS,
            "payout.failed",
            guards=(reported_by_another,),
        ),
        Edge("confirm", S.FAILED, S.PAID, frozenset({FINANCE}), "payout.paid", guards=(was_reported,)),
        Edge("hold", S.APPROVED, S.FAILED, CLOCK, "payout.failed"),
        Edge("send_again", S.FAILED, S.APPROVED, frozenset({FINANCE}), "payout.approved"),
        *(Edge("mark_late", state, state, CLOCK, "payout.late") for state in MOVING),
    ),
    terminal=frozenset({S.PAID, S.REJECTED}),
    tracked=(
        "status",
        "amount_fen",
        "purpose",
        "payee_id",
        "approved_by_id",
        "approved_at",
        "promised_at",
        "reference",
        "paid_at",
        "is_late",
    ),
    title=_("Payout"),
    internal=frozenset({"send", "lose_track", "hold", "mark_late"}),
    actions={
        "open": pgettext_lazy("payout", "Open"),
        "edit": _("Edit"),
        "correct_payee": _("Correct the payee"),
        "submit": _("Submit for approval"),
        "approve": _("Approve"),
        "reject": _("Reject"),
        "withdraw": pgettext_lazy("payout", "Withdraw"),
        "send": pgettext_lazy("payment", "Send"),
        "lose_track": _("No answer"),
        "confirm": _("Confirm"),
        "fail": _("Failed"),
        "report_unmoved": _("Report as not moved"),
        "accept_unmoved": _("Agree that it has not moved"),
        "send_again": _("Send again"),
        "hold": _("Held"),
        "mark_late": _("Turns red"),
    },
    deadlines=tuple(
        DeadlineRule(
            "PAY-6", state, "mark_late", "payout.red_after", not_marked, starts=lambda payout: payout.approved_at
        )
        for state in MOVING
    ),
)

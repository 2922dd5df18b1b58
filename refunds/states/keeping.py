"""Keeping the sale: when an exchange is offered instead of a return, and what may come of it (DEC-5)."""

from typing import Any

from django.db import models
from django.utils.translation import pgettext_lazy

from .proposal import ProposalStatus
from .refund import RefundStatus
from .words import REASONS, SELLER_FAULT, Flow, GoodsStatus, Kind

KEEPABLE = frozenset(REASONS[Flow.EXCHANGE, GoodsStatus.RECEIVED]) - SELLER_FAULT
"""Reasons for which other goods may do; where the seller is at fault the buyer chooses, and nobody talks him round."""


class KeepOutcome(models.TextChoices):
    """What came of an attempt to keep the sale."""

    WAITING = "waiting", pgettext_lazy("keeping the sale", "waiting for the buyer")
    ACCEPTED = "accepted", pgettext_lazy("keeping the sale", "accepted")
    DECLINED = "declined", pgettext_lazy("keeping the sale", "declined")
    UNANSWERED = "unanswered", pgettext_lazy("keeping the sale", "not answered")
    OVERTAKEN = "overtaken", pgettext_lazy("keeping the sale", "overtaken")


OUTCOMES: dict[str, KeepOutcome] = {
    ProposalStatus.OPEN: KeepOutcome.WAITING,
    ProposalStatus.ACCEPTED: KeepOutcome.ACCEPTED,
    ProposalStatus.DECLINED: KeepOutcome.DECLINED,
    ProposalStatus.LAPSED: KeepOutcome.UNANSWERED,
    ProposalStatus.WITHDRAWN: KeepOutcome.OVERTAKEN,
    ProposalStatus.SUPERSEDED: KeepOutcome.OVERTAKEN,
    ProposalStatus.MOOT: KeepOutcome.OVERTAKEN,
}
"""The outcome is the proposal's own end, which the database never lets change."""


def may_keep_sale(refund: Any) -> bool:
    """Say whether an exchange is to be offered before this return is agreed to."""
    return (
        refund.kind == Kind.RETURN_REFUND
        and refund.status == RefundStatus.WAIT_SELLER_AGREE
        and not refund.in_dispute
        and refund.reason in KEEPABLE
    )

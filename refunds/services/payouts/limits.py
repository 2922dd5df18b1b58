"""How much one person may open and approve (PAY-3): a figure for a payout, a sum for a day in Shanghai.

The sums are read under a lock of the person's own, so that two clicks at once do not both fit under the limit.
"""

from datetime import datetime

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors, money, policies
from aftersales.core.auth import Actor
from aftersales.core.machine import SUPERVISOR
from refunds.models import Payout
from refunds.states import PayoutStatus

_PERSON = 0x9A7  # namespace of the locks; any number that nobody else uses


def beyond_opener(payout: Payout, at: datetime) -> bool:
    """Tell whether the amount, or what its opener opened on this day, is beyond what finance alone may approve."""
    if payout.amount_fen > policies.number("payout.agent_limit", shop_id=payout.shop_id):
        return True
    _lock(payout.opened_by_id)
    today = Payout.objects.filter(opened_by=payout.opened_by_id, created_at__gte=clock.day_began(at))
    others = today.exclude(pk=payout.pk).exclude(status__in=[PayoutStatus.DRAFT, PayoutStatus.REJECTED])
    opened: int = others.aggregate(sum=Sum("amount_fen"))["sum"] or 0
    return opened + payout.amount_fen > policies.number("payout.agent_day_limit", shop_id=payout.shop_id)


def check_approver(payout: Payout, actor: Actor, at: datetime) -> None:
    """Let a member of finance approve so much a day, a supervisor as much as is needed. Raises: RuleViolation PAY-3."""
    if actor.role == SUPERVISOR or actor.user_id is None:
        return
    _lock(actor.user_id)
    limit = policies.number("payout.approver_day_limit", shop_id=payout.shop_id)
    today = Payout.objects.filter(approved_by=actor.user_id, approved_at__gte=clock.day_began(at))
    approved: int = today.aggregate(sum=Sum("approved_fen"))["sum"] or 0
    if approved + payout.amount_fen > limit:
        text = _("You approved ¥%(sum)s today; what makes it more than ¥%(limit)s a day needs a supervisor.")
        words = text % {"sum": money.yuan(approved), "limit": money.yuan(limit)}
        raise errors.RuleViolation("PAY-3", words, max_fen=max(limit - approved, 0))


def _lock(user_id: int) -> None:
    """Hold the person's sums until the transaction ends; always taken after the payout's row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_PERSON, user_id])

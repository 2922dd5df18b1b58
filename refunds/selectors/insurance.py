"""Return-freight insurance: what it covers, when it pays, what it did, and what warns of paying twice (FRI)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from aftersales.core import clock, money, policies
from aftersales.core.words import moment_words
from orders.models import Order
from refunds.models import InsuranceAnswer, Refund
from refunds.states import ExchangeStatus, Kind, RefundStatus

NEWER = "returns_plus"
SUCCEEDED = (RefundStatus.SUCCESS, ExchangeStatus.SUCCESS)


def covers(refund: Refund) -> bool:
    """Say whether the order's insurance is for such a request: returns, and exchanges with the newer product (FRI-1).

    The newer one is for what is applied for within its time from shipping.
    """
    order = refund.order
    if not order.freight_insurance or refund.kind not in (Kind.RETURN_REFUND, Kind.EXCHANGE):
        return False
    if policies.get("insurance.product", shop_id=refund.shop_id) != NEWER:
        return refund.kind == Kind.RETURN_REFUND
    window = policies.duration("insurance.exchange_window", shop_id=refund.shop_id)
    return order.shipped_at is not None and refund.created_at <= order.shipped_at + window


def expected_by(refund: Refund) -> datetime | None:
    """Give until when the insurer pays, once the refund has succeeded (FRI-2)."""
    if refund.status not in SUCCEEDED or refund.finished_at is None or not covers(refund):
        return None
    period: timedelta = policies.duration("insurance.pays_within", shop_id=refund.shop_id)
    return refund.finished_at + period


def insurance_words(refund: Refund, answer: Mapping[str, Any] | None) -> str:
    """Say in a sentence what the insurance means for a request now; "" without one. `answer` is the last one."""
    if not refund.order.freight_insurance:
        return ""
    if not covers(refund):
        return _("yes; does not cover this request")
    if answer is not None and answer["paid"]:
        paid = {"amount": money.yuan(answer["amount_fen"]), "at": moment_words(answer["arrived_at"])}
        return _("the insurer paid ¥%(amount)s on %(at)s") % paid
    if answer is not None:
        return _("the insurer refused: %(why)s") % {"why": answer["note"]}
    until = expected_by(refund)
    if until is None:
        hours = policies.duration("insurance.pays_within", shop_id=refund.shop_id).total_seconds() / 3600
        return _("yes; pays within %(hours)d h after the refund") % {"hours": hours}
    if until < clock.now():
        return _("should have paid by %(at)s") % {"at": moment_words(until)}
    return _("pays by %(at)s") % {"at": moment_words(until)}


def insurance_warning(order: Order, refund: Refund | None) -> str:
    """Warn whoever pays return postage on an insured order of paying it twice; "" where nothing warns (FRI-3).

    At most one statement. An insurer that refused warns of nothing.
    """
    if not order.freight_insurance:
        return ""
    if refund is not None:
        answer = last_answer(refund)
        if answer is not None and not answer.paid:
            return ""
        if answer is not None:
            paid = {"amount": money.yuan(answer.amount_fen or 0)}
            return _("The insurer has paid ¥%(amount)s for the way back: do not pay it twice.") % paid
    return _("The order has return-freight insurance, which pays for the way back by itself: do not pay it twice.")


def last_answer(refund: Refund) -> InsuranceAnswer | None:
    """Give what the insurer said last; one statement."""
    return InsuranceAnswer.objects.filter(refund=refund).order_by("-pk").first()

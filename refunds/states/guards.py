"""Who takes the steps of a request, and what may stand in the way of one; shared by every kind of request."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, policies
from aftersales.core.machine import AGENT, BUYER, PLATFORM, SUPERVISOR, SYSTEM, WAREHOUSE, Condition, WhyNot

from .words import Flow

DESK = frozenset({AGENT, SUPERVISOR})
BUYER_SIDE = frozenset({BUYER, AGENT, SUPERVISOR})
STORE = frozenset({WAREHOUSE, AGENT, SUPERVISOR})
SENDERS_BACK = BUYER_SIDE | {WAREHOUSE}
"""Who gives the number of a return: also the warehouse, when the parcel lies before it without one (RET-3)."""
DECIDERS = frozenset({SUPERVISOR, PLATFORM})
CLOCK = frozenset({SYSTEM})
REFUSED = frozenset({"SELLER_REFUSE_BUYER", "EXCHANGE_WAIT_BUYER_MODIFY"})
"""States after a refusal, in which the buyer may ask the platform at once (RFD-7)."""

goods_sent_back = Condition(
    "goods sent back",
    lambda refund: refund.flow in (Flow.RETURN_REFUND, Flow.EXCHANGE) and refund.goods_sent_back,
)
goods_not_sent_back = Condition("goods not sent back", lambda refund: not goods_sent_back(refund))
not_received = Condition("nothing received", lambda refund: refund.received_at is None)


def refusal_exists(refund: Any, actor: Any) -> WhyNot | None:
    """RFD-1: before shipment there is no refuse action."""
    if refund.flow == Flow.UNSHIPPED:
        return WhyNot("RFD-1", _("Before shipment a request cannot be refused: agree once it is voided, or ship."))
    return None


def not_in_dispute(refund: Any, actor: Any) -> WhyNot | None:
    """DIS-4: while the platform decides, neither side's own step moves the request."""
    if refund.in_dispute:
        return WhyNot("DIS-4", _("The platform has stepped in: settle with the buyer or wait for the decision."))
    return None


def in_dispute(refund: Any, actor: Any) -> WhyNot | None:
    """DIS-1: there must be a dispute to decide or settle."""
    return None if refund.in_dispute else WhyNot("DIS-1", _("The platform has not been asked to step in."))


def voided_first(refund: Any, actor: Any) -> WhyNot | None:
    """RFD-1, VOI-2: the warehouse voids an unshipped order before a person agrees. The clock does not wait (VOI-4)."""
    if refund.flow != Flow.UNSHIPPED or refund.void_result or actor.role == SYSTEM:
        return None
    if not policies.get("refund.void_required", shop_id=refund.shop_id):
        return None
    return WhyNot("VOI-2", _("The warehouse has not voided this order yet: agree once it has."))


def may_intervene(refund: Any, actor: Any) -> WhyNot | None:
    """RFD-7: the buyer after a refusal; either side once the waiting time is over."""
    if refund.in_dispute:
        return WhyNot("DIS-1", _("The platform has been asked to step in already."))
    if refund.status in REFUSED and actor.role == BUYER:
        return None
    waited = clock.now() - refund.created_at
    if waited >= policies.get("dispute.waiting_before_intervention", shop_id=refund.shop_id):
        return None
    text = _("The buyer may ask the platform after a refusal, either side once the waiting time is over.")
    return WhyNot("RFD-7", text)


def not_voided_yet(refund: Any, actor: Any) -> WhyNot | None:
    """VOI-2: the warehouse answers once."""
    return WhyNot("VOI-2", _("The warehouse has answered already.")) if refund.void_result else None

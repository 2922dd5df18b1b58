"""The state machine of a refund-only or return-and-refund request (RFD): its statuses, steps and deadlines."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core import clock, policies
from aftersales.core.machine import (
    AGENT,
    BUYER,
    PLATFORM,
    SUPERVISOR,
    SYSTEM,
    WAREHOUSE,
    Condition,
    DeadlineRule,
    Edge,
    Machine,
    WhyNot,
)

from .words import Flow


class RefundStatus(models.TextChoices):
    """Statuses as the platform writes them (RFD)."""

    WAIT_SELLER_AGREE = "WAIT_SELLER_AGREE", _("Applied, waiting for the seller to agree")
    WAIT_BUYER_RETURN_GOODS = "WAIT_BUYER_RETURN_GOODS", _("Agreed, waiting for the buyer to return the goods")
    WAIT_SELLER_CONFIRM_GOODS = "WAIT_SELLER_CONFIRM_GOODS", _("Returned, waiting for the seller to confirm receipt")
    SELLER_REFUSE_BUYER = "SELLER_REFUSE_BUYER", _("Refused by the seller")
    WAIT_SYSTEM_TRANSFER = "WAIT_SYSTEM_TRANSFER", _("Agreed, waiting for the money to move")
    SUCCESS = "SUCCESS", _("Refunded")
    CLOSED = "CLOSED", _("Closed")


S = RefundStatus
DESK = frozenset({AGENT, SUPERVISOR})
BUYER_SIDE = frozenset({BUYER, AGENT, SUPERVISOR})
DECIDERS = frozenset({SUPERVISOR, PLATFORM})
CLOCK = frozenset({SYSTEM})
OPEN_STATES = (
    S.WAIT_SELLER_AGREE,
    S.WAIT_BUYER_RETURN_GOODS,
    S.WAIT_SELLER_CONFIRM_GOODS,
    S.SELLER_REFUSE_BUYER,
    S.WAIT_SYSTEM_TRANSFER,
)
ARGUABLE_STATES = OPEN_STATES[:4]
"""States in which nothing is settled yet: the buyer may cancel, the platform may decide."""

unshipped = Condition("before shipment", lambda refund: refund.flow == Flow.UNSHIPPED)
without_return = Condition("without return", lambda refund: refund.flow != Flow.RETURN_REFUND)
with_return = Condition("with return", lambda refund: refund.flow == Flow.RETURN_REFUND)
goods_sent_back = Condition(
    "goods sent back", lambda refund: refund.flow == Flow.RETURN_REFUND and refund.goods_sent_back
)
goods_not_sent_back = Condition("goods not sent back", lambda refund: not goods_sent_back(refund))
fast = Condition("seven-day or virtual", lambda refund: refund.flow != Flow.UNSHIPPED and refund.fast)
slow_refund = Condition("refund only", lambda refund: refund.flow == Flow.REFUND_ONLY and not refund.fast)
slow_return = Condition("return and refund", lambda refund: refund.flow == Flow.RETURN_REFUND and not refund.fast)
goods_are_back = Condition(
    "goods received", lambda refund: refund.received_at is not None and not refund.marked_overdue
)


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
    if refund.status == S.SELLER_REFUSE_BUYER and actor.role == BUYER:
        return None
    waited = clock.now() - refund.created_at
    if waited >= policies.get("dispute.waiting_before_intervention", shop_id=refund.shop_id):
        return None
    text = _("The buyer may ask the platform after a refusal, either side once the waiting time is over.")
    return WhyNot("RFD-7", text)


def not_voided_yet(refund: Any, actor: Any) -> WhyNot | None:
    """VOI-2: the warehouse answers once."""
    return WhyNot("VOI-2", _("The warehouse has answered already.")) if refund.void_result else None


def _confirm_period(refund: Any) -> str:
    return "deadline.TMO-6.surface" if refund.return_by_surface else "deadline.TMO-6"


_EDGES = (
    Edge("apply", "", S.WAIT_SELLER_AGREE, BUYER_SIDE, "refund.created"),
    Edge(
        "modify",
        S.WAIT_SELLER_AGREE,
        S.WAIT_SELLER_AGREE,
        BUYER_SIDE,
        "refund.modified",
        guards=(not_in_dispute,),
        restarts=True,
    ),
    Edge(
        "modify",
        S.SELLER_REFUSE_BUYER,
        S.WAIT_SELLER_CONFIRM_GOODS,
        BUYER_SIDE,
        "refund.modified",
        when=goods_sent_back,
        guards=(not_in_dispute,),
    ),
    Edge(
        "modify",
        S.SELLER_REFUSE_BUYER,
        S.WAIT_SELLER_AGREE,
        BUYER_SIDE,
        "refund.modified",
        when=goods_not_sent_back,
        guards=(not_in_dispute,),
    ),
    *(Edge("cancel", state, S.CLOSED, BUYER_SIDE, "refund.closed") for state in ARGUABLE_STATES),
    Edge(
        "agree",
        S.WAIT_SELLER_AGREE,
        S.WAIT_SYSTEM_TRANSFER,
        DESK | CLOCK,
        "refund.agreed",
        when=without_return,
        guards=(not_in_dispute, voided_first),
    ),
    Edge(
        "agree",
        S.WAIT_SELLER_AGREE,
        S.WAIT_BUYER_RETURN_GOODS,
        DESK | CLOCK,
        "refund.agreed",
        when=with_return,
        guards=(not_in_dispute,),
    ),
    Edge(
        "agree",
        S.WAIT_SELLER_CONFIRM_GOODS,
        S.WAIT_SYSTEM_TRANSFER,
        DESK | CLOCK,
        "refund.agreed",
        guards=(not_in_dispute,),
    ),
    Edge(
        "refuse",
        S.WAIT_SELLER_AGREE,
        S.SELLER_REFUSE_BUYER,
        DESK,
        "refund.refused",
        guards=(refusal_exists, not_in_dispute),
    ),
    Edge(
        "refuse",
        S.WAIT_SELLER_CONFIRM_GOODS,
        S.SELLER_REFUSE_BUYER,
        DESK,
        "refund.refused",
        guards=(not_in_dispute,),
    ),
    Edge(
        "void_result",
        S.WAIT_SELLER_AGREE,
        S.WAIT_SELLER_AGREE,
        frozenset({WAREHOUSE, AGENT, SUPERVISOR}),
        "refund.voided",
        "voided",
        when=unshipped,
        guards=(not_voided_yet,),
    ),
    Edge(
        "void_result",
        S.WAIT_SELLER_AGREE,
        S.CLOSED,
        frozenset({WAREHOUSE, AGENT, SUPERVISOR}),
        "refund.closed",
        "already_shipped",
        when=unshipped,
        guards=(not_voided_yet,),
    ),
    Edge(
        "return_shipment",
        S.WAIT_BUYER_RETURN_GOODS,
        S.WAIT_SELLER_CONFIRM_GOODS,
        BUYER_SIDE,
        "refund.returned",
    ),
    Edge(
        "return_shipment",
        S.WAIT_SELLER_CONFIRM_GOODS,
        S.WAIT_SELLER_CONFIRM_GOODS,
        BUYER_SIDE,
        "refund.returned",
    ),
    Edge(
        "receive",
        S.WAIT_SELLER_CONFIRM_GOODS,
        S.WAIT_SYSTEM_TRANSFER,
        frozenset({WAREHOUSE, AGENT, SUPERVISOR}),
        "refund.received",
        "pass",
        guards=(not_in_dispute,),
    ),
    Edge(
        "receive",
        S.WAIT_SELLER_CONFIRM_GOODS,
        S.SELLER_REFUSE_BUYER,
        frozenset({WAREHOUSE, AGENT, SUPERVISOR}),
        "refund.refused",
        "fail",
        guards=(not_in_dispute,),
    ),
    *(
        Edge("intervention", state, state, BUYER_SIDE, "dispute.requested", guards=(may_intervene,))
        for state in ARGUABLE_STATES
    ),
    *(
        Edge("decision", state, S.WAIT_SYSTEM_TRANSFER, DECIDERS, "dispute.decided", outcome, guards=(in_dispute,))
        for state in ARGUABLE_STATES
        for outcome in ("buyer", "partial")
    ),
    *(
        Edge("decision", state, S.CLOSED, DECIDERS, "dispute.decided", "seller", guards=(in_dispute,))
        for state in ARGUABLE_STATES
    ),
    *(
        Edge("settle", state, state, BUYER_SIDE, "dispute.settled", "withdrawn", guards=(in_dispute,))
        for state in ARGUABLE_STATES
    ),
    *(
        Edge("settle", state, S.WAIT_SYSTEM_TRANSFER, DESK, "dispute.settled", "refund", guards=(in_dispute,))
        for state in ARGUABLE_STATES
    ),
    *(
        Edge("expire", state, S.CLOSED, CLOCK, "refund.closed", guards=(not_in_dispute,))
        for state in (S.WAIT_BUYER_RETURN_GOODS, S.SELLER_REFUSE_BUYER)
    ),
    Edge(
        "overtaken",
        S.WAIT_SELLER_AGREE,
        S.CLOSED,
        frozenset({BUYER, AGENT, SUPERVISOR, WAREHOUSE, SYSTEM}),
        "refund.closed",
        "by_shipment",
        when=unshipped,
    ),
    *(
        Edge("overtaken", state, S.CLOSED, BUYER_SIDE, "refund.closed", "by_receipt", guards=(not_in_dispute,))
        for state in ARGUABLE_STATES
    ),
    Edge("mark_overdue", S.WAIT_SYSTEM_TRANSFER, S.WAIT_SYSTEM_TRANSFER, CLOCK, "refund.overdue"),
    Edge("succeed", S.WAIT_SYSTEM_TRANSFER, S.SUCCESS, CLOCK, "refund.succeeded"),
)

REFUND = Machine(
    name="refund",
    labels={state.value: state.label for state in S},
    edges=_EDGES,
    terminal=frozenset({S.SUCCESS, S.CLOSED}),
    tracked=(
        "status",
        "kind",
        "goods_status",
        "phase",
        "flow",
        "fast",
        "reason",
        "amount_fen",
        "postage_fen",
        "refunded_fen",
        "refusals",
        "void_result",
        "in_dispute",
        "return_by_surface",
        "goods_sent_back",
        "received_at",
        "marked_overdue",
    ),
    actions={
        "apply": pgettext_lazy("step", "Apply"),
        "modify": _("Modify"),
        "cancel": pgettext_lazy("step", "Cancel"),
        "agree": _("Agree"),
        "refuse": _("Refuse"),
        "void_result": _("Answer of the warehouse"),
        "return_shipment": _("Return shipment"),
        "receive": _("Goods received"),
        "intervention": _("Ask the platform to step in"),
        "decision": _("Decision of the platform"),
        "settle": _("Settle"),
        "expire": _("Close by itself"),
        "overtaken": _("Closed by shipment or receipt"),
        "mark_overdue": _("Refund overdue"),
        "succeed": _("Money has moved"),
    },
    internal=frozenset({"expire", "overtaken", "mark_overdue", "succeed"}),
    deadlines=(
        DeadlineRule("TMO-1", S.WAIT_SELLER_AGREE, "agree", "deadline.TMO-1", unshipped, against_shop=True),
        DeadlineRule("TMO-2", S.WAIT_SELLER_AGREE, "agree", "deadline.TMO-2", slow_refund, against_shop=True),
        DeadlineRule("TMO-3", S.WAIT_SELLER_AGREE, "agree", "deadline.TMO-3", fast, against_shop=True),
        DeadlineRule("TMO-4", S.WAIT_SELLER_AGREE, "agree", "deadline.TMO-4", slow_return, against_shop=True),
        DeadlineRule("TMO-5", S.WAIT_BUYER_RETURN_GOODS, "expire", "deadline.TMO-5"),
        DeadlineRule("TMO-6", S.WAIT_SELLER_CONFIRM_GOODS, "agree", _confirm_period, against_shop=True),
        DeadlineRule("TMO-7", S.SELLER_REFUSE_BUYER, "expire", "deadline.TMO-7"),
        DeadlineRule(
            "TMO-14",
            S.WAIT_SYSTEM_TRANSFER,
            "mark_overdue",
            "deadline.TMO-14",
            goods_are_back,
            against_shop=True,
            starts=lambda refund: refund.received_at,
        ),
    ),
)

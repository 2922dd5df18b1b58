"""The state machine of a request: the statuses, steps and deadlines of one for money (RFD), joined with `exchange`'s.

A request has one life, whatever its kind: the buyer may change what he asks, and an exchange may turn into a refund.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.machine import (
    AGENT,
    BUYER,
    SUPERVISOR,
    SYSTEM,
    WAREHOUSE,
    Condition,
    DeadlineRule,
    Edge,
    Machine,
    Part,
)

from . import exchange
from .exchange import ExchangeStatus
from .guards import (
    BUYER_SIDE,
    CLOCK,
    DECIDERS,
    DESK,
    SENDERS_BACK,
    STORE,
    goods_not_sent_back,
    goods_sent_back,
    in_dispute,
    may_intervene,
    not_in_dispute,
    not_received,
    not_voided_yet,
    refusal_exists,
    voided_first,
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
MONEY_STATES = (
    S.WAIT_SELLER_AGREE,
    S.WAIT_BUYER_RETURN_GOODS,
    S.WAIT_SELLER_CONFIRM_GOODS,
    S.SELLER_REFUSE_BUYER,
    S.WAIT_SYSTEM_TRANSFER,
)
"""States in which a request for money is open."""
ARGUABLE_STATES = MONEY_STATES[:4]
"""States in which nothing is settled yet: the buyer may cancel, the platform may decide."""
OPEN_STATES = (*MONEY_STATES, *exchange.OPEN)
"""States in which a request of any kind is open."""
UNSETTLED_STATES = (*ARGUABLE_STATES, *exchange.UNSETTLED)
"""States of any kind in which nothing is settled yet."""
CLOSED_BY_RECEIPT = (*UNSETTLED_STATES, ExchangeStatus.WAIT_BUYER_CONFIRM_GOODS)
"""States that receipt of the order ends (ORD-7)."""
PLATFORM_NUMBERS: dict[str, int] = {
    S.WAIT_SELLER_AGREE: 1,
    S.WAIT_BUYER_RETURN_GOODS: 2,
    S.WAIT_SELLER_CONFIRM_GOODS: 3,
    S.CLOSED: 4,
    S.SUCCESS: 5,
    S.SELLER_REFUSE_BUYER: 6,
    **exchange.PLATFORM_NUMBERS,
}
"""The platform's numbers (field-facts §1.1, §1.6); it has none for the wait for the money."""

unshipped = Condition(pgettext_lazy("when", "before shipment"), lambda refund: refund.flow == Flow.UNSHIPPED)
without_return = Condition("without return", lambda refund: refund.flow != Flow.RETURN_REFUND)
with_return = Condition("with return", lambda refund: refund.flow == Flow.RETURN_REFUND)
fast = Condition(
    pgettext_lazy("when", "seven-day or virtual"), lambda refund: refund.flow != Flow.UNSHIPPED and refund.fast
)
slow_refund = Condition(
    pgettext_lazy("when", "refund only"), lambda refund: refund.flow == Flow.REFUND_ONLY and not refund.fast
)
slow_return = Condition(
    pgettext_lazy("when", "return and refund"), lambda refund: refund.flow == Flow.RETURN_REFUND and not refund.fast
)
still_with_buyer = Condition(
    "shipped, not sent back", lambda refund: refund.flow != Flow.UNSHIPPED and not refund.goods_sent_back
)
goods_are_back = Condition(
    "goods received", lambda refund: refund.received_at is not None and not refund.marked_overdue
)


TURNED = frozenset(
    {S.WAIT_SELLER_AGREE, S.WAIT_BUYER_RETURN_GOODS, S.WAIT_SELLER_CONFIRM_GOODS, S.WAIT_SYSTEM_TRANSFER}
)
"""Where a refund may begin that an exchange or a reship turned into."""


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
        STORE,
        "refund.voided",
        "voided",
        when=unshipped,
        guards=(not_voided_yet,),
    ),
    Edge(
        "void_result",
        S.WAIT_SELLER_AGREE,
        S.CLOSED,
        STORE,
        "refund.closed",
        "already_shipped",
        when=unshipped,
        guards=(not_voided_yet,),
    ),
    Edge(
        "return_shipment",
        S.WAIT_BUYER_RETURN_GOODS,
        S.WAIT_SELLER_CONFIRM_GOODS,
        SENDERS_BACK,
        "refund.returned",
    ),
    Edge(
        "return_shipment",
        S.WAIT_SELLER_CONFIRM_GOODS,
        S.WAIT_SELLER_CONFIRM_GOODS,
        SENDERS_BACK,
        "refund.returned",
    ),
    # A number that the warehouse gave was another parcel's (RET-3).
    Edge(
        "undo_return",
        S.WAIT_SELLER_CONFIRM_GOODS,
        S.WAIT_BUYER_RETURN_GOODS,
        STORE,
        "refund.return_undone",
        when=not_received,
        guards=(not_in_dispute,),
    ),
    Edge(
        "receive",
        S.WAIT_SELLER_CONFIRM_GOODS,
        S.WAIT_SYSTEM_TRANSFER,
        STORE,
        "refund.received",
        "pass",
        guards=(not_in_dispute,),
    ),
    Edge(
        "receive",
        S.WAIT_SELLER_CONFIRM_GOODS,
        S.SELLER_REFUSE_BUYER,
        STORE,
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
        Edge("settle", state, S.WAIT_SYSTEM_TRANSFER, DESK | CLOCK, "dispute.settled", "refund", guards=(in_dispute,))
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
    # From one kind to the other, while nothing is agreed and nothing sent (APP-8).
    *(
        Edge("modify", source, target, BUYER_SIDE, "refund.modified", "kind", still_with_buyer, (not_in_dispute,))
        for source, target in (
            (S.WAIT_SELLER_AGREE, ExchangeStatus.WAIT_SELLER_AGREE),
            (S.SELLER_REFUSE_BUYER, ExchangeStatus.WAIT_SELLER_AGREE),
            (ExchangeStatus.WAIT_SELLER_AGREE, S.WAIT_SELLER_AGREE),
            (ExchangeStatus.WAIT_BUYER_MODIFY, S.WAIT_SELLER_AGREE),
        )
    ),
    # An exchange that turns into a refund goes on where its goods are (EXC-1).
    *(Edge("turn", "", state, DESK | DECIDERS | CLOCK, "refund.created") for state in MONEY_STATES if state in TURNED),
)

REFUND = Machine(
    name="refund",
    labels={state.value: state.label for state in (*S, *ExchangeStatus)},
    edges=(*_EDGES, *exchange.EDGES),
    terminal=frozenset({S.SUCCESS, S.CLOSED}) | exchange.TERMINAL,
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
        "ships_first",
        "difference_fen",
        "difference_settled",
        "replacement_trouble",
    ),
    actions={
        "apply": pgettext_lazy("step", "Apply"),
        "modify": _("Modify"),
        "cancel": pgettext_lazy("step", "Cancel"),
        "agree": _("Agree"),
        "refuse": _("Refuse"),
        "void_result": _("Answer of the warehouse"),
        "return_shipment": _("Return shipment"),
        "undo_return": _("Return shipment taken back"),
        "receive": _("Goods received"),
        "intervention": _("Ask the platform to step in"),
        "decision": _("Decision of the platform"),
        "settle": _("Settle"),
        "expire": _("Close by itself"),
        "overtaken": _("Closed by shipment or receipt"),
        "mark_overdue": _("Refund overdue"),
        "succeed": _("Money has moved"),
        "turn": _("Turned from an exchange"),
        **exchange.ACTIONS,
    },
    outcomes={
        "modify_kind": _("Ask for the other: goods or money"),
        "void_result_voided": pgettext_lazy("step", "Voided"),
        "void_result_already_shipped": pgettext_lazy("step", "Already shipped"),
        "receive_pass": _("Inspection passed"),
        "receive_fail": pgettext_lazy("step", "Inspection failed"),
        "decision_buyer": _("Decided for the buyer"),
        "decision_partial": _("Decided in part"),
        "decision_seller": _("Decided for the seller"),
        "settle_withdrawn": _("Settled, as if not asked"),
        "settle_refund": _("Settled with money"),
        "overtaken_by_shipment": _("Closed by shipment"),
        "overtaken_by_receipt": _("Closed by receipt"),
    },
    title=pgettext_lazy("machine", "Request"),
    parts=(
        Part("money", _("Request for money"), tuple(S.values)),
        Part("goods", _("Exchange and reship"), tuple(ExchangeStatus.values)),
    ),
    internal=frozenset({"expire", "overtaken", "mark_overdue", "succeed", "undo_return"}) | exchange.FOLLOWS_PARCEL,
    only_for={"void_result": exchange.by_money, **dict.fromkeys(exchange.ACTIONS, exchange.by_goods)},
    deadlines=(
        *exchange.DEADLINES,
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

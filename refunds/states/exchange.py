"""The part of the request's state machine that is answered with goods: exchange 换货 and reship 补寄 (EXC, TMO-13).

The states mirror the Tmall exchange statuses; their numbers are kept. A reship takes the same way without the part in
which goods come back.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.machine import AGENT, FINANCE, SUPERVISOR, Condition, DeadlineRule, Edge, WhyNot

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
)
from .words import Flow


class ExchangeStatus(models.TextChoices):
    """Statuses of an exchange as the REST contract names them (api.md)."""

    WAIT_SELLER_AGREE = "EXCHANGE_WAIT_SELLER_AGREE", _("Exchange applied for, waiting for the seller")
    WAIT_BUYER_RETURN_GOODS = "EXCHANGE_WAIT_BUYER_RETURN_GOODS", _("Exchange agreed, waiting for the buyer's return")
    WAIT_SELLER_CONFIRM_GOODS = "EXCHANGE_WAIT_SELLER_CONFIRM_GOODS", _("Sent back, waiting to be received")
    CLOSED = "EXCHANGE_CLOSED", _("Exchange closed")
    SUCCESS = "EXCHANGE_SUCCESS", _("Exchange done")
    WAIT_BUYER_MODIFY = "EXCHANGE_WAIT_BUYER_MODIFY", _("Exchange refused, waiting for the buyer to change it")
    WAIT_SELLER_SEND_GOODS = "EXCHANGE_WAIT_SELLER_SEND_GOODS", _("Replacement to be sent")
    WAIT_BUYER_CONFIRM_GOODS = "EXCHANGE_WAIT_BUYER_CONFIRM_GOODS", _("Replacement sent, waiting for the buyer")
    TO_REFUND = "EXCHANGE_TO_REFUND", _("Turned into a refund")


class ReplacementTrouble(models.TextChoices):
    """Why what was sent is not with the buyer, whatever its parcel says (LOG-6)."""

    DENIED = "denied", pgettext_lazy("replacement", "Signed for, the buyer denies it")
    LOST = "lost", pgettext_lazy("replacement", "Did not reach the buyer")


X = ExchangeStatus
PLATFORM_NUMBERS: dict[str, int] = {
    X.WAIT_SELLER_AGREE: 1,
    X.WAIT_BUYER_RETURN_GOODS: 2,
    X.WAIT_SELLER_CONFIRM_GOODS: 3,
    X.CLOSED: 4,
    X.SUCCESS: 5,
    X.WAIT_BUYER_MODIFY: 6,
    X.WAIT_SELLER_SEND_GOODS: 12,
    X.WAIT_BUYER_CONFIRM_GOODS: 13,
    X.TO_REFUND: 14,
}
UNSETTLED = (X.WAIT_SELLER_AGREE, X.WAIT_BUYER_RETURN_GOODS, X.WAIT_SELLER_CONFIRM_GOODS, X.WAIT_BUYER_MODIFY)
"""States in which the buyer may still withdraw."""
OPEN = (*UNSETTLED, X.WAIT_SELLER_SEND_GOODS, X.WAIT_BUYER_CONFIRM_GOODS)
TERMINAL = frozenset({X.CLOSED, X.SUCCESS, X.TO_REFUND})
ACTIONS = {
    "promise_first": _("Send the replacement first"),
    "settle_difference": _("Difference settled"),
    "ship_replacement": _("Send the replacement"),
    "confirm_received": _("Replacement received"),
    "to_refund": _("Turn into a refund"),
    "replacement_denied": _("The buyer denies having the replacement"),
    "delivery_proved": _("Delivery proved"),
    "replacement_lost": _("The replacement did not reach the buyer"),
    "replacement_found": _("The replacement turned up"),
}
FOLLOWS_PARCEL = frozenset({"replacement_denied", "replacement_lost", "replacement_found"})
"""Steps that are taken with the parcel of the replacement, never alone."""

by_goods = Condition("by goods", lambda refund: refund.flow in (Flow.EXCHANGE, Flow.RESHIP))
by_money = Condition("by money", lambda refund: not by_goods(refund))
comes_back = Condition("exchange", lambda refund: refund.flow == Flow.EXCHANGE)
not_sent_yet = Condition("exchange, not sent back", lambda refund: comes_back(refund) and not refund.goods_sent_back)
nothing_comes_back = Condition("reship", lambda refund: refund.flow == Flow.RESHIP)
return_missing = Condition(
    "sent first, return not here", lambda refund: refund.ships_first and refund.received_at is None
)
return_here = Condition(pgettext_lazy("when", "no return awaited"), lambda refund: not return_missing(refund))
return_awaited = Condition(
    pgettext_lazy("when", "sent first, return awaited"),
    lambda refund: return_missing(refund) and not refund.marked_overdue,
)
denied = Condition(
    pgettext_lazy("when", "receipt denied"), lambda refund: refund.replacement_trouble == ReplacementTrouble.DENIED
)
not_denied = Condition(pgettext_lazy("when", "receipt not denied"), lambda refund: not denied(refund))
gone_astray = Condition("replacement lost", lambda refund: refund.replacement_trouble == ReplacementTrouble.LOST)
to_be_received = Condition(
    pgettext_lazy("when", "no return awaited, receipt not denied"),
    lambda refund: return_here(refund) and not denied(refund),
)
return_to_come = Condition(
    pgettext_lazy("when", "sent first, return awaited, receipt not denied"),
    lambda refund: return_awaited(refund) and not denied(refund),
)
to_be_proved = Condition(
    pgettext_lazy("when", "receipt denied, return not overdue"),
    lambda refund: denied(refund) and not (return_missing(refund) and refund.marked_overdue),
)


def not_promised_yet(refund: Any, actor: Any) -> WhyNot | None:
    """EXC-4: it is promised once."""
    if refund.ships_first:
        return WhyNot("EXC-4", _("The buyer has been promised that the replacement goes first."))
    return None


def difference_is_open(refund: Any, actor: Any) -> WhyNot | None:
    """AMT-5: there is something to settle."""
    if refund.difference_settled or not refund.difference_fen:
        return WhyNot("AMT-5", _("No price difference is open."))
    return None


def difference_settled(refund: Any, actor: Any) -> WhyNot | None:
    """EXC-2: the price difference comes before the goods."""
    if refund.difference_fen and not refund.difference_settled:
        return WhyNot("EXC-2", _("Settle the price difference first."))
    return None


def return_is_here(refund: Any, actor: Any) -> WhyNot | None:
    """EXC-4: what was sent first ends when the return has arrived; a supervisor may give the return up."""
    if return_missing(refund) and actor.role != SUPERVISOR:
        return WhyNot("EXC-4", _("The replacement went first and the return has not arrived: it ends once it has."))
    return None


def receipt_is_clear(refund: Any, actor: Any) -> WhyNot | None:
    """LOG-6: a buyer who says that he has nothing is not asked to send it back."""
    if denied(refund):
        return WhyNot(
            "LOG-6",
            _("The buyer says that he does not have the replacement: first prove the delivery or confirm the loss."),
        )
    return None


def turns_anew(edge: Edge, flow: str) -> bool:
    """Say whether the refund that `edge` leads to is decided anew, as nothing has come back that it could be paid for.

    So it is for a reship, and for an exchange whose replacement has left (EXC-1); what the platform decided is done.
    """
    return flow == Flow.RESHIP or (edge.action == "to_refund" and edge.source == X.WAIT_BUYER_CONFIRM_GOODS)


_CALM = (not_in_dispute,)
EDGES = (
    Edge("apply", "", X.WAIT_SELLER_AGREE, BUYER_SIDE, "refund.created"),
    Edge(
        "modify",
        X.WAIT_SELLER_AGREE,
        X.WAIT_SELLER_AGREE,
        BUYER_SIDE,
        "refund.modified",
        guards=_CALM,
        restarts=True,
    ),
    *(
        Edge("modify", X.WAIT_BUYER_MODIFY, target, BUYER_SIDE, "refund.modified", when=when, guards=_CALM)
        for target, when in (
            (X.WAIT_SELLER_CONFIRM_GOODS, goods_sent_back),
            (X.WAIT_SELLER_AGREE, goods_not_sent_back),
        )
    ),
    *(Edge("cancel", state, X.CLOSED, BUYER_SIDE, "refund.closed") for state in UNSETTLED),
    *(
        Edge("agree", source, target, DESK | CLOCK, "refund.agreed", when=when, guards=_CALM)
        for source, target, when in (
            (X.WAIT_SELLER_AGREE, X.WAIT_BUYER_RETURN_GOODS, comes_back),
            (X.WAIT_SELLER_AGREE, X.WAIT_SELLER_SEND_GOODS, nothing_comes_back),
            (X.WAIT_SELLER_CONFIRM_GOODS, X.WAIT_SELLER_SEND_GOODS, None),
        )
    ),
    *(
        Edge("refuse", source, X.WAIT_BUYER_MODIFY, DESK, "refund.refused", guards=_CALM)
        for source in (X.WAIT_SELLER_AGREE, X.WAIT_SELLER_CONFIRM_GOODS)
    ),
    *(
        Edge("return_shipment", source, target, SENDERS_BACK, "refund.returned", when=when)
        for source, target, when in (
            (X.WAIT_BUYER_RETURN_GOODS, X.WAIT_SELLER_CONFIRM_GOODS, None),
            (X.WAIT_SELLER_CONFIRM_GOODS, X.WAIT_SELLER_CONFIRM_GOODS, None),
            (X.WAIT_BUYER_CONFIRM_GOODS, X.WAIT_BUYER_CONFIRM_GOODS, return_missing),
        )
    ),
    Edge(
        "undo_return",
        X.WAIT_SELLER_CONFIRM_GOODS,
        X.WAIT_BUYER_RETURN_GOODS,
        STORE,
        "refund.return_undone",
        when=not_received,
        guards=_CALM,
    ),
    Edge(
        "receive",
        X.WAIT_SELLER_CONFIRM_GOODS,
        X.WAIT_SELLER_SEND_GOODS,
        STORE,
        "refund.received",
        "pass",
        guards=_CALM,
    ),
    Edge("receive", X.WAIT_SELLER_CONFIRM_GOODS, X.WAIT_BUYER_MODIFY, STORE, "refund.refused", "fail", guards=_CALM),
    *(
        Edge(
            "receive",
            X.WAIT_BUYER_CONFIRM_GOODS,
            X.WAIT_BUYER_CONFIRM_GOODS,
            STORE,
            event,
            outcome,
            when=return_missing,
            guards=_CALM,
            restarts=True,
        )
        for outcome, event in (("pass", "refund.received"), ("fail", "refund.return_failed"))
    ),
    *(
        Edge(
            "promise_first",
            state,
            state,
            DESK,
            "refund.sends_first",
            when=comes_back,
            guards=(not_promised_yet, not_in_dispute),
        )
        for state in (X.WAIT_BUYER_RETURN_GOODS, X.WAIT_SELLER_CONFIRM_GOODS)
    ),
    *(
        Edge(
            "settle_difference",
            state,
            state,
            frozenset({AGENT, SUPERVISOR, FINANCE}),
            "refund.difference_settled",
            guards=(difference_is_open,),
        )
        for state in (X.WAIT_BUYER_RETURN_GOODS, X.WAIT_SELLER_CONFIRM_GOODS, X.WAIT_SELLER_SEND_GOODS)
    ),
    *(
        Edge("ship_replacement", source, X.WAIT_BUYER_CONFIRM_GOODS, STORE, "refund.replaced", guards=guards)
        for source, guards in (
            (X.WAIT_SELLER_CONFIRM_GOODS, (difference_settled, not_in_dispute)),
            (X.WAIT_SELLER_SEND_GOODS, (difference_settled, not_in_dispute)),
            (X.WAIT_BUYER_CONFIRM_GOODS, ()),
        )
    ),
    Edge(
        "confirm_received",
        X.WAIT_BUYER_CONFIRM_GOODS,
        X.SUCCESS,
        BUYER_SIDE | CLOCK,
        "refund.succeeded",
        guards=(return_is_here, not_in_dispute),
    ),
    *(
        Edge("to_refund", source, X.TO_REFUND, who, "refund.closed", guards=guards)
        for source, who, guards in (
            (X.WAIT_BUYER_RETURN_GOODS, DESK, _CALM),
            (X.WAIT_SELLER_CONFIRM_GOODS, DESK, _CALM),
            (X.WAIT_SELLER_SEND_GOODS, DESK | CLOCK, _CALM),
            (X.WAIT_BUYER_CONFIRM_GOODS, DESK, (receipt_is_clear, return_is_here, not_in_dispute)),
        )
    ),
    Edge(
        "replacement_denied",
        X.WAIT_BUYER_CONFIRM_GOODS,
        X.WAIT_BUYER_CONFIRM_GOODS,
        DESK | BUYER_SIDE,
        "refund.replacement_denied",
        when=not_denied,
        restarts=True,
    ),
    Edge(
        "delivery_proved",
        X.WAIT_BUYER_CONFIRM_GOODS,
        X.WAIT_BUYER_CONFIRM_GOODS,
        DESK,
        "refund.delivery_proved",
        when=denied,
        restarts=True,
    ),
    *(
        Edge("replacement_lost", X.WAIT_BUYER_CONFIRM_GOODS, target, DESK | CLOCK, "refund.replacement_lost", when=when)
        for target, when in (
            (X.WAIT_SELLER_CONFIRM_GOODS, return_missing),
            (X.WAIT_SELLER_SEND_GOODS, return_here),
        )
    ),
    *(
        Edge(
            "replacement_found", source, X.WAIT_BUYER_CONFIRM_GOODS, CLOCK, "refund.replacement_found", when=gone_astray
        )
        for source in (X.WAIT_SELLER_CONFIRM_GOODS, X.WAIT_SELLER_SEND_GOODS)
    ),
    *(Edge("intervention", state, state, BUYER_SIDE, "dispute.requested", guards=(may_intervene,)) for state in OPEN),
    *(
        Edge("decision", source, target, DECIDERS, "dispute.decided", "buyer", when, (in_dispute,), restarts=True)
        for source, target, when in (
            (X.WAIT_SELLER_AGREE, X.WAIT_BUYER_RETURN_GOODS, comes_back),
            (X.WAIT_SELLER_AGREE, X.WAIT_SELLER_SEND_GOODS, nothing_comes_back),
            (X.WAIT_BUYER_MODIFY, X.WAIT_BUYER_RETURN_GOODS, not_sent_yet),
            (X.WAIT_BUYER_MODIFY, X.WAIT_SELLER_SEND_GOODS, nothing_comes_back),
            (X.WAIT_BUYER_MODIFY, X.WAIT_SELLER_SEND_GOODS, goods_sent_back),
            (X.WAIT_BUYER_RETURN_GOODS, X.WAIT_BUYER_RETURN_GOODS, None),
            (X.WAIT_SELLER_CONFIRM_GOODS, X.WAIT_SELLER_SEND_GOODS, None),
            (X.WAIT_SELLER_SEND_GOODS, X.TO_REFUND, None),
            (X.WAIT_BUYER_CONFIRM_GOODS, X.TO_REFUND, None),
        )
    ),
    *(
        Edge("decision", state, X.CLOSED, DECIDERS, "dispute.decided", "seller", guards=(in_dispute,))
        for state in (*UNSETTLED, X.WAIT_SELLER_SEND_GOODS)
    ),
    Edge(
        "decision", X.WAIT_BUYER_CONFIRM_GOODS, X.SUCCESS, DECIDERS, "dispute.decided", "seller", guards=(in_dispute,)
    ),
    *(Edge("settle", state, state, BUYER_SIDE, "dispute.settled", "withdrawn", guards=(in_dispute,)) for state in OPEN),
    *(
        Edge("expire", state, X.CLOSED, CLOCK, "refund.closed", guards=_CALM)
        for state in (X.WAIT_BUYER_RETURN_GOODS, X.WAIT_BUYER_MODIFY)
    ),
    *(
        Edge("overtaken", state, X.CLOSED, BUYER_SIDE, "refund.closed", "by_receipt", guards=_CALM)
        for state in UNSETTLED
    ),
    Edge(
        "overtaken",
        X.WAIT_BUYER_CONFIRM_GOODS,
        X.SUCCESS,
        BUYER_SIDE,
        "refund.succeeded",
        "by_receipt",
        guards=(return_is_here, not_in_dispute),
    ),
    Edge(
        "mark_overdue",
        X.WAIT_BUYER_CONFIRM_GOODS,
        X.WAIT_BUYER_CONFIRM_GOODS,
        CLOCK,
        "refund.return_missing",
        when=return_to_come,
    ),
)

DEADLINES = (
    DeadlineRule("TMO-13", X.WAIT_SELLER_AGREE, "agree", "deadline.TMO-13.seller", against_shop=True),
    DeadlineRule("TMO-13", X.WAIT_BUYER_RETURN_GOODS, "expire", "deadline.TMO-13.buyer_returns"),
    DeadlineRule("TMO-13", X.WAIT_SELLER_CONFIRM_GOODS, "agree", "deadline.TMO-13.seller_receives", against_shop=True),
    DeadlineRule("TMO-7", X.WAIT_BUYER_MODIFY, "expire", "deadline.TMO-7"),
    DeadlineRule("TMO-13", X.WAIT_SELLER_SEND_GOODS, "to_refund", "deadline.TMO-13.seller_ships", against_shop=True),
    DeadlineRule(
        "TMO-13", X.WAIT_BUYER_CONFIRM_GOODS, "confirm_received", "deadline.TMO-13.buyer_receives", to_be_received
    ),
    DeadlineRule("EXC-4", X.WAIT_BUYER_CONFIRM_GOODS, "mark_overdue", "deadline.EXC-4", return_to_come),
    DeadlineRule(
        "LOG-6",
        X.WAIT_BUYER_CONFIRM_GOODS,
        "replacement_lost",
        "deadline.LOG-6",
        to_be_proved,
        against_shop=True,
    ),
)

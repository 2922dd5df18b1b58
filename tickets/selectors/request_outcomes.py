"""What an action will bring about, said in its dialog before it is done: sums, where they go, whose turn it is then.

For reading only: the figures are the policies', and what really happens is decided by the services under the lock.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from aftersales.core import money, policies
from aftersales.core.words import duration_words
from refunds.models import Refund
from refunds.selectors.arrival import arrival_of
from refunds.states import Flow, RefundStatus

from . import exchange_outcomes
from .refusal_grounds import lawful_lines

Outcome = list[dict[str, Any]]
S = RefundStatus


def outcome_of(refund: Refund, name: str) -> Outcome:
    """Return lines {label, text, big?} for the dialog of an action, and one {final} where it cannot be taken back."""
    by_goods = exchange_outcomes.outcome_of(refund, name) if refund.wants_goods else None
    if by_goods is not None:
        return by_goods
    maker = _MAKERS.get(name)
    return maker(refund) if maker else []


def agrees_to_return(refund: Refund) -> bool:
    """Say whether agreeing now means that goods come back first."""
    return bool(refund.status == S.WAIT_SELLER_AGREE and refund.flow == Flow.RETURN_REFUND)


def _period(refund: Refund, rule: str) -> str:
    return duration_words(policies.duration(f"deadline.{rule}", shop_id=refund.shop_id))


def _sum(refund: Refund, label: str) -> dict[str, Any]:
    return {"label": label, "text": f"¥{money.yuan(refund.amount_fen)}", "big": True}


def _money_goes(refund: Refund) -> Outcome:
    way = arrival_of(refund)
    lands = _("%(channel)s → %(to)s, %(when)s") % {"channel": way.channel_label, "to": way.to, "when": way.when}
    lines = [{"label": _("Goes"), "text": lands}]
    if way.frozen_meanwhile:
        lines.append({"label": "", "text": _("shown as frozen in the Alipay balance until the bank has it")})
    return lines


def _agree(refund: Refund) -> Outcome:
    if agrees_to_return(refund):
        return [
            _sum(refund, _("Refund later")),
            {"label": _("Goods"), "text": refund.summary},
            {
                "label": _("Then"),
                "text": _("the buyer is told this address and has %(time)s to send the goods; else it closes by itself")
                % {"time": _period(refund, "TMO-5")},
            },
        ]
    return [
        _sum(refund, _("Refund")),
        {"label": _("Goods"), "text": refund.summary},
        *_money_goes(refund),
        {"final": _("The payment starts at once and cannot be taken back.")},
    ]


def _refuse(refund: Refund) -> Outcome:
    offered = policies.number("dispute.refusals_before_offer", shop_id=refund.shop_id)
    lines = [
        _sum(refund, _("Not refunded")),
        {
            "label": _("Then"),
            "text": _("the buyer can change the request, withdraw it or ask the platform; else it closes in %(time)s")
            % {"time": _period(refund, "TMO-7")},
        },
    ]
    if refund.refusals + 1 >= offered:
        count = {"n": refund.refusals + 1}
        lines.append({"label": "", "text": _("this is refusal no. %(n)s: the platform's help is offered") % count})
    return lines + lawful_lines(refund)


def _cancel(refund: Refund) -> Outcome:
    return [
        {
            "label": _("Then"),
            "text": _("the request is closed; the buyer may apply again, and the count stays visible"),
        },
        {"final": _("A closed request cannot be opened again.")},
    ]


def _return_shipment(refund: Refund) -> Outcome:
    if refund.status == S.WAIT_SELLER_CONFIRM_GOODS:
        return [{"label": _("Then"), "text": _("the earlier number is kept beside the new one")}]
    told = _("the goods are expected; %(time)s after now it is refunded by itself") % {"time": _period(refund, "TMO-6")}
    return [{"label": _("Then"), "text": told}]


def _receive(refund: Refund) -> Outcome:
    return [
        _sum(refund, _("If passed")),
        *_money_goes(refund),
        {"label": _("If failed"), "text": _("refused with your findings and photos; the buyer can object")},
        {"final": _("Passing starts the payment at once; it cannot be taken back.")},
    ]


def _intervention(refund: Refund) -> Outcome:
    days = policies.number("deadline.TMO-12", shop_id=refund.shop_id)
    return [
        {"label": _("Then"), "text": _("all deadlines of this request stand still")},
        {"label": "", "text": _("the platform decides within %(days)s working days") % {"days": days}},
    ]


def _decision(refund: Refund) -> Outcome:
    return [*_money_goes(refund), {"final": _("The decision is carried out at once and cannot be taken back.")}]


def _settle(refund: Refund) -> Outcome:
    return [*_money_goes(refund), {"final": _("A sum that is agreed here is paid at once and cannot be taken back.")}]


def _modify(refund: Refund) -> Outcome:
    return [{"label": _("Then"), "text": _("the seller's time starts anew, and the change is kept as a version")}]


def _note(refund: Refund) -> Outcome:
    return [{"label": _("Yellow"), "text": _("owed to the buyer: everyone is told at the next order, until made good")}]


_MAKERS: dict[str, Callable[[Refund], Outcome]] = {
    "agree": _agree,
    "refuse": _refuse,
    "cancel": _cancel,
    "return_shipment": _return_shipment,
    "receive": _receive,
    "intervention": _intervention,
    "decision": _decision,
    "settle": _settle,
    "modify": _modify,
    "note": _note,
}

"""What an action on an exchange or a reship will bring about, for its dialog (see `request_outcomes`)."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from aftersales.core import money, policies
from aftersales.core.words import duration_words
from refunds.models import Refund
from refunds.states import ExchangeStatus, Flow

from .refusal_grounds import lawful_lines

Outcome = list[dict[str, Any]]
X = ExchangeStatus


def outcome_of(refund: Refund, name: str) -> Outcome | None:
    """Return the lines of the dialog, or None where an action means the same as for money."""
    maker = _MAKERS.get(name)
    return maker(refund) if maker else None


def _period(refund: Refund, key: str) -> str:
    return duration_words(policies.duration(f"deadline.{key}", shop_id=refund.shop_id))


def _goods(refund: Refund) -> dict[str, Any]:
    return {"label": _("Goods"), "text": refund.summary}


def _then(text: str, **words: Any) -> dict[str, Any]:
    return {"label": _("Then"), "text": text % words}


def _agree(refund: Refund) -> Outcome:
    ships = _("it is to be sent within %(time)s; else it becomes a refund by itself")
    if refund.status == X.WAIT_SELLER_CONFIRM_GOODS:
        return [_goods(refund), _then(ships, time=_period(refund, "TMO-13.seller_ships"))]
    if refund.flow == Flow.RESHIP:
        return [_goods(refund), _then(ships, time=_period(refund, "TMO-13.seller_ships"))]
    back = _("the buyer is told this address and has %(time)s to send the goods; else it closes by itself")
    return [
        _goods(refund),
        _then(back, time=_period(refund, "TMO-13.buyer_returns")),
        {"label": "", "text": _("the difference is noted on the order at once; the receiving period is extended")},
    ]


def _refuse(refund: Refund) -> Outcome:
    text = _("the buyer can change the request, withdraw it or ask the platform; else it closes in %(time)s")
    return [_goods(refund), _then(text, time=_period(refund, "TMO-7")), *lawful_lines(refund)]


def _return_shipment(refund: Refund) -> Outcome:
    if refund.status != X.WAIT_BUYER_RETURN_GOODS:
        return [_then(_("the earlier number is kept beside the new one"))]
    text = _("the goods are expected; %(time)s after now they count as received")
    return [_then(text, time=_period(refund, "TMO-13.seller_receives"))]


def _receive(refund: Refund) -> Outcome:
    failed = _("refused with your findings and photos; the buyer can object")
    if refund.status == X.WAIT_BUYER_CONFIRM_GOODS:
        failed = _("the supervisor talks to the buyer: the replacement has left already")
    return [
        _goods(refund),
        {"label": _("If passed"), "text": _("the replacement is to be sent")}
        if refund.status == X.WAIT_SELLER_CONFIRM_GOODS
        else {"label": _("If passed"), "text": _("it ends once the buyer has the replacement")},
        {"label": _("If failed"), "text": failed},
    ]


def _settle_difference(refund: Refund) -> Outcome:
    amount = f"¥{money.yuan(abs(refund.difference_fen))}"
    who = _("The buyer paid") if refund.difference_fen > 0 else _("The buyer gets")
    return [
        {"label": who, "text": amount, "big": True},
        _then(_("the replacement may be sent")),
    ]


def _promise_first(refund: Refund) -> Outcome:
    text = _("the replacement goes once the return has a number; a return not here after %(time)s is the supervisor's")
    return [_goods(refund), _then(text, time=_period(refund, "EXC-4"))]


def _ship_replacement(refund: Refund) -> Outcome:
    if refund.status == X.WAIT_BUYER_CONFIRM_GOODS:
        return [_then(_("the earlier number is kept beside the new one"))]
    text = _("the buyer has %(time)s to confirm it; then it is done by itself")
    lines = [_goods(refund), _then(text, time=_period(refund, "TMO-13.buyer_receives"))]
    if refund.status == X.WAIT_SELLER_CONFIRM_GOODS:
        first = _("the return is not here yet: it is followed until it is")
        here = _("the returned goods count as received with it")
        lines.append({"label": _("Return"), "text": first if refund.ships_first else here})
    return lines


def _confirm_received(refund: Refund) -> Outcome:
    return [_goods(refund), {"final": _("The exchange ends; it cannot be opened again.")}]


def _delivery_proved(refund: Refund) -> Outcome:
    text = _("the buyer has %(time)s to confirm it; then it is done by itself")
    return [_goods(refund), _then(text, time=_period(refund, "TMO-13.buyer_receives"))]


def _to_refund(refund: Refund) -> Outcome:
    if refund.flow == Flow.RESHIP:
        goes = _("a refund is opened, which the seller decides")
    elif refund.status == X.WAIT_BUYER_CONFIRM_GOODS:
        goes = _("a refund is opened and decided anew: the buyer sends the replacement back before money is paid")
    elif refund.received_at is not None:
        goes = _("a refund is opened and paid at once: the goods are back")
    elif refund.goods_sent_back:
        goes = _("a refund is opened, paid when the goods have been received")
    else:
        goes = _("a refund is opened, for which the buyer sends the goods back")
    return [_goods(refund), _then(goes), {"final": _("The exchange ends; its history stays.")}]


def _decision(refund: Refund) -> Outcome:
    return [
        {"label": _("For the buyer"), "text": _("the exchange goes on; what should have been sent becomes a refund")},
        {"label": _("For the seller"), "text": _("the request ends")},
        {"final": _("The decision is carried out at once and cannot be taken back.")},
    ]


_MAKERS: dict[str, Callable[[Refund], Outcome]] = {
    "agree": _agree,
    "refuse": _refuse,
    "return_shipment": _return_shipment,
    "receive": _receive,
    "settle_difference": _settle_difference,
    "promise_first": _promise_first,
    "ship_replacement": _ship_replacement,
    "confirm_received": _confirm_received,
    "delivery_proved": _delivery_proved,
    "to_refund": _to_refund,
    "decision": _decision,
    "settle": lambda refund: [],
}

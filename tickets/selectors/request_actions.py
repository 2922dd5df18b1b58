"""What somebody can do on the request page: the actions of the edge tables, in the order in which they are needed.

Whether an action is possible, and why not, comes from `core.transitions` alone; here they get their words, places and
keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core.auth import Actor
from aftersales.core.models import Role
from aftersales.core.transitions import allowed_actions
from orders.states import ORDER
from refunds.models import Refund
from refunds.states import REFUND, UNSETTLED_STATES, ExchangeStatus, Flow, RefundStatus
from refunds.states.exchange import denied, return_missing

S, X = RefundStatus, ExchangeStatus
DESK = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})
BENCH = DESK | {Role.WAREHOUSE.value}


@dataclass(frozen=True, slots=True)
class Words:
    """How an action is called on its button, its key, and its icon in the menu."""

    label: str | Promise
    key: str = ""
    icon: str = "list-check"


WORDS: dict[str, Words] = {
    "agree": Words(gettext_lazy("Agree"), "a", "check"),
    "refuse": Words(gettext_lazy("Refuse"), "r", "ban"),
    "void_result": Words(gettext_lazy("Answer of the warehouse"), "v", "package-off"),
    "receive": Words(gettext_lazy("Goods received"), "g", "package"),
    "ship_replacement": Words(gettext_lazy("Send the replacement"), "s", "truck-delivery"),
    "settle_difference": Words(gettext_lazy("Difference settled"), "y", "coin-yuan"),
    "promise_first": Words(gettext_lazy("Send it first"), "h", "hourglass"),
    "confirm_received": Words(gettext_lazy("Buyer has the replacement"), "z", "check"),
    "delivery_proved": Words(gettext_lazy("Delivery proved"), "", "check"),
    "to_refund": Words(gettext_lazy("Turn into a refund"), "l", "arrow-back-up"),
    "return_shipment": Words(gettext_lazy("Return parcel"), "p", "truck-delivery"),
    "decision": Words(gettext_lazy("Decision of the platform"), "d", "scale"),
    "settle": Words(gettext_lazy("Settle"), "e", "check"),
    "intervention": Words(gettext_lazy("Ask the platform to step in"), "i", "scale"),
    "modify": Words(gettext_lazy("Change for the buyer"), "c", "edit"),
    "cancel": Words(gettext_lazy("Withdraw for the buyer"), "w", "arrow-back-up"),
    "propose": Words(gettext_lazy("Propose to the buyer"), "", "message-plus"),
    "dispute_evidence": Words(gettext_lazy("Add evidence"), "", "paperclip"),
    "accept_proposal": Words(gettext_lazy("Proposal accepted"), "", "check"),
    "decline_proposal": Words(gettext_lazy("Proposal declined"), "", "x"),
    "withdraw_proposal": Words(gettext_lazy("Take the proposal back"), "", "arrow-back-up"),
    "extend": Words(gettext_lazy("Extend receipt"), "x", "hourglass"),
    "note": Words(gettext_lazy("Note and flag"), "b", "flag"),
    "assign": Words(gettext_lazy("Hand over"), "o", "users"),
}
ORDERED = tuple(WORDS)
ANSWERS = ("accept_proposal", "decline_proposal", "withdraw_proposal")

# What stands as buttons, by state; everything else of the actor's waits in the menu.
_IN_FRONT: dict[str, tuple[str, ...]] = {
    S.WAIT_SELLER_AGREE: ("agree", "refuse"),
    S.WAIT_BUYER_RETURN_GOODS: ("return_shipment",),
    S.WAIT_SELLER_CONFIRM_GOODS: ("receive", "agree", "refuse"),
    S.SELLER_REFUSE_BUYER: ("modify", "intervention"),
    X.WAIT_SELLER_AGREE: ("agree", "refuse"),
    X.WAIT_BUYER_RETURN_GOODS: ("return_shipment", "settle_difference", "promise_first"),
    X.WAIT_SELLER_CONFIRM_GOODS: ("receive", "ship_replacement", "settle_difference", "refuse"),
    X.WAIT_BUYER_MODIFY: ("modify", "intervention"),
    X.WAIT_SELLER_SEND_GOODS: ("ship_replacement", "settle_difference", "to_refund"),
    X.WAIT_BUYER_CONFIRM_GOODS: ("delivery_proved", "confirm_received", "receive"),
}

_DECIDES = ("agree", "receive", "ship_replacement", "void_result", "decision", "settle")
"""What the shop is waited for; the first of them that is possible is what the page proposes."""


def request_actions(refund: Refund, actor: Actor, *, recommended: str | None = None) -> dict[str, Any]:
    """Give the buttons and the menu of this actor; what is not possible is there with its reason.

    `recommended` is the step that the playbook recommends, "" for something else, None where it is silent;
    a button is marked by it, and no step is taken from anybody.
    """
    listed = {entry["action"]: entry for entry in allowed_actions(REFUND, refund, actor)} | _beside(refund, actor)
    front = _in_front(refund)
    shown = [_shown(refund, name, listed[name], front) for name in ORDERED if name in listed]
    main = [action for name in front for action in shown if action["name"] == name]
    first = _first(main, recommended)
    if first is not None:
        first["primary"] = True
    menu = [action for action in shown if action["name"] not in front]
    return {"main": main, "menu": sorted(menu, key=lambda action: not action["enabled"])}


def _first(main: list[dict[str, Any]], recommended: str | None) -> dict[str, Any] | None:
    """Give the button that the eye should find: what is recommended, else what the shop is waited for.

    Against the recommendation nothing is put forward: where it says to phone first, to agree is a button like others.
    """
    possible = [action for action in main if action["enabled"]]
    for action in possible:
        if action["name"] == recommended:
            return action
    decides = _DECIDES if recommended is None else tuple(name for name in _DECIDES if name != "agree")
    return next((action for action in possible if action["name"] in decides), None)


def action_label(refund: Refund, name: str) -> str:
    """Say what an action is called on this request."""
    if name == "agree" and refund.wants_goods:
        if refund.status == X.WAIT_SELLER_CONFIRM_GOODS:
            return _("Confirm the return")
        return _("Agree to the exchange") if refund.flow == Flow.EXCHANGE else _("Agree to send it again")
    if name == "agree":
        if refund.status == S.WAIT_SELLER_AGREE and refund.flow == Flow.RETURN_REFUND:
            return _("Agree to the return")
        return _("Agree and refund")
    return str(WORDS[name].label)


def why_not(refund: Refund, actor: Actor, name: str) -> str | None:
    """Say why this actor cannot take the action now, or None when he can."""
    listed = {entry["action"]: entry for entry in allowed_actions(REFUND, refund, actor)} | _beside(refund, actor)
    entry = listed.get(name)
    if entry is None:
        return _("Your role does not allow this")
    return None if entry["allowed"] else entry["why_not"]


def _in_front(refund: Refund) -> tuple[str, ...]:
    front = _IN_FRONT.get(refund.status, ())
    if refund.wants_goods:
        front = tuple(name for name in front if name not in _out_of_place(refund))
    if refund.in_dispute:
        return ("decision", "settle", *front)
    if refund.flow == Flow.UNSHIPPED and refund.status == S.WAIT_SELLER_AGREE:
        return ("void_result", *front) if not refund.void_result else front
    return front


def _out_of_place(refund: Refund) -> set[str]:
    """Name what is no step of this request now, so that it waits in the menu with its reason."""
    away = set()
    if refund.difference_settled or not refund.difference_fen:
        away.add("settle_difference")
    if refund.ships_first or refund.flow != Flow.EXCHANGE:
        away.add("promise_first")
    if refund.status == X.WAIT_BUYER_CONFIRM_GOODS and not return_missing(refund):
        away.add("receive")
    if not denied(refund):
        away.add("delivery_proved")
    return away


def _beside(refund: Refund, actor: Actor) -> dict[str, dict[str, Any]]:
    """Give the actions that move no request: on its order, and on who owns it."""
    found: dict[str, dict[str, Any]] = {}
    for entry in allowed_actions(ORDER, refund.order, actor):
        if entry["action"] == "extend_receipt":
            found["extend"] = {**entry, "action": "extend"}
    if actor.role in BENCH:
        found["note"] = {"action": "note", "allowed": True}
        found["reply"] = {"action": "reply", "allowed": True}
    if actor.role in DESK:
        found["propose"] = {"action": "propose", "allowed": True}
        if refund.status not in UNSETTLED_STATES:
            found["propose"] |= {"allowed": False, "why_not": _("Nothing is left to be agreed on.")}
        if refund.in_dispute:
            found["dispute_evidence"] = {"action": "dispute_evidence", "allowed": True}
        if refund.negotiating:
            found |= {name: {"action": name, "allowed": True} for name in ANSWERS}
    if actor.role == Role.SUPERVISOR:
        found["assign"] = {"action": "assign", "allowed": True}
    return found


def _shown(refund: Refund, name: str, entry: Mapping[str, Any], front: tuple[str, ...]) -> dict[str, Any]:
    words = WORDS[name]
    return {
        "name": name,
        "label": action_label(refund, name),
        "url": reverse("tickets:request_action", args=[refund.refund_no, name.replace("_", "-")]),
        "enabled": entry["allowed"],
        "reason": entry.get("why_not", ""),
        "rule": entry.get("rule", ""),
        "key": words.key,
        "icon": words.icon,
        "primary": False,
    }

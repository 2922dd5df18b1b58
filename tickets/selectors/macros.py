"""What a macro would do to one case, step by step, and what of it this person or this state cannot do (TKT-3)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from aftersales.core import clock
from aftersales.core.auth import Actor
from aftersales.core.transitions import why_not
from aftersales.core.words import moment_words
from orders.models.orders import Flag
from tickets.models import CannedReply
from tickets.states import TICKET, WORKERS, WaitingFor

from . import request_actions
from .replies import Case, filled, unfilled, values_of
from .replies.known import visible_to

ORDER = ("agree", "flag", "note", "wait", "promise", "reply")
"""The order of the steps: what locks the order and the request comes before what locks the ticket."""


@dataclass(frozen=True, slots=True)
class MacroStep:
    """One thing that a macro does here: in which words, with which values, and why it cannot (empty: it can)."""

    kind: str
    label: str
    words: str
    values: dict[str, Any]
    stop: str


def macros_for(actor: Actor, *, shop_id: int) -> list[CannedReply]:
    """Give the macros that somebody has in a shop, by name; one statement."""
    rows = visible_to(actor).filter(Q(shop=None) | Q(shop=shop_id), is_active=True).exclude(actions=[])
    return list(rows.order_by("title", "id")[:200])


def macro_steps(macro: CannedReply, case: Case, actor: Actor) -> list[MacroStep]:
    """Give the steps of a macro on a case, variables filled, in the order in which they are taken."""
    values = values_of(case, actor)
    wanted = [*macro.actions, *([{"kind": "reply", "text": macro.text}] if macro.text.strip() else [])]
    steps = []
    for one in sorted(wanted, key=lambda one: ORDER.index(one["kind"])):
        given = one | {"text": filled(one.get("text", ""), values)}
        left = ", ".join(f"{{{name}}}" for name in unfilled(given["text"]))
        stop = _stop(one["kind"], case, actor) or (
            _("Without a value here: %(names)s") % {"names": left} if left else ""
        )
        steps.append(MacroStep(one["kind"], *_words(given), given, stop))
    return steps


def due_after(hours: int) -> Any:
    """Give the moment that is so many hours ahead."""
    return clock.now() + timedelta(hours=hours)


def _words(one: dict[str, Any]) -> tuple[str, str]:
    kind, text = one["kind"], one["text"]
    if kind == "reply":
        return _("Reply to the buyer"), text
    if kind == "note":
        return _("Add note"), text
    if kind == "flag":
        return _("Flag"), str(Flag(one["flag"]).label)
    if kind == "agree":
        return _("Agree to the request"), ""
    by = moment_words(due_after(one["hours"]))
    if kind == "promise":
        return _("Promise, by %(when)s") % {"when": by}, text
    who = WaitingFor(one["waiting_for"]).label
    return _("Hand on to: %(who)s, by %(when)s") % {"who": who, "when": by}, text


def _stop(kind: str, case: Case, actor: Actor) -> str:
    """Say why this person cannot do it, or the state does not allow it; empty when it can be done."""
    refund, ticket = case.refund, case.ticket
    may = WORKERS if case.on_ticket else request_actions.BENCH
    if kind == "agree":
        if refund is None or case.on_ticket:
            return _("Only on a request.")
        if refund.wants_goods:
            return _("Goods are agreed on in a dialog of their own.")
        return str(request_actions.why_not(refund, actor, "agree") or "")
    if actor.role not in may:
        return _("Your role does not allow this")
    if kind == "wait":
        if ticket is None or not case.on_ticket:
            return _("Only on a ticket.")
        stop = why_not(TICKET, ticket, actor, "wait")
        return str(stop.text) if stop is not None else ""
    if kind == "promise":
        if actor.role not in WORKERS:
            return _("Your role does not allow this")
        if ticket is None:
            return _("The request has no ticket yet.")
        return "" if ticket.is_active else _("This ticket is solved: reopen it first.")
    return ""

"""The end of a shift: one's active tickets handed to whoever comes next, each with a note, in one go (TKT-2)."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aftersales.core import errors
from aftersales.core.api.base import actor_of
from aftersales.core.auth import Actor
from aftersales.core.context_processors import forget_counts
from aftersales.core.models import User
from aftersales.core.views.access import open_to
from aftersales.core.views.dialogs import once
from tickets import services
from tickets.forms.ticket_steps import SHORT
from tickets.models import Task, Ticket
from tickets.selectors import tasks as task_selectors
from tickets.selectors import ticket_rows as selectors
from tickets.states import WORKERS

TOKEN_LENGTH = 64


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*WORKERS)
def hand_over(request: HttpRequest) -> HttpResponse:
    """Show what is one's own with a note for each, or hand over what was picked and say what became of each."""
    actor = actor_of(request)
    if request.method != "POST":
        return _page(request, actor, QueryDict(), {}, [])
    sent = request.POST
    owner = next((one for one in _takers(actor) if str(one.pk) == sent.get("owner")), None)
    wrong = {}
    if owner is None:
        wrong["owner"] = _("Choose a colleague who works here; nothing was handed over.")
    if not sent.getlist("pick"):
        wrong["pick"] = _("Pick what is to be handed over.")
    notes = [value for name, value in sent.items() if name.startswith("note")]
    if any(len(note) > SHORT for note in notes):
        wrong["note"] = _("A note has at most %(n)s characters.") % {"n": SHORT}
    if any("\x00" in note for note in notes):
        wrong["note"] = _("A note has a character that cannot be kept.")
    token = sent.get("form_token", "")
    if owner is None or wrong or not 0 < len(token) <= TOKEN_LENGTH:
        return _page(request, actor, sent, wrong, [], status=422)
    outcomes = json.loads(once(actor, f"page:{token}", request.path, lambda: _handed(actor, owner, sent)))
    if actor.user_id is not None:
        forget_counts(actor.user_id)
    return _page(request, actor, sent, {}, outcomes, owner=owner)


def _handed(actor: Actor, owner: User, sent: QueryDict) -> str:
    """Hand over what was picked; the outcomes as text, to be said again when the form comes twice."""
    mine = {ticket.ticket_no: ticket for ticket in selectors.tickets_in_hand(actor)}
    picked = list(dict.fromkeys(sent.getlist("pick")))
    wanted = [(mine[number], _version(sent, number)) for number in picked if number in mine]
    notes = {number: sent.get(f"note_{number}", "") for number in mine}
    outcomes = services.tickets_hand_over(
        tickets=wanted, actor=actor, owner=owner, notes=notes, note=sent.get("note", "")
    )
    said = [(one.ticket_no, "" if one.problem is None else _reason(one.problem)) for one in outcomes]
    gone = [(number[:TOKEN_LENGTH], _("It is not yours any more.")) for number in picked if number not in mine]
    return json.dumps([*said, *gone])


def _reason(problem: errors.Problem) -> str:
    """Say why one did not go, in the words of what was wrong."""
    return " ".join(str(fault.detail) for fault in problem.errors) or str(problem.detail or problem.title)


def _version(sent: QueryDict, number: str) -> int | None:
    text = sent.get(f"version_{number}", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _takers(actor: Actor) -> list[User]:
    """Give who may be handed something: the colleagues of one's shops, of the same kind of work first."""
    others = [one for one in selectors.workers(actor) if one.pk != actor.user_id]
    return sorted(others, key=lambda one: one.role != actor.role)


def _page(
    request: HttpRequest,
    actor: Actor,
    sent: QueryDict,
    wrong: dict[str, str],
    outcomes: list[tuple[str, str]],
    *,
    owner: User | None = None,
    status: int = 200,
) -> HttpResponse:
    why = {number: reason for number, reason in outcomes if reason}
    tickets = selectors.tickets_in_hand(actor)
    promised = task_selectors.tasks_of(tickets)
    rows = [_row(row, promised, sent, why) for row in selectors.tickets_shown(tickets)]
    shown = {ticket.ticket_no for ticket in tickets}
    context = {
        "rows": rows,
        "takers": _takers(actor),
        "chosen": sent.get("owner", ""),
        "note": sent.get("note", ""),
        "most": SHORT,
        "wrong": wrong,
        "owner": owner,
        "went": [number for number, reason in outcomes if not reason],
        "stayed": [(number, reason) for number, reason in outcomes if reason and number not in shown],
        "failed": len(why),
        "form_token": uuid.uuid4().hex,
    }
    return render(request, "tickets/ticket_hand_over.html", context, status=status)


def _row(
    row: dict[str, Any], promised: Mapping[int, list[Task]], sent: QueryDict, why: dict[str, str]
) -> dict[str, Any]:
    """Add what the buyer was promised, what was typed, and why it did not go."""
    ticket: Ticket = row["ticket"]
    return row | {
        "promised": promised.get(ticket.pk, []),
        "picked": not sent or ticket.ticket_no in sent.getlist("pick"),
        "note": sent.get(f"note_{ticket.ticket_no}", ""),
        "why": why.get(ticket.ticket_no, ""),
    }

"""The actions of the request page: a dialog that says what will happen, and the one service call behind it.

Every form carries the version that was looked at and a key, so a second press does nothing twice. What a service
objects to is said in the dialog, at its field where it has one, and nothing that was typed is lost.
"""

import hashlib
import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aftersales.core import errors, idempotency
from aftersales.core.api.base import actor_of
from aftersales.core.auth import Actor
from aftersales.core.models import User
from aftersales.core.views.dialogs import once
from aftersales.core.words import moment_words
from orders import services as orders
from orders.models import OrderNote
from refunds import services as refunds
from refunds.states import REFUND
from tickets import services
from tickets.forms import decisions as forms
from tickets.models import Task
from tickets.selectors import request_outcomes, sentences
from tickets.selectors.request_actions import WORDS, action_label, why_not
from tickets.selectors.request_page import request_get_for
from tickets.selectors.request_rows import last_step

from .asking import ConsoleRequest, changed_notice, console_view, done, refused
from .dialogs import DIALOGS, Dialog, dialog_of


@require_http_methods(["GET", "POST"])
@console_view
def action(request: ConsoleRequest, refund_no: str, action: str) -> HttpResponse:
    """Show the dialog of an action, or do it."""
    name = action.replace("-", "_")
    if name not in DIALOGS:
        raise Http404
    actor = actor_of(request)
    refund = request_get_for(actor, refund_no)
    dialog = dialog_of(name, refund)
    stop = why_not(refund, actor, name)
    if stop is not None and stop == str(errors.Forbidden.title):
        raise errors.Forbidden()
    data = request.POST.copy() if request.method == "POST" else None
    form = dialog.form(data, refund=refund, actor=actor, **dialog.needs(refund))
    if request.method == "GET":
        form.prefill(request.GET)
        problem = _impossible(stop) if stop else None
        return _show(request, name, form, problem=problem, possible=not stop, status=409 if stop else 200)
    if not _take_files(request, form, dialog) or not form.is_valid():
        return _show(request, name, form, status=422)
    try:
        _run_once(request, name, dialog, form)
    except idempotency.KeyReused:
        return _show(request, name, form, problem=_sent_before(), possible=False, status=409)
    except (errors.Conflict, errors.StaleVersion) as problem:
        return _overtaken(request, name, dialog, form, problem)
    except errors.Problem as problem:
        if problem.status not in (400, 422):
            raise
        placed = form.object_to(problem)
        return _show(request, name, form, problem=None if placed else problem, status=422)
    return done(request, refund_no, str(dialog.said), draft=_draft_key(name, form))


@require_POST
@console_view
def take(request: ConsoleRequest, refund_no: str) -> HttpResponse:
    """Take a request on."""
    return _assign_to(request, refund_no, actor_of(request), _("You have taken it on"))


@require_POST
@console_view
def release(request: ConsoleRequest, refund_no: str) -> HttpResponse:
    """Give one's own request back to everybody."""
    return _assign_to(request, refund_no, None, _("Given back to everybody"))


@require_POST
@console_view
def task_done(request: ConsoleRequest, refund_no: str, task_id: int) -> HttpResponse:
    """Tick a task of this request off."""
    actor = actor_of(request)
    task = Task.objects.filter(refund=request_get_for(actor, refund_no), pk=task_id).first()
    if task is None:
        raise errors.NotFound()
    try:
        services.task_done(task=task, actor=actor)
    except errors.Conflict as problem:
        return refused(request, refund_no, problem)
    return done(request, refund_no, _("Task done"))


@require_POST
@console_view
def debt_settled(request: ConsoleRequest, refund_no: str, note_id: int) -> HttpResponse:
    """Mark what is owed to this buyer as made good (ORD-5)."""
    actor = actor_of(request)
    refund = request_get_for(actor, refund_no)
    if why_not(refund, actor, "note"):
        raise errors.Forbidden()
    note = OrderNote.objects.filter(order__buyer_id=refund.order.buyer_id, pk=note_id).first()
    if note is None:
        raise errors.NotFound()
    try:
        orders.note_settle(note=note, actor=actor)
    except errors.Conflict as problem:
        return refused(request, refund_no, problem)
    return done(request, refund_no, _("Marked as made good"))


def _assign_to(request: ConsoleRequest, refund_no: str, owner: Actor | None, said: str) -> HttpResponse:
    actor = actor_of(request)
    refund = request_get_for(actor, refund_no)
    assignee = request.user if owner is not None and isinstance(request.user, User) else None
    try:
        services.refund_assign(refund=refund, actor=actor, assignee=assignee)
    except errors.Conflict as problem:
        return refused(request, refund_no, problem)
    return done(request, refund_no, said)


def _run_once(request: HttpRequest, name: str, dialog: Dialog, form: forms.ActionForm) -> None:
    """Do it in one transaction; the same form sent again finds it done. A refusal leaves nothing behind."""
    typed = sorted((field, values) for field, values in form.sent.lists() if field != "csrfmiddlewaretoken")
    digest = hashlib.sha256(json.dumps([request.path, typed]).encode()).hexdigest()

    def act() -> str:
        dialog.run(form, form.refund, form.actor)
        return str(dialog.said)

    once(form.actor, f"page:{form.cleaned_data['key'] or digest}", digest, act)


def _take_files(request: HttpRequest, form: forms.ActionForm, dialog: Dialog) -> bool:
    """Keep the files that came with the form itself, as without script; their numbers join those on the form."""
    for file in request.FILES.getlist("files") if dialog.files_for else []:
        try:
            kept = refunds.evidence_store(actor=form.actor, file=file, purpose=dialog.files_for, shop=form.refund.shop)
        except errors.Problem as problem:
            form.is_valid()
            form.add_error("evidence", f"{file.name}: {problem.detail}")
            return False
        form.sent.appendlist("evidence", kept.evidence_id)
    return True


def _overtaken(
    request: ConsoleRequest, name: str, dialog: Dialog, form: forms.ActionForm, problem: errors.Problem
) -> HttpResponse:
    """Say who changed it and what the state is now; the form goes on with the present version, as typed."""
    status = problem.status
    refund = request_get_for(form.actor, form.refund.refund_no)
    stop = why_not(refund, form.actor, name)
    if refund.version != form.cleaned_data["version"]:
        row = last_step(refund)
        step = sentences.last_change(row, refund=refund, nick=refund.order.buyer.nick)
        when = moment_words(row["at"]) if row else ""
        problem = changed_notice(step, when, str(REFUND.labels[refund.status]), possible=not stop)
    form.renewed(refund)
    response = _show(request, name, form, problem=problem, possible=not stop, status=status)
    response["HX-Trigger"] = json.dumps({"case:changed": ""})
    return response


def _impossible(why: str) -> errors.Problem:
    return errors.Conflict(why)


def _sent_before() -> errors.Problem:
    return errors.Conflict(_("Your first press has arrived already; what you changed since then was not sent."))


def _draft_key(name: str, form: forms.ActionForm) -> str:
    return ":".join(part for part in (name, form.refund.refund_no, form.about) if part)


def _show(
    request: HttpRequest,
    name: str,
    form: forms.ActionForm,
    *,
    problem: errors.Problem | None = None,
    possible: bool = True,
    status: int = 200,
) -> HttpResponse:
    refund = form.refund
    context = {
        "form": form,
        "refund": refund,
        "outcome": request_outcomes.outcome_of(refund, name),
        "title": action_label(refund, name) if name in WORDS else _("Write to the buyer"),
        "form_url": request.path,
        "cancel_url": reverse("tickets:request_detail", args=[refund.refund_no]),
        "draft_key": _draft_key(name, form),
        "problem": problem,
        "confirm_disabled": not possible,
        "multipart": "evidence" in form.fields,
    }
    return render(request, f"tickets/dialogs/{dialog_of(name, refund).template or name}.html", context, status=status)

"""The actions of the request page: a dialog that says what will happen, and the one service call behind it.

Every form carries the version that was looked at and a key, so a second press does nothing twice. What a service
objects to is said in the dialog, at its field where it has one, and nothing that was typed is lost.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from aftersales.core import errors, idempotency
from aftersales.core.api.base import actor_of
from aftersales.core.auth import Actor
from aftersales.core.models import User
from aftersales.core.views.dialogs import once
from aftersales.core.words import moment_words
from logistics import services as logistics
from orders import services as orders
from orders.models import OrderNote
from refunds import services as refunds
from refunds.models import Refund
from refunds.models.evidence import Purpose
from refunds.services import LineAsk
from refunds.states import REFUND
from tickets import services
from tickets.forms import decisions as forms
from tickets.models import Task
from tickets.selectors import request_outcomes, sentences
from tickets.selectors.request_actions import WORDS, action_label, why_not
from tickets.selectors.request_page import assignees_for, request_get_for
from tickets.selectors.request_rows import last_step

from .asking import ConsoleRequest, changed_notice, console_view, done, refused

Run = Callable[[Any, Refund, Actor], object]


@dataclass(frozen=True, slots=True)
class Dialog:
    """An action: its form, what it calls, what is said when it is done, and what its files are for."""

    form: type[forms.ActionForm]
    run: Run
    said: str | Promise
    files_for: str = ""
    needs: Callable[[Refund], dict[str, Any]] = lambda refund: {}


def _agree(form: forms.AgreeForm, refund: Refund, actor: Actor) -> object:
    return refunds.refund_agree(
        refund=refund,
        actor=actor,
        amount_fen=form.amount_fen(),
        return_address=form.return_address(),
        note=form.cleaned_data["note"],
        version=form.cleaned_data["version"],
    )


def _refuse(form: forms.RefuseForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    return refunds.refund_refuse(
        refund=refund,
        actor=actor,
        reason=values["reason"],
        message=values["message"],
        evidence_ids=values["evidence"],
        version=values["version"],
    )


def _cancel(form: forms.CancelForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    return refunds.refund_cancel(refund=refund, actor=actor, note=values["note"], version=values["version"])


def _void_result(form: forms.VoidForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    return logistics.void_answer(
        refund=refund, actor=actor, result=values["result"], note=values["note"], version=values["version"]
    )


def _return_shipment(form: forms.ReturnShipmentForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    return logistics.return_shipment_record(
        refund=refund,
        actor=actor,
        carrier=values["carrier"],
        tracking_no=values["tracking_no"],
        version=values["version"],
    )


def _receive(form: forms.ReceiveForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    return refunds.refund_receive(
        refund=refund,
        actor=actor,
        passed=values["result"] == "pass",
        findings=values["findings"],
        evidence_ids=values["evidence"],
        version=values["version"],
    )


def _intervention(form: forms.InterventionForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    return refunds.refund_intervene(
        refund=refund,
        actor=actor,
        text=values["text"],
        evidence_ids=values["evidence"],
        version=values["version"],
    )


def _decision(form: forms.DecisionForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    return refunds.refund_decide(
        refund=refund,
        actor=actor,
        outcome=values["outcome"],
        text=values["text"],
        amount_fen=values["amount"] if values["outcome"] == "partial" else None,
        version=values["version"],
    )


def _settle(form: forms.SettleForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    return refunds.refund_settle(
        refund=refund,
        actor=actor,
        amount_fen=values["amount"] if values["way"] == "pay" else None,
        text=values["text"],
        version=values["version"],
    )


def _modify(form: forms.ModifyForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    lines = tuple(
        LineAsk(line.order_line.line_no, values[f"quantity_{line.pk}"], values[f"amount_{line.pk}"])
        for line in form.asked
    )
    changes = {name: values[name] for name in ("kind", "goods_status", "reason", "description")}
    return refunds.refund_modify(
        refund=refund, actor=actor, changes={**changes, "lines": lines}, version=values["version"]
    )


def _extend(form: forms.ExtendForm, refund: Refund, actor: Actor) -> object:
    return orders.order_extend_receipt(order=refund.order, actor=actor, days=form.cleaned_data["days"])


def _note(form: forms.NoteForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    return orders.note_add(order=refund.order, actor=actor, text=values["text"], flag=values["flag"])


def _assign(form: forms.AssignForm, refund: Refund, actor: Actor) -> object:
    return services.refund_assign(refund=refund, actor=actor, assignee=form.user())


def _reply(form: forms.ReplyForm, refund: Refund, actor: Actor) -> None:
    values = form.cleaned_data
    refunds.message_write(refund=refund, actor=actor, text=values["text"], evidence_ids=values["evidence"])


DIALOGS: dict[str, Dialog] = {
    "agree": Dialog(
        forms.AgreeForm,
        _agree,
        gettext_lazy("Agreed"),
        needs=lambda refund: {"returns": request_outcomes.agrees_to_return(refund)},
    ),
    "refuse": Dialog(forms.RefuseForm, _refuse, gettext_lazy("Refused; the buyer has your text"), Purpose.REFUSAL),
    "cancel": Dialog(forms.CancelForm, _cancel, gettext_lazy("Withdrawn; the request is closed")),
    "void_result": Dialog(forms.VoidForm, _void_result, gettext_lazy("The warehouse's answer is noted")),
    "return_shipment": Dialog(forms.ReturnShipmentForm, _return_shipment, gettext_lazy("The return parcel is noted")),
    "receive": Dialog(forms.ReceiveForm, _receive, gettext_lazy("The inspection is noted"), Purpose.INSPECTION),
    "intervention": Dialog(
        forms.InterventionForm, _intervention, gettext_lazy("The platform has been asked"), Purpose.DISPUTE
    ),
    "decision": Dialog(forms.DecisionForm, _decision, gettext_lazy("The decision is recorded and carried out")),
    "settle": Dialog(forms.SettleForm, _settle, gettext_lazy("Settled")),
    "modify": Dialog(forms.ModifyForm, _modify, gettext_lazy("Changed; the seller's time starts anew")),
    "extend": Dialog(forms.ExtendForm, _extend, gettext_lazy("Receipt is extended")),
    "note": Dialog(forms.NoteForm, _note, gettext_lazy("Noted on the order")),
    "assign": Dialog(
        forms.AssignForm, _assign, gettext_lazy("Handed over"), needs=lambda refund: {"staff": assignees_for(refund)}
    ),
    "reply": Dialog(forms.ReplyForm, _reply, gettext_lazy("Sent to the buyer"), Purpose.MESSAGE),
}


@require_http_methods(["GET", "POST"])
@console_view
def action(request: ConsoleRequest, refund_no: str, action: str) -> HttpResponse:
    """Show the dialog of an action, or do it."""
    name = action.replace("-", "_")
    dialog = DIALOGS.get(name)
    if dialog is None:
        raise Http404
    actor = actor_of(request)
    refund = request_get_for(actor, refund_no)
    stop = why_not(refund, actor, name)
    if stop is not None and stop == str(errors.Forbidden.title):
        raise errors.Forbidden()
    data = request.POST.copy() if request.method == "POST" else None
    form = dialog.form(data, refund=refund, actor=actor, **dialog.needs(refund))
    if request.method == "GET":
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
    return done(request, refund_no, str(dialog.said), draft=_draft_key(name, refund_no))


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


def _draft_key(name: str, refund_no: str) -> str:
    return f"{name}:{refund_no}"


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
        "draft_key": _draft_key(name, refund.refund_no),
        "problem": problem,
        "confirm_disabled": not possible,
        "multipart": "evidence" in form.fields,
    }
    return render(request, f"tickets/dialogs/{name}.html", context, status=status)

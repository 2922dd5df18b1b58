"""The dialogs of the request page: each action's form, its one service call, what is said when done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from aftersales.core import errors
from aftersales.core.auth import Actor
from logistics import services as logistics
from orders import services as orders
from refunds import services as refunds
from refunds.models import Proposal, Refund
from refunds.models.evidence import Purpose
from refunds.services import LineAsk
from refunds.states import GOODS_KINDS
from tickets import services
from tickets.forms import decisions as forms
from tickets.forms import exchanges, proposals, receiving, refusing
from tickets.selectors import request_outcomes
from tickets.selectors.request_page import assignees_for

Run = Callable[[Any, Refund, Actor], object]


@dataclass(frozen=True, slots=True)
class Dialog:
    """An action: its form, what it calls, what is said when it is done, and what its files are for."""

    form: type[forms.ActionForm]
    run: Run
    said: str | Promise
    files_for: str = ""
    needs: Callable[[Refund], dict[str, Any]] = lambda refund: {}
    template: str = ""


def _agree(form: forms.AgreeForm, refund: Refund, actor: Actor) -> object:
    return refunds.refund_agree(
        refund=refund,
        actor=actor,
        amount_fen=form.amount_fen(),
        return_address=form.return_address(),
        note=form.cleaned_data["note"],
        version=form.cleaned_data["version"],
    )


def _refuse(form: refusing.RefuseForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    return refunds.refund_refuse(
        refund=refund,
        actor=actor,
        reason=values["reason"],
        message=values["message"],
        evidence_ids=values["evidence"],
        buyer_phoned=values["buyer_phoned"],
        despite_law=values.get("despite_law", False),
        despite_note=values.get("despite_note", ""),
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


def _receive(form: receiving.ReceiveForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    return refunds.refund_receive(
        refund=refund,
        actor=actor,
        passed=values["result"] == "pass",
        findings=values["findings"],
        evidence_ids=values["evidence"],
        found=form.found(),
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
    by_goods = values["kind"] in GOODS_KINDS
    lines = tuple(
        LineAsk(
            line.order_line.line_no,
            values[f"quantity_{line.pk}"],
            None if by_goods else values[f"amount_{line.pk}"],
            values[f"sku_{line.pk}"] if by_goods else "",
        )
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
    services.reply_send(
        refund=refund, actor=actor, text=values["text"], evidence_ids=values["evidence"], used=values["used"].split()
    )


def _agree_on_goods(form: exchanges.AgreeOnGoodsForm, refund: Refund, actor: Actor) -> object:
    return refunds.refund_agree(
        refund=refund,
        actor=actor,
        return_address=form.return_address(),
        new_prices=form.new_prices(),
        ships_first=form.cleaned_data.get("ships_first", False),
        note=form.cleaned_data["note"],
        version=form.cleaned_data["version"],
    )


def _settle_difference(form: exchanges.SettleDifferenceForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    return refunds.exchange_settle_difference(
        refund=refund, actor=actor, note=values["note"], version=values["version"]
    )


def _promise_first(form: exchanges.NoteForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    return refunds.exchange_promise_first(refund=refund, actor=actor, note=values["note"], version=values["version"])


def _ship_replacement(form: exchanges.ShipReplacementForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    return logistics.replacement_record(
        refund=refund,
        actor=actor,
        carrier=values["carrier"],
        tracking_no=values["tracking_no"],
        scan_seen=values.get("scan_seen"),
        version=values["version"],
    )


def _confirm_received(form: exchanges.NoteForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    return refunds.exchange_confirm_received(refund=refund, actor=actor, note=values["note"], version=values["version"])


def _delivery_proved(form: exchanges.ProofForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    return refunds.exchange_prove_delivery(refund=refund, actor=actor, note=values["note"], version=values["version"])


def _to_refund(form: exchanges.NoteForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    return refunds.exchange_to_refund(refund=refund, actor=actor, note=values["note"], version=values["version"])


DIALOGS: dict[str, Dialog] = {
    "agree": Dialog(
        forms.AgreeForm,
        _agree,
        gettext_lazy("Agreed"),
        needs=lambda refund: {"returns": request_outcomes.agrees_to_return(refund)},
    ),
    "refuse": Dialog(refusing.RefuseForm, _refuse, gettext_lazy("Refused; the buyer has your text"), Purpose.REFUSAL),
    "cancel": Dialog(forms.CancelForm, _cancel, gettext_lazy("Withdrawn; the request is closed")),
    "void_result": Dialog(forms.VoidForm, _void_result, gettext_lazy("The warehouse's answer is noted")),
    "return_shipment": Dialog(
        forms.ReturnShipmentForm, _return_shipment, gettext_lazy("The return parcel is noted"), template="parcel"
    ),
    "receive": Dialog(receiving.ReceiveForm, _receive, gettext_lazy("The inspection is noted"), Purpose.INSPECTION),
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
    "settle_difference": Dialog(
        exchanges.SettleDifferenceForm,
        _settle_difference,
        gettext_lazy("The difference is settled"),
        template="note_only",
    ),
    "promise_first": Dialog(
        exchanges.NoteForm, _promise_first, gettext_lazy("Promised; the return is followed"), template="note_only"
    ),
    "ship_replacement": Dialog(
        exchanges.ShipReplacementForm, _ship_replacement, gettext_lazy("The replacement is noted"), template="parcel"
    ),
    "confirm_received": Dialog(
        exchanges.NoteForm, _confirm_received, gettext_lazy("Done: the buyer has the replacement"), template="note_only"
    ),
    "delivery_proved": Dialog(
        exchanges.ProofForm, _delivery_proved, gettext_lazy("Noted; the buyer's time begins anew"), template="note_only"
    ),
    "to_refund": Dialog(
        exchanges.NoteForm, _to_refund, gettext_lazy("Turned into a refund, which goes on below"), template="note_only"
    ),
    "reply": Dialog(forms.ReplyForm, _reply, gettext_lazy("Sent to the buyer"), Purpose.MESSAGE),
}


def _propose(form: proposals.ProposeForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    return refunds.proposal_make(
        refund=refund,
        actor=actor,
        kind=values["kind"],
        to_kind=values["to_kind"],
        to_reason=values["to_reason"],
        amount_fen=values["amount"],
        offered_sku=values["offered_sku"],
        text=values["text"],
        version=values["version"],
    )


def _read_proposal(form: proposals.AnswerForm, refund: Refund) -> Proposal:
    """Give the proposal that was read. Raises: StaleVersion when another one has taken its place since."""
    found: Proposal | None = refund.proposals.order_by("-number").first()
    if found is None:
        raise errors.NotFound()
    if found.number != form.cleaned_data["number"]:
        label = str(refund.get_status_display())
        raise errors.StaleVersion(version=refund.version, status_now=refund.status, status_label=label)
    return found


def _accept_proposal(form: proposals.AcceptForm, refund: Refund, actor: Actor) -> object:
    proposal, files = _read_proposal(form, refund), form.cleaned_data["evidence"]
    return refunds.proposal_accept(proposal=proposal, actor=actor, evidence_ids=files)


def _decline_proposal(form: proposals.AnswerForm, refund: Refund, actor: Actor) -> object:
    return refunds.proposal_decline(proposal=_read_proposal(form, refund), actor=actor, text=form.cleaned_data["text"])


def _withdraw_proposal(form: proposals.AnswerForm, refund: Refund, actor: Actor) -> object:
    return refunds.proposal_withdraw(proposal=_read_proposal(form, refund), actor=actor)


def _dispute_evidence(form: proposals.DisputeEvidenceForm, refund: Refund, actor: Actor) -> object:
    values = form.cleaned_data
    return refunds.dispute_add_evidence(
        refund=refund, actor=actor, text=values["text"], evidence_ids=values["evidence"], shows=values["shows"]
    )


DIALOGS |= {
    "dispute_evidence": Dialog(
        proposals.DisputeEvidenceForm, _dispute_evidence, gettext_lazy("The evidence is given"), Purpose.DISPUTE
    ),
    "propose": Dialog(proposals.ProposeForm, _propose, gettext_lazy("Proposed; the buyer is asked")),
    "accept_proposal": Dialog(
        proposals.AcceptForm,
        _accept_proposal,
        gettext_lazy("Accepted and carried out"),
        Purpose.OTHER,
        template="answer",
    ),
    "decline_proposal": Dialog(
        proposals.AnswerForm, _decline_proposal, gettext_lazy("Declined; the request goes on"), template="answer"
    ),
    "withdraw_proposal": Dialog(
        proposals.AnswerForm, _withdraw_proposal, gettext_lazy("Taken back"), template="answer"
    ),
}
AGREE_ON_GOODS = Dialog(exchanges.AgreeOnGoodsForm, _agree_on_goods, gettext_lazy("Agreed"), template="agree_on_goods")


def dialog_of(name: str, refund: Refund) -> Dialog:
    """Give the dialog of an action on this request: goods are agreed on otherwise than money."""
    return AGREE_ON_GOODS if name == "agree" and refund.wants_goods else DIALOGS[name]

"""What is about to happen by itself, and what could not: deadlines with the requests and orders that they belong to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core import clock, masking, policies
from aftersales.core.auth import Actor
from aftersales.core.models import Deadline
from complaints.models import Complaint
from complaints.states import COMPLAINT
from feedback.models import FeedbackCase
from feedback.states import FEEDBACK
from invoices.models import Invoice
from invoices.states import INVOICE
from logistics.models import Claim
from logistics.states.claim import CLAIM
from orders.models import Order
from orders.states import ORDER
from refunds.models import Dispute, Payout, Proposal, Refund
from refunds.states import DISPUTE, PAYOUT, PROPOSAL, REFUND
from service.models import ServiceSheet
from service.states import SERVICE
from surveys.models import Survey
from surveys.states import SURVEY
from tickets.models import Ticket
from tickets.states import TICKET

from .happening import then_words

COUNT_CAP = 1000
HORIZON = "warning.TMO-17.first"
"""The policy whose figure says what "soon" is (TMO-17)."""
TABS: dict[str, str | Promise] = {
    "shop": _("Against the shop"),
    "others": _("For the others"),
    "failed": pgettext_lazy("deadline", "Failed"),
}
ORDER_THEN = {
    "confirm_receipt": _("then receipt is confirmed by itself"),
    "mark_late": _("then it counts as shipped late"),
    "end_aftersale": _("then nothing can be applied for any more"),
}
TICKET_THEN = {
    "mark_late": _("then it turns red"),
    "come_back": _("then the ticket is followed up"),
    "close": _("then the ticket is closed"),
}


def deadlines_soon(actor: Actor, tab: str) -> QuerySet[Deadline]:
    """Give what acts within the policy's time, overdue rows too, or what failed; each reads one partial index."""
    rows = actor.visible(Deadline.objects.all())
    if tab == "failed":
        return rows.filter(status=Deadline.Status.FAILED)
    until = clock.now() + policies.duration(HORIZON)
    return rows.filter(status=Deadline.Status.RUNNING, due_at__lte=until, against_shop=tab == "shop")


def ordering(tab: str) -> Sequence[str]:
    """Give the order of a tab: the nearest first, of failed ones the latest."""
    return ("-id",) if tab == "failed" else ("due_at", "id")


def deadline_counts(actor: Actor) -> dict[str, int]:
    """Count each tab up to a cap; one statement each."""
    return {tab: counted(deadlines_soon(actor, tab)) for tab in TABS}


def counted(rows: QuerySet[Any]) -> int:
    """Count up to the cap."""
    return rows.order_by().values("pk")[:COUNT_CAP].count()


def deadline_rows(deadlines: Sequence[Deadline]) -> list[dict[str, Any]]:
    """Give the deadlines with what they belong to: one statement for each kind of subject that is there."""
    wanted: dict[str, set[int]] = {}
    for row in deadlines:
        wanted.setdefault(row.subject_type, set()).add(row.subject_id)
    found = {kind: SUBJECTS[kind].rows.in_bulk(ids) for kind, ids in wanted.items()}
    return [_told(row, found[row.subject_type].get(row.subject_id)) for row in deadlines]


def _told(row: Deadline, subject: Any) -> dict[str, Any]:
    if subject is None:
        return _row(row, no=f"{row.subject_type} {row.subject_id}")
    return SUBJECTS[row.subject_type].told(row, subject)


def _row(row: Deadline, **more: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "rule": row.rule,
        "due_at": row.due_at,
        "against_shop": row.against_shop,
        "error": row.error,
        "attempts": row.attempts,
        "owner": "",
        **more,
    }


def _of_refund(row: Deadline, refund: Refund) -> dict[str, Any]:
    return _row(
        row,
        no=refund.refund_no,
        url=reverse("tickets:request_detail", args=[refund.refund_no]),
        version=refund.version,
        then=then_words(status=refund.status, flow=refund.flow, action=row.action),
        step=REFUND.actions.get(row.action, row.action),
        kind=refund.get_kind_display(),
        reason=refund.get_reason_display(),
        amount_fen=refund.amount_fen,
        goods=refund.summary,
        buyer=masking.mask_name(refund.order.buyer.nick),
        shop=refund.shop.name,
        owner=str(refund.assignee) if refund.assignee else "",
    )


def _of_order(row: Deadline, order: Order) -> dict[str, Any]:
    return _row(
        row,
        no=order.order_no,
        url=reverse("tickets:order_detail", args=[order.order_no]),
        version=order.version,
        then=ORDER_THEN.get(row.action, ""),
        step=ORDER.actions.get(row.action, row.action),
        kind=_("Order"),
        reason=order.get_status_display(),
        amount_fen=order.paid_fen,
        goods="",
        buyer=masking.mask_name(order.buyer.nick),
        shop=order.shop.name,
    )


def _of_payout(row: Deadline, payout: Payout) -> dict[str, Any]:
    return _row(
        row,
        no=payout.payout_no,
        url=reverse("refunds:payout", args=[payout.payout_no]),
        version=payout.version,
        then=_("then it turns red"),
        step=PAYOUT.actions.get(row.action, row.action),
        kind=_("Payout"),
        reason=payout.get_purpose_display(),
        amount_fen=payout.amount_fen,
        goods="",
        buyer=masking.mask_name(payout.order.buyer.nick),
        shop=payout.shop.name,
        owner=str(payout.opened_by),
    )


def _of_claim(row: Deadline, claim: Claim) -> dict[str, Any]:
    return _row(
        row,
        no=claim.claim_no,
        url=reverse("logistics:claim", args=[claim.claim_no]),
        version=claim.version,
        then=_("then it turns red"),
        step=CLAIM.actions.get(row.action, row.action),
        kind=_("Courier claim"),
        reason=claim.get_cause_display(),
        amount_fen=claim.amount_fen,
        goods="",
        buyer=masking.mask_name(claim.order.buyer.nick),
        shop=claim.shop.name,
        owner=str(claim.drafted_by),
    )


def _of_invoice(row: Deadline, invoice: Invoice) -> dict[str, Any]:
    return _row(
        row,
        no=invoice.request_no,
        url=reverse("invoices:invoice", args=[invoice.request_no]),
        version=invoice.version,
        then=_("then it turns red"),
        step=INVOICE.actions.get(row.action, row.action),
        kind=pgettext_lazy("invoice", "Invoice"),
        reason=invoice.get_status_display(),
        amount_fen=invoice.amount_fen,
        goods="",
        buyer=masking.mask_name(invoice.order.buyer.nick),
        shop=invoice.shop.name,
    )


def _of_complaint(row: Deadline, complaint: Complaint) -> dict[str, Any]:
    return _row(
        row,
        no=complaint.complaint_no,
        url=reverse("complaints:complaint", args=[complaint.complaint_no]),
        version=complaint.version,
        then=_("then it turns red"),
        step=COMPLAINT.actions.get(row.action, row.action),
        kind=_("Complaint"),
        reason=complaint.get_problem_display(),
        amount_fen=None,
        goods="",
        buyer=masking.mask_name(complaint.order.buyer.nick),
        shop=complaint.shop.name,
    )


def _of_survey(row: Deadline, survey: Survey) -> dict[str, Any]:
    return _row(
        row,
        no=survey.survey_no,
        url=reverse("surveys:survey", args=[survey.survey_no]),
        version=survey.version,
        then=_("then it turns red") if row.action == "mark_late" else _("then the buyer is called"),
        step=SURVEY.actions.get(row.action, row.action),
        kind=_("Survey"),
        reason=str(survey.matter_label),
        amount_fen=None,
        goods="",
        buyer=masking.mask_name(survey.order.buyer.nick),
        shop=survey.shop.name,
    )


def _of_feedback(row: Deadline, case: FeedbackCase) -> dict[str, Any]:
    return _row(
        row,
        no=case.case_no,
        url=reverse("feedback:case", args=[case.case_no]),
        version=case.version,
        then=_("then it turns red"),
        step=FEEDBACK.actions.get(row.action, row.action),
        kind=_("Feedback case"),
        reason=case.get_reason_display(),
        amount_fen=None,
        goods=case.title,
        buyer="",
        shop=case.shop.name,
    )


def _of_service(row: Deadline, sheet: ServiceSheet) -> dict[str, Any]:
    return _row(
        row,
        no=sheet.sheet_no,
        url=reverse("service:sheet", args=[sheet.sheet_no]),
        version=sheet.version,
        then=_("then it turns red"),
        step=SERVICE.actions.get(row.action, row.action),
        kind=_("Service sheet"),
        reason=sheet.get_status_display(),
        amount_fen=None,
        goods=sheet.file.order_line.title,
        buyer=masking.mask_name(sheet.order.buyer.nick),
        shop=sheet.shop.name,
        owner=str(sheet.engineer or ""),
    )


def _of_ticket(row: Deadline, ticket: Ticket) -> dict[str, Any]:
    return _row(
        row,
        no=ticket.ticket_no,
        url=reverse("tickets:ticket", args=[ticket.ticket_no]),
        version=ticket.version,
        then=TICKET_THEN.get(row.action, ""),
        step=TICKET.actions.get(row.action, row.action),
        kind=_("Ticket"),
        reason=ticket.get_kind_display(),
        amount_fen=None,
        goods=ticket.next_step,
        buyer=masking.mask_name(ticket.order.buyer.nick),
        shop=ticket.shop.name,
        owner=str(ticket.owner or ""),
    )


def _of_proposal(row: Deadline, proposal: Proposal) -> dict[str, Any]:
    shown = _of_refund(row, proposal.refund)
    return shown | {"then": _("then the proposal lapses"), "step": PROPOSAL.actions[row.action]}


def _of_dispute(row: Deadline, dispute: Dispute) -> dict[str, Any]:
    closes = row.action == "close_evidence"
    then = _("then it is decided on what is there") if closes else _("then the decision is overdue")
    return _of_refund(row, dispute.refund) | {"then": then, "step": DISPUTE.actions[row.action]}


@dataclass(frozen=True, slots=True)
class _Subject:
    """How one kind of subject is read, with what its row shows, and how a deadline of it is told."""

    rows: QuerySet[Any]
    told: Callable[[Deadline, Any], dict[str, Any]]


_OF_ITS_REQUEST = ("refund__order__buyer", "refund__assignee", "refund__shop")
SUBJECTS: dict[str, _Subject] = {
    "refund": _Subject(Refund.objects.select_related("order__buyer", "assignee", "shop"), _of_refund),
    "order": _Subject(Order.objects.select_related("buyer", "shop"), _of_order),
    "payout": _Subject(Payout.objects.select_related("order__buyer", "opened_by", "shop"), _of_payout),
    "claim": _Subject(Claim.objects.select_related("order__buyer", "drafted_by", "shop"), _of_claim),
    "dispute": _Subject(Dispute.objects.select_related(*_OF_ITS_REQUEST), _of_dispute),
    "proposal": _Subject(Proposal.objects.select_related(*_OF_ITS_REQUEST), _of_proposal),
    "invoice": _Subject(Invoice.objects.select_related("order__buyer", "shop"), _of_invoice),
    "complaint": _Subject(Complaint.objects.select_related("order__buyer", "shop"), _of_complaint),
    "survey": _Subject(Survey.objects.select_related("order__buyer", "shop"), _of_survey),
    "feedback": _Subject(FeedbackCase.objects.select_related("shop"), _of_feedback),
    "service": _Subject(
        ServiceSheet.objects.select_related("order__buyer", "shop", "engineer", "file__order_line"), _of_service
    ),
    "ticket": _Subject(Ticket.objects.select_related("order__buyer", "owner", "shop"), _of_ticket),
}
"""Every kind of subject that has deadlines."""

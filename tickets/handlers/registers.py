"""What the workbench does when claims, invoices, complaints, service sheets, surveys and feedback move.

Each may hear the same news twice.
"""

from datetime import timedelta

from django.utils.translation import gettext

from aftersales.core import clock
from aftersales.core.auth import Actor
from aftersales.core.models import OutboxEvent, Role
from aftersales.core.money import yuan
from complaints.models import Complaint
from complaints.selectors import complaints_open
from complaints.states import ComplaintStatus
from feedback.models import FeedbackCase
from feedback.states import WAITING as UNANSWERED
from invoices import selectors as invoices
from invoices.models import Invoice
from logistics.models import Claim
from logistics.states.claim import OPEN_CLAIMS, ClaimStatus
from refunds.models import Refund
from service.models import ServiceSheet
from service.states import WAITING
from surveys import services as surveys
from surveys.models import Survey
from surveys.states import SubjectKind
from tickets import services
from tickets.models import Task, TaskKind, Ticket
from tickets.states import TicketStatus

AT_ONCE = timedelta(hours=1)
A_DAY = timedelta(hours=24)
CLAIMS = Actor.system("claims").name
CHASED = {
    ClaimStatus.DRAFTED: Role.FINANCE,
    ClaimStatus.STAMPED: Role.WAREHOUSE,
    ClaimStatus.HANDED_OVER: Role.WAREHOUSE,
}
"""Who is chased when a claim lies where it is; with the carrier it is the desk."""


def claim_is_late(event: OutboxEvent) -> None:
    """Put a claim that does not go on before whoever has to take it on (CLM-4)."""
    claim = Claim.objects.select_related("order").get(pk=event.subject_id)
    if claim.is_late and claim.status in OPEN_CLAIMS:
        role = CHASED.get(claim.status, Role.AGENT)
        detail = f"{claim.claim_no} {claim.get_status_display()}"
        services.task_raise(order=claim.order, kind=TaskKind.CLAIM_LATE, role=role, within=A_DAY, detail=detail)


def claim_was_rejected(event: OutboxEvent) -> None:
    """Let the desk look for proof, or a supervisor give the claim up (CLM-2)."""
    claim = Claim.objects.select_related("order").get(pk=event.subject_id)
    if claim.status == ClaimStatus.REJECTED:
        detail = f"{claim.claim_no} {claim.rejection}"
        kind = TaskKind.CLAIM_REJECTED
        services.task_raise(order=claim.order, kind=kind, role=Role.AGENT, within=A_DAY, detail=detail)
    claim_has_gone_on(event)


def claim_has_gone_on(event: OutboxEvent) -> None:
    """Tick off what chased a claim, unless another one of the order still has to be chased (CLM-4)."""
    claim = Claim.objects.get(pk=event.subject_id)
    others = Claim.objects.filter(order=claim.order_id)
    if not others.filter(is_late=True, status__in=OPEN_CLAIMS).exists():
        services.order_tasks_settle(order_id=claim.order_id, kinds=[TaskKind.CLAIM_LATE], by=CLAIMS)
    if not others.filter(status=ClaimStatus.REJECTED).exists():
        services.order_tasks_settle(order_id=claim.order_id, kinds=[TaskKind.CLAIM_REJECTED], by=CLAIMS)


def invoiced_goods_came_back(event: OutboxEvent) -> None:
    """Have finance reverse an invoice that says more than the buyer keeps paying for (INV-1)."""
    refund = Refund.objects.select_related("order").get(pk=event.subject_id)
    standing = invoices.standing_of(refund.order_id)
    if sum(invoice.amount_fen for invoice in standing) <= refund.order.paid_fen - refund.order.refunded_fen:
        return
    detail = ", ".join(f"{invoice.request_no} {invoice.full_number}" for invoice in standing)[:200]
    services.task_raise(
        order=refund.order, kind=TaskKind.REVERSE_INVOICE, role=Role.FINANCE, within=A_DAY, detail=detail
    )


def invoice_was_reversed(event: OutboxEvent) -> None:
    """End the chase once what stands is no more than the buyer keeps paying for."""
    invoice = Invoice.objects.select_related("order").get(pk=event.subject_id)
    order = invoice.order
    if sum(one.amount_fen for one in invoices.standing_of(order.pk)) <= order.paid_fen - order.refunded_fen:
        by = Actor.system("invoices").name
        services.order_tasks_settle(order_id=order.pk, kinds=(TaskKind.REVERSE_INVOICE,), by=by)


def complaint_presses(event: OutboxEvent) -> None:
    """Put a reply that is nearly due, late, or handed up on the list of whoever gives it (CMP-1, TMO-17)."""
    complaint = Complaint.objects.select_related("order").get(pk=event.subject_id)
    if not complaint.is_open:
        return
    kind, order = TaskKind.ANSWER_COMPLAINT, complaint.order
    role = Role.SUPERVISOR if complaint.status == ComplaintStatus.ESCALATED else Role.AGENT
    if Task.objects.filter(order=order, kind=kind, done_at=None).exclude(role=role).exists():
        services.order_tasks_settle(order_id=order.pk, kinds=(kind,), by=Actor.system("complaints").name)
    left = complaint.reply_due_at - clock.now()
    services.task_raise(order=order, kind=kind, role=role, within=left, detail=complaint.complaint_no)


def complaint_was_answered(event: OutboxEvent) -> None:
    """Take it off the list, once nothing else about the order waits for a reply."""
    complaint = Complaint.objects.get(pk=event.subject_id)
    if not complaints_open(complaint.order_id):
        by = Actor.system("complaints").name
        services.order_tasks_settle(order_id=complaint.order_id, kinds=(TaskKind.ANSWER_COMPLAINT,), by=by)


def service_is_late(event: OutboxEvent) -> None:
    """Put a visit to which nobody came in time on the desk's list (SVC-3)."""
    sheet = ServiceSheet.objects.select_related("order").get(pk=event.subject_id)
    if sheet.status in WAITING:
        kind = TaskKind.SERVICE_LATE
        services.task_raise(order=sheet.order, kind=kind, role=Role.AGENT, within=A_DAY, detail=sheet.sheet_no)


def service_was_answered(event: OutboxEvent) -> None:
    """Take it off the list, once nobody else of the order waits for somebody."""
    order_id = ServiceSheet.objects.values_list("order_id", flat=True).get(pk=event.subject_id)
    if not ServiceSheet.objects.filter(order=order_id, is_late=True, status__in=WAITING).exists():
        by = Actor.system("service").name
        services.order_tasks_settle(order_id=order_id, kinds=(TaskKind.SERVICE_LATE,), by=by)


def service_is_done(event: OutboxEvent) -> None:
    """Ask finance for the invoice of a repair that was paid; it is no part of what was paid for the order (SVC-2)."""
    sheet = ServiceSheet.objects.select_related("order").get(pk=event.subject_id)
    if sheet.invoice_wanted:
        kind, detail = TaskKind.SERVICE_INVOICE, f"{sheet.sheet_no} ¥{yuan(sheet.paid_fen or 0)}"
        services.task_raise(order=sheet.order, kind=kind, role=Role.FINANCE, within=A_DAY, detail=detail)


def service_was_archived(event: OutboxEvent) -> None:
    """Have the buyer called back within the policy's time, also where it was solved by phone (SVC-3, SVC-4)."""
    sheet = ServiceSheet.objects.select_related("order").get(pk=event.subject_id)
    surveys.sheet_was_archived(sheet_no=sheet.sheet_no, order=sheet.order, agent_id=sheet.engineer_id)


def ticket_has_ended(event: OutboxEvent) -> None:
    """Ask the buyer what he thought of it, once the ticket is solved or its request has ended (SAT-1)."""
    ticket = Ticket.objects.select_related("order", "refund").get(pk=event.subject_id)
    if ticket.is_active or ticket.merged_into_id is not None:
        return
    refund = ticket.refund
    kind = SubjectKind.TICKET if refund is None else SubjectKind.REQUEST
    surveys.survey_open(
        kind=kind,
        number=ticket.ticket_no if refund is None else refund.refund_no,
        order=ticket.order,
        agent_id=ticket.owner_id if refund is None else refund.assignee_id,
        matter=ticket.kind,
        refund=refund,
    )


def buyer_is_unhappy(event: OutboxEvent) -> None:
    """Take a solved ticket up again whose buyer gave a low mark, and have the supervisor look at it (SAT-1).

    What is closed, or was a request's, stays so: then the supervisor's task is all.
    """
    survey = Survey.objects.select_related("order").get(pk=event.subject_id)
    detail = f"{survey.survey_no} {survey.subject_no}"
    services.task_raise(order=survey.order, kind=TaskKind.LOW_MARK, role=Role.SUPERVISOR, within=A_DAY, detail=detail)
    if survey.subject_kind != SubjectKind.TICKET:
        return
    ticket = Ticket.objects.filter(ticket_no=survey.subject_no, status=TicketStatus.RESOLVED).first()
    if ticket is not None:
        step = gettext("Low mark: ask the buyer why and put it right")
        services.ticket_reopen(ticket=ticket, actor=Actor.system("surveys"), next_step=step, note=survey.survey_no)


def unhappy_buyer_was_called(event: OutboxEvent) -> None:
    """Tick the supervisor's task off once the buyer with the low mark was called, or cannot be."""
    survey = Survey.objects.get(pk=event.subject_id)
    if survey.is_low:
        services.order_tasks_settle(
            order_id=survey.order_id,
            kinds=(TaskKind.LOW_MARK,),
            by=Actor.system("surveys").name,
            detail=f"{survey.survey_no} {survey.subject_no}",
        )


def feedback_is_late(event: OutboxEvent) -> None:
    """Have the supervisor ask goods and design, who did not answer a feedback case in time (SAT-2)."""
    case = FeedbackCase.objects.select_related("order").get(pk=event.subject_id)
    if case.status in UNANSWERED:
        kind, role = TaskKind.FEEDBACK_LATE, Role.SUPERVISOR
        detail = f"{case.case_no} {case.title}"[:200]
        services.task_raise(order=case.order, kind=kind, role=role, within=A_DAY, detail=detail)


def feedback_was_answered(event: OutboxEvent) -> None:
    """Tick that off, once nothing else that came up with the order is late."""
    order_id = FeedbackCase.objects.values_list("order_id", flat=True).get(pk=event.subject_id)
    if not FeedbackCase.objects.filter(order=order_id, is_late=True, status__in=UNANSWERED).exists():
        by = Actor.system("feedback").name
        services.order_tasks_settle(order_id=order_id, kinds=(TaskKind.FEEDBACK_LATE,), by=by)

"""Which handler listens to which event, and how a worker is woken: the only place that knows everything."""

import logging

from kombu.exceptions import OperationalError

from aftersales import areas, figures, keys, problem_table
from aftersales.core import events, jobs, retention, transitions
from aftersales.core.webhooks import messages
from complaints import handlers as complaints
from complaints import services as complaints_services
from feedback import services as feedback_services
from invoices import handlers as invoices
from invoices import services as invoices_services
from logistics import handlers as logistics
from logistics.services import erasing as logistics_kept
from logistics.states import UNDER_WAY, ParcelStatus
from orders import handlers as orders
from orders.services import erasing as orders_kept
from refunds import handlers as refunds
from refunds.services import erasing as refunds_kept
from refunds.services.payouts import exporting as payouts_export
from refunds.services.payouts import many as payouts_many
from refunds.states import REFUND
from reports import services as reports_services
from reports.views import campaign
from service import handlers as service
from service.selectors.warranty import repairs_of_lines
from service.services import erasing as service_kept
from surveys import handlers as surveys
from surveys import services as surveys_services
from tickets import handlers as tickets
from tickets.selectors import thresholds
from tickets.services import bulk_steps, exporting
from tickets.services import erasing as tickets_kept
from warranty.selectors import entitling

log = logging.getLogger(__name__)


def wire() -> None:
    """Subscribe every handler and fill the console's rail. Called once, when all apps are there."""
    areas.register()
    keys.register()
    figures.register()
    problem_table.register()
    for records in (
        orders_kept.RECORDS,
        refunds_kept.RECORDS,
        logistics_kept.RECORDS,
        invoices_services.RECORDS,
        complaints_services.RECORDS,
        surveys_services.RECORDS,
        feedback_services.RECORDS,
        service_kept.RECORDS,
        tickets_kept.RECORDS,
    ):
        retention.register(*records)
    for job_kind in (*exporting.KINDS, bulk_steps.KIND, payouts_many.KIND, payouts_export.KIND, reports_services.KIND):
        jobs.register(job_kind)
    transitions.join("refund", logistics.refunds_moved)
    entitling.repairs_are_known_by(repairs_of_lines)
    thresholds.thresholds_are_known_by(campaign.limits_of_shop, campaign.limits_pressing)
    events.subscribe("order.updated", refunds.order_was_updated)
    events.subscribe("order.shipped", refunds.order_was_shipped)
    events.subscribe("parcel.signed", logistics.parcel_was_signed)
    for status in (*UNDER_WAY, ParcelStatus.RETURNING, ParcelStatus.RETURNED, ParcelStatus.SIGNED):
        events.subscribe(f"parcel.{status.value}", logistics.replacement_was_scanned)
    events.subscribe("payment.promised", refunds.payment_was_promised)
    events.subscribe("payment.failed", tickets.payment_has_failed)
    events.subscribe("payout.approved", refunds.payout_was_approved)
    events.subscribe("payout.failed", tickets.payout_has_failed)
    events.subscribe("payout.late", tickets.payout_is_late)
    events.subscribe("refund.returned", tickets.return_number_came)
    events.subscribe("refund.agreed", tickets.refund_was_agreed)
    events.subscribe("parcel.needs_someone", tickets.parcel_needs_someone)
    events.subscribe("parcel.recovered", tickets.parcel_has_recovered)
    events.subscribe("parcel.returned", tickets.parcel_came_back)
    events.subscribe("order.shipped", tickets.order_left)
    events.subscribe("order.closed", tickets.order_left)
    events.subscribe("void.late", tickets.void_came_late)
    events.subscribe("refund.refused", tickets.refund_was_refused)
    events.subscribe("refund.not_arrived", tickets.refund_has_not_arrived)
    events.subscribe("refund.replaced", tickets.replacement_was_sent)
    events.subscribe("refund.received", tickets.return_has_come)
    events.subscribe("refund.replacement_lost", tickets.replacement_is_lost)
    for topic in ("refund.replaced", "refund.replacement_found", "refund.closed", "refund.succeeded"):
        events.subscribe(topic, tickets.replacement_is_settled)
    events.subscribe("refund.return_missing", tickets.return_is_missing)
    events.subscribe("refund.return_failed", tickets.return_is_unfit)
    events.subscribe("refund.succeeded", tickets.exchange_has_succeeded)
    events.subscribe("refund.succeeded", tickets.invoiced_goods_came_back)
    events.subscribe("invoice.reversed", tickets.invoice_was_reversed)
    for step in ("deadline_near", "escalated", "late"):
        events.subscribe(f"complaint.{step}", tickets.complaint_presses)
    for step in ("answered", "settled", "withdrawn"):
        events.subscribe(f"complaint.{step}", tickets.complaint_was_answered)
    for step in ("resolved", "closed", "followed"):
        events.subscribe(f"ticket.{step}", tickets.ticket_has_ended)
    events.subscribe("survey.low", tickets.buyer_is_unhappy)
    for step in ("called", "given_up", "refused", "wrong_number"):
        events.subscribe(f"survey.{step}", tickets.unhappy_buyer_was_called)
    events.subscribe("order.signed", service.order_was_signed)
    events.subscribe("service.late", tickets.service_is_late)
    for step in ("on_the_way", "goods_expected", "solved", "cancelled"):
        events.subscribe(f"service.{step}", tickets.service_was_answered)
    events.subscribe("service.done", tickets.service_is_done)
    for step in ("solved", "archived"):
        events.subscribe(f"service.{step}", tickets.service_was_archived)
    events.subscribe("feedback.late", tickets.feedback_is_late)
    events.subscribe("feedback.answered", tickets.feedback_was_answered)
    events.subscribe("claim.late", tickets.claim_is_late)
    events.subscribe("claim.rejected", tickets.claim_was_rejected)
    for step in ("stamped", "handed_over", "submitted", "accepted", "paid", "written_off", "withdrawn"):
        events.subscribe(f"claim.{step}", tickets.claim_has_gone_on)
    events.subscribe("dispute.overdue", tickets.decision_is_overdue)
    events.subscribe("proposal.lapsed", tickets.proposal_has_lapsed)
    for topic in ("proposal.made", "proposal.accepted", "proposal.declined", "proposal.lapsed"):
        events.subscribe(topic, tickets.proposal_was_answered)
    events.subscribe("refund.overdue", tickets.refund_is_overdue)
    for topic in ("refund.deadline_near", "refund.message", "refund.modified", "refund.returned"):
        events.subscribe(topic, tickets.tell_owner)
    # What the request's own table says, whatever the step: the ticket goes where the request goes.
    for topic in sorted({edge.event for edge in REFUND.edges}):
        events.subscribe(topic, tickets.request_moved)
    for topic in ("ticket.assigned", "ticket.came_back", "ticket.deadline_near", "ticket.late"):
        events.subscribe(topic, tickets.tell_ticket_owner)
    for topic in sorted(tickets.ROBOTS_HEAR):
        events.subscribe(topic, tickets.tell_robots, always=False)
    for kind, message in (
        ("order", orders.order_message),
        ("refund", refunds.refund_message),
        ("dispute", refunds.dispute_message),
        ("proposal", refunds.proposal_message),
        ("payout", refunds.payout_message),
        ("invoice", invoices.invoice_message),
    ):
        messages.describe(kind, message)
        events.subscribe(f"{kind}.*", messages.queue, always=False)
    # Of complaints it hears what is settled with the source and the buyer, not what the shop thinks of them.
    messages.describe("complaint", complaints.complaint_message)
    for step in ("filed", "answered", "settled", "upheld", "rejected", "withdrawn"):
        events.subscribe(f"complaint.{step}", messages.queue, always=False)
    messages.describe("survey", surveys.survey_message)
    for step in ("created", "answered", "low"):
        events.subscribe(f"survey.{step}", messages.queue, always=False)
    # Of service it hears what a buyer waits for: who comes, what it costs, whether it is done.
    messages.describe("service", service.service_message)
    for step in ("filed", "assigned", "on_the_way", "quoted", "goods_expected", "goods_came", "done", "cancelled"):
        events.subscribe(f"service.{step}", messages.queue, always=False)
    # Of tickets the front-end hears what concerns the buyer; how the shop works on them stays inside.
    messages.describe("ticket", tickets.ticket_message)
    for topic in ("ticket.replied", "ticket.resolved", "ticket.reopened"):
        events.subscribe(topic, messages.queue, always=False)
    events.on_nudge(_wake_worker)


def _wake_worker() -> None:
    """Ask a worker to deliver news now; without a broker the sweep does it a little later."""
    from aftersales.core.tasks import outbox_sweep

    try:
        outbox_sweep.apply_async(retry=False, expires=10)
    except OperationalError:
        log.info("the broker is away; the sweep will deliver")

"""What the workbench does when requests, their money and their parcels move: it raises tasks.

Each may hear the same news twice.
"""

from datetime import timedelta

from aftersales.core import policies
from aftersales.core.models import OutboxEvent, Role, User
from logistics import selectors as logistics
from logistics.models import AttentionReason, Parcel
from logistics.states import Direction, ParcelStatus
from orders.models import Order
from orders.states import OrderStatus
from refunds.models import Message, Payout, Proposal, Refund, RefundPayment
from refunds.states import OPEN_PAYOUTS, Flow, PayoutStatus, ProposalKind, RefundStatus, ReplacementTrouble
from tickets import services
from tickets.models import TaskKind

AT_ONCE = timedelta(hours=1)
A_DAY = timedelta(hours=24)


def return_number_came(event: OutboxEvent) -> None:
    """Have the buyer asked when the number fails the carrier's format (RFD-6)."""
    refund = Refund.objects.get(pk=event.subject_id)
    shipment = refund.return_shipments.filter(superseded_at=None).first()
    if shipment and logistics.number_looks_wrong(shipment.carrier, shipment.tracking_no):
        detail = f"{logistics.carrier_name(shipment.carrier)} {shipment.tracking_no}"
        services.task_raise(refund=refund, kind=TaskKind.CHECK_TRACKING, role=Role.AGENT, within=A_DAY, detail=detail)


def parcel_needs_someone(event: OutboxEvent) -> None:
    """Have the buyer asked about a return that no carrier has scanned in time (RFD-6)."""
    parcel = Parcel.objects.select_related("refund").get(pk=event.subject_id)
    if _silent_return(event) and parcel.status == ParcelStatus.WAIT_PICKUP and parcel.refund is not None:
        detail = f"{logistics.carrier_name(parcel.carrier)} {parcel.tracking_no}"
        kind = TaskKind.CHECK_TRACKING
        services.task_raise(refund=parcel.refund, kind=kind, role=Role.AGENT, within=A_DAY, detail=detail)


def parcel_has_recovered(event: OutboxEvent) -> None:
    """Tick off asking the buyer about a return that was scanned after all, or has another number now (RFD-6)."""
    if not _silent_return(event):
        return
    refund = Refund.objects.get(pk=event.payload["refund_id"])
    shipment = refund.return_shipments.filter(superseded_at=None).first()
    corrected = shipment is not None and not refund.parcels.filter(
        pk=event.subject_id, tracking_no=shipment.tracking_no
    )
    if corrected and logistics.number_looks_wrong(shipment.carrier, shipment.tracking_no):
        return
    services.tasks_settle(refund_id=refund.pk, kinds=(TaskKind.CHECK_TRACKING,), because="tracking")


def _silent_return(event: OutboxEvent) -> bool:
    return bool(event.payload["reason"] == AttentionReason.SILENT and event.payload["direction"] == Direction.RETURN)


def refund_was_agreed(event: OutboxEvent) -> None:
    """Chase the warehouse when the clock agreed before it had voided the order (VOI-4)."""
    refund = Refund.objects.get(pk=event.subject_id)
    if refund.flow == Flow.UNSHIPPED and not refund.void_result:
        services.task_raise(refund=refund, kind=TaskKind.CHASE_VOID, role=Role.WAREHOUSE, within=AT_ONCE)


def void_came_late(event: OutboxEvent) -> None:
    """End the chase of a void that was answered after all; goods that have left are the supervisor's now (VOI-4)."""
    refund = Refund.objects.get(pk=event.subject_id)
    services.tasks_settle(refund_id=refund.pk, kinds=(TaskKind.CHASE_VOID,), because="void list")
    if event.payload["answer"] == "already_shipped":
        detail = str(event.payload.get("detail", ""))
        services.task_raise(
            refund=refund, kind=TaskKind.GOODS_GONE, role=Role.SUPERVISOR, within=AT_ONCE, detail=detail
        )


def refund_was_refused(event: OutboxEvent) -> None:
    """Offer the platform's help by itself after the third refusal of the same goods (RFD-7)."""
    refund = Refund.objects.get(pk=event.subject_id)
    lines = refund.lines.values("order_line")
    earlier = Refund.objects.filter(lines__order_line__in=lines).distinct().values_list("refusals", flat=True)
    if sum(earlier) >= policies.get("dispute.refusals_before_offer", shop_id=refund.shop_id):
        services.task_raise(refund=refund, kind=TaskKind.OFFER_INTERVENTION, role=Role.SUPERVISOR, within=A_DAY)


def payment_has_failed(event: OutboxEvent) -> None:
    """Put a failed payment on finance's list (RFD-3)."""
    payment = RefundPayment.objects.select_related("refund").get(pk=event.subject_id)
    services.task_raise(
        refund=payment.refund, kind=TaskKind.PAYMENT_FAILED, role=Role.FINANCE, within=A_DAY, detail=payment.failure
    )


def payout_has_failed(event: OutboxEvent) -> None:
    """Have a wrong account or name asked for by the desk; whatever else failed is finance's to mend (PAY-4)."""
    payout = Payout.objects.select_related("refund", "order").get(pk=event.subject_id)
    if payout.status == PayoutStatus.FAILED:
        role = Role.AGENT if payout.fault == "payee" else Role.FINANCE
        _about(payout, TaskKind.PAYOUT_FAILED, role, A_DAY, f"{payout.payout_no} {payout.failure}")


def payout_is_late(event: OutboxEvent) -> None:
    """Show the supervisor a promise that is not kept (PAY-6)."""
    payout = Payout.objects.select_related("refund", "order").get(pk=event.subject_id)
    if payout.status in OPEN_PAYOUTS:
        _about(payout, TaskKind.PAYOUT_LATE, Role.SUPERVISOR, AT_ONCE, payout.payout_no)


def _about(payout: Payout, kind: str, role: str, within: timedelta, detail: str) -> None:
    services.task_raise(refund=payout.refund, order=payout.order, kind=kind, role=role, within=within, detail=detail)


def refund_has_not_arrived(event: OutboxEvent) -> None:
    """Let finance ask the provider, with the hotline at hand (ARR-3)."""
    refund = Refund.objects.get(pk=event.subject_id)
    hotline = policies.get("arrival.hotline", shop_id=refund.shop_id)
    detail = " · ".join(filter(None, [hotline, event.payload.get("note", ""), event.payload.get("by", "")]))
    services.task_raise(
        refund=refund, kind=TaskKind.NOT_ARRIVED, role=Role.FINANCE, within=AT_ONCE, detail=detail[:200]
    )


def parcel_came_back(event: OutboxEvent) -> None:
    """Tick off what followed a parcel that was called back: it is here (LOG-5)."""
    services.recall_over(parcel=Parcel.objects.get(pk=event.subject_id))


def order_left(event: OutboxEvent) -> None:
    """End the task about promised gifts: they are in the parcel, or owed, or the order is over (MIS-3)."""
    services.gifts_settle(order=Order.objects.get(pk=event.subject_id))


def refund_is_overdue(event: OutboxEvent) -> None:
    """Show the supervisor that goods are back and the money is not (RET-4, TMO-14)."""
    refund = Refund.objects.get(pk=event.subject_id)
    if refund.status == RefundStatus.WAIT_SYSTEM_TRANSFER:
        services.task_raise(refund=refund, kind=TaskKind.REFUND_OVERDUE, role=Role.SUPERVISOR, within=AT_ONCE)


def replacement_was_sent(event: OutboxEvent) -> None:
    """Have a return followed that the replacement did not wait for, until it is here (EXC-4)."""
    refund = Refund.objects.get(pk=event.subject_id)
    if refund.ships_first and refund.received_at is None:
        period = policies.duration("deadline.EXC-4", shop_id=refund.shop_id)
        services.task_raise(refund=refund, kind=TaskKind.FOLLOW_RETURN, role=Role.AGENT, within=period)


def return_has_come(event: OutboxEvent) -> None:
    """Tick off what was to be done until a return is here (EXC-4)."""
    services.tasks_settle(refund_id=event.subject_id, kinds=(TaskKind.FOLLOW_RETURN, TaskKind.RETURN_MISSING))


def return_is_missing(event: OutboxEvent) -> None:
    """Show the supervisor that the replacement went and the return has not come (EXC-4)."""
    refund = Refund.objects.get(pk=event.subject_id)
    if refund.is_open and refund.received_at is None:
        services.task_raise(refund=refund, kind=TaskKind.RETURN_MISSING, role=Role.SUPERVISOR, within=AT_ONCE)


def return_is_unfit(event: OutboxEvent) -> None:
    """Show the supervisor that what came back for a replacement already sent failed the inspection (RET-2)."""
    return_has_come(event)
    refund = Refund.objects.get(pk=event.subject_id)
    services.task_raise(refund=refund, kind=TaskKind.RETURN_FAILED, role=Role.SUPERVISOR, within=A_DAY)


def replacement_is_lost(event: OutboxEvent) -> None:
    """Have the buyer told that the replacement did not reach him, and what he gets instead (LOG-6, CLM-3)."""
    refund = Refund.objects.get(pk=event.subject_id)
    if refund.is_open and refund.replacement_trouble == ReplacementTrouble.LOST:
        services.task_raise(refund=refund, kind=TaskKind.REPLACEMENT_LOST, role=Role.AGENT, within=A_DAY)


def replacement_is_settled(event: OutboxEvent) -> None:
    """Tick off what was to be done about a lost replacement: it went again, turned up, or the request is over."""
    services.tasks_settle(refund_id=event.subject_id, kinds=(TaskKind.REPLACEMENT_LOST,))


def exchange_has_succeeded(event: OutboxEvent) -> None:
    """Have the buyer reminded to confirm receipt of an order that was served by goods (EXC-6)."""
    refund = Refund.objects.select_related("order").get(pk=event.subject_id)
    if refund.wants_goods and refund.order.status == OrderStatus.WAIT_BUYER_CONFIRM_GOODS:
        services.task_raise(refund=refund, kind=TaskKind.REMIND_RECEIPT, role=Role.AGENT, within=A_DAY)


def decision_is_overdue(event: OutboxEvent) -> None:
    """Let a supervisor ask the platform, whose working days are over (TMO-12, DIS-2)."""
    refund = Refund.objects.get(disputes=event.subject_id)
    if refund.in_dispute:
        services.task_raise(refund=refund, kind=TaskKind.DECISION_OVERDUE, role=Role.SUPERVISOR, within=A_DAY)


def proposal_has_lapsed(event: OutboxEvent) -> None:
    """Bring a request back that a buyer was asked to correct and did not (DEC-3).

    One who only was offered an exchange has nothing to correct (DEC-5).
    """
    proposal = Proposal.objects.select_related("refund").get(pk=event.subject_id)
    if proposal.kind == ProposalKind.CORRECT and not proposal.keeps_sale and proposal.refund.is_open:
        kind = TaskKind.GUIDED_IN_VAIN
        services.task_raise(refund=proposal.refund, kind=kind, role=Role.AGENT, within=AT_ONCE, detail=proposal.text)


def proposal_was_answered(event: OutboxEvent) -> None:
    """Tell the owner of a request what the buyer proposed or answered (DIS-5)."""
    proposal = Proposal.objects.select_related("refund__assignee").get(pk=event.subject_id)
    refund = proposal.refund
    if event.topic == "proposal.made" and proposal.proposed_by != Message.Side.BUYER:
        return
    if isinstance(refund.assignee, User):
        services.notify(user=refund.assignee, refund=refund, event=event)


def request_moved(event: OutboxEvent) -> None:
    """Bring the ticket of a request to where the request is; the first news of it opens one (TKT-1)."""
    services.ticket_follow(refund_id=event.subject_id)

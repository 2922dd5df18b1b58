"""What becomes of a line when its request takes a step, whoever took it and by whatever way (VOI-2, VOI-4)."""

from collections import defaultdict
from typing import Any

from django.db.models import QuerySet

from aftersales.core.auth import Actor
from aftersales.core.steps import Step
from logistics.models import VoidAnswer, VoidEnd, VoidListLine
from refunds.models import Refund
from refunds.states import Flow, RefundStatus

NOTE_LENGTH = 300


def waiting(refund: Refund) -> bool:
    """Whether a request waits for the warehouse: open, before shipment, unanswered."""
    return _waits(refund.status, refund.flow, refund.void_result)


def _waits(status: str, flow: str, answer: str) -> bool:
    return status == RefundStatus.WAIT_SELLER_AGREE and flow == Flow.UNSHIPPED and not answer


def void_lines_settle(steps: list[Step]) -> None:
    """Answer the open lines of requests that wait for the warehouse no longer, in the transaction that moved them.

    It takes part in every step of a request (`transitions.join`, said in the wiring) under the request's lock, and
    lines are made under the same lock. So a line and its request cannot disagree, not even for a moment: whether the
    answer came by the list, by `void-result`, or the order was shipped, the buyer cancelled or the clock agreed. An
    event would have been heard a moment later, and calls from each service would have missed the next one. One
    statement for steps of one kind by one person, none for steps that leave the wait as it is.
    """
    kinds: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for step in steps:
        before = step.before
        if before and _waits(before["status"], before["flow"], before["void_result"]) and not waiting(step.subject):
            answer, ended_as = _meaning(step)
            kinds[answer, ended_as, step.at, step.actor, step.note[:NOTE_LENGTH]].append(step.subject.pk)
    for (answer, ended_as, at, actor, note), refund_ids in kinds.items():
        _open(refund_ids).update(answer=answer, ended_as=ended_as, answered_at=at, note=note, **_author(actor))


def _open(refund_ids: list[int]) -> QuerySet[VoidListLine]:
    return VoidListLine.objects.filter(refund__in=refund_ids, answer="")


def _author(actor: Actor) -> dict[str, Any]:
    return {"answered_by": actor.name, "answered_by_user_id": actor.user_id}


def _meaning(step: Step) -> tuple[str, str]:
    """Say what a step that ended the wait means for the warehouse: the answer, and what overtook it."""
    refund, action = step.subject, step.edge.action
    if action == "void_result":
        return refund.void_result, ""
    if refund.status in (RefundStatus.WAIT_SYSTEM_TRANSFER, RefundStatus.SUCCESS):
        return VoidAnswer.OVERTAKEN, VoidEnd.AGREED
    if action == "overtaken" and step.edge.outcome == "by_shipment":
        return VoidAnswer.OVERTAKEN, VoidEnd.SHIPPED
    if action == "cancel":
        return VoidAnswer.OVERTAKEN, VoidEnd.CANCELLED
    return VoidAnswer.OVERTAKEN, VoidEnd.CHANGED if action == "modify" else VoidEnd.CLOSED

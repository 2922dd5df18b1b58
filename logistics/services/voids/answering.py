"""The warehouse's answers to a list: one line, or many at once with an outcome for each (VOI-2, VOI-4)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.core import clock, errors, events, transitions
from aftersales.core.auth import Actor, grant
from aftersales.core.models import Role
from aftersales.core.words import moment_words
from logistics.models import VoidAnswer, VoidEnd, VoidList, VoidListLine
from logistics.services.shipping import void_answer
from orders import services as orders
from refunds import services as refunds
from refunds.models import Refund

ANSWER = "logistics.answer_voidlist"
grant(ANSWER, [Role.WAREHOUSE, Role.SUPERVISOR])
GIVEN = (VoidAnswer.VOIDED, VoidAnswer.ALREADY_SHIPPED)
"""What a person may answer."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer to one line: `version` of the request that was looked at (None: any), the parcel if known."""

    refund_no: str
    result: str
    note: str = ""
    carrier: str = ""
    tracking_no: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one answer: ok, skipped (answered before) or failed, with the problem that says why."""

    refund_no: str
    line: VoidListLine | None = None
    problem: errors.Problem | None = None

    @property
    def came(self) -> str:
        """The outcome in a word."""
        if self.problem is None:
            return "ok"
        return "skipped" if self.problem.code == "void_answered" else "failed"


def void_line_answer(*, void_list: VoidList, given: Given, actor: Actor) -> VoidListLine:
    """Answer one line: the refund is freed, or the order is marked as shipped and the buyer told (VOI-2, RFD-2).

    An answer after the money was agreed to without it is kept as a late one and chased as urgent (VOI-4).
    Locks: order and request. Emits: refund.voided | refund.closed and order.shipped; void.late for a late one.
    Raises: NotFound, Forbidden, Conflict `void_answered` with who and when or `void_overtaken` with what happened,
    StaleVersion, TransitionNotAllowed.
    """
    [outcome] = void_lines_answer(void_list=void_list, answers=[given], actor=actor)
    if outcome.problem is not None:
        raise outcome.problem
    assert outcome.line is not None, "an answer without a problem has its line"
    return outcome.line


def void_lines_answer(*, void_list: VoidList, answers: Sequence[Given], actor: Actor) -> list[Outcome]:
    """Answer many lines, each with an outcome of its own; one that is refused does not stop the others.

    Voids are one batch, whatever their number; goods that have left are taken one by one, for each has its parcel.
    Locks: all orders and requests first, by key, so that two people with the same list do not block each other.
    Raises: NotFound, Forbidden.
    """
    if not actor.sees(void_list.shop_id):
        raise errors.NotFound()
    actor.require(ANSWER)
    wanted = {given.refund_no: given for given in answers}
    with transaction.atomic(savepoint=False):
        lines = VoidListLine.objects.filter(void_list=void_list, refund__refund_no__in=list(wanted))
        ids = list(lines.values_list("refund", flat=True))
        held = {refund.pk: refund for refund in refunds.REFUND.lock(ids, False)}
        now = {line.refund_id: line for line in lines}  # as it stands under the lock
        problems: dict[int, errors.Problem] = {}
        voids: dict[str, list[int]] = defaultdict(list)
        for pk, refund in held.items():
            given, line = wanted[refund.refund_no], now[pk]
            stop = _stop(line, refund, given)
            if stop is not None:
                problems[pk] = stop
            elif line.may_be_late:
                if (first := _late(line, refund, given, actor)) is not None:
                    problems[pk] = first
            elif given.result == VoidAnswer.VOIDED:
                voids[given.note].append(pk)
            elif (refusal := _shipped(refund, given, actor)) is not None:
                problems[pk] = refusal
        for note, ids in voids.items():
            batch = transitions.apply_batch(
                refunds.REFUND, ids, "void_result", actor=actor, outcome=VoidAnswer.VOIDED, note=note
            )
            problems |= {pk: errors.Conflict(why) for pk, why in batch.refused.items()}
        after = {line.refund_id: line for line in lines.all()}
    by_number = {refund.refund_no: pk for pk, refund in held.items()}
    return [
        Outcome(number, after[by_number[number]], problems.get(by_number[number]))
        if number in by_number
        else Outcome(number, problem=errors.NotFound())
        for number in wanted
    ]


def _shipped(refund: Refund, given: Given, actor: Actor) -> errors.Problem | None:
    try:
        with transaction.atomic():
            void_answer(
                refund=refund,
                actor=actor,
                result=VoidAnswer.ALREADY_SHIPPED,
                note=given.note,
                carrier=given.carrier,
                tracking_no=given.tracking_no,
            )
    except errors.Problem as problem:
        return problem
    return None


def _stop(line: VoidListLine, refund: Refund, given: Given) -> errors.Problem | None:
    """Say why a line cannot be answered: somebody did, or the request went another way."""
    if line.waits:
        if given.version is not None and given.version != refund.version and not line.answer:
            return errors.StaleVersion(version=refund.version)
        return None
    by, at = (line.late_by, line.late_at) if line.late_answer else (line.answered_by, line.answered_at)
    known: dict[str, Any] = {"answered_by": by, "answered_at": at}
    words = {"who": author(by), "when": moment_words(at) if at else ""}
    if line.answer == VoidAnswer.OVERTAKEN and not line.late_answer:
        said = _("%(end)s (%(who)s, %(when)s)") % ({"end": line.get_ended_as_display()} | words)
        return errors.Conflict(said, code="void_overtaken", rule="VOI-4", **known)
    answer = line.get_late_answer_display() if line.late_answer else line.get_answer_display()
    said = _("%(who)s answered “%(answer)s” at %(when)s.") % ({"answer": answer} | words)
    return errors.Conflict(said, code="void_answered", rule="VOI-2", **known)


def author(name: str) -> str:
    """Name who did something; a part of the system is just the system."""
    return _("System") if name.startswith("system:") else name


def void_line_stopped(*, refund_id: int, actor: Actor) -> int:
    """Note that goods were stopped whose money was agreed to before the answer: the chase's own end (VOI-4)."""
    rows = VoidListLine.objects.filter(refund=refund_id, ended_as=VoidEnd.AGREED, late_answer="")
    return rows.update(late_answer=VoidAnswer.VOIDED, late_at=clock.now(), late_by=actor.name)


def _late(line: VoidListLine, refund: Refund, given: Given, actor: Actor) -> errors.Problem | None:
    """Keep where the goods are although their money was agreed to, and let it be chased (VOI-4).

    Gives the problem where the chase was ticked off just now, which takes the line alone and not the request's lock.
    """
    mine = VoidListLine.objects.filter(pk=line.pk, late_answer="")
    if not mine.update(late_answer=given.result, late_at=clock.now(), late_by=actor.name):
        return _stop(VoidListLine.objects.get(pk=line.pk), refund, given)
    if given.result == VoidAnswer.VOIDED:
        text = _("Stopped in the warehouse after the refund had been agreed (VOI-4).")
    else:
        text = _("The goods have left although the refund is agreed: stop the parcel (VOI-4).")
    number = f"{given.carrier} {given.tracking_no}".strip()
    text = " ".join(filter(None, [text, number, given.note]))
    orders.note_add(order=refund.order, actor=actor, text=text)
    payload = {"answer": given.result, "detail": " ".join(filter(None, [number, given.note]))}
    events.emit(events.News("void.late", "refund", refund.pk, refund.shop_id, payload))
    return None

"""Complaints: until when, the reply, four eyes on what is malicious, settlement, the database's guards (CMP-1)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from aftersales.core import calendar, clock, errors, events, sweeps
from aftersales.core.models import Deadline, OutboxEvent, Role
from complaints import selectors, services
from complaints.models import Complaint, ComplaintReply
from tests import factories
from tests.checks import all_is_well, sql
from tests.helpers import refused, unchanged
from tickets.models import Task, TaskKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    return factories.make_order(sign=True)


@pytest.fixture
def agent():
    return factories.staff()


@pytest.fixture
def supervisor():
    return factories.staff(Role.SUPERVISOR)


def deadline_of(complaint) -> Deadline:
    """The open deadline of a complaint."""
    return Deadline.objects.get(subject_type="complaint", subject_id=complaint.pk, status="running")


@pytest.mark.parametrize(("source", "days"), [("platform", 3), ("authority", 7), ("hotline", 2), ("other", 3)])
def test_without_a_time_the_policy_of_its_source_says_when_the_reply_is_due(order, source, days):
    """CMP-1, LAW: an authority is answered within seven working days."""
    complaint = factories.make_complaint(order, source=source)
    assert complaint.reply_due_at == calendar.add_workdays(complaint.created_at, days)
    row = deadline_of(complaint)
    assert (row.rule, row.due_at, row.against_shop) == ("CMP-1", complaint.reply_due_at, True)


def test_the_source_gives_the_time(order):
    """CMP-1."""
    due = clock.now() + timedelta(hours=30)
    complaint = factories.make_complaint(order, reply_due_at=due)
    assert (complaint.reply_due_at, deadline_of(complaint).due_at) == (due, due)


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"source": "neighbour"}, "source", "invalid_choice"),
        ({"problem": "weather"}, "problem", "invalid_choice"),
        ({"text": "  "}, "text", "required"),
        ({"reply_due_at": clock.now() + timedelta(days=400)}, "reply_due_at", "out_of_range"),
        ({"source": "authority", "reply_due_at": clock.now() + timedelta(days=30)}, "reply_due_at", "beyond_law"),
    ],
)
def test_what_no_complaint_can_be_is_refused_at_its_field(order, given, field, code):
    """CMP-1."""
    with unchanged(), refused(errors.Invalid) as told:
        factories.make_complaint(order, **given)
    assert [(error.field, error.code) for error in told.value.errors] == [(field, code)]


def test_a_number_of_the_source_is_recorded_once(order):
    """CMP-1: another shop, another source, or none at all is something else."""
    factories.make_complaint(order, reference="TS1")
    with unchanged(), refused(errors.Invalid) as told:
        factories.make_complaint(order, reference=" TS1 ")
    assert told.value.errors[0].field == "reference"
    factories.make_complaint(order, reference="TS1", source="authority")
    factories.make_complaint(factories.make_order(sign=True), reference="TS1")
    factories.make_complaint(order)
    factories.make_complaint(order)


@pytest.mark.parametrize("text", ["", "   ", "x" * 501])
def test_a_reply_is_brief_and_says_something(order, agent, text):
    """CMP-1."""
    complaint = factories.make_complaint(order)
    with unchanged(), refused(errors.Invalid) as told:
        services.complaint_reply(complaint=complaint, actor=agent, text=text)
    assert told.value.errors[0].field == "text"


def test_a_reply_ends_the_waiting_and_stays_as_it_was_sent(order, agent):
    """CMP-1: a second one stands beside it."""
    complaint = services.complaint_reply(complaint=factories.make_complaint(order), actor=agent, text="x" * 500)
    assert (complaint.status, complaint.answered_at) == ("answered", complaint.updated_at)
    assert not Deadline.objects.filter(subject_type="complaint", status="running").exists()
    services.complaint_reply(complaint=complaint, actor=agent, text="And a photo")
    assert ComplaintReply.objects.count() == 2
    for change in ("UPDATE complaints_complaintreply SET text = 'y'", "DELETE FROM complaints_complaintreply"):
        with pytest.raises(IntegrityError), transaction.atomic():
            sql(change)
    all_is_well()


def test_what_was_complained_of_stays(order):
    """CMP-1: whatever writes it."""
    factories.make_complaint(order)
    for change in ("text = 'x'", "source = 'other'", "reference = 'x'"):
        with pytest.raises(IntegrityError, match="what was complained of stays"), transaction.atomic():
            sql(f"UPDATE complaints_complaint SET {change}")


def test_what_nobody_answers_in_time_turns_red_after_two_warnings(order):
    """CMP-1, TMO-17; the supervisor to whom it is handed finds it red still."""
    complaint = factories.make_complaint(order)
    for left in (timedelta(hours=20), timedelta(hours=2)):
        Deadline.objects.filter(subject_type="complaint").update(due_at=clock.now() + left)
        assert sweeps.warn() == 1
    assert OutboxEvent.objects.filter(topic="complaint.deadline_near").count() == 2
    Deadline.objects.filter(subject_type="complaint").update(due_at=clock.now() - timedelta(seconds=1))
    sweeps.sweep()
    complaint = Complaint.objects.get(pk=complaint.pk)
    assert complaint.is_late
    complaint = services.complaint_escalate(complaint=complaint, actor=factories.staff(), reason="Late")
    assert [row.pk for row in selectors.complaint_rows(factories.staff(), "late")] == [complaint.pk]
    all_is_well()


def test_another_time_moves_the_deadline_and_takes_the_red_away(order, agent):
    """CMP-1: never into the past, never beyond the law."""
    complaint = factories.make_complaint(order, source="authority", reply_due_at=clock.now() - timedelta(hours=1))
    sweeps.sweep()
    complaint = Complaint.objects.get(pk=complaint.pk)
    assert complaint.is_late
    for wrong in (timedelta(minutes=-1), timedelta(days=20), timedelta(days=200)):
        with unchanged(), refused(errors.Invalid):
            services.complaint_postpone(
                complaint=complaint, actor=agent, reply_due_at=clock.now() + wrong, reason="They said so"
            )
    due = clock.now() + timedelta(days=2)
    complaint = services.complaint_postpone(complaint=complaint, actor=agent, reply_due_at=due, reason="They said so")
    assert (complaint.is_late, deadline_of(complaint).due_at) == (False, due)


def test_the_time_runs_on_with_the_supervisor_who_alone_replies_then(order, agent, supervisor):
    """CMP-1: agent → supervisor → settlement."""
    complaint = factories.make_complaint(order)
    due = complaint.reply_due_at
    complaint = services.complaint_escalate(complaint=complaint, actor=agent, reason="He wants ten times the price")
    assert deadline_of(complaint).due_at == due
    with unchanged(), refused(errors.Forbidden):
        services.complaint_reply(complaint=complaint, actor=agent, text="No")
    done = services.complaint_settle(
        complaint=complaint, actor=supervisor, settlement="¥300 and a new cup", amount_fen=30000
    )
    assert (done.status, done.result, done.settlement_fen) == ("closed", "settled", 30000)
    assert [reply.text for reply in done.replies.all()] == ["¥300 and a new cup"]
    all_is_well()


def test_an_agent_settles_within_the_limit(order, agent):
    """CMP-1: beyond it the words say who does."""
    complaint = services.complaint_reply(complaint=factories.make_complaint(order), actor=agent, text="Sorry")
    with unchanged(), refused(errors.RuleViolation) as told:
        services.complaint_settle(complaint=complaint, actor=agent, settlement="Money", amount_fen=20001)
    assert (told.value.extra["rule"], told.value.extra["max_fen"]) == ("CMP-1", 20000)
    for wrong in ({"settlement": " "}, {"settlement": "x" * 501}, {"settlement": "x", "amount_fen": -1}):
        with unchanged(), refused(errors.Invalid):
            services.complaint_settle(complaint=complaint, actor=agent, **wrong)
    done = services.complaint_settle(complaint=complaint, actor=agent, settlement="Money", amount_fen=20000)
    assert (done.result, done.replies.count()) == ("settled", 1)


def test_whoever_calls_it_malicious_does_not_approve_that(order, supervisor):
    """CMP-1: four eyes, in the machine and in the database."""
    other = factories.staff(Role.SUPERVISOR)
    complaint = factories.make_complaint(order)
    complaint = services.complaint_accuse(complaint=complaint, actor=supervisor, reasons="Same photo at five shops")
    with unchanged(), refused(errors.TransitionNotAllowed) as told:
        services.complaint_confirm(complaint=complaint, actor=supervisor)
    assert told.value.extra["rule"] == "CMP-1"
    with pytest.raises(IntegrityError, match="complaint_malice_by_two"), transaction.atomic():
        sql("UPDATE complaints_complaint SET malice = 'confirmed', malice_judged_by_id = malice_asked_by_id")
    complaint = services.complaint_confirm(complaint=complaint, actor=other)
    assert (complaint.malice, complaint.malice_judged_by_id) == ("confirmed", other.user_id)
    with unchanged(), refused(errors.TransitionNotAllowed):
        services.complaint_accuse(complaint=complaint, actor=supervisor, reasons="Again")
    assert deadline_of(complaint).due_at == complaint.reply_due_at
    all_is_well()


def test_what_is_not_malicious_may_be_called_so_again_with_other_reasons(order, agent, supervisor):
    """CMP-1."""
    complaint = factories.make_complaint(order)
    with unchanged(), refused(errors.Invalid):
        services.complaint_accuse(complaint=complaint, actor=agent, reasons=" ")
    complaint = services.complaint_accuse(complaint=complaint, actor=agent, reasons="Rude")
    with unchanged(), refused(errors.Invalid):
        services.complaint_refuse(complaint=complaint, actor=supervisor, reason="")
    complaint = services.complaint_refuse(complaint=complaint, actor=supervisor, reason="Rude is not malicious")
    assert complaint.malice == "refused"
    complaint = services.complaint_accuse(complaint=complaint, actor=agent, reasons="Wants money for a good review")
    assert (complaint.malice, complaint.malice_judged_by_id) == ("asked", None)


def test_no_complaint_ends_before_that_is_judged_unless_it_is_withdrawn(order, agent):
    """CMP-1."""
    complaint = services.complaint_reply(complaint=factories.make_complaint(order), actor=agent, text="Sorry")
    complaint = services.complaint_accuse(complaint=complaint, actor=agent, reasons="Threats")
    with unchanged(), refused(errors.TransitionNotAllowed):
        services.complaint_close(complaint=complaint, actor=agent, result="rejected")
    with unchanged(), refused(errors.Invalid):
        services.complaint_close(complaint=complaint, actor=agent, result="settled")
    complaint = services.complaint_withdraw(complaint=complaint, actor=agent, note="He is content")
    assert (complaint.result, complaint.malice) == ("withdrawn", "")
    all_is_well()


def test_a_reply_that_presses_is_on_the_list_of_whoever_gives_it(order, agent, supervisor):
    """CMP-1, TMO-17: the agent's before its time is over, the supervisor's once it is handed up, until it is given."""

    def told() -> list[tuple]:
        while events.deliver():
            continue
        tasks = Task.objects.filter(kind=TaskKind.ANSWER_COMPLAINT).order_by("id")
        return [(task.role, task.detail, task.done_at is not None) for task in tasks]

    complaint = factories.make_complaint(order, reply_due_at=clock.now() + timedelta(hours=20))
    number = complaint.complaint_no
    assert told() == []
    sweeps.warn()
    assert told() == [("agent", number, False)]
    assert Task.objects.get(kind=TaskKind.ANSWER_COMPLAINT).due_at >= complaint.reply_due_at
    complaint = services.complaint_escalate(complaint=complaint, actor=agent, reason="Beyond me")
    assert told() == [("agent", number, True), ("supervisor", number, False)]
    other = factories.make_complaint(order)
    complaint = services.complaint_reply(complaint=complaint, actor=supervisor, text="Sorry")
    assert told() == [("agent", number, True), ("supervisor", number, False)]
    services.complaint_settle(complaint=other, actor=agent, settlement="A new cup")
    assert told() == [("agent", number, True), ("supervisor", number, True)]

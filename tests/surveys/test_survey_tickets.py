"""A ticket's end opens a survey, a low mark takes the ticket up again (SAT-1)."""

from datetime import timedelta

import pytest

from aftersales.core import clock, events
from aftersales.core.models import OutboxEvent
from refunds import services as refunds
from service import services as service
from surveys import services
from surveys.models import Survey
from tests import factories
from tests.checks import all_is_well
from tickets import handlers
from tickets import services as tickets
from tickets.models import Task, TaskKind, Ticket
from tickets.states import TicketKind

pytestmark = pytest.mark.django_db

FINE = {"goods": 5, "attitude": 4, "speed": 3, "price": 4}
LOW = FINE | {"attitude": 1}


def deliver():
    while events.deliver():
        continue


def solved(**fields):
    """A ticket that was solved, and the survey about it."""
    ticket = tickets.ticket_resolve(
        ticket=factories.make_ticket(**fields), actor=factories.staff(), resolution="补发了"
    )
    deliver()
    return ticket, Survey.objects.get(subject_no=ticket.ticket_no)


def test_a_solved_ticket_is_asked_about_once():
    """SAT-1: with its owner, its kind and its order; closing it later asks nobody again."""
    ticket, survey = solved()
    assert (survey.subject_kind, survey.agent_id, survey.matter, survey.order_id) == (
        "ticket",
        ticket.owner_id,
        ticket.kind,
        ticket.order_id,
    )
    tickets.ticket_close(ticket=ticket, actor=factories.staff())
    deliver()
    assert Survey.objects.count() == 1


def test_a_ticket_that_was_merged_is_not_asked_about():
    order = factories.make_order(sign=True)
    double, kept = factories.make_ticket(order), factories.make_ticket(order)
    tickets.ticket_merge(ticket=double, into=kept, actor=factories.staff())
    deliver()
    assert not Survey.objects.exists()


def test_a_fault_that_was_solved_by_phone_is_called_for_within_three_days():
    """SVC-3, SVC-4: once, as after a visit whose sheet came back."""
    sheet = service.sheet_solve(sheet=factories.make_sheet(), actor=factories.staff(), work="教他重启")
    deliver()
    survey = Survey.objects.get(subject_kind="sheet")
    assert (survey.subject_no, survey.status, survey.call_why) == (sheet.sheet_no, "calling", "sheet")
    assert survey.order_id == sheet.order_id
    assert survey.call_due_at - survey.created_at == timedelta(days=3)
    OutboxEvent.objects.filter(topic="service.solved").update(
        delivered_at=None, next_try_at=clock.now(), handled=[], attempts=0
    )
    deliver()
    assert Survey.objects.count() == 1
    all_is_well()


def test_a_request_that_has_ended_is_asked_about_by_its_number_and_reason():
    refund = factories.make_refund(factories.make_order(sign=True), goods_status="received", reason="quality")
    deliver()
    refunds.refund_cancel(refund=refund, actor=factories.buyer(refund.shop))
    deliver()
    survey = Survey.objects.get()
    assert (survey.subject_kind, survey.subject_no, survey.matter) == ("request", refund.refund_no, "quality")
    assert survey.item_id == refund.lines.get().order_line.item_id


def test_a_low_mark_takes_a_solved_ticket_up_again_and_is_the_supervisors_task():
    """SAT-1: heard twice it does so once; the call ticks the task off."""
    ticket, survey = solved()
    survey = services.survey_answer(survey=survey, marks=LOW)
    deliver()
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert (ticket.status, bool(ticket.next_step), bool(ticket.due_at)) == ("reopened", True, True)
    task = Task.objects.get(kind=TaskKind.LOW_MARK)
    assert (task.role, task.done_at, task.order_id) == ("supervisor", None, ticket.order_id)
    version = ticket.version
    handlers.buyer_is_unhappy(OutboxEvent.objects.get(topic="survey.low"))
    assert Ticket.objects.get(pk=ticket.pk).version == version
    assert Task.objects.filter(kind=TaskKind.LOW_MARK).count() == 1
    services.survey_reach(survey=survey, actor=factories.staff(), note="已道歉并补偿")
    deliver()
    assert Task.objects.get(kind=TaskKind.LOW_MARK).done_at is not None
    all_is_well()


def test_a_ticket_that_is_closed_stays_closed_and_the_task_is_there_all_the_same():
    ticket, survey = solved()
    tickets.ticket_close(ticket=ticket, actor=factories.staff())
    services.survey_answer(survey=survey, marks=LOW)
    deliver()
    assert Ticket.objects.get(pk=ticket.pk).status == "closed"
    assert Task.objects.filter(kind=TaskKind.LOW_MARK, done_at=None).exists()


def test_a_good_answer_changes_nothing_of_the_ticket():
    ticket, survey = solved()
    services.survey_answer(survey=survey, marks=FINE)
    deliver()
    assert Ticket.objects.get(pk=ticket.pk).version == ticket.version
    assert not Task.objects.filter(kind=TaskKind.LOW_MARK).exists()


@pytest.mark.parametrize("kind", TicketKind.values)
def test_every_kind_of_ticket_has_words_in_the_results(kind):
    assert str(Survey(matter=kind).matter_label) not in ("", kind)

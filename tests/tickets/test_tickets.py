"""Tickets opened by hand: one owner, never without a next step and a time; handed on, solved, merged (TKT)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError

from aftersales.core import clock, errors, events, sweeps
from aftersales.core.auth import Actor
from aftersales.core.models import Deadline, LogEntry, OutboxEvent, Role
from aftersales.core.transitions import allowed_actions
from tests import factories
from tickets import services
from tickets.models import Notification, Task, Ticket, TicketNote
from tickets.services.ticketing import TICKET

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def frozen():
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def shop():
    return factories.make_shop()


@pytest.fixture
def agent(shop):
    return factories.make_user(Role.AGENT, shop)


@pytest.fixture
def ticket(shop, agent):
    return factories.make_ticket(factories.make_order(shop), Actor.for_user(agent))


def deadlines(ticket):
    """Its open deadlines, as (action, due, against the shop)."""
    rows = Deadline.objects.filter(subject_type="ticket", subject_id=ticket.pk, status="running")
    return list(rows.values_list("action", "due_at", "against_shop"))


def nothing_written(ticket):
    """Version, log rows and news, to be compared."""
    rows = LogEntry.objects.filter(subject_type="ticket", subject_id=ticket.pk)
    return Ticket.objects.get(pk=ticket.pk).version, rows.count(), OutboxEvent.objects.count()


def test_whoever_opens_it_owns_it_and_it_is_due_by_its_priority(frozen, shop, agent):
    """TKT-1, TKT-2: the figures are policies."""
    actor, order = Actor.for_user(agent), factories.make_order(shop)
    hours = {"urgent": 2, "high": 8, "normal": 24, "low": 72}
    for priority, figure in hours.items():
        ticket = factories.make_ticket(order, actor, priority=priority)
        assert (ticket.status, ticket.owner_id, ticket.ticket_no[:2]) == ("open", agent.pk, "TK")
        assert ticket.due_at == clock.now() + figure * HOUR
        assert deadlines(ticket) == [("mark_late", ticket.due_at, True)]


@pytest.mark.parametrize("lacks", [{"next_step": " "}, {"title": ""}, {"due_at": "past"}])
def test_nothing_opens_without_a_title_a_next_step_and_a_time_ahead(lacks, shop):
    """TKT-2."""
    if "due_at" in lacks:
        lacks = {"due_at": clock.now() - HOUR}
    with pytest.raises(errors.Invalid), transaction.atomic():
        factories.make_ticket(factories.make_order(shop), **lacks)
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("taken", ["next_step = ''", "due_at = NULL", "owner_id = NULL", "waiting_for = 'buyer'"])
def test_the_database_lets_nothing_active_rest_without_them(taken, ticket):
    """TKT-1, TKT-2: by SQL either."""
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE tickets_ticket SET {taken} WHERE id = %s", [ticket.pk])


def test_a_status_without_a_log_row_is_refused_by_the_database(ticket):
    """RFD-8 for tickets."""
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tickets_ticket SET status = 'resolved', resolution = 'x' WHERE id = %s;"
            " SET CONSTRAINTS ALL IMMEDIATE",
            [ticket.pk],
        )


def test_a_next_step_that_is_not_taken_turns_red_once_and_its_owner_is_told(frozen, ticket, agent):
    """TKT-2, TMO-17: warned 24 h and 4 h before, then late."""
    services.ticket_plan(ticket=ticket, actor=Actor.for_user(agent), next_step="催件", due_at=clock.now() + 30 * HOUR)
    for hours in (7, 20, 4):
        frozen.shift(hours * HOUR)
        sweeps.warn()
        sweeps.sweep()
    while events.deliver():
        continue
    late = Ticket.objects.get(pk=ticket.pk)
    assert late.is_late
    assert late.status == "open"
    topics = Notification.objects.filter(user=agent).order_by("pk").values_list("topic", flat=True)
    assert list(topics) == ["ticket.deadline_near", "ticket.deadline_near", "ticket.late"]
    planned = services.ticket_plan(
        ticket=late, actor=Actor.for_user(agent), next_step="再催", due_at=clock.now() + HOUR
    )
    assert not planned.is_late
    assert deadlines(planned) == [("mark_late", clock.now() + HOUR, True)]


def test_waiting_for_somebody_outside_in_vain_brings_it_back(frozen, ticket, agent):
    """TKT-2: the buyer is never made to act, so the ticket is followed up."""
    due = clock.now() + 5 * HOUR
    waiting = services.ticket_wait(
        ticket=ticket, actor=Actor.for_user(agent), waiting_for="buyer", next_step="等买家发照片", due_at=due
    )
    assert (waiting.status, waiting.waiting_for) == ("waiting", "buyer")
    assert deadlines(waiting) == [("come_back", due, False)]
    frozen.shift(5 * HOUR + timedelta(seconds=1))
    sweeps.sweep()
    back = Ticket.objects.get(pk=ticket.pk)
    assert (back.status, back.waiting_for, back.next_step) == ("open", "", "等买家发照片")
    assert back.due_at == clock.now() + 24 * HOUR


def test_waiting_for_a_colleague_of_another_role_goes_on_against_the_shop(ticket, agent):
    due = clock.now() + HOUR
    waiting = services.ticket_wait(
        ticket=ticket, actor=Actor.for_user(agent), waiting_for="finance", next_step="查打款", due_at=due
    )
    assert deadlines(waiting) == [("mark_late", due, True)]
    finance = factories.staff(Role.FINANCE, ticket.shop)
    taken = services.ticket_take_up(ticket=waiting, actor=finance)
    assert (taken.status, taken.next_step, taken.owner_id) == ("open", "查打款", agent.pk)


def test_only_its_owner_or_a_supervisor_hands_it_over(ticket, agent):
    """TKT-1, TKT-2: the note stays with who wrote it for whom."""
    colleague = factories.make_user(Role.AGENT, ticket.shop)
    before = nothing_written(ticket)
    with pytest.raises(errors.TransitionNotAllowed) as refusal, transaction.atomic():
        services.ticket_assign(ticket=ticket, actor=Actor.for_user(colleague), owner=colleague)
    assert refusal.value.extra["rule"] == "TKT-1"
    assert nothing_written(ticket) == before
    given = services.ticket_assign(ticket=ticket, actor=Actor.for_user(agent), owner=colleague, note="买家要微信回复")
    assert given.owner_id == colleague.pk
    note = TicketNote.objects.get(ticket=ticket)
    assert (note.form, note.to_user, note.author, note.text) == ("hand_over", colleague, agent, "买家要微信回复")
    while events.deliver():
        continue
    assert list(Notification.objects.values_list("user", "topic")) == [(colleague.pk, "ticket.assigned")]


@pytest.mark.parametrize("which", ["inactive", "goods", "elsewhere"])
def test_nobody_owns_it_who_cannot_work_on_it(which, ticket, agent):
    who = {
        "inactive": lambda: factories.make_user(Role.AGENT, ticket.shop, is_active=False),
        "goods": lambda: factories.make_user(Role.GOODS, ticket.shop),
        "elsewhere": lambda: factories.make_user(Role.AGENT, factories.make_shop()),
    }[which]()
    with pytest.raises(errors.Invalid), transaction.atomic():
        services.ticket_assign(ticket=ticket, actor=Actor.for_user(agent), owner=who)


def test_a_shift_is_handed_over_with_a_note_for_each(shop, agent):
    """TKT-2: what would go without a note stays, and says so; the others go."""
    actor, order = Actor.for_user(agent), factories.make_order(shop)
    mine = [factories.make_ticket(order, actor) for _number in range(2)]
    colleague = factories.make_user(Role.AGENT, shop)
    notes = {mine[0].ticket_no: "等回电"}
    wanted = [(ticket, ticket.version) for ticket in mine]
    went, stays = services.tickets_hand_over(tickets=wanted, actor=actor, owner=colleague, notes=notes)
    assert (went.ticket_no, went.problem, stays.ticket_no) == (mine[0].ticket_no, None, mine[1].ticket_no)
    assert stays.problem.extra["rule"] == "TKT-2"
    assert list(Ticket.objects.filter(owner=agent)) == [mine[1]]
    stale, went = services.tickets_hand_over(tickets=wanted, actor=actor, owner=colleague, notes=notes, note="看时间线")
    assert (stale.problem.code, went.problem) == ("stale_version", None)
    assert sorted(TicketNote.objects.values_list("text", flat=True)) == sorted(["等回电", "看时间线"])
    assert Ticket.objects.filter(owner=colleague).count() == 2


def test_it_is_solved_in_words_reopened_and_closes_by_itself(frozen, ticket, agent):
    """TKT-1."""
    actor = Actor.for_user(agent)
    with pytest.raises(errors.Invalid), transaction.atomic():
        services.ticket_resolve(ticket=ticket, actor=actor, resolution=" ")
    solved = services.ticket_resolve(ticket=ticket, actor=actor, resolution="已派送")
    assert (solved.status, solved.due_at, solved.next_step) == ("resolved", None, "")
    assert deadlines(solved) == [("close", clock.now() + timedelta(days=7), False)]
    again = services.ticket_reopen(ticket=solved, actor=actor, next_step="买家说仍未收到")
    assert (again.status, again.finished_at, again.resolution) == ("reopened", None, "")
    services.ticket_resolve(ticket=again, actor=actor, resolution="补发")
    frozen.shift(timedelta(days=7, seconds=1))
    sweeps.sweep()
    closed = Ticket.objects.get(pk=ticket.pk)
    assert (closed.status, closed.resolution) == ("closed", "补发")
    with pytest.raises(errors.TransitionNotAllowed), transaction.atomic():
        services.ticket_reopen(ticket=closed, actor=actor, next_step="x")


def test_a_promise_has_a_time_and_keeps_the_ticket_from_being_solved(ticket, agent):
    """TKT-4."""
    actor = Actor.for_user(agent)
    for what in ("明早回电", "补发试用装"):
        services.ticket_promise(ticket=ticket, actor=actor, what=what, due_at=clock.now() + HOUR)
    with pytest.raises(errors.RuleViolation) as refusal, transaction.atomic():
        services.ticket_resolve(ticket=ticket, actor=actor, resolution="好了")
    assert refusal.value.extra["rule"] == "TKT-4"
    for task in Task.objects.all():
        services.task_done(task=task, actor=actor)
    assert services.ticket_resolve(ticket=ticket, actor=actor, resolution="好了").status == "resolved"
    with pytest.raises(errors.Invalid), transaction.atomic():
        services.ticket_promise(ticket=ticket, actor=actor, what="x", due_at=clock.now() - HOUR)


def test_doubles_of_one_order_become_one_and_nothing_is_lost(shop, agent):
    """TKT-1."""
    actor, order = Actor.for_user(agent), factories.make_order(shop, ship=True)
    kept = factories.make_ticket(order, actor)
    double = factories.make_ticket(order, actor, kind="missing")
    services.ticket_note(ticket=double, actor=actor, text="少一罐")
    services.ticket_promise(ticket=double, actor=actor, what="补寄", due_at=clock.now() + HOUR)
    parcel = order.parcels.get() if hasattr(order, "parcels") else None
    services.ticket_link(ticket=double, actor=actor, about=services.About(parcels=[parcel] if parcel else []))
    into = services.ticket_merge(ticket=double, into=kept, actor=actor)
    double = Ticket.objects.get(pk=double.pk)
    assert (double.status, double.merged_into_id, into.status) == ("closed", kept.pk, "open")
    assert double.notes.get().text == "少一罐"
    assert Task.objects.get().ticket_id == kept.pk
    assert into.links.count() == (1 if parcel else 0)
    other = factories.make_ticket(factories.make_order(shop), actor)
    with pytest.raises(errors.RuleViolation), transaction.atomic():
        services.ticket_merge(ticket=other, into=kept, actor=actor)
    with pytest.raises(errors.TransitionNotAllowed), transaction.atomic():
        services.ticket_merge(ticket=kept, into=double, actor=actor)


def test_what_was_said_is_never_rewritten(ticket, agent):
    note = services.ticket_note(ticket=ticket, actor=Actor.for_user(agent), text="未接听", form="phone", reached=False)
    for change in ("UPDATE tickets_ticketnote SET text = 'x'", "DELETE FROM tickets_ticketnote"):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    assert TicketNote.objects.get(pk=note.pk).text == "未接听"


ROLES = [*Role.values, "buyer", "platform", "system"]


@pytest.mark.parametrize("action", sorted(TICKET.machine.roles_of))
def test_no_role_takes_a_step_that_the_table_does_not_give_it(action):
    """Every state × role: what is offered as possible is what an edge lets this role do."""
    machine = TICKET.machine
    for role in ROLES:
        for state in machine.labels:
            stand_in = Ticket(status=state, owner_id=1, shop_id=1)
            actor = Actor(kind="staff", role=role, name=role, user_id=1, shop_ids=None)
            ways = machine.by_source.get((action, state), ())
            may = any(role in edge.who and (edge.when is None or edge.when(stand_in)) for edge in ways)
            offered = {entry["action"] for entry in allowed_actions(machine, stand_in, actor) if entry["allowed"]}
            assert (action in offered) == (may and action in machine.offered)

"""The dialogs of tickets: what succeeds, what is refused in words, and that nothing typed is lost (TKT)."""

from datetime import timedelta

import pytest
from django.test import Client

from aftersales.core import clock, events, policies
from aftersales.core.auth import Actor
from aftersales.core.models import Role
from refunds.models import Message, Refund
from tests import factories
from tests.helpers import unchanged
from tests.pages import press, sign_in, words
from tickets import services
from tickets.models import Task, Ticket, TicketNote

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def shop():
    return factories.make_shop()


@pytest.fixture
def client():
    return Client(HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def me(client, shop):
    return sign_in(client, Role.AGENT, shop)


@pytest.fixture
def ticket(shop, me):
    return factories.make_ticket(factories.make_order(shop, ship=True), Actor.for_user(me))


def at(ticket, step="") -> str:
    return f"/tickets/{ticket.ticket_no}/{step}"


def anew(ticket) -> Ticket:
    """Read it again."""
    return Ticket.objects.get(pk=ticket.pk)


def local(hours) -> str:
    """A moment from now on as a browser sends it."""
    return f"{(clock.now() + hours * HOUR).astimezone(clock.SHANGHAI):%Y-%m-%dT%H:%M}"


def taken(answer) -> bool:
    """Whether a dialog was taken: 204, as htmx is told."""
    return answer.status_code == 204


def refused(answer, *said, status=422) -> bool:
    """Whether a dialog was refused with these words in it."""
    shown = answer.content.decode()
    return answer.status_code == status and all(word in shown for word in said)


# Opening --------------------------------------------------------------------------------------------------------------


def opening(**given):
    fields = {"form_token": "t1", "kind": "invoice", "priority": "high", "title": "要发票", "next_step": "问抬头"}
    return fields | {"due_at": ""} | given


def test_a_ticket_is_opened_from_the_list_by_an_order_number_once(client, me, shop):
    """TKT-1, TKT-2: without a time the priority says by when."""
    order = factories.make_order(shop)
    for _twice in range(2):
        assert taken(press(client, "/tickets/new/", opening(order_no=order.order_no), at="/tickets/"))
    ticket = Ticket.objects.get()
    assert (ticket.order_id, ticket.kind, ticket.priority, ticket.title) == (order.pk, "invoice", "high", "要发票")
    assert (ticket.owner_id, ticket.next_step) == (me.pk, "问抬头")
    assert ticket.due_at - ticket.created_at == policies.duration("ticket.step_within.high", shop_id=shop.pk)


def test_on_the_page_of_an_order_its_number_is_there_already(client, me, shop):
    order = factories.make_order(shop)
    address = f"/tickets/new/?shop={shop.code}&order={order.order_no}"
    assert f'href="{address.replace("&", "&amp;")}"' in client.get(f"/orders/{order.order_no}/").content.decode()
    assert "order_no" not in client.get(address).context["form"].fields
    assert taken(press(client, address, opening(due_at=local(5))))
    ticket = Ticket.objects.get()
    assert ticket.order_id == order.pk
    shown = client.get(f"/orders/{order.order_no}/").content.decode()
    assert f'href="{at(ticket)}"' in shown
    assert "要发票" in client.get(address).content.decode(), "what is open already is said, lest a double is opened"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"order_no": "没有"}, "You see no order with this number."),
        ({"order_no": "FOREIGN"}, "You see no order with this number."),
        ({"title": " "}, "This field is required."),
        ({"next_step": ""}, "This field is required."),
        ({"due_at": "2020-01-01T10:00"}, "This moment is over"),
        ({"due_at": "soon"}, "Enter a valid date/time."),
        ({"kind": "nonsense"}, "Select a valid choice."),
        ({"title": "长" * 201}, "at most 200 characters"),
    ],
)
def test_what_is_wrong_with_a_new_ticket_is_said_and_what_was_typed_stays(client, me, shop, given, said):
    """TKT-2."""
    order = factories.make_order(shop)
    factories.make_order(factories.make_shop(), order_no="FOREIGN")
    typed = opening(order_no=order.order_no) | given
    with unchanged():
        answer = press(client, "/tickets/new/", typed)
        assert refused(answer, said, *(value for value in (typed["title"].strip(), typed["next_step"]) if value))


def test_a_number_of_several_shops_is_not_guessed(client, me, shop):
    other = factories.make_shop()
    me.shops.add(other)
    for one in (shop, other):
        factories.make_order(one, order_no="TWICE")
    with unchanged():
        assert refused(press(client, "/tickets/new/", opening(order_no="TWICE")), "open the ticket on the page")
    assert taken(press(client, f"/tickets/new/?order=TWICE&shop={other.code}", opening()))
    assert Ticket.objects.get().shop_id == other.pk


def test_for_a_foreign_order_no_dialog_is_there(client, me):
    order = factories.make_order()
    assert client.get(f"/tickets/new/?order={order.order_no}").status_code == 404


# Steps ----------------------------------------------------------------------------------------------------------------


def test_the_next_step_is_planned_anew_with_what_is_planned_in_the_form(client, ticket):
    """TKT-2."""
    form = client.get(at(ticket, "plan/")).context["form"]
    assert (form.initial["next_step"], form.initial["version"]) == (ticket.next_step, ticket.version)
    sent = {
        "version": ticket.version,
        "next_step": "再催圆通",
        "due_at": local(3),
        "priority": "urgent",
        "kind": "other",
    }
    assert taken(press(client, at(ticket, "plan/"), sent))
    ticket = anew(ticket)
    assert (ticket.next_step, ticket.priority, ticket.kind) == ("再催圆通", "urgent", "other")
    with unchanged():
        again = press(client, at(ticket, "plan/"), sent | {"next_step": "别的"})
        assert refused(again, "别的", f'name="version" value="{ticket.version}"', status=412)


@pytest.mark.parametrize("lacks", [{"next_step": ""}, {"due_at": ""}, {"due_at": "2020-01-01T10:00"}])
def test_no_step_is_planned_without_words_and_a_time_ahead(client, ticket, lacks):
    """TKT-2."""
    sent = {
        "version": 1,
        "next_step": "打电话",
        "due_at": local(3),
        "priority": "low",
        "kind": "other",
        "note": "备注甲",
    }
    for step, more in (("plan/", {}), ("wait/", {"waiting_for": "buyer"})):
        with unchanged():
            assert refused(press(client, at(ticket, step), sent | more | lacks), "备注甲", "field-error")


def test_it_waits_for_somebody_and_is_taken_up_again(client, ticket):
    sent = {"version": 1, "waiting_for": "warehouse", "next_step": "查监控", "due_at": local(4)}
    with unchanged():
        assert refused(press(client, at(ticket, "wait/"), sent | {"waiting_for": "moon"}), "查监控")
    assert taken(press(client, at(ticket, "wait/"), sent))
    ticket = anew(ticket)
    assert (ticket.status, ticket.waiting_for, ticket.next_step) == ("waiting", "warehouse", "查监控")
    assert client.get(at(ticket, "take-up/")).context["form"].initial["next_step"] == "查监控"
    with unchanged():
        assert refused(press(client, at(ticket, "take-up/"), {"version": 2, "next_step": "", "note": "说法"}), "说法")
    assert taken(press(client, at(ticket, "take-up/"), {"version": 2, "next_step": "回电买家", "due_at": ""}))
    ticket = anew(ticket)
    assert (ticket.status, ticket.waiting_for, ticket.next_step) == ("open", "", "回电买家")
    with unchanged():
        answer = press(client, at(ticket, "take-up/"), {"version": 3, "next_step": "又来", "due_at": ""})
        assert refused(answer, "又来", status=409)


def test_it_is_solved_reopened_solved_and_closed(client, ticket):
    with unchanged():
        assert refused(press(client, at(ticket, "resolve/"), {"version": 1, "resolution": " "}), "required")
    assert taken(press(client, at(ticket, "resolve/"), {"version": 1, "resolution": "已补发"}))
    with unchanged():
        assert refused(press(client, at(ticket, "reopen/"), {"version": 2, "next_step": "", "note": "缘由"}), "缘由")
    assert taken(press(client, at(ticket, "reopen/"), {"version": 2, "next_step": "再查", "due_at": local(2)}))
    ticket = anew(ticket)
    assert (ticket.status, ticket.resolution) == ("reopened", "")
    with unchanged():
        assert refused(press(client, at(ticket, "close/"), {"version": 3, "note": "完了"}), "完了", status=409)
    assert taken(press(client, at(ticket, "resolve/"), {"version": 3, "resolution": "找到了"}))
    assert taken(press(client, at(ticket, "close/"), {"version": 4}))
    ticket = anew(ticket)
    assert ticket.status == "closed"


def test_a_promise_that_is_open_keeps_it_from_being_solved(client, me, ticket):
    """TKT-4."""
    services.ticket_promise(ticket=ticket, actor=Actor.for_user(me), what="明天回电", due_at=clock.now() + HOUR)
    with unchanged():
        answer = press(client, at(ticket, "resolve/"), {"version": 1, "resolution": "都好了"})
        assert refused(answer, "明天回电", "都好了", "TKT-4")


# Owners ---------------------------------------------------------------------------------------------------------------


def test_one_s_own_ticket_is_not_given_away_without_a_word(client, me, shop, ticket):
    """TKT-1, TKT-2."""
    colleague = factories.make_user(Role.AGENT, shop)
    sent = {"version": 1, "owner": colleague.pk, "note": ""}
    with unchanged():
        assert refused(press(client, at(ticket, "assign/"), sent), "Say what the next one has to know.")
        assert refused(press(client, at(ticket, "assign/"), sent | {"owner": "", "note": "在等"}), "在等", "required")
    assert taken(press(client, at(ticket, "assign/"), sent | {"note": "快递说明天到,请回电"}))
    ticket = anew(ticket)
    assert ticket.owner_id == colleague.pk
    note = TicketNote.objects.get()
    assert (note.form, note.to_user_id, note.text) == ("hand_over", colleague.pk, "快递说明天到,请回电")


def test_a_colleague_s_ticket_is_given_by_him_or_a_supervisor(client, shop, ticket):
    """TKT-1."""
    other = sign_in(client, Role.AGENT, shop)
    with unchanged():
        answer = press(client, at(ticket, "assign/"), {"version": 1, "owner": other.pk, "note": "给我"})
        assert refused(answer, "A colleague owns this ticket", "给我", status=409)
    sign_in(client, Role.SUPERVISOR, shop)
    assert taken(press(client, at(ticket, "assign/"), {"version": 1, "owner": other.pk}))
    ticket = anew(ticket)
    assert ticket.owner_id == other.pk


def test_who_does_not_see_the_shop_is_not_offered(client, ticket, me):
    stranger = factories.make_user(Role.AGENT, factories.make_shop())
    with unchanged():
        answer = press(client, at(ticket, "assign/"), {"version": 1, "owner": stranger.pk, "note": "给你"})
        assert refused(answer, "Select a valid choice", "给你")


def test_the_ticket_of_a_request_is_taken_and_left_with_the_request(client, me, shop):
    """ADR 24: agents take what is free and leave what is theirs; the request goes with it."""
    refund = factories.make_refund(factories.make_order(shop))
    while events.deliver():
        continue
    ticket = Ticket.objects.get(refund=refund)
    form = client.get(at(ticket, "assign/")).context["form"]
    assert form.initial["owner"] == me.pk
    assert [key for key, _label in form.fields["owner"].choices] == ["", me.pk]
    for owner in (me.pk, ""):
        ticket = anew(ticket)
        assert taken(press(client, at(ticket, "assign/"), {"version": ticket.version, "owner": owner}))
        assert Refund.objects.get(pk=refund.pk).assignee_id == (owner or None)
    with unchanged():
        ticket = anew(ticket)
        sent = {"version": ticket.version, "resolution": "好了"}
        assert refused(press(client, at(ticket, "resolve/"), sent), "take the step there", "好了", status=409)


# Doubles --------------------------------------------------------------------------------------------------------------


def test_a_double_goes_on_as_the_other_ticket_of_its_order(client, me, ticket):
    with unchanged():
        assert "no other open ticket" in words(client.get(at(ticket, "merge/")))
        assert refused(press(client, at(ticket, "merge/"), {"version": 1, "into": "TK404"}), "Select a valid choice")
    double = factories.make_ticket(ticket.order, Actor.for_user(me), title="又来问")
    assert taken(press(client, at(double, "merge/"), {"version": 1, "into": ticket.ticket_no}))
    double = anew(double)
    assert (double.status, double.merged_into_id) == ("closed", ticket.pk)


# What is said ---------------------------------------------------------------------------------------------------------


def test_notes_contacts_and_replies_are_written_once(client, ticket):
    """TKT-1: a contact says how, and whether the buyer was reached."""
    for step, given in {
        "note/": {"text": "问了仓库"},
        "contact/": {"text": "没接", "form": "phone", "reached": "no"},
        "reply/": {"text": "明天给您答复"},
    }.items():
        for _twice in range(2):
            assert taken(press(client, at(ticket, step), given | {"form_token": step}))
    rows = TicketNote.objects.order_by("pk").values_list("form", "reached", "text")
    *others, (form, reached, text) = rows
    assert others == [("note", True, "问了仓库"), ("phone", False, "没接")]
    assert (form, reached, text.split("\n")[0]) == ("reply", True, "明天给您答复")
    ticket = anew(ticket)
    assert ticket.version == 1


@pytest.mark.parametrize(
    ("step", "given", "kept"),
    [
        ("note/", {"text": " "}, ""),
        ("contact/", {"form": "pigeon", "reached": "yes", "text": "聊了"}, "聊了"),
        ("contact/", {"form": "chat", "text": "聊过"}, "聊过"),
        ("reply/", {"text": ""}, ""),
        ("reply/", {"text": "字" * 2001}, "字字"),
        ("promise/", {"what": "回电", "due_at": ""}, "回电"),
        ("promise/", {"what": "补发", "due_at": "2020-01-01T10:00"}, "补发"),
        ("promise/", {"what": "", "due_at": "2099-01-01T10:00"}, "2099-01-01T10:00"),
        ("link/", {"things": ["RF404"]}, ""),
    ],
)
def test_what_is_wrong_with_words_is_said_and_they_stay(client, ticket, step, given, kept):
    with unchanged():
        assert refused(press(client, at(ticket, step), given | {"form_token": "t"}), kept, "field-error")


def test_a_promise_is_a_task_with_a_time_and_none_is_made_on_what_is_solved(client, me, ticket):
    """TKT-4."""
    sent = {"form_token": "a", "what": "明天 18:00 前回电", "due_at": local(20)}
    assert taken(press(client, at(ticket, "promise/"), sent))
    task = Task.objects.get(ticket=ticket)
    assert (task.kind, task.role, task.detail) == ("promise", "agent", "明天 18:00 前回电")
    assert f"/tasks/{task.pk}/done/" in client.get(at(ticket)).content.decode()
    assert f'href="{at(ticket)}"' in client.get("/tasks/").content.decode()
    services.task_done(task=task, actor=Actor.for_user(me))
    services.ticket_resolve(ticket=ticket, actor=Actor.for_user(me), resolution="好了")
    with unchanged():
        again = press(client, at(ticket, "promise/"), sent | {"form_token": "b"})
        assert refused(again, "reopen it first", "明天 18:00 前回电", status=409)


def test_a_reply_on_a_request_s_ticket_is_its_message(client, me, shop):
    refund = factories.make_refund(factories.make_order(shop))
    while events.deliver():
        continue
    ticket = Ticket.objects.get(refund=refund)
    assert "conversation of the request" in words(client.get(at(ticket, "reply/")))
    assert taken(press(client, at(ticket, "reply/"), {"form_token": "r", "text": "正在处理"}))
    assert Message.objects.filter(refund=refund, side="seller", text__startswith="正在处理\n").count() == 1


def test_claims_invoices_and_complaints_are_linked_too(client, ticket):
    """TKT-1."""
    claim, invoice = factories.make_claim(ticket.order), factories.make_invoice(ticket.order)
    complaint = factories.make_complaint(ticket.order)
    numbers = [claim.claim_no, invoice.request_no, complaint.complaint_no]
    assert taken(press(client, at(ticket, "link/"), {"form_token": "l", "things": numbers}))
    found = ticket.links.exclude(parcel__isnull=False, refund__isnull=False).order_by("id")
    assert [(row.claim, row.invoice, row.complaint) for row in found] == [
        (claim, None, None),
        (None, invoice, None),
        (None, None, complaint),
    ]


def test_what_the_order_has_is_linked_by_ticking_it(client, ticket):
    parcel, refund = ticket.order.parcels.get(), factories.make_refund(ticket.order)
    choices = [key for key, _label in client.get(at(ticket, "link/")).context["form"].fields["things"].choices]
    assert choices == [refund.refund_no, f"parcel-{parcel.pk}"]
    assert taken(press(client, at(ticket, "link/"), {"form_token": "l", "things": choices}))
    assert {(row.refund_id, row.parcel_id) for row in ticket.links.all()} == {(refund.pk, None), (None, parcel.pk)}
    assert "names all that the order has" in words(client.get(at(ticket, "link/")))


def test_the_page_has_the_buttons_of_what_is_possible(client, ticket):
    shown = client.get(at(ticket)).context
    assert [one["name"].removeprefix("ticket-") for one in shown["actions"]] == [
        "plan",
        "wait",
        "assign",
        "resolve",
        "merge",
    ]
    assert [one["name"] for one in shown["actions"] if not one["enabled"]] == ["ticket-merge"]
    for one in [*shown["actions"], *shown["says"]]:
        assert client.get(one["url"]).status_code == 200

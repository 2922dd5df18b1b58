"""Macros: all that they do, or nothing; what cannot be done is named beforehand (TKT-3)."""

import pytest
from django.urls import reverse

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.models import LogEntry, OutboxEvent
from orders.models import Order, OrderNote
from refunds.models import Message, Refund
from tests import factories
from tests.tickets.test_reply_editor import WORDS
from tickets.models import CannedReply, ReplyUse, Task, Ticket, TicketNote
from tickets.selectors import macros
from tickets.selectors.replies import Case
from tickets.services import reply_keeping
from tickets.services.macros import macro_run

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
WAIT = {"kind": "wait", "waiting_for": "carrier", "text": "等快递答复", "hours": 24}
PROMISE = {"kind": "promise", "text": "明天答复", "hours": 24}


@pytest.fixture
def me():
    return factories.make_user("agent")


def macro(user, *actions, text="已联系快递核实。", **more) -> CannedReply:
    place = reply_keeping.Place(True, "zh-hans")
    words = WORDS | {"text": text, "title": "催快递", "actions": list(actions)} | more
    return reply_keeping.reply_write(actor=Actor.for_user(user), place=place, words=words)


def counted():
    kinds = (TicketNote, OrderNote, Message, Task, LogEntry, OutboxEvent, ReplyUse)
    return [kind.objects.count() for kind in kinds]


def test_a_macro_on_a_ticket_does_everything_and_is_named(me):
    """TKT-3."""
    ticket, actor = factories.make_ticket(), Actor.for_user(me)
    made = macro(me, WAIT, PROMISE, {"kind": "note", "text": "单号已报快递"}, {"kind": "flag", "flag": "blue"})
    macro_run(macro=made, case=Case(ticket.order, ticket=ticket, on_ticket=True), actor=actor, version=ticket.version)
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.waiting_for, ticket.next_step) == ("waiting", "carrier", "等快递答复")
    assert Task.objects.get(ticket=ticket).detail == "明天答复"
    assert OrderNote.objects.get().flag == "blue"
    said = list(TicketNote.objects.order_by("pk").values_list("form", "text"))
    assert said[0] == ("note", "单号已报快递")
    assert said[1][0] == "reply"
    assert "催快递" in said[2][1]
    assert ReplyUse.objects.get().key == made.key


def test_a_macro_whose_step_is_not_allowed_here_changes_nothing(me):
    """TKT-3: the reply could be sent, the hand-over could not: neither happens, and it says which."""
    ticket, actor = factories.make_ticket(), Actor.for_user(me)
    made = macro(me, {"kind": "agree"}, WAIT)
    case = Case(ticket.order, ticket=ticket, on_ticket=True)
    first, *others = macros.macro_steps(made, case, actor)
    assert (first.kind, [step.stop for step in others]) == ("agree", ["", ""])
    before = counted()
    with pytest.raises(errors.Conflict) as caught:
        macro_run(macro=made, case=case, actor=actor)
    assert f"{first.label}: {first.stop}" in str(caught.value.detail)
    assert counted() == before
    assert Ticket.objects.get().version == ticket.version


def test_a_step_that_fails_on_the_way_undoes_those_before_it(me):
    """TKT-3: the flag comes before the hand-over, whose version is stale; the flag goes with it."""
    ticket, actor = factories.make_ticket(), Actor.for_user(me)
    made = macro(me, WAIT, {"kind": "flag", "flag": "blue"})
    before = counted()
    with pytest.raises(errors.StaleVersion):
        macro_run(macro=made, case=Case(ticket.order, ticket=ticket, on_ticket=True), actor=actor, version=99)
    assert counted() == before
    assert Order.objects.get().seller_flag != "blue"


def test_a_variable_without_a_value_stops_the_macro(me):
    """TKT-3."""
    ticket, actor = factories.make_ticket(factories.make_order()), Actor.for_user(me)
    made = macro(me, {"kind": "note", "text": "查过"}, text="单号 {tracking_no}")
    case = Case(ticket.order, ticket=ticket, on_ticket=True)
    assert ["{tracking_no}" in step.stop for step in macros.macro_steps(made, case, actor)] == [False, True]
    before = counted()
    with pytest.raises(errors.Conflict):
        macro_run(macro=made, case=case, actor=actor)
    assert counted() == before


def test_a_macro_agrees_to_a_request_and_tells_the_buyer(client, me):
    """TKT-3: shown first, run once however often it is sent."""
    refund = factories.make_return(factories.make_order(sign=True))
    made = macro(me, {"kind": "agree"}, text="退货已同意。")
    client.force_login(me)
    url = reverse("tickets:request_macro", args=[refund.refund_no])
    assert "催快递" in client.get(url, headers=HTMX).content.decode()
    assert "退货已同意" in client.get(f"{url}?macro={made.pk}", headers=HTMX).content.decode()
    sent = {"macro": made.pk, "version": refund.version, "form_token": "m"}
    for _twice in range(2):
        assert client.post(url, sent, headers=HTMX).status_code == 204
    refund = Refund.objects.get()
    assert refund.status == "WAIT_BUYER_RETURN_GOODS"
    assert Message.objects.filter(refund=refund, side="seller").count() == 1
    assert OrderNote.objects.filter(text__contains="催快递").count() == 1
    again = client.post(url, sent | {"form_token": "n", "version": refund.version}, headers=HTMX)
    assert again.status_code == 409
    assert Message.objects.filter(refund=refund, side="seller").count() == 1


def test_the_warehouse_cannot_agree_by_a_macro():
    """TKT-3: a macro gives nobody a right that he has not."""
    refund = factories.make_return(factories.make_order(sign=True))
    user = factories.make_user("warehouse")
    made = macro(user, {"kind": "agree"})
    before = counted()
    with pytest.raises(errors.Conflict):
        macro_run(macro=made, case=Case(refund.order, refund=refund), actor=Actor.for_user(user))
    assert counted() == before


@pytest.mark.parametrize("query", ["macro=0", "macro=x", "macro=99999999999999999999"])
def test_a_macro_that_is_not_there_shows_the_choice(client, me, query):
    """TKT-3: a colleague's own neither."""
    ticket = factories.make_ticket()
    other = macro(factories.make_user("agent"), WAIT, title="别人的宏")
    client.force_login(me)
    url = reverse("tickets:ticket_macro", args=[ticket.ticket_no])
    body = client.get(f"{url}?{query}", headers=HTMX).content.decode()
    assert "别人的宏" not in body
    assert client.post(url, {"macro": other.pk, "version": 1, "form_token": "q"}, headers=HTMX).status_code == 422


def test_a_macro_is_written_on_the_page_and_shown_again(client, me):
    """TKT-3: a wait without its time is refused at its field."""
    client.force_login(me)
    sent = WORDS | {"place": "own", "language": "zh-hans", "form_token": "a", "waiting_for": "carrier", "agree": "on"}
    url = reverse("tickets:reply_new")
    assert client.post(url, sent, headers=HTMX).status_code == 422
    sent |= {"wait_step": "等答复", "wait_hours": "24"}
    assert client.post(url, sent, headers=HTMX).status_code == 204
    made = CannedReply.objects.get()
    assert made.actions == [{"kind": "agree"}, WAIT | {"text": "等答复"}]
    body = client.get(reverse("tickets:reply_edit", args=[made.pk]), headers=HTMX).content.decode()
    assert "等答复" in body
    assert "checked" in body

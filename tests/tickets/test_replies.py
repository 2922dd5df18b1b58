"""Ready words: filled for a case, sent only without gaps, and closed by themselves (TKT-3)."""

import pytest
from django.urls import reverse

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from refunds.models import Message
from tests import factories
from tickets import services
from tickets.models import CannedReply, ReplySituation, ReplyUse, TicketNote
from tickets.selectors import replies
from tickets.selectors.replies import default

pytestmark = pytest.mark.django_db


def reply_row(**fields):
    """A row as it stands in the table, past the service."""
    user = fields.pop("by", None) or factories.make_user("supervisor")
    given = {
        "language": "zh-hans",
        "category": "solution",
        "situation": "general",
        "title": "本店说法",
        "text": "按约定处理。",
        "updated_at": clock.now(),
        "updated_by": user,
    }
    return CannedReply.objects.create(**given | fields)


def test_the_words_of_the_program_are_whole_in_both_languages():
    """TKT-3: every part, in Chinese and English, with the same variables, all of them known."""
    assert {one.category for one in replies.DEFAULTS.values()} == {
        "opening",
        "apology",
        "explanation",
        "solution",
        "closing",
    }
    for one in replies.DEFAULTS.values():
        assert set(one.text) == set(one.title) == {"zh-hans", "en"}, one.key
        assert replies.unknown(one.text["zh-hans"]) == replies.unknown(one.text["en"]) == []
        assert set(replies.unfilled(one.text["zh-hans"])) == set(replies.unfilled(one.text["en"])), one.key
        assert all(one.title.values())
        assert one.shortcut
    assert {one.situation for one in replies.DEFAULTS.values()} == set(ReplySituation.values)


def test_variables_are_filled_from_the_case_and_what_has_no_value_stays():
    """TKT-3."""
    refund = factories.make_refund()
    agent = factories.staff("agent")
    values = replies.values_of(replies.Case(refund.order, refund=refund), agent)
    text = replies.filled("{refund_no} {order_no} {amount} {agent} {tracking_no} {else}", values)
    assert refund.refund_no in text
    assert refund.order.order_no in text
    assert agent.name in text
    assert replies.unfilled(text) == ["tracking_no"]
    assert replies.unknown(text) == ["else"]


@pytest.mark.parametrize("text", ["运单 {tracking_no} 已查", "{agent}"])
def test_a_reply_with_a_gap_is_not_sent(text):
    """TKT-3."""
    ticket = factories.make_ticket()
    with pytest.raises(errors.Invalid) as caught:
        services.ticket_reply(ticket=ticket, actor=factories.staff("agent"), text=text)
    assert caught.value.errors[0].field == "text"
    assert not TicketNote.objects.filter(ticket=ticket).exists()


def test_a_reply_ends_with_a_closing_line_in_its_own_language():
    """TKT-3."""
    ticket, agent = factories.make_ticket(), factories.staff("agent")
    closing = default.DEFAULTS[default.CLOSING].text
    note = services.ticket_reply(ticket=ticket, actor=agent, text="我们已联系快递。")
    assert note.text == f"我们已联系快递。\n{closing['zh-hans']}"
    note = services.ticket_reply(ticket=ticket, actor=agent, text="The carrier is asked.")
    assert note.text == f"The carrier is asked.\n{closing['en']}"


@pytest.mark.parametrize("end", ["感谢您的耐心,祝您生活愉快!", "Thank you for waiting.", "祝您购物愉快"])
def test_a_reply_that_is_closed_already_gets_no_second_line(end):
    """TKT-3."""
    ticket = factories.make_ticket()
    note = services.ticket_reply(ticket=ticket, actor=factories.staff("agent"), text=f"已联系快递。\n{end}")
    assert note.text == f"已联系快递。\n{end}"


def test_a_shop_closes_with_its_own_words():
    """TKT-3: the shop's before those of all shops, before the program's."""
    ticket, agent = factories.make_ticket(), factories.staff("agent")
    reply_row(default_key=default.CLOSING, category="closing", text="全部店铺的结尾。")
    assert services.ticket_reply(ticket=ticket, actor=agent, text="好的").text == "好的\n全部店铺的结尾。"
    reply_row(default_key=default.CLOSING, category="closing", text="{shop}的结尾。", shop=ticket.shop)
    ended = services.ticket_reply(ticket=ticket, actor=agent, text="好的").text
    assert ended == f"好的\n{ticket.shop.name}的结尾。"


def test_the_request_page_sends_ready_words_and_counts_them(client):
    """TKT-3: the conversation gets the closed text, the writer his count; a gap comes back at its field."""
    refund = factories.make_refund()
    user = factories.make_user("agent", refund.shop)
    client.force_login(user)
    url = reverse("tickets:request_action", args=[refund.refund_no, "reply"])
    answer = client.post(url, {"text": "单号 {tracking_no}", "key": "k1"}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "{tracking_no}" in answer.content.decode()
    assert not Message.objects.filter(refund=refund, side="seller").exists()
    assert not ReplyUse.objects.exists()
    for key in ("k2", "k3"):
        sent = {"text": "正在核实", "key": key, "used": "general.explanation own-7 nonsense"}
        assert client.post(url, sent, headers={"HX-Request": "true"}).status_code == 204
    message = Message.objects.filter(refund=refund, side="seller").first()
    assert message.text.startswith("正在核实\n")
    assert "感谢" in message.text
    counted = dict(ReplyUse.objects.filter(user=user).values_list("key", "uses"))
    assert counted == {"general.explanation": 2, "own-7": 2}


def test_pictures_alone_need_no_words():
    """TKT-3: nothing is written under pictures that were sent without a word."""
    assert services.reply_composed(shop_id=factories.make_shop().pk, actor=factories.staff("agent"), text="  ") == ""


def test_the_picker_fills_the_words_and_names_what_is_open(client, django_assert_max_num_queries):
    """TKT-3: as many statements with fifty rows as with one."""
    refund = factories.make_refund()
    user = factories.make_user("agent", refund.shop)
    client.force_login(user)
    url = f"{reverse('tickets:replies_pick')}?refund={refund.refund_no}&language=zh-hans"
    assert client.get(url).status_code == 200
    for number in range(50):
        reply_row(title=f"说法{number}", by=user)
    with django_assert_max_num_queries(9):
        body = client.get(url).content.decode()
    assert "说法49" in body
    assert refund.refund_no in body
    assert "{tracking_no}" in body
    assert "Thank you" not in body


def test_the_picker_of_a_foreign_shop_is_not_there(client):
    """LAW-7: of what one does not see one gets no words either."""
    refund = factories.make_refund()
    client.force_login(factories.make_user("agent", factories.make_shop()))
    for query in (f"refund={refund.refund_no}", "refund=RF%00", "ticket=TK1", ""):
        assert client.get(f"{reverse('tickets:replies_pick')}?{query}").status_code in (400, 404)


def test_what_a_shop_replaces_goes_first_and_own_words_are_ones_own():
    """TKT-3."""
    ticket = factories.make_ticket()
    one, other = factories.make_user("agent", ticket.shop), factories.make_user("agent", ticket.shop)
    reply_row(default_key="general.apology", category="apology", title="道歉", text="全部店铺", by=one)
    reply_row(default_key="general.apology", category="apology", title="道歉", text="本店", shop=ticket.shop, by=one)
    reply_row(default_key="general.explanation", category="explanation", is_active=False, by=one)
    reply_row(title="我的", owner=one, by=one)

    def found(user):
        rows = replies.replies_for(Actor.for_user(user), shop_id=ticket.shop_id, language="zh-hans")
        return {row.title: row.text for row in rows}

    assert found(one)["道歉"] == "本店"
    assert "致歉" not in found(one)
    assert "正在核实" not in found(one)
    assert "我的" in found(one)
    assert "我的" not in found(other)

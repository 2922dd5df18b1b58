"""Titles, notes and messages are found by two Chinese characters, and nobody is found by the digits of his phone."""

import pytest
from django.db import connection
from django.urls import reverse

from aftersales.core import finding
from aftersales.core.models import Role
from orders import services as orders
from orders.models import OrderNote
from orders.services import erasing
from refunds import services as refunds
from tests import factories
from tests.orders.test_erasing import NAME, old  # noqa: F401 – the trade of long ago
from tickets.selectors import search_texts
from tickets.services import ticketing

pytestmark = pytest.mark.django_db

PHONE = "13961728394"


def page(client, asked):
    return client.get(reverse("tickets:search"), {"q": asked}).content.decode()


@pytest.fixture
def shop():
    return factories.make_shop()


@pytest.fixture
def written(shop):
    """An order with a word of its own in its title, in a message, a note and a ticket's note."""
    order = factories.make_order(shop, factories.line(title="武夷岩茶 肉桂 Rougui 250g"), sign=True)
    refund = factories.make_return(order)
    agent = factories.staff(Role.AGENT, shop)
    refunds.message_write(refund=refund, actor=factories.buyer(shop), text=f"罐子瘪了,请打{PHONE}")
    orders.note_add(order=order, actor=agent, text="答应补寄<b>茶漏</b>")
    ticket = factories.make_ticket(order)
    ticketing.ticket_note(ticket=ticket, actor=agent, text="仓库说明天重发")
    return order, refund, ticket


def found(actor, asked):
    """The numbers that were found, whatever they stand on."""
    return {hit.number for group in search_texts.texts(actor, asked) for hit in group.hits}


def test_two_characters_find_titles_messages_and_notes(written, shop):
    order, refund, ticket = written
    agent = factories.staff(Role.AGENT, shop)
    assert found(agent, "肉桂") == found(agent, "rougui") == found(agent, "岩茶 250G") == {order.order_no}
    assert found(agent, "瘪了") == {refund.refund_no}
    assert found(agent, "茶漏") == {order.order_no}
    assert found(agent, "重发") == {ticket.ticket_no}
    assert found(agent, "肉桂 瘪了") == found(agent, "桂肉") == set(), "all of the words, in one text"


def test_a_run_is_found_only_as_it_was_typed(shop):
    """Its pairs alone are in this title, too."""
    factories.make_order(shop, factories.line(title="观音山 铁观"))
    assert found(factories.staff(Role.AGENT, shop), "铁观音") == set()


@pytest.mark.parametrize("asked", ["1", "茶", "", "8394", "61728394", PHONE, f"x{PHONE}", "%", "' OR 1=1"])
def test_digits_and_single_characters_are_no_words(written, shop, asked):
    """LAW-7."""
    assert found(factories.staff(Role.AGENT, shop), asked) == set()


def test_a_phone_beside_a_word_neither_helps_nor_shows(client, written, shop):
    """LAW-7: a guess at the digits finds as much as no guess, and the snippet is masked."""
    agent = factories.staff(Role.AGENT, shop)
    assert found(agent, f"请打{PHONE}") == found(agent, "请打13900000000") == {written[1].refund_no}
    client.force_login(factories.make_user(Role.AGENT, shop))
    shown = page(client, "请打")
    assert "139****8394" in shown
    assert PHONE not in shown


def test_what_was_found_is_marked_and_markup_stays_text(client, written, shop):
    client.force_login(factories.make_user(Role.AGENT, shop))
    assert "答应补寄&lt;b&gt;<mark>茶漏</mark>&lt;/b&gt;" in page(client, "茶漏")
    assert "<mark>Rougui</mark>" in page(client, "ROUGUI")


def test_texts_of_other_shops_and_for_roles_without_the_page_are_not_found(written, shop):
    for role in (Role.AGENT, Role.SUPERVISOR, Role.WAREHOUSE, Role.FINANCE):
        assert found(factories.staff(role, shop), "肉桂")
        assert not found(factories.staff(role, factories.make_shop()), "肉桂")
    for role in (Role.GOODS, Role.ADMIN):
        assert not found(factories.staff(role, shop), "肉桂")


def test_titles_of_tickets_are_found(client, shop):
    """Those of other shops are not, nor by the digits of a phone (LAW-7)."""
    ticket = factories.make_ticket(factories.make_order(shop), title=f"催圆通快递,电话{PHONE}")
    agent = factories.staff(Role.AGENT, shop)
    assert found(agent, "圆通") == found(agent, "催圆通快递") == {ticket.ticket_no}
    assert found(agent, "圆递") == found(agent, PHONE) == set()
    assert found(factories.staff(Role.AGENT, factories.make_shop()), "圆通") == set()
    client.force_login(factories.make_user(Role.AGENT, shop))
    shown = page(client, "圆通")
    assert "<mark>圆通</mark>" in shown
    assert PHONE not in shown


def noted(shop, *texts):
    """An order with these notes, oldest first."""
    order, agent = factories.make_order(shop), factories.staff(Role.AGENT, shop)
    for text in texts:
        orders.note_add(order=order, actor=agent, text=text)


def shown_by(groups):
    """The texts of one group, as they are shown without their marks."""
    [group] = groups
    return [hit.snippet.replace("<mark>", "").replace("</mark>", "") for hit in group.hits]


def test_the_phrase_as_it_was_typed_stands_before_words_apart(shop):
    noted(shop, "old: 补寄 Cup", "茶漏", "Cup 先到,补寄 later", "new: 补寄 cup")
    agent = factories.staff(Role.AGENT, shop)
    assert shown_by(search_texts.texts(agent, "补寄 cup")) == ["new: 补寄 cup", "old: 补寄 Cup", "Cup 先到,补寄 later"]
    assert shown_by(search_texts.texts(agent, "补寄")) == ["new: 补寄 cup", "Cup 先到,补寄 later", "old: 补寄 Cup"]


def test_phrases_come_first_among_the_newest_texts_alone(shop, monkeypatch):
    """So that looking for them has an end; older ones stay in their place."""
    monkeypatch.setattr(search_texts, "RANKED", 2)
    noted(shop, "补寄 cup a", "补寄 cup b", "cup 补寄 c")
    assert shown_by(search_texts.texts(factories.staff(Role.AGENT, shop), "补寄 cup")) == [
        "补寄 cup b",
        "cup 补寄 c",
        "补寄 cup a",
    ]


@pytest.mark.parametrize("asked", [f"补寄 cup {PHONE}", "补寄 cup 1", "补寄 cup 1396"])
def test_the_order_of_hits_tells_no_digits(shop, asked):
    """LAW-7: an older note that has the digits does not come first."""
    noted(shop, asked, "补寄 cup")
    assert shown_by(search_texts.texts(factories.staff(Role.AGENT, shop), asked))[0] == "补寄 cup"


def test_further_hits_follow_without_gap_or_double(client, shop, monkeypatch):
    """Over the step from phrases to words apart, and beside what is written meanwhile."""
    monkeypatch.setattr(search_texts, "MOST", 2)
    phrases, apart = [f"补寄 cup {n}a" for n in range(3)], [f"cup 和补寄 {n}a" for n in range(4)]
    noted(shop, *apart[:2], *phrases, *apart[2:])
    client.force_login(factories.make_user(Role.AGENT, shop))
    agent, seen, address = factories.staff(Role.AGENT, shop), [], "?q=补寄 cup"
    while address:
        response = client.get(reverse("tickets:search") + address)
        [group] = response.context["found"].texts
        assert (f'href="{group.more.replace("&", "&amp;")}"' in response.content.decode()) == bool(group.more)
        seen += shown_by([group])
        address = group.more
        noted(shop, "补寄 cup too late")
    assert seen[:2] == phrases[:0:-1]
    assert seen == phrases[::-1] + apart[::-1]
    assert search_texts.further(agent, "补寄", "nothing", "") == []
    assert len(shown_by(search_texts.further(agent, "补寄", "order-notes", "forged"))) == 2


def test_an_erased_text_is_found_no_more(old):  # noqa: F811
    """LAW-7: the index is of the row itself, so that what leaves the row leaves the index."""
    agent = factories.staff(Role.AGENT, old.shop)
    assert found(agent, NAME) == {old.order_no}
    erasing.records_erase(shop=old.shop)
    assert found(agent, NAME) == found(agent, NAME[:2]) == found(agent, "生日") == found(agent, "请打") == set()


@pytest.mark.parametrize(
    "text", ["", "茶", "铁观音,250g 清香", f"打{PHONE} a1b2c3d4e5 YT1234567", "ＡＢ É 𠮷野家 ok", "a b1\n退货"]
)
def test_the_database_cuts_words_as_the_search_does(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_words(%s)", [text])
        [cut] = cursor.fetchone()
    asked = finding.asked(text)
    assert set(cut) == set(asked.words if asked else ())


def test_an_index_finds_words(shop, django_assert_num_queries):
    """Each source by one statement, whatever is found; an index is there for each."""
    agent = factories.staff(Role.AGENT, shop)
    for _number in range(2):
        factories.make_order(shop)
    with django_assert_num_queries(len(search_texts.SOURCES)):
        assert len(found(agent, "观音")) == 2
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
    for source in search_texts.SOURCES:
        rows = source.model._default_manager.alias(search_words=finding.words_of(source.column))
        assert "_words" in rows.filter(finding.asked("观音").within(source.column)).explain()
    assert OrderNote.objects.count() == 0

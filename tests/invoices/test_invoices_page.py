"""Invoices in the console: the list, one invoice, its dialogs, and the order's page (INV-1)."""

import pytest
from django.test import Client

from aftersales.core.models import Role
from invoices import services
from invoices.models import Invoice
from tests import factories
from tests.helpers import statements, unchanged

pytestmark = pytest.mark.django_db

DIGITAL = "26352000000012345678"


@pytest.fixture
def shop():
    return factories.make_shop()


def seat(role, shop) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(factories.make_user(role, shop))
    return client


def asked(shop, **fields) -> Invoice:
    return factories.make_invoice(factories.make_order(shop, sign=True), **fields)


def issued(shop) -> Invoice:
    return services.invoice_issue(invoice=asked(shop), actor=factories.staff(Role.FINANCE), number=DIGITAL)


def test_each_role_comes_to_what_waits_for_it(shop):
    """INV-1: finance to issue, the desk to tell."""
    wish, ready = asked(shop), issued(shop)
    for role, number in ((Role.FINANCE, wish.request_no), (Role.AGENT, ready.request_no)):
        shown = seat(role, shop).get("/invoices/")
        assert [row.request_no for row in shown.context["rows"]] == [number]
    counts = {tab["key"]: tab["count"] for tab in shown.context["tabs"]}
    assert counts == {"issue": 1, "correct": 0, "tell": 1, "late": 0, "done": None, "all": None}
    for number in (ready.number, ready.request_no, ready.order.order_no):
        found = seat(Role.FINANCE, shop).get(f"/invoices/?q={number}")
        assert [row.pk for row in found.context["rows"]] == [ready.pk]


def test_the_list_costs_the_same_with_one_and_with_fifty(shop):
    finance = seat(Role.FINANCE, shop)
    asked(shop)
    finance.get("/invoices/")
    with statements() as one:
        finance.get("/invoices/")
    for _each in range(49):
        asked(shop)
    with statements() as fifty:
        assert len(finance.get("/invoices/").context["rows"]) == 50
    assert len(one) == len(fifty)


def test_an_agent_asks_finance_issues_the_buyer_is_told(shop):
    """INV-1: from the order's page to the end, with what is proposed at each step."""
    order = factories.make_order(shop, sign=True)
    agent, finance = seat(Role.AGENT, shop), seat(Role.FINANCE, shop)
    assert "order-invoice" in agent.get(f"/orders/{order.order_no}/").content.decode()
    new = f"/invoices/new/?order={order.order_no}&shop={shop.code}"
    form = agent.get(new).context["form"]
    assert form.initial["amount_fen"] == "216.00"
    token = {"form_token": "once-1", "title_kind": "personal", "title": "李雷", "amount_fen": "216.00"}
    for _twice in range(2):
        assert agent.post(new, token, follow=True).status_code == 200
    invoice = Invoice.objects.get()
    at = f"/invoices/{invoice.request_no}/"
    finance.post(f"{at}issue/", {"version": invoice.version, "number": DIGITAL})
    invoice = Invoice.objects.get()
    assert (invoice.status, invoice.number) == ("issued", DIGITAL)
    words = agent.get(f"{at}tell/").context["form"].initial["text"]
    assert DIGITAL in words
    agent.post(f"{at}tell/", {"version": invoice.version, "text": words})
    page = agent.get(at)
    assert page.context["invoice"].status == "told"
    assert [step["state"] for step in page.context["page"].steps] == ["done", "done", "done"]
    assert invoice.request_no in agent.get(f"/orders/{order.order_no}/").content.decode()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title_kind": "company", "tax_no": "91350100M000100Y49"}, "tax_no"),
        ({"title": ""}, "title"),
        ({"amount_fen": "12.345"}, "amount_fen"),
        ({"title_kind": "nobody"}, "title_kind"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(shop, typed, field):
    """INV-1."""
    order = factories.make_order(shop, sign=True)
    given = {"form_token": "t", "title_kind": "personal", "title": "示例茶业", "amount_fen": "100", "note": "快点"}
    with unchanged():
        answer = seat(Role.AGENT, shop).post(f"/invoices/new/?order={order.order_no}", given | typed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["note"].value() == "快点"


def test_more_than_is_left_is_told_with_what_is_left(shop):
    """INV-1."""
    order = factories.make_order(shop, sign=True)
    given = {"form_token": "t", "title_kind": "personal", "title": "李雷", "amount_fen": "9999"}
    with unchanged():
        answer = seat(Role.AGENT, shop).post(f"/invoices/new/?order={order.order_no}", given)
    assert "at most ¥216" in answer.content.decode()


def test_a_page_that_was_overtaken_is_told_so(shop):
    """INV-1: two people at one invoice."""
    wish, finance = asked(shop), seat(Role.FINANCE, shop)
    services.invoice_correct(invoice=wish, actor=factories.staff(), title="韩梅梅")
    with unchanged():
        answer = finance.post(f"/invoices/{wish.request_no}/issue/", {"version": wish.version, "number": DIGITAL})
    assert answer.status_code == 412


def test_the_desk_answers_what_finance_asks(shop):
    """INV-1."""
    wish = asked(shop)
    at = f"/invoices/{wish.request_no}/"
    seat(Role.FINANCE, shop).post(f"{at}send-back/", {"version": wish.version, "question": "Whole name?"})
    agent = seat(Role.AGENT, shop)
    assert "Whole name?" in agent.get(at).content.decode()
    given = {"version": 2, "title_kind": "personal", "title": "李雷雷", "amount_fen": "100"}
    agent.post(f"{at}correct/", given)
    wish = Invoice.objects.get()
    assert (wish.status, wish.title, wish.amount_fen) == ("requested", "李雷雷", 10000)

"""Invoices over REST (INV-1)."""

import pytest

from aftersales.core.models import Role
from invoices.models import Invoice
from tests import factories
from tests.helpers import unchanged
from tests.rest import shop_caller, staff_caller

pytestmark = pytest.mark.django_db

DIGITAL = "26352000000012345678"


@pytest.fixture
def order():
    return factories.make_order(sign=True)


def test_the_buyer_asks_and_corrects_finance_issues_the_front_end_reads_the_number(order):
    """INV-1."""
    shop, finance, agent = shop_caller(order.shop), staff_caller(Role.FINANCE), staff_caller()
    made = shop.post("/invoice-requests", {"order_no": order.order_no, "title": "李雷"}, key="k1")
    assert made.status_code == 201
    again = shop.post("/invoice-requests", {"order_no": order.order_no, "title": "李雷"}, key="k1")
    assert again.json()["request_no"] == made.json()["request_no"]
    at = f"/invoice-requests/{made.json()['request_no']}"
    assert shop.patch(at, {"title": "韩梅梅", "version": 1}).json()["title"] == "韩梅梅"
    assert finance.post(f"{at}/issue", {"number": DIGITAL}).json()["status"] == "issued"
    assert agent.post(f"{at}/tell", {}).json()["status"] == "told"
    assert shop.get(at).json()["number"] == DIGITAL
    assert [row["number"] for row in shop.get(f"/invoice-requests?order_no={order.order_no}").json()["results"]] == [
        DIGITAL
    ]
    assert finance.post(f"{at}/reverse", {"red_number": DIGITAL[:-1] + "9", "reason": "退货"}).json()["status"] == (
        "reversed"
    )
    assert Invoice.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "status", "field"),
    [
        ({"title": ""}, 422, "title"),
        ({"title_kind": "company"}, 422, "tax_no"),
        ({"title_kind": "company", "tax_no": "91350100M000100Y49"}, 422, "tax_no"),
        ({"amount_fen": "ten"}, 422, "amount_fen"),
        ({"amount_fen": 0}, 422, "amount_fen"),
        ({"unheard_of": 1}, 422, "unheard_of"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(order, given, status, field):
    """INV-1."""
    with unchanged():
        answer = shop_caller(order.shop).post(
            "/invoice-requests", {"order_no": order.order_no, "title": "李雷"} | given, key="k"
        )
    assert answer.status_code == status, answer.json()
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_more_than_is_left_names_the_rule(order):
    """INV-1."""
    body = {"order_no": order.order_no, "title": "李雷", "amount_fen": order.paid_fen + 1}
    answer = shop_caller(order.shop).post("/invoice-requests", body, key="k")
    assert (answer.status_code, answer.json()["rule"], answer.json()["max_fen"]) == (422, "INV-1", order.paid_fen)


def test_a_stale_version_is_told(order):
    wish = factories.make_invoice(order)
    answer = staff_caller(Role.FINANCE).post(
        f"/invoice-requests/{wish.request_no}/issue", {"number": DIGITAL, "version": 0}
    )
    assert answer.status_code == 412

"""The pages of void lists: which there are, one with its lines, answers in place, the sheet (VOI)."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from aftersales.core.auth import Actor
from aftersales.core.models import Role
from logistics import services
from logistics.models import Parcel, VoidListLine
from refunds import services as refunds
from refunds.models import Refund
from tests import factories
from tests.helpers import statements, unchanged
from tests.pages import press, rows, sign_in, warm, words

pytestmark = pytest.mark.django_db
LISTS = "/void-lists/"


@pytest.fixture
def client() -> Client:
    return Client(headers={"Accept-Language": "en"})


@pytest.fixture
def shop():
    return factories.make_shop()


@pytest.fixture
def keeper(client: Client, shop):
    return sign_in(client, Role.WAREHOUSE, shop, display_name="仓库小陈")


def page(void_list) -> str:
    return reverse("logistics:void_list", args=[void_list.list_no])


def one(void_list, refund) -> str:
    return reverse("logistics:void_list_answer", args=[void_list.list_no, refund.refund_no])


def many(void_list) -> str:
    return reverse("logistics:void_list_answers", args=[void_list.list_no])


def asked(void_list) -> list[Refund]:
    return [line.refund for line in void_list.lines.all()]


def test_lists_to_be_answered_come_first_with_their_counts(client, keeper, shop):
    first, second = (factories.make_void_list(shop, amount=2) for _each in range(2))
    for refund in asked(first):
        services.void_answer(refund=refund, actor=factories.staff(), result="voided")
    services.void_answer(refund=asked(second)[0], actor=factories.staff(), result="already_shipped")
    factories.make_void_list()
    shown = client.get(LISTS)
    assert rows(shown) == [second.list_no]
    assert "1 / 2" in words(shown)
    assert "Already shipped 1" in words(shown)
    assert rows(client.get(f"{LISTS}?tab=all")) == [second.list_no, first.list_no]


def test_what_is_on_no_list_is_submitted_by_a_button(client, keeper, shop):
    """VOI-3."""
    factories.make_void_list(shop)
    assert "is on no list" not in words(client.get(LISTS))
    late = factories.make_refund(factories.make_order(shop))
    assert "1 request waits for the warehouse and is on no list" in words(client.get(LISTS))
    url = f"{reverse('logistics:void_list_make')}?shop={shop.code}"
    form = client.get(url)
    token = form.context["form"]["form_token"].value()
    answers = [press(client, url, {"form_token": token}, at=LISTS) for _twice in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert VoidListLine.objects.filter(refund=late).count() == 1
    nothing = press(client, url, {"form_token": "another"}, at=LISTS)
    assert (nothing.status_code, "is on a list already" in nothing.content.decode()) == (409, True)


def test_agents_look_and_do_not_answer(client, shop):
    made = factories.make_void_list(shop)
    factories.make_refund(factories.make_order(shop))
    sign_in(client, Role.AGENT, shop)
    shown = client.get(page(made)).content.decode()
    assert "Waits for the warehouse" in shown
    assert "result=voided" not in shown
    assert "Submit them" not in client.get(LISTS).content.decode()
    assert press(client, one(made, asked(made)[0]), {"result": "voided"}).status_code == 403


def test_one_line_is_voided_and_says_so(client, keeper, shop):
    """VOI-2."""
    made = factories.make_void_list(shop)
    [refund] = asked(made)
    shown = client.get(f"{one(made, refund)}?result=voided").content.decode()
    assert refund.order.order_no in shown
    sent = {"result": "voided", "version": refund.version, "note": "货架 3"}
    assert press(client, one(made, refund), sent, at=page(made)).status_code == 204
    assert Refund.objects.get(pk=refund.pk).void_result == "voided"
    told = words(client.get(page(made)))
    assert all(said in told for said in ("仓库小陈", "货架 3", "1 / 1"))


def test_a_second_answer_is_told_in_place(client, keeper, shop):
    """VOI-2: 409 with who and when, and what was typed stays."""
    made = factories.make_void_list(shop)
    [refund] = asked(made)
    services.void_answer(refund=refund, actor=factories.staff(Role.SUPERVISOR), result="voided")
    sent = {"result": "already_shipped", "version": refund.version, "note": "早上已交圆通"}
    with unchanged():
        answer = press(client, one(made, refund), sent, at=page(made))
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert VoidListLine.objects.get().answered_by in shown
    assert "早上已交圆通" in shown


def test_a_request_that_changed_is_judged_again(client, keeper, shop):
    made = factories.make_void_list(shop)
    [refund] = asked(made)
    sent = {"result": "voided", "version": refund.version + 1}
    assert press(client, one(made, refund), sent, at=page(made)).status_code == 412
    assert VoidListLine.objects.get().answer == ""


def test_a_late_answer_says_what_it_means(client, keeper, shop):
    """VOI-4."""
    made = factories.make_void_list(shop)
    [refund] = asked(made)
    refunds.refund_agree(refund=refund, actor=Actor.system("timeout"))
    shown = client.get(page(made)).content.decode()
    assert "Refunded: the goods must not leave" in shown
    assert (
        "The supervisor is told at once" in client.get(f"{one(made, refund)}?result=already_shipped").content.decode()
    )
    sent = {"result": "already_shipped", "version": refund.version}
    assert press(client, one(made, refund), sent, at=page(made)).status_code == 204
    assert VoidListLine.objects.get().late_answer == "already_shipped"
    assert "Refunded: the goods must not leave" not in client.get(page(made)).content.decode()


def test_many_are_voided_at_once_and_those_that_are_not_are_named(client, keeper, shop):
    """VOI-2: what a colleague answered meanwhile stays."""
    made = factories.make_void_list(shop, amount=3)
    found = asked(made)
    picked = [f"{refund.refund_no}@{refund.version}" for refund in found]
    services.void_answer(refund=found[0], actor=factories.staff(), result="voided")
    dialog = client.get(many(made), {"pick": picked, "result": "voided"})
    token = dialog.context["form"]["form_token"].value()
    sent = {"pick": picked, "result": "voided", "form_token": token}
    assert [press(client, many(made), sent, at=page(made)).status_code for _twice in range(2)] == [204, 204]
    assert set(VoidListLine.objects.values_list("answer", flat=True)) == {"voided"}
    told = words(client.get(page(made)))
    assert "2 orders answered." in told
    assert f"{found[0].order.order_no}: " in told


def test_many_have_left_with_the_numbers_that_were_pasted(client, keeper, shop):
    """RFD-2: a number for one of them, none for the other; a line that names no picked order is refused."""
    made = factories.make_void_list(shop, amount=2)
    first, second = asked(made)
    picked = [f"{refund.refund_no}@{refund.version}" for refund in (first, second)]
    sent = {"pick": picked, "result": "already_shipped", "carrier": "yuantong", "form_token": "t1"}
    wrong = press(client, many(made), sent | {"numbers": "A404 YT1\n"}, at=page(made))
    assert (wrong.status_code, "A404 YT1" in wrong.content.decode()) == (422, True)
    assert not Parcel.objects.exists()
    numbers = f"{first.order.order_no}\tyt1234567890123\r\n\r\n"
    assert press(client, many(made), sent | {"numbers": numbers}, at=page(made)).status_code == 204
    parcels = {parcel.order_id: parcel.tracking_no for parcel in Parcel.objects.all()}
    assert parcels == {first.order_id: "YT1234567890123", second.order_id: ""}
    assert set(VoidListLine.objects.values_list("answer", flat=True)) == {"already_shipped"}


@pytest.mark.parametrize("amount", [1, 50])
def test_a_list_costs_the_same_whatever_its_length(client, keeper, shop, amount):
    made = factories.make_void_list(shop, amount=amount)
    warm(client, page(made))
    with statements() as said:
        shown = client.get(page(made))
    assert len(rows(shown)) == amount
    assert len(said) == 7


@pytest.mark.parametrize("amount", [1, 50])
def test_the_lists_cost_the_same_whatever_their_number(client, keeper, shop, amount):
    for _each in range(amount):
        factories.make_void_list(shop)
    warm(client, LISTS)
    with statements() as said:
        assert len(rows(client.get(LISTS))) == amount
    assert len(said) == 6


def test_lists_are_paged_by_key(client, keeper, shop):
    for _each in range(51):
        factories.make_void_list(shop)
    shown = client.get(LISTS)
    assert len(rows(shown)) == 50
    assert len(rows(client.get(LISTS + shown.context["page"].next_url))) == 1


def test_the_sheet_takes_nothing_for_a_formula(client, keeper, shop):
    evil = '=HYPERLINK("http://evil.example","x")'
    order = factories.make_order(shop, factories.line(title=evil))
    factories.make_refund(order)
    made = services.void_list_make(shop=shop, actor=factories.staff(Role.WAREHOUSE))
    answer = client.get(reverse("logistics:void_list_export", args=[made.list_no]))
    head, row = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows()
    cells = {title.value: cell for title, cell in zip(head, row, strict=True)}
    assert (cells["Order"].value, cells["Buyer"].value) == (order.order_no, "茶***")
    assert (cells["Goods"].value, cells["Goods"].data_type) == (evil, "s")
    assert (cells["Quantity"].value, cells["Amount"].value) == (1, asked(made)[0].lines.get().amount_fen / 100)


def test_the_warehouse_leads_to_its_lists(client, keeper):
    assert f'href="{LISTS}"' in client.get("/warehouse/").content.decode()

"""Payouts in the console: the list, the page of one, every decision, the sheet, and where else they are shown (PAY)."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from aftersales.core import jobs
from aftersales.core.auth import Actor
from aftersales.core.models import Role
from refunds import services
from refunds.models import Payee, PayeeDisclosure, Payout
from refunds.states import PayoutStatus
from tests import factories
from tests.core import upload_samples
from tests.pages import press, rows, sign_in, warm, words

pytestmark = pytest.mark.django_db
LIST = "/payouts/"


@pytest.fixture
def client():
    """A browser that wants English."""
    return Client(HTTP_ACCEPT_LANGUAGE="en")


PAYEE = {"account_type": "alipay", "account": "13912345678", "name": "李晓梅"}


def submitted(order=None, **fields) -> Payout:
    payout = factories.make_payout(order, **fields)
    return services.payout_submit(payout=payout, actor=factories.staff())


def sent(**fields) -> Payout:
    return services.payout_send(payout=factories.approved(factories.make_payout(**fields)))


def failed(fault="payee") -> Payout:
    finance = factories.staff(Role.FINANCE)
    return services.payout_fail(payout=sent(), actor=finance, failure="收款账户不存在", fault=fault)


def page_of(payout, step="") -> str:
    return reverse(f"refunds:payout{step}", args=[payout.payout_no])


def now(payout) -> Payout:
    return Payout.objects.get(pk=payout.pk)


def opening(order, **fields):
    return {"purpose": "goodwill", "amount_fen": "12.00", "submit": "on", "form_token": "t-1"} | PAYEE | fields


# The list -------------------------------------------------------------------------------------------------------------


def test_the_tabs_part_the_states(client):
    """PAY-4, PAY-6."""
    draft, waiting, gone, lost = factories.make_payout(), submitted(), sent(), failed()
    late = factories.approved(submitted())
    Payout.objects.filter(pk=late.pk).update(is_late=True)
    sign_in(client, Role.FINANCE)
    found = {tab: rows(client.get(f"{LIST}?tab={tab}")) for tab in ("approve", "failed", "late", "moving", "drafts")}
    assert found == {
        "approve": [waiting.payout_no],
        "failed": [lost.payout_no],
        "late": [late.payout_no],
        "moving": [gone.payout_no, late.payout_no],
        "drafts": [draft.payout_no],
    }
    assert rows(client.get(f"{LIST}?tab=today")) == [lost.payout_no, gone.payout_no]
    assert len(rows(client.get(f"{LIST}?tab=all"))) == 5


def test_approvers_see_first_what_waits_for_them_and_agents_everything(client):
    factories.make_payout()
    waiting = submitted()
    sign_in(client, Role.SUPERVISOR)
    assert rows(client.get(LIST)) == [waiting.payout_no]
    sign_in(client, Role.AGENT)
    assert len(rows(client.get(LIST))) == 2


@pytest.mark.parametrize("many", [1, 50])
def test_a_page_costs_the_same_number_of_statements(client, many, django_assert_num_queries):
    """Session, user, six counts, rows."""
    shop = factories.make_shop()
    for _number in range(many):
        submitted(factories.make_order(shop, sign=True))
    sign_in(client, Role.FINANCE, shop)
    warm(client, LIST)
    with django_assert_num_queries(9):
        assert len(rows(client.get(LIST))) == many


def test_a_payout_is_found_by_any_of_its_numbers_and_none_of_a_foreign_shop(client):
    payout, other = submitted(), submitted()
    sign_in(client, Role.FINANCE, payout.shop)
    for asked in (payout.payout_no, payout.order.order_no):
        assert rows(client.get(f"{LIST}?q={asked}")) == [payout.payout_no]
    assert rows(client.get(f"{LIST}?q={other.payout_no}")) == []
    assert rows(client.get(f"{LIST}?tab=all")) == [payout.payout_no]


def test_ones_own_payout_cannot_be_picked(client):
    """PAY-5."""
    user = sign_in(client, Role.SUPERVISOR)
    submitted(opened_by=Actor.for_user(user))
    shown = client.get(LIST).content.decode()
    assert 'name="pick"' not in shown
    assert "somebody else has to approve it" in shown


# Many at once ---------------------------------------------------------------------------------------------------------


def test_many_are_approved_at_once_and_what_changed_meanwhile_is_named(client):
    """PAY-5: an outcome for each row."""
    good, edited = submitted(), submitted()
    sign_in(client, Role.SUPERVISOR)
    picks = [f"{one.payout_no}@{one.version}" for one in (good, edited)]
    asked = client.get(reverse("refunds:payouts_approve"), {"pick": picks})
    assert "¥24.00" in words(asked)
    services.payout_edit(payout=edited, actor=factories.staff(), amount_fen=900)
    answer = press(client, reverse("refunds:payouts_approve"), {"pick": picks, "form_token": "one"}, at=LIST)
    assert answer.status_code == 204
    assert (now(good).status, now(edited).status) == (PayoutStatus.APPROVED, PayoutStatus.PENDING_APPROVAL)
    told = words(client.get(LIST))
    assert "1 payout approved." in told
    assert f"{edited.payout_no}:" in told


def test_the_same_picks_pressed_twice_are_approved_once(client):
    payout = submitted()
    sign_in(client, Role.FINANCE)
    data = {"pick": [f"{payout.payout_no}@{payout.version}"], "form_token": "one"}
    assert [press(client, reverse("refunds:payouts_approve"), data).status_code for _time in range(2)] == [204, 204]
    assert now(payout).version == payout.version + 1


def test_picks_that_are_no_picks_are_not_found(client):
    sign_in(client, Role.FINANCE)
    assert client.get(reverse("refunds:payouts_approve"), {"pick": ["PO1", "PO1@x", "PO1@²", "@"]}).status_code == 404


# One payout -----------------------------------------------------------------------------------------------------------


def test_the_page_has_everything_to_judge_it(client):
    """PAY-3, PAY-7, FRI-3: the table, who owes it, what is paid already, what is insured."""
    order = factories.make_order(sign=True, freight_insurance=True)
    refund = factories.make_return(order)
    payout = factories.make_payout(order, refund=refund, purpose="return_postage", amount_fen=800, note="顺丰寄回")
    other = submitted(order)
    sign_in(client, Role.FINANCE)
    told = words(client.get(page_of(payout)))
    for text in ("return-freight insurance", "By the table", "Who owes it", other.payout_no, "顺丰寄回", "138****1234"):
        assert text in told
    assert "13800001234" not in told


def test_the_page_costs_the_same_number_of_statements(client, django_assert_max_num_queries):
    payout = factories.make_payout(factories.make_order(sign=True))
    sign_in(client, Role.FINANCE)
    warm(client, page_of(payout))
    with django_assert_max_num_queries(13):
        client.get(page_of(payout))


def test_buttons_are_those_of_the_edge_table(client):
    waiting, lost = submitted(), failed("us")
    sign_in(client, Role.FINANCE)
    shown = client.get(page_of(waiting)).content.decode()
    assert page_of(waiting, "_approve") in shown
    assert page_of(waiting, "_confirm") not in shown
    assert page_of(lost, "_send_again") in client.get(page_of(lost)).content.decode()


@pytest.mark.parametrize(
    ("role", "step", "make", "data", "status"),
    [
        (Role.AGENT, "submit", factories.make_payout, {}, PayoutStatus.PENDING_APPROVAL),
        (Role.FINANCE, "approve", submitted, {}, PayoutStatus.APPROVED),
        (Role.FINANCE, "reject", submitted, {"reason": "运费险已赔付"}, PayoutStatus.REJECTED),
        (Role.AGENT, "withdraw", submitted, {"reason": "买家不要了"}, PayoutStatus.REJECTED),
        (Role.AGENT, "edit", submitted, {"amount_fen": "9.50", "note": "改"}, PayoutStatus.PENDING_APPROVAL),
        (Role.FINANCE, "confirm", sent, {"reference": "2026112200001"}, PayoutStatus.PAID),
        (Role.FINANCE, "fail", sent, {"failure": "户名不符", "fault": "payee"}, PayoutStatus.FAILED),
        (Role.FINANCE, "send_again", failed, {}, PayoutStatus.APPROVED),
        (Role.AGENT, "correct_payee", failed, PAYEE | {"account": "13800138000"}, PayoutStatus.PENDING_APPROVAL),
    ],
)
def test_every_step_can_be_taken_in_place(client, role, step, make, data, status):
    """PAY-4."""
    payout = make()
    sign_in(client, role)
    url = page_of(payout, f"_{step}")
    assert client.get(url).status_code == 200
    answer = press(client, url, data | {"version": payout.version}, at=page_of(payout))
    assert (answer.status_code, answer["HX-Redirect"]) == (204, page_of(payout))
    assert now(payout).status == status
    assert press(client, url, data | {"version": payout.version}).status_code in (409, 412, 422)


def test_what_was_approved_is_not_any_more_once_it_is_changed(client):
    """PAY-5."""
    payout = factories.approved(factories.make_payout())
    sign_in(client, Role.AGENT)
    press(client, page_of(payout, "_edit"), {"version": payout.version, "amount_fen": "20", "note": ""})
    changed = now(payout)
    assert (changed.status, changed.amount_fen, changed.approved_by) == ("pending_approval", 2000, None)


def test_a_corrected_account_leaves_the_old_one_in_the_history(client):
    """PAY-4."""
    payout = failed()
    sign_in(client, Role.AGENT)
    press(client, page_of(payout, "_correct_payee"), PAYEE | {"version": payout.version, "account": "a@example.com"})
    assert Payee.objects.filter(order=payout.order).count() == 2
    assert now(payout).payee.account == "a@example.com"


# Opening one ----------------------------------------------------------------------------------------------------------


def test_opened_from_a_request_it_waits_for_approval(client):
    """PAY-1, PAY-6; the proposal is the table's (PAY-3)."""
    order = factories.make_order(sign=True)
    refund = factories.make_return(order, reason="quality")
    sign_in(client, Role.AGENT)
    url = f"{reverse('refunds:payout_open')}?refund={refund.refund_no}"
    assert "the seller pays the way back" in words(client.get(url))
    data = opening(order, purpose="return_postage", amount_fen="6.00")
    assert press(client, url, data).status_code == 204
    payout = Payout.objects.get()
    assert (payout.refund, payout.status, payout.amount_fen) == (refund, PayoutStatus.PENDING_APPROVAL, 600)
    assert press(client, url, data).status_code == 204
    assert Payout.objects.count() == 1


def test_kept_as_a_draft_with_a_receipt_that_came_with_the_form(client):
    """PAY-3: without script, too."""
    order = factories.make_order(sign=True)
    sign_in(client, Role.AGENT)
    url = f"{reverse('refunds:payout_open')}?order={order.order_no}"
    photo = io.BytesIO(upload_samples.jpeg())
    photo.name = "receipt.jpg"
    data = opening(order) | {"files": photo}
    del data["submit"]
    answer = client.post(url, data)
    assert (answer.status_code, answer["Location"]) == (302, f"/orders/{order.order_no}/?shop={order.shop.code}")
    payout = Payout.objects.get()
    assert (payout.status, payout.evidence.count()) == (PayoutStatus.DRAFT, 1)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"account": "12345"}, "An Alipay account is"),
        ({"name": "7"}, "Give the real name"),
        ({"account_type": "bank", "account": "6222020200000001"}, "This is no number of a bank card"),
        ({"amount_fen": "0.05"}, "sends ¥0.10 at the least"),
        ({"amount_fen": "1,2"}, "amount"),
        ({"purpose": "return_postage", "amount_fen": "999"}, "photo of the receipt"),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(client, wrong, said):
    """PAY-2, PAY-3."""
    order = factories.make_order(sign=True)
    sign_in(client, Role.AGENT)
    url = f"{reverse('refunds:payout_open')}?order={order.order_no}"
    answer = press(client, url, opening(order, note="写给财务", **wrong))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "写给财务" in answer.content.decode()
    assert not Payout.objects.exists()


def test_a_second_one_for_the_same_needs_a_supervisors_reason(client):
    """PAY-7."""
    order = submitted().order
    url = f"{reverse('refunds:payout_open')}?order={order.order_no}"
    sign_in(client, Role.AGENT)
    assert "second_reason" not in client.get(url).content.decode()
    assert press(client, url, opening(order)).status_code == 422
    sign_in(client, Role.SUPERVISOR)
    assert press(client, url, opening(order)).status_code == 422
    assert press(client, url, opening(order, second_reason="第一次少付了")).status_code == 204
    assert Payout.objects.filter(order=order).count() == 2


def test_without_an_order_there_is_nothing_to_open(client):
    sign_in(client, Role.AGENT)
    assert client.get(reverse("refunds:payout_open")).status_code == 404


def test_account_and_name_are_never_kept_in_the_browser(client):
    """PAY-2."""
    order = factories.make_order(sign=True)
    sign_in(client, Role.AGENT)
    shown = client.get(f"{reverse('refunds:payout_open')}?order={order.order_no}").content.decode()
    assert shown.count('data-draft="no"') == 2


# The payee in full ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False])
def test_the_payee_is_read_in_full_for_a_reason_that_is_kept(client, script):
    """PAY-2."""
    payout = submitted()
    user = sign_in(client, Role.FINANCE)
    url = page_of(payout, "_reveal")
    assert url in client.get(page_of(payout)).content.decode()
    assert client.post(url, {"reason": ""}).status_code == 422
    assert not PayeeDisclosure.objects.exists()
    headers = {"HX-Request": "true"} if script else {}
    answer = client.post(url, {"reason": "银行退票，核对户名"}, headers=headers)
    assert "13800001234" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    seen = PayeeDisclosure.objects.get()
    assert (seen.user_id, seen.reason) == (user.pk, "银行退票，核对户名")
    assert "银行退票，核对户名" in words(client.get(page_of(payout)))


# The sheet ------------------------------------------------------------------------------------------------------------


def test_the_sheet_has_what_the_tab_shows_and_no_formula(client):
    """No text of a buyer or agent runs in finance's spreadsheet; payees stay masked."""
    evil = '=HYPERLINK("https://example.com","x")'
    payout = submitted(note=evil)
    submitted(factories.make_order(factories.make_shop("other"), sign=True))
    user = sign_in(client, Role.FINANCE, payout.shop)
    address = f"{reverse('refunds:payouts_export')}?tab=approve"
    token = client.get(address).context["form"]["form_token"].value()
    assert press(client, address, {"format": "xlsx", "form_token": token}).status_code == 204
    jobs.run_next()
    job = user.jobs.get()
    assert (job.status, job.total, job.ok) == ("done", 1, 1)
    sheet = load_workbook(jobs.file_of(job)).active
    head, row = sheet.iter_rows()
    cells = {title.value: cell for title, cell in zip(head, row, strict=True)}
    assert cells["Payout number"].value == payout.payout_no
    assert cells["Amount"].value == 12
    assert cells["Account"].value == "138****1234"
    assert (cells["Note"].value, cells["Note"].data_type) == (evil, "s")


# Where else they are shown --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.AGENT, Role.WAREHOUSE, Role.FINANCE, Role.SUPERVISOR])
def test_whoever_may_be_asked_sees_it_on_the_request_and_on_the_order(client, role):
    """PAY-8."""
    order = factories.make_order(sign=True)
    refund = factories.make_return(order)
    payout = submitted(order, refund=refund)
    sign_in(client, role)
    for url in (f"/requests/{refund.refund_no}/", f"/orders/{order.order_no}/"):
        told = words(client.get(url))
        assert payout.payout_no in told
        assert "Waiting for approval" in told
        assert "¥12.00" in told


def test_the_request_page_notices_when_a_payout_moves(client):
    order = factories.make_order(sign=True)
    refund = factories.make_return(order)
    payout = submitted(order)
    sign_in(client, Role.AGENT)
    live = f"/requests/{refund.refund_no}/live/"
    seen = client.get(f"/requests/{refund.refund_no}/").context["page"]["stamp"]
    assert client.get(live, {"seen": seen}).status_code == 204
    factories.approved(payout)
    assert client.get(live, {"seen": seen}).status_code == 200

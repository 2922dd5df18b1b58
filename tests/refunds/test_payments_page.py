"""Finance's page: what waits, what failed, and what a person says of it (RFD-3)."""

import pytest
from django.test import Client
from django.urls import reverse

from aftersales.core.models import Role
from refunds import services as refunds
from refunds.models import Evidence, Refund, RefundPayment
from refunds.states import PaymentStatus, RefundStatus
from tests import factories
from tests.pages import press, rows, sign_in, warm, words

pytestmark = pytest.mark.django_db
LIST = "/payments/"


@pytest.fixture
def finance(client: Client):
    return sign_in(client, Role.FINANCE)


def sent(shop=None) -> RefundPayment:
    """A payment that waits for a person."""
    order = factories.make_order(shop, sign=True)
    refund = factories.make_refund(order, kind="refund_only", goods_status="received")
    refunds.refund_agree(refund=refund, actor=factories.staff())
    return refunds.payment_send(payment=RefundPayment.objects.get(refund=refund))


def confirm(payment: RefundPayment) -> str:
    return reverse("refunds:payment_confirm", args=[payment.payment_no])


def fail(payment: RefundPayment) -> str:
    return reverse("refunds:payment_fail", args=[payment.payment_no])


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.FINANCE, 200), (Role.SUPERVISOR, 200), (Role.AGENT, 403), (Role.WAREHOUSE, 403), (Role.ADMIN, 403)],
)
def test_who_may_look(client, role, status):
    sign_in(client, role)
    assert client.get(LIST).status_code == status


def test_a_supervisor_looks_but_decides_nothing(client):
    """Money is finance's (PAYMENT, confirm and fail)."""
    payment = sent()
    sign_in(client, Role.SUPERVISOR)
    assert confirm(payment) not in client.get(LIST).content.decode()
    assert press(client, confirm(payment), {"version": payment.version, "reference": "R1"}).status_code == 403
    assert RefundPayment.objects.get(pk=payment.pk).status == PaymentStatus.SENT


def test_the_list_shows_what_finance_looks_for_and_links_to_the_request(client, finance):
    payment = sent()
    shown = client.get(LIST).content.decode()
    for text in (payment.payment_no, payment.refund.refund_no, payment.refund.order.order_no, "¥104.00", "茶***"):
        assert text in shown
    assert "茶友小李" not in shown
    assert reverse("tickets:request_detail", args=[payment.refund.refund_no]) in shown


def test_other_shops_are_never_shown(client):
    mine, other = sent(), sent()
    sign_in(client, Role.FINANCE, mine.shop)
    assert rows(client.get(LIST)) == [mine.payment_no]
    assert rows(client.get(f"{LIST}?q={other.payment_no}")) == []
    assert press(client, confirm(other), {"version": other.version, "reference": "R1"}).status_code == 404


@pytest.mark.parametrize("many", [1, 50])
def test_a_page_costs_the_same_number_of_statements(client, finance, many, django_assert_num_queries):
    """Session, user, four counts, rows."""
    shop = factories.make_shop()
    for _number in range(many):
        sent(shop)
    warm(client, LIST)
    with django_assert_num_queries(7):
        assert len(rows(client.get(LIST))) == many


def test_the_sum_is_of_what_is_shown(client, finance):
    sent(), sent()
    assert "¥208.00" in words(client.get(LIST))


def test_the_tabs_part_the_states(client, finance):
    waiting, failed, done = sent(), sent(), sent()
    refunds.payment_fail(payment=failed, actor=factories.staff(Role.FINANCE), failure="账户注销")
    refunds.payment_confirm(payment=done, actor=factories.staff(Role.FINANCE), reference="R1")
    found = {tab: rows(client.get(f"{LIST}?tab={tab}")) for tab in ("waiting", "failed", "done", "all")}
    assert found == {
        "waiting": [waiting.payment_no],
        "failed": [failed.payment_no],
        "done": [done.payment_no],
        "all": [done.payment_no, failed.payment_no, waiting.payment_no],
    }


def test_a_payment_is_found_by_any_of_its_numbers(client, finance):
    payment, _other = sent(), sent()
    for asked in (payment.payment_no, payment.refund.refund_no, payment.refund.order.order_no):
        assert rows(client.get(f"{LIST}?q={asked}")) == [payment.payment_no]
    assert 'class="empty"' in client.get(f"{LIST}?q=nothing").content.decode()


def test_confirmed_with_its_reference_the_request_is_refunded(client, finance):
    """RFD-3: success when the money has moved."""
    payment = sent()
    answer = press(client, confirm(payment), {"version": payment.version, "reference": " 2026112200001 "}, at=LIST)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, LIST)
    assert RefundPayment.objects.get(pk=payment.pk).reference == "2026112200001"
    assert Refund.objects.get(pk=payment.refund_id).status == RefundStatus.SUCCESS


def test_confirming_twice_counts_once(client, finance):
    payment = sent()
    data = {"version": payment.version, "reference": "R1"}
    assert [press(client, confirm(payment), data).status_code for _ in range(2)] == [204, 412]
    assert Refund.objects.get(pk=payment.refund_id).refunded_fen == 10400


def test_without_a_reference_nothing_is_confirmed(client, finance):
    payment = sent()
    answer = press(client, confirm(payment), {"version": payment.version, "reference": " "})
    assert (answer.status_code, 'aria-invalid="true"' in answer.content.decode()) == (422, True)
    assert RefundPayment.objects.get(pk=payment.pk).status == PaymentStatus.SENT


def test_a_failed_payment_waits_until_it_is_made_good_another_way(client, finance):
    """RFD-3: with a proof, and the buyer's word that it is there."""
    payment = sent()
    assert press(client, fail(payment), {"version": payment.version, "failure": "账户注销"}).status_code == 204
    failed = RefundPayment.objects.get(pk=payment.pk)
    assert (failed.status, failed.failure) == (PaymentStatus.FAILED, "账户注销")
    assert "账户注销" in client.get(f"{LIST}?tab=failed").content.decode()
    typed = {"version": failed.version, "reference": "BANK-7", "buyer_confirmed": "on"}
    assert press(client, confirm(failed), typed).status_code == 409
    good = reverse("refunds:payment_good", args=[payment.payment_no])
    assert client.get(good).status_code == 200
    bare = press(client, good, typed | {"buyer_confirmed": ""})
    assert (bare.status_code, bare.content.decode().count("field-error")) == (422, 2)
    proof = factories.make_evidence(payment.shop)
    assert press(client, good, typed | {"evidence": [proof]}).status_code == 204
    assert list(Evidence.objects.filter(refund=payment.refund_id).values_list("evidence_id", "purpose")) == [
        (proof, "receipt")
    ]
    assert Refund.objects.get(pk=payment.refund_id).status == RefundStatus.SUCCESS


def test_empty_tabs_say_why(client, finance):
    for tab in ("waiting", "failed", "promised", "done", "all"):
        assert 'class="empty"' in client.get(f"{LIST}?tab={tab}").content.decode()

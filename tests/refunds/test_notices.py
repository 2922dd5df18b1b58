"""What Alipay tells unasked: checked, kept once, and only ever a reason to ask (PAY-9; field-facts §3)."""

import random
from urllib.parse import urlencode

import pytest
from django.test import Client

from aftersales.core import errors
from aftersales.core.models import Role
from refunds import gateways, services, tasks
from refunds.management.alipay_server import Gateway, notifying
from refunds.models import Payout, ProviderNotice, Refund, RefundPayment
from tests import factories
from tests.pages import press, rows, sign_in

from .alipay_world import running

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/hooks/alipay/notify"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("alipay")


@pytest.fixture
def gateway(home, settings):
    gateway = Gateway(home)
    with running(gateway) as url:
        settings.AFTERSALES = settings.AFTERSALES | {"refund_gateway": "alipay", "payout_gateway": "alipay"}
        settings.ALIPAY = settings.ALIPAY | {
            "gateway_url": url,
            "app_id": notifying.APP_ID,
            "private_key_file": str(home / "app.pem"),
            "public_key_file": str(home / "gateway.pub.pem"),
        }
        gateways._alipay.cache_clear()
        yield gateway
    gateways._alipay.cache_clear()


def lost(gateway) -> RefundPayment:
    """A payment whose answer never came, although the money moved."""
    refund = factories.make_refund()
    gateway.register_trade(refund.order.order_no, refund.order.paid_fen)
    services.refund_void(refund=refund, actor=factories.staff())
    services.refund_agree(refund=refund, actor=factories.staff())
    gateway.faults[:] = ["cut_after"]
    payment = services.payment_send(payment=RefundPayment.objects.get(refund=refund))
    assert payment.status == "unknown"
    return payment


def moved(gateway, kind="refund"):
    return [row for row in gateway.journal if row["kind"] == kind][-1]


def tell(form, client=None):
    answer = (client or Client()).post(PATH, urlencode(form), content_type="application/x-www-form-urlencoded")
    return answer.status_code, answer.content.decode()


def test_a_genuine_one_makes_us_ask_at_once(gateway):
    """Nothing moves by the notification itself."""
    payment = lost(gateway)
    assert tell(notifying.form_of(gateway.keys, moved(gateway))) == (200, "success")
    assert RefundPayment.objects.get(pk=payment.pk).status == "unknown"
    tasks.payments_follow()
    assert Refund.objects.get(pk=payment.refund_id).status == "SUCCESS"
    assert ProviderNotice.objects.get().meaning == "asked"


def test_repeated_eight_times_and_shuffled_it_applies_once(gateway):
    payments = [lost(gateway) for _each in range(3)]
    forms = [notifying.form_of(gateway.keys, row) for row in gateway.journal if row["kind"] == "refund"][-3:]
    order = forms * 8
    random.Random(7).shuffle(order)
    for form in order:
        assert tell(form) == (200, "success")
    assert list(ProviderNotice.objects.values_list("repeats", flat=True)) == [7, 7, 7]
    tasks.payments_follow()
    for payment in payments:
        assert RefundPayment.objects.get(pk=payment.pk).status == "done"
        assert Refund.objects.get(pk=payment.refund_id).refunded_fen == payment.amount_fen


def test_a_payout_is_asked_about_too(gateway):
    gateway.faults[:] = ["cut_after"]
    payout = services.payout_send(payout=factories.approved(factories.make_payout()))
    assert payout.status == "unknown"
    tell(notifying.form_of(gateway.keys, moved(gateway, "transfer")))
    tasks.payouts_follow()
    assert Payout.objects.get(pk=payout.pk).status == "paid"


def test_no_mutation_is_taken_and_none_is_a_failure_of_ours(gateway):
    """A thousand forms: values changed, left out, added, signatures bent, bytes that are no text."""
    lost(gateway)
    genuine, chance, client = notifying.form_of(gateway.keys, moved(gateway)), random.Random(11), Client()
    for number in range(1000):
        form = dict(genuine)
        name = chance.choice(sorted(form))
        way = number % 5
        if way == 0:
            form[name] = form[name][:-1] + chance.choice("0123456789abcXYZ茶&=%")
        elif way == 1:
            del form[name]
        elif way == 2:
            form[f"extra{number}"] = "1"
        elif way == 3:
            form["sign"] = "".join(chance.sample(form["sign"], len(form["sign"])))
        if form == genuine:
            body = bytes(chance.randrange(256) for _each in range(80))
        else:
            body = urlencode(form).encode()
        answer = client.post(PATH, body, content_type="application/x-www-form-urlencoded")
        assert (answer.status_code, answer.content) == (400, b"failure"), form
    assert not ProviderNotice.objects.exists()


@pytest.mark.parametrize("change", [{"app_id": "2026999999999999"}, {"notify_id": ""}, {"refund_fee": "viel"}])
def test_one_of_another_app_or_without_sense_is_refused(gateway, change, monkeypatch):
    lost(gateway)
    monkeypatch.setattr(notifying, "APP_ID", change.get("app_id", notifying.APP_ID))
    form = notifying.form_of(gateway.keys, moved(gateway)) | change
    text = "&".join(f"{name}={form[name]}" for name in sorted(form) if name not in ("sign", "sign_type"))
    assert tell(form | {"sign": gateway.keys.sign(text)}) == (400, "failure")


def test_too_long_a_one_and_one_that_cannot_be_checked(gateway, settings):
    assert Client().post(PATH, b"a" * 70_000, content_type="text/plain").status_code == 413
    settings.ALIPAY = settings.ALIPAY | {"app_id": ""}
    gateways._alipay.cache_clear()
    assert tell({"a": "b"}) == (503, "failure")


def test_a_refund_that_nobody_asked_for_here_waits_for_finance(gateway):
    """Made in Alipay's own back-office: shown, looked into with a reason, by finance alone."""
    order = factories.make_order(sign=True)
    row = {"kind": "refund", "trade": order.order_no, "no": "HAND-1", "amount_fen": 500, "at": "2026-11-25 12:00:00"}
    assert tell(notifying.form_of(gateway.keys, row)) == (200, "success")
    notice = ProviderNotice.objects.get()
    assert (notice.meaning, notice.order, notice.amount_fen) == ("foreign", order, 500)
    finance = Client(HTTP_ACCEPT_LANGUAGE="en")
    sign_in(finance, Role.FINANCE, order.shop)
    assert rows(finance.get("/payments/?tab=notices")) == [str(notice.pk)]
    answer = press(finance, f"/payments/notices/{notice.pk}/", {"reason": "平台补偿，已记账"})
    assert answer.status_code == 204
    assert rows(finance.get("/payments/?tab=notices")) == []
    done = ProviderNotice.objects.get()
    assert done.resolution == "平台补偿，已记账"
    with pytest.raises(errors.Conflict):
        services.notice_resolve(notice=done, actor=factories.staff(Role.FINANCE), reason="again")


def test_money_that_moved_although_it_counts_as_failed_waits_for_finance(gateway):
    payment = lost(gateway)
    factories.given_up(payment)
    tell(notifying.form_of(gateway.keys, moved(gateway)))
    assert ProviderNotice.objects.get().meaning == "late"
    assert RefundPayment.objects.get(pk=payment.pk).status == "failed"


def test_what_is_none_of_ours_is_taken_and_bothers_nobody(gateway):
    row = {"kind": "refund", "trade": "X1", "no": "X2", "amount_fen": 500, "at": "2026-11-25 12:00:00"}
    assert tell(notifying.form_of(gateway.keys, row)) == (200, "success")
    assert ProviderNotice.objects.get().meaning == "other"


def test_sent_again_with_its_number_a_refused_payment_moves_once(gateway):
    """RFD-3, field-facts §3: a failed refund is tried again with the same number; a late success is no second one."""
    payment = lost(gateway)
    finance = factories.staff(Role.FINANCE)
    payment = factories.given_up(payment)
    with pytest.raises(errors.Forbidden):
        services.payment_send_again(payment=payment, actor=factories.staff())
    services.payment_send_again(payment=payment, actor=finance)
    tasks.payments_send()
    RefundPayment.objects.update(ask_at=payment.sent_at)
    tasks.payments_follow()
    after = RefundPayment.objects.get(pk=payment.pk)
    assert (after.status, after.attempt, after.payment_no) == ("done", 2, payment.payment_no)
    assert [row["no"] for row in gateway.journal if row["kind"] == "refund"][-1:] == [payment.payment_no]
    assert sum(row.get("trade") == after.refund.order.order_no for row in gateway.journal) == 1


def test_nobody_asks_for_ever_and_finance_may_ask_at_any_time(gateway):
    """I10: after the policy's time it is a person's to look; asking by hand goes on from there."""
    payment = lost(gateway)
    long_ago = payment.sent_at.replace(year=payment.sent_at.year - 1)
    RefundPayment.objects.filter(pk=payment.pk).update(sent_at=long_ago, ask_at=long_ago)
    gateway.faults[:] = ["error_after"]
    tasks.payments_follow()
    assert RefundPayment.objects.get(pk=payment.pk).ask_at is None
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    sign_in(client, Role.FINANCE)
    assert "Nobody asks any more" in client.get("/payments/").content.decode()
    client.post(f"/payments/{payment.payment_no}/ask/")
    tasks.payments_follow()
    assert RefundPayment.objects.get(pk=payment.pk).status == "done"
    again = client.post(f"/payments/{payment.payment_no}/ask/", follow=True)
    assert "certain already" in again.content.decode()

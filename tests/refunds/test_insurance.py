"""Return-freight insurance: what it covers, when it pays, what it did, and the warning of paying twice (FRI)."""

from datetime import timedelta

import pytest
from django.test import Client

from aftersales.core import clock, errors, policies
from aftersales.core.models import Role
from refunds import services
from refunds.models import InsuranceAnswer, Refund
from refunds.selectors.insurance import covers, expected_by, insurance_warning
from tests import factories
from tests.pages import press, sign_in, words
from tests.rest import problem, shop_caller, staff_caller

pytestmark = pytest.mark.django_db


def returned(shop=None, **fields) -> Refund:
    """A return of an insured order whose money went back."""
    order = factories.make_order(shop, sign=True, **({"freight_insurance": True} | fields))
    refund = factories.make_return(order)
    services.refund_agree(refund=refund, actor=factories.staff())
    services.refund_return_shipment(refund=refund, actor=factories.buyer(order.shop), carrier="sf", tracking_no="SF1")
    services.refund_receive(refund=refund, actor=factories.staff(Role.WAREHOUSE), passed=True)
    factories.pay(refund)
    return Refund.objects.select_related("order", "shop").get(pk=refund.pk)


def test_it_covers_returns_of_insured_orders():
    """FRI-1."""
    insured = factories.make_order(sign=True, freight_insurance=True)
    plain = factories.make_order(sign=True)
    money_only = factories.make_order(sign=True, freight_insurance=True)
    assert covers(factories.make_return(insured))
    assert not covers(factories.make_return(plain))
    assert not covers(factories.make_refund(money_only, kind="refund_only", goods_status="received"))


@pytest.mark.parametrize(("product", "covered"), [("classic", False), ("returns_plus", True)])
def test_an_exchange_is_covered_by_the_newer_product_alone(monkeypatch, product, covered):
    """EXC-5, FRI-1: the classic one pays for no exchange."""
    real = policies.get
    monkeypatch.setattr(
        policies, "get", lambda key, **more: product if key == "insurance.product" else real(key, **more)
    )
    assert covers(factories.make_exchange(factories.make_order(sign=True, freight_insurance=True))) is covered


def test_the_newer_product_has_a_time_from_shipping_in_which_to_apply(monkeypatch):
    """FRI-1: ninety days."""
    real = policies.get
    monkeypatch.setattr(
        policies, "get", lambda key, **more: "returns_plus" if key == "insurance.product" else real(key, **more)
    )
    refund = factories.make_return(factories.make_order(sign=True, freight_insurance=True))
    assert covers(refund)
    refund.created_at = refund.order.shipped_at + timedelta(days=91)
    assert not covers(refund)


def test_it_pays_within_three_days_after_the_refund():
    """FRI-2."""
    refund = returned()
    assert expected_by(refund) == refund.finished_at + timedelta(hours=72)
    assert expected_by(factories.make_return(factories.make_order(sign=True, freight_insurance=True))) is None


def test_what_it_paid_is_recorded_and_seen_where_somebody_asks():
    """FRI-3: on the request page and over REST; the later record counts."""
    refund = returned()
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    sign_in(client, Role.AGENT)
    page = f"/requests/{refund.refund_no}/"
    assert "pays by" in words(client.get(page))
    url = f"{page}insurance/record/"
    assert client.get(url).status_code == 200
    assert press(client, url, {"outcome": "paid", "form_token": "a"}).status_code == 422
    typed = {"outcome": "paid", "amount_fen": "10.00", "form_token": "b"}
    assert press(client, url, typed).status_code == 204
    agent = staff_caller(Role.AGENT)
    body = agent.post(f"/refunds/{refund.refund_no}/insurance", {"paid": True, "amount_fen": 1200}).json()
    assert (body["insurance"]["paid"], body["insurance"]["amount_fen"]) == (True, 1200)
    assert "the insurer paid ¥12.00" in words(client.get(page))
    assert InsuranceAnswer.objects.count() == 2
    assert shop_caller(refund.shop).get(f"/refunds/{refund.refund_no}/arrival").json()["insurance"]["paid"] is True


def test_postage_on_an_insured_order_warns_until_the_insurer_refuses():
    """FRI-3."""
    refund = returned()
    assert "pays for the way back by itself" in insurance_warning(refund.order, refund)
    agent = factories.staff()
    services.insurance_record(refund=refund, actor=agent, paid=True, amount_fen=900)
    assert "¥9.00" in insurance_warning(refund.order, refund)
    services.insurance_record(refund=refund, actor=agent, paid=False, note="超过理赔次数")
    assert insurance_warning(refund.order, refund) == ""
    plain = factories.make_order()
    assert insurance_warning(plain, None) == ""


def test_what_cannot_be_recorded_is_said():
    refund, agent = returned(), factories.staff()
    with pytest.raises(errors.Invalid):
        services.insurance_record(refund=refund, actor=agent, paid=False)
    later = clock.now() + timedelta(days=1)
    with pytest.raises(errors.Invalid):
        services.insurance_record(refund=refund, actor=agent, paid=True, amount_fen=1, arrived_at=later)
    with pytest.raises(errors.Forbidden):
        services.insurance_record(refund=refund, actor=factories.staff(Role.WAREHOUSE), paid=True, amount_fen=1)
    plain = returned(freight_insurance=False)
    answer = staff_caller(Role.AGENT).post(f"/refunds/{plain.refund_no}/insurance", {"paid": True, "amount_fen": 1})
    problem(answer, 422, "rule_violation", "FRI-1")
    assert staff_caller(Role.AGENT).get(f"/refunds/{plain.refund_no}/arrival").json()["insurance"] is None

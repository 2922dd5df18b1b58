"""Parcels over REST: where they are, and which need someone (LOG-6)."""

import pytest

from aftersales.core.models import Role
from logistics import services
from tests import factories
from tests.helpers import statements
from tests.rest import problem, shop_caller, staff_caller

from .attention_world import back, denied, outward, scanned, sent_back

pytestmark = pytest.mark.django_db


def numbers(answer):
    return [row["order_no"] for row in answer.json()["results"]]


def test_parcels_that_need_someone_are_listed_by_reason():
    """LOG-6."""
    shop = factories.make_shop()
    outward(shop)
    no, problem_parcel = denied(outward(shop)), scanned(outward(shop), "2", "超区")
    services.parcels_watch()
    agent = staff_caller()
    assert numbers(agent.get("/shipments?attention=denied")) == [no.order.order_no]
    assert numbers(agent.get("/shipments?attention=any")) == [problem_parcel.order.order_no, no.order.order_no]
    assert len(numbers(agent.get("/shipments"))) == 3
    assert numbers(agent.get("/shipments?attention=any&carrier=zhongtong")) == []
    assert numbers(agent.get(f"/shipments?attention=any&shop={factories.make_shop().code}")) == []
    [row] = agent.get("/shipments?attention=undeliverable").json()["results"]
    assert (row["status"], row["last_scan"], row["refund_no"]) == ("problem", "超区", None)
    assert row["attention"][0]["next_step"].startswith("Ask the carrier why")
    services.attention_settle(attention=no.attentions.get(), actor=factories.staff(), note="asked")
    assert numbers(agent.get("/shipments?attention=denied")) == []


def test_a_return_names_its_request():
    """RET-1."""
    refund = sent_back()
    [row, _out] = staff_caller().get("/shipments").json()["results"]
    assert (row["direction"], row["refund_no"], row["tracking_no"]) == (
        "return",
        refund.refund_no,
        back(refund).tracking_no,
    )


def test_who_may_not_look_and_what_is_not_known():
    shop = factories.make_shop()
    problem(staff_caller(Role.FINANCE).get("/shipments"), 403, "forbidden")
    assert shop_caller(shop).get("/shipments").status_code == 403
    problem(staff_caller().get("/shipments?attention=nonsense"), 422, "invalid")


def test_a_page_costs_the_same_with_one_and_with_fifty():
    shop = factories.make_shop()
    denied(outward(shop))
    agent = staff_caller()
    agent.get("/shipments")
    with statements() as one:
        assert len(numbers(agent.get("/shipments?attention=any"))) == 1
    for _each in range(49):
        denied(outward(shop))
    with statements() as fifty:
        assert len(numbers(agent.get("/shipments?attention=any"))) == 50
    assert len(one) == len(fifty)

"""The page of parcels that need someone: tabs by reason, what is next, and what is due first (LOG-6)."""

import pytest
import time_machine
from django.test import Client

from aftersales.core import clock
from aftersales.core.models import Role
from logistics import services
from logistics.models import Attention
from tests import factories
from tests.helpers import statements
from tests.pages import press

from .attention_world import DAYS, back, denied, outward, scanned, sent_back

pytestmark = pytest.mark.django_db
PAGE = "/parcels/"


@pytest.fixture
def shop():
    return factories.make_shop()


def seat(role, *shops) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(factories.make_user(role, *shops))
    return client


def shown(client, query=""):
    return [row["attention"].parcel_id for row in client.get(PAGE + query).context["rows"]]


def test_each_tab_shows_its_reason_and_says_how_many(shop):
    """LOG-6."""
    no, problem = denied(outward(shop)), scanned(outward(shop), "2")
    services.parcels_watch()
    agent = seat(Role.AGENT, shop)
    assert shown(agent, "?tab=denied") == [no.pk]
    assert shown(agent, "?tab=undeliverable") == [problem.pk]
    assert shown(agent, "?tab=stalled") == []
    assert set(shown(agent)) == set(shown(agent, "?tab=no-such")) == {no.pk, problem.pk}
    counts = {tab["key"]: tab["count"] for tab in agent.get(PAGE).context["tabs"] if tab["count"]}
    assert counts == {"all": 2, "denied": 1, "undeliverable": 1}


def test_a_row_says_what_is_next_and_leads_to_the_order(shop):
    parcel = scanned(outward(shop), "2")
    services.parcels_watch()
    body = seat(Role.WAREHOUSE, shop).get(PAGE).content.decode()
    for said in ("Undeliverable", "Ask the carrier why; correct the address", parcel.tracking_no, "圆通"):
        assert said in body
    assert f"/orders/{parcel.order.order_no}/?shop={shop.code}" in body


def test_a_return_has_its_own_next_step(shop):
    """RFD-6."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        refund = sent_back(order=factories.make_order(shop, sign=True))
        traveller.shift(2 * DAYS)
        services.parcels_watch()
        page = seat(Role.AGENT, shop).get(PAGE)
    assert [row["attention"].parcel_id for row in page.context["rows"]] == [back(refund).pk]
    assert "Contact the buyer: is the number right" in page.content.decode()


def test_what_is_due_first_is_on_top_and_pages_go_on_by_key(shop):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        parcels = []
        for _each in range(52):
            parcels.append(scanned(outward(shop), "2").pk)
            traveller.shift(1)
            services.parcels_watch()
    agent = seat(Role.SUPERVISOR, shop)
    first = agent.get(PAGE)
    assert [row["attention"].parcel_id for row in first.context["rows"]] == parcels[:50]
    assert shown(agent, first.context["page"].next_url) == parcels[50:]


def test_the_list_can_be_narrowed_to_a_carrier(shop):
    """LOG-1."""
    denied(outward(shop))
    agent = seat(Role.AGENT, shop)
    assert len(shown(agent, "?carrier=yuantong")) == 1
    assert shown(agent, "?carrier=zhongtong") == []
    page = agent.get(PAGE + "?tab=denied&carrier=zhongtong")
    assert [chip["remove_url"] for chip in page.context["chips"]] == ["?tab=denied"]
    assert {tab["count"] for tab in page.context["tabs"] if tab["key"] != "ended"} == {0}
    assert all("carrier=zhongtong" in tab["url"] for tab in page.context["tabs"])
    assert len(shown(agent, "?carrier=nobody")) == 1


def test_parcels_of_other_shops_are_not_shown(shop):
    denied(outward(factories.make_shop()))
    assert shown(seat(Role.AGENT, shop)) == []


def settling(client, parcel, note):
    address = f"/parcels/{parcel.attentions.get().pk}/settle/"
    dialog = client.get(address)
    token = dialog.context["form"]["form_token"].value()
    return press(client, address, {"note": note, "form_token": token}, at=PAGE)


def test_what_was_seen_to_leaves_the_list_with_a_word(shop):
    """LOG-6: the word is needed; what has ended is not settled again."""
    parcel = denied(outward(shop))
    agent = seat(Role.AGENT, shop)
    assert settling(agent, parcel, "  ").status_code == 422
    assert shown(agent) == [parcel.pk]
    assert settling(agent, parcel, "快递已确认丢失,已补发").status_code == 204
    assert shown(agent) == []
    row = parcel.attentions.get()
    assert (row.ended_as, row.note) == ("settled", "快递已确认丢失,已补发")
    late = settling(agent, parcel, "again")
    assert late.status_code == 409
    assert "again" in late.content.decode()


def test_what_is_over_is_listed_the_last_first_with_who_did_what(shop):
    """LOG-6: seen to by hand, over by itself; of this shop and carrier; there is nothing to press."""
    agent = seat(Role.AGENT, shop)
    first, second, foreign = denied(outward(shop)), scanned(outward(shop), "2"), denied(outward(factories.make_shop()))
    services.parcels_watch()
    assert shown(agent, "?tab=ended") == []
    assert settling(agent, first, "快递已赔付").status_code == 204
    assert settling(seat(Role.AGENT), foreign, "x").status_code == 204
    scanned(second, "0")
    services.parcels_watch()
    assert shown(agent, "?tab=ended") == [second.pk, first.pk]
    body = agent.get(PAGE + "?tab=ended").content.decode()
    for said in ("快递已赔付", first.attentions.get().ended_by, "Over by itself"):
        assert said in body
    assert "/settle/" not in body
    assert shown(agent, "?tab=ended&carrier=shunfeng") == []


def test_a_row_of_another_shop_is_not_there(shop):
    foreign = denied(outward(factories.make_shop()))
    address = f"/parcels/{foreign.attentions.get().pk}/settle/"
    assert seat(Role.AGENT, shop).get(address).status_code == 404
    assert seat(Role.FINANCE, shop).get(address).status_code == 403


@pytest.mark.parametrize(("role", "status"), [(Role.AGENT, 200), (Role.WAREHOUSE, 200), (Role.FINANCE, 403)])
def test_who_may_look(shop, role, status):
    assert seat(role, shop).get(PAGE).status_code == status


def test_the_list_costs_the_same_with_one_and_with_fifty(shop):
    agent = seat(Role.AGENT, shop)
    denied(outward(shop))
    agent.get(PAGE)
    with statements() as one:
        agent.get(PAGE)
    for _each in range(49):
        denied(outward(shop))
    with statements() as fifty:
        assert len(shown(agent)) == 50
    assert len(one) == len(fifty)
    with statements() as none_over:
        agent.get(f"{PAGE}?tab=ended")
    for row in Attention.objects.all():
        services.attention_settle(attention=row, actor=factories.staff(), note="x")
    with statements() as fifty_over:
        assert len(shown(agent, "?tab=ended")) == 50
    assert len(none_over) == len(fifty_over)

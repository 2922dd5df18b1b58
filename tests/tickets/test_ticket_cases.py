"""Claims and complaints that begin on a ticket: filled in from it, linked to it, for those who may (TKT-1)."""

import pytest
from django.test import Client

from aftersales.core.auth import Actor
from aftersales.core.models import Role
from complaints.models import Complaint
from logistics.models import Claim
from tests import factories
from tests.helpers import unchanged
from tests.pages import press, sign_in
from tickets import services
from tickets.services import About

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return factories.make_shop()


@pytest.fixture
def client():
    return Client(HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def me(client, shop):
    return sign_in(client, Role.AGENT, shop)


@pytest.fixture
def ticket(shop, me):
    """About missing goods, with the order's parcel linked."""
    order, actor = factories.make_order(shop, ship=True), Actor.for_user(me)
    opened = factories.make_ticket(order, actor, kind="missing", title="少了一只杯子")
    services.ticket_link(ticket=opened, actor=actor, about=About(parcels=[order.parcels.get()]))
    return opened


def at(ticket, step="") -> str:
    return f"/tickets/{ticket.ticket_no}/{step}"


def test_a_claim_is_filled_in_from_the_ticket_and_linked_to_it(client, ticket):
    """CLM-1, TKT-1."""
    parcel, line = ticket.order.parcels.get(), ticket.order.lines.get()
    address = at(ticket, f"claim/?parcel={parcel.tracking_no}")
    assert f'href="{address}"' in client.get(at(ticket)).content.decode()
    first = client.get(address).context["form"].initial
    assert (first["parcel"], first["cause"], first["note"]) == (parcel.pk, "short", "少了一只杯子")
    sent = {"form_token": "c", "parcel": parcel.pk, "cause": "lost", "note": first["note"], f"quantity_{line.pk}": 1}
    for _twice in range(2):
        assert press(client, address, sent, at=at(ticket)).status_code == 204
    claim = Claim.objects.get()
    assert (claim.parcel, claim.note) == (parcel, "少了一只杯子")
    assert [link.claim for link in ticket.links.exclude(claim=None)] == [claim]
    assert claim.claim_no in client.get(at(ticket)).content.decode()


def test_a_complaint_is_filled_in_from_the_ticket_and_linked_to_it(client, ticket):
    """CMP-1, TKT-1."""
    assert f'href="{at(ticket, "complaint/")}"' in client.get(at(ticket)).content.decode()
    first = client.get(at(ticket, "complaint/")).context["form"].initial
    assert first == {"source": "platform", "problem": "logistics", "text": "少了一只杯子"}
    assert press(client, at(ticket, "complaint/"), first | {"form_token": "p"}, at=at(ticket)).status_code == 204
    complaint = Complaint.objects.get()
    assert (complaint.order, complaint.problem, complaint.text) == (ticket.order, "logistics", "少了一只杯子")
    assert [link.complaint for link in ticket.links.exclude(complaint=None)] == [complaint]


def test_what_is_refused_links_nothing(client, ticket):
    parcel = ticket.order.parcels.get()
    with unchanged():
        sent = {"form_token": "c", "parcel": parcel.pk, "cause": "lost", "note": ""}
        assert press(client, at(ticket, "claim/"), sent).status_code == 422
        sent = {"form_token": "p", "source": "platform", "problem": "other", "text": " "}
        assert press(client, at(ticket, "complaint/"), sent).status_code == 422


@pytest.mark.parametrize("step", ["claim/", "complaint/"])
def test_those_who_may_not_see_no_button_and_get_no_dialog(client, shop, ticket, step):
    for role in (Role.WAREHOUSE, Role.FINANCE):
        sign_in(client, role, shop)
        assert at(ticket, step) not in client.get(at(ticket)).content.decode()
        assert client.get(at(ticket, step)).status_code == 403
    sign_in(client, Role.AGENT, factories.make_shop())
    assert client.get(at(ticket, step)).status_code == 404


def test_the_parcel_that_was_pointed_at_is_proposed(client, ticket):
    """Though a later one was sent."""
    first = ticket.order.parcels.get()
    later = factories.make_order(ticket.shop, ship=True).parcels.get()
    type(later).objects.filter(pk=later.pk).update(order=ticket.order, tracking_no="YT9990001112223")
    assert client.get(at(ticket, "claim/")).context["form"].initial["parcel"] == later.pk
    address = at(ticket, f"claim/?parcel={first.tracking_no}")
    assert client.get(address).context["form"].initial["parcel"] == first.pk

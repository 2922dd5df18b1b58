"""The approvals inbox: what waits for one person's yes, and what does not (PAY-3, PAY-5, CMP-1, CLM-2)."""

import pytest

from aftersales.core.auth import Actor
from aftersales.core.models import Role
from complaints import services as complaints
from logistics.services import claims
from refunds import services as refunds
from refunds.models import Payout
from tests import factories
from tests.pages import rows, sign_in, warm
from tickets import services
from tickets.selectors import approvals

pytestmark = pytest.mark.django_db


def numbers(actor):
    """What stands in the inbox, in order."""
    return [row["number"] for group in approvals.inbox(actor) for row in group["rows"]]


def pending(shop=None, opened_by=None, **fields):
    """A payout that waits for approval."""
    payout = factories.make_payout(factories.make_order(shop, sign=True), opened_by=opened_by)
    if payout.status == "draft":
        payout = refunds.payout_submit(payout=payout, actor=opened_by or factories.staff())
    Payout.objects.filter(pk=payout.pk).update(**fields)
    return Payout.objects.get(pk=payout.pk)


def test_a_payout_waits_for_everybody_but_its_opener():
    """PAY-5: four eyes."""
    shop = factories.make_shop()
    opener = factories.staff(Role.SUPERVISOR, shop)
    payout = pending(shop, opener)
    assert payout.status == "pending_approval"
    assert numbers(factories.staff(Role.SUPERVISOR, shop)) == [payout.payout_no]
    assert numbers(factories.staff(Role.FINANCE, shop)) == [payout.payout_no]
    assert numbers(opener) == []
    assert approvals.waiting_count(opener) == 0


def test_what_is_beyond_the_limit_or_a_second_one_says_so_to_the_supervisor_alone():
    """PAY-3, PAY-7."""
    shop = factories.make_shop()
    pending(shop, needs_supervisor=True, second_reason="第一笔退回来了")
    supervisor = factories.staff(Role.SUPERVISOR, shop)
    [group] = approvals.inbox(supervisor)
    assert "第一笔退回来了" in group["rows"][0]["why"]
    assert numbers(factories.staff(Role.FINANCE, shop)) == []
    assert approvals.waiting_count(factories.staff(Role.FINANCE, shop)) == 0
    assert approvals.waiting_count(supervisor) == 1


def test_a_ticket_handed_to_the_supervisor_waits_there_and_for_nobody_else():
    """TKT-2."""
    shop = factories.make_shop()
    agent = factories.staff(Role.AGENT, shop)
    ticket = factories.make_ticket(factories.make_order(shop), agent)
    services.ticket_wait(
        ticket=ticket, actor=agent, waiting_for="supervisor", next_step="能不能破例退", due_at=ticket.due_at
    )
    assert numbers(factories.staff(Role.SUPERVISOR, shop)) == [ticket.ticket_no]
    assert numbers(factories.staff(Role.FINANCE, shop)) == []


def test_a_malicious_complaint_waits_for_a_supervisor_who_did_not_call_it_so(client):
    """CMP-1: another person judges."""
    shop = factories.make_shop()
    asker = factories.staff(Role.SUPERVISOR, shop)
    complaint = factories.make_complaint(factories.make_order(shop, sign=True))
    complaints.complaint_accuse(complaint=complaint, actor=asker, reasons="聊天记录里有威胁")
    assert numbers(asker) == []
    sign_in(client, Role.SUPERVISOR, shop)
    page = client.get("/approvals/").content.decode()
    assert "聊天记录里有威胁" in page
    for step in ("approve", "refuse"):
        address = f"/complaints/{complaint.complaint_no}/malicious/{step}/"
        assert f'href="{address}"' in page
        assert client.get(address).status_code == 200


def test_a_rejected_claim_waits_for_finance_and_the_supervisor(client):
    """CLM-2: given up by them alone."""
    shop = factories.make_shop()
    claim = factories.submitted_claim(factories.make_claim(factories.make_order(shop, ship=True)))
    claims.claim_reject(claim=claim, actor=factories.staff(), reason="签收完好")
    assert numbers(factories.staff(Role.SUPERVISOR, shop)) == [claim.claim_no]
    sign_in(client, Role.FINANCE, shop)
    assert "签收完好" in client.get("/approvals/").content.decode()
    assert client.get(f"/claims/{claim.claim_no}/write-off/").status_code == 200


def test_foreign_shops_are_in_nobody_elses_inbox(client):
    payout = pending()
    sign_in(client, Role.SUPERVISOR, factories.make_shop())
    assert payout.payout_no not in client.get("/approvals/").content.decode()


def test_the_rail_counts_what_waits(client):
    shop = factories.make_shop()
    pending(shop)
    sign_in(client, Role.FINANCE, shop)
    nav = client.get("/account/password/").context["console"]["nav"]
    assert next(area["count"] for area in nav if area["key"] == "approvals") == 1


def test_the_dialogs_open_from_the_page(client):
    shop = factories.make_shop()
    payout = pending(shop)
    sign_in(client, Role.SUPERVISOR, shop)
    page = client.get("/approvals/").content.decode()
    for step in ("approve", "reject"):
        address = f"/payouts/{payout.payout_no}/{step}/"
        assert f'href="{address}"' in page
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("many", [1, 50])
def test_the_inbox_costs_the_same_number_of_statements(client, many, django_assert_num_queries):
    """Session, user, one for each kind."""
    shop = factories.make_shop()
    for _number in range(many):
        pending(shop)
    sign_in(client, Role.SUPERVISOR, shop)
    warm(client, "/approvals/")
    with django_assert_num_queries(6):
        assert len(rows(client.get("/approvals/"))) == many


def test_nobody_else_has_an_inbox():
    assert approvals.inbox(Actor.system()) == []
    assert approvals.waiting_count(factories.staff(Role.AGENT)) == 0

"""The queue and the search, as a person gets them."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from aftersales.core import policies
from aftersales.core.models import Role
from refunds import services
from refunds.models import Refund
from tests import factories
from tickets import services as workbench
from tickets.selectors import queue as selectors

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client):
    """An agent, signed in."""
    user = factories.make_user(Role.AGENT, display_name="王芳")
    client.force_login(user)
    cache.clear()
    return user


def shown(response):
    """The refund numbers on a page, in order."""
    return re.findall(r'<tr data-row="(RF\d+)"', response.content.decode())


def test_the_most_urgent_comes_first(client, agent):
    """TMO-1 acts after 48 hours, TMO-3 after three days."""
    slow = factories.make_return()
    fast = factories.make_refund()
    response = client.get(reverse("tickets:queue"))
    assert response.status_code == 200
    assert shown(response) == [fast.refund_no, slow.refund_no]
    assert "data-against-shop" in response.content.decode()


@pytest.mark.parametrize("rows", [1, 50])
def test_a_page_costs_the_same_number_of_statements(client, agent, rows, django_assert_num_queries):
    shop = factories.make_shop()
    for _number in range(rows):
        factories.make_refund(factories.make_order(shop))
    url = reverse("tickets:queue")
    assert len(shown(client.get(url))) == rows
    policies.get("deadline.TMO-1")
    with django_assert_num_queries(5):
        client.get(url)


def test_paging_by_key_shows_every_row_once(client, agent, monkeypatch):
    shop = factories.make_shop()
    numbers = [factories.make_refund(factories.make_order(shop)).refund_no for _number in range(7)]
    monkeypatch.setattr("aftersales.core.keyset.page.__kwdefaults__", {"size": 3})
    seen, url = [], reverse("tickets:queue")
    while url:
        response = client.get(url)
        seen += shown(response)
        after = response.context["page"].next_url
        url = f"{reverse('tickets:queue')}{after}" if after else ""
    assert seen == numbers
    back = client.get(f"{reverse('tickets:queue')}{response.context['page'].previous_url}")
    assert shown(back) == numbers[3:6]


def test_a_cursor_that_is_not_ours_begins_at_the_start(client, agent):
    refund = factories.make_refund()
    assert shown(client.get(reverse("tickets:queue"), {"after": "nonsense"})) == [refund.refund_no]


def test_tabs_count_exactly_what_is_open(client, agent):
    shop = factories.make_shop()
    factories.make_refund(factories.make_order(shop))
    returned = factories.make_return(factories.make_order(shop, sign=True))
    services.refund_agree(refund=returned, actor=factories.staff())
    response = client.get(reverse("tickets:queue"))
    counts = {tab["key"]: tab["count"] for tab in response.context["tabs"]}
    assert counts == {
        "mine": 0,
        "seller": 1,
        "return": 1,
        "receive": 0,
        "refused": 0,
        "goods": 0,
        "paying": 0,
        "all": 2,
    }
    services.tallies_sum_up()
    assert selectors.queue_counts(factories.staff())["all"] == 2


def test_requests_of_other_shops_are_not_there(client):
    here, there = factories.make_shop(), factories.make_shop()
    mine = factories.make_refund(factories.make_order(here))
    foreign = factories.make_refund(factories.make_order(there))
    client.force_login(factories.make_user(Role.AGENT, here))
    assert shown(client.get(reverse("tickets:queue"))) == [mine.refund_no]
    assert client.get(reverse("tickets:queue")).context["tabs"][-1]["count"] == 1
    found = client.get(reverse("tickets:search"), {"q": foreign.refund_no})
    assert found.status_code == 200
    assert foreign.order.order_no not in found.content.decode()


@pytest.mark.parametrize(
    ("params", "kept"),
    [
        ({"kind": "return_refund"}, ["return"]),
        ({"reason": ["no_longer_wanted", "quality"]}, ["refund"]),
        ({"amount_from": "105"}, []),
        ({"amount_to": "104.00"}, ["refund", "return"]),
        ({"owner": "none"}, ["refund", "return"]),
        ({"disputed": "1"}, []),
        ({"amount_from": "much", "kind": "nonsense", "sort": "sideways"}, ["refund", "return"]),
    ],
)
def test_filters(client, agent, params, kept):
    numbers = {factories.make_refund().refund_no: "refund", factories.make_return().refund_no: "return"}
    response = client.get(reverse("tickets:queue"), params)
    assert [numbers[number] for number in shown(response)] == kept
    if not kept:
        assert response.context["clear_url"] in response.content.decode()


def test_a_request_in_dispute_sinks_to_the_end(client, agent):
    """TMO-16: its clock stands still, so nothing is urgent about it."""
    argued = factories.make_return()
    services.refund_refuse(
        refund=argued,
        actor=factories.staff(),
        reason="not_fit_for_resale",
        message="吊牌已剪",
        evidence_ids=[factories.make_evidence(argued.shop)],
    )
    argued = services.refund_intervene(refund=argued, actor=factories.buyer(argued.shop), text="请平台处理")
    other = factories.make_refund()
    response = client.get(reverse("tickets:queue"), {"tab": "all", "sort": "urgent"})
    assert shown(response) == [other.refund_no, argued.refund_no]


def test_taking_on_what_a_colleague_has_is_said_and_not_done(client, agent):
    free, taken = factories.make_refund(), factories.make_refund()
    colleague = factories.make_user(Role.AGENT)
    Refund.objects.filter(pk=taken.pk).update(assignee=colleague)
    response = client.post(reverse("tickets:take"), {"pick": [free.refund_no, taken.refund_no]}, follow=True)
    assert len(list(response.context["messages"])) == 2
    owners = dict(Refund.objects.values_list("refund_no", "assignee"))
    assert owners == {free.refund_no: agent.pk, taken.refund_no: colleague.pk}
    assert [*shown(client.get(reverse("tickets:queue"), {"tab": "mine"}))] == [free.refund_no]


def test_search_finds_by_every_number_phone_and_nick(client, agent):
    """RFD-6: a corrected tracking number is found under the old one, too."""
    order = factories.make_order(sign=True, buyer_nick="山茶花开")
    refund = factories.make_return(order)
    services.refund_agree(refund=refund, actor=factories.staff())
    for number in ("YT0000000000001", "YT0000000000002"):
        services.refund_return_shipment(
            refund=refund, actor=factories.buyer(order.shop), carrier="yuantong", tracking_no=number
        )
    page = reverse("tickets:request_detail", args=[refund.refund_no])
    for asked in (refund.refund_no, "yt0000000000001", "YT0000000000002", "YT1234567890123", order.order_no):
        assert client.get(reverse("tickets:search"), {"q": asked}).headers.get("Location") == page, asked
    for asked in ("1234", "13800001234", "山茶"):
        assert client.get(reverse("tickets:search"), {"q": asked}).headers.get("Location") == page, asked
    assert client.get(reverse("tickets:search"), {"q": "nobody"}).status_code == 200


def test_the_number_of_any_case_opens_its_page_for_those_who_may_see_it(client, agent):
    order = factories.make_order(sign=True)
    payout, claim = factories.make_payout(order), factories.make_claim(order)
    invoice, complaint = factories.make_invoice(order), factories.make_complaint(order)
    survey = factories.make_survey(order)
    cases = {
        survey.survey_no: f"/surveys/{survey.survey_no}/",
        payout.payout_no: f"/payouts/{payout.payout_no}/",
        claim.claim_no: f"/claims/{claim.claim_no}/",
        invoice.request_no: f"/invoices/{invoice.request_no}/",
        complaint.complaint_no: f"/complaints/{complaint.complaint_no}/",
    }
    for number, page in cases.items():
        assert client.get(reverse("tickets:search"), {"q": number.lower()}).headers.get("Location") == page
    client.force_login(factories.make_user(Role.WAREHOUSE))
    for number in (payout.payout_no, invoice.request_no, complaint.complaint_no, survey.survey_no):
        assert client.get(reverse("tickets:search"), {"q": number}).status_code == 200, (
            "its page is not open to this role"
        )
    client.force_login(factories.make_user(Role.AGENT, factories.make_shop()))
    for number in cases:
        assert client.get(reverse("tickets:search"), {"q": number}).status_code == 200, "it is another shop's"


def test_everybody_is_sent_to_where_his_work_waits(client):
    client.force_login(factories.make_user(Role.AGENT))
    assert client.get("/").headers["Location"] == reverse("tickets:queue")


def test_a_stranger_is_asked_to_sign_in(client):
    assert client.get(reverse("tickets:queue")).headers["Location"].startswith(reverse("core:login"))


def test_taking_on_is_remembered_as_mine(agent):
    refund = factories.make_refund()
    workbench.refund_assign(refund=refund, actor=factories.staff(Role.SUPERVISOR), assignee=agent)
    assert Refund.objects.get(pk=refund.pk).assignee == agent

"""The card "keep the sale" on the request page: other goods, one click to the filled dialog, the outcome (DEC-5)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aftersales.core import policies
from aftersales.core.auth import Actor
from aftersales.core.models import Role, Shop
from refunds import services
from refunds.models import Proposal, Refund
from refunds.services import LineAsk
from tests import factories
from tests.refunds.standings import refuse, send_back
from tickets.selectors import playbook

from .request_pages import page_of, signed_in
from .test_request_actions import HTMX, sent, url_of

pytestmark = pytest.mark.django_db
OTHER = "浓香/罐装"
CARD = 'id="p-keeping"'


def suggested(**asked: Any) -> Refund:
    """A return of goods that were sold in other kinds, too."""
    refund = factories.make_return(**asked)
    factories.make_order(refund.shop, factories.line(sku=OTHER))
    return refund


def dialog(client: Client, refund: Refund, sku: str) -> Any:
    answer = client.get(url_of(refund, "propose"), {"exchange": sku}, **HTMX)
    assert answer.status_code == 200
    return answer


def test_the_card_shows_other_goods_and_says_where_they_come_from() -> None:
    client, _user = signed_in()
    body = page_of(client, suggested())
    assert CARD in body
    assert OTHER in body
    assert "¥108.00, on 1 order" in body
    assert "Sold of the same item in this shop in the last 90 days. Whether it is in stock is not known here" in body


def test_one_click_opens_the_dialog_of_proposals_filled_in_as_an_exchange_for_these_goods() -> None:
    client, _user = signed_in()
    refund = suggested()
    form = dialog(client, refund, OTHER).context["form"]
    shown = {name: form[name].value() for name in ("kind", "to_kind", "to_reason", "offered_sku")}
    assert shown == {"kind": "correct", "to_kind": "exchange", "to_reason": None, "offered_sku": OTHER}
    assert f"“{OTHER}”" in form["text"].value()
    url = f"{url_of(refund, 'propose')}?exchange={OTHER}"
    assert any(one["url"].startswith(url.partition("?")[0] + "?exchange=") for one in _offers(client, refund))


def _offers(client: Client, refund: Refund) -> list[dict[str, Any]]:
    page = client.get(f"/requests/{refund.refund_no}/").context["page"]
    return list(page["keeping"]["offers"])


def test_what_is_sent_is_an_attempt_whose_outcome_is_on_the_page() -> None:
    client, user = signed_in()
    refund = suggested()
    fields = {"kind": "correct", "to_kind": "exchange", "offered_sku": OTHER, "text": "换浓香可以吗"}
    assert sent(client, refund, "propose", **fields).status_code == 204
    made = Proposal.objects.get()
    assert (made.keeps_sale, made.offered_sku, made.author_id) == (True, OTHER, user.pk)
    body = page_of(client, refund)
    assert "waiting for the buyer" in body
    services.proposal_decline(proposal=made, actor=factories.buyer(refund.shop))
    attempt = client.get(f"/requests/{refund.refund_no}/").context["page"]["keeping"]["attempts"][0]
    assert (attempt["label"], attempt["result"], attempt["author_name"]) == ("declined", "", "王芳")


def test_each_suggestion_has_a_draft_of_its_own() -> None:
    """Words that were typed for one offer are not put under another."""
    client, _user = signed_in()
    refund = suggested()
    keys = {dialog(client, refund, sku).context["draft_key"] for sku in (OTHER, "清香/袋装")}
    plain = client.get(url_of(refund, "propose"), **HTMX).context["draft_key"]
    assert len({*keys, plain}) == 3
    fields = {"kind": "correct", "to_kind": "exchange", "offered_sku": "别的", "begun_with": OTHER}
    answer = sent(client, refund, "propose", **fields)
    assert f"propose:{refund.refund_no}:" in answer["HX-Trigger"]


def test_what_the_rules_do_not_allow_is_said_at_its_field_and_nothing_typed_is_lost() -> None:
    client, _user = signed_in()
    refund = suggested()
    fields = {"kind": "correct", "to_kind": "exchange", "offered_sku": "清香/罐装", "text": "换一罐"}
    answer = sent(client, refund, "propose", **fields)
    assert answer.status_code == 422
    assert answer.context["form"].errors["offered_sku"] == ["These are the goods that the buyer has."]
    assert "换一罐" in answer.content.decode()


def test_goods_of_another_kind_of_proposal_are_left_out() -> None:
    client, _user = signed_in()
    refund = suggested()
    assert sent(client, refund, "propose", kind="cancel", to_kind="exchange", offered_sku=OTHER).status_code == 204
    assert Proposal.objects.get().offered_sku == ""


@pytest.mark.parametrize(
    "make",
    [
        lambda: suggested(reason="quality"),
        lambda: suggested(reason="counterfeit"),
        lambda: send_back(suggested()),
        lambda: refuse(suggested()),
        lambda: factories.make_exchange(),
    ],
)
def test_there_is_no_card_where_no_exchange_is_to_be_offered(make: Callable[[], Refund]) -> None:
    """DEC-5, LAW-4."""
    client, _user = signed_in()
    assert CARD not in page_of(client, make())


def test_of_several_goods_nothing_is_guessed() -> None:
    client, _user = signed_in()
    several = factories.make_order(None, factories.line(), factories.line(line_no="2", sku=OTHER), sign=True)
    refund = factories.make_return(several, lines=(LineAsk("1", 1), LineAsk("2", 1)))
    body = page_of(client, refund)
    assert "Several goods are to come back" in body
    assert _offers(client, refund) == []


def test_others_see_the_card_without_its_buttons() -> None:
    client, _user = signed_in(Role.FINANCE)
    refund = suggested()
    body = page_of(client, refund)
    assert CARD in body
    assert "?exchange=" not in body


@pytest.mark.parametrize("exchange", ["", "x" * 500, "<b>"])
def test_whatever_stands_in_the_link_the_dialog_opens(exchange: str) -> None:
    client, _user = signed_in()
    form = dialog(client, suggested(), exchange).context["form"]
    assert form["offered_sku"].value() == exchange[:120]


def test_the_card_costs_one_statement_however_much_there_is_to_offer() -> None:
    client, _user = signed_in()
    costs = []
    for many in (1, 50):
        refund = factories.make_return()
        for number in range(many):
            factories.make_order(refund.shop, factories.line(sku=f"口味 {number}"))
        page_of(client, refund)
        policies.get("deadline.TMO-1")
        playbook.in_force()
        with CaptureQueriesContext(connection) as seen:
            page_of(client, refund)
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 5


# --- The supervisors' figures -----------------------------------------------------------------------------------------

FIGURES = "/tasks/?tab=kept"


def offered(agent: Actor, shop: Shop | None = None) -> Proposal:
    refund = factories.make_return(factories.make_order(shop, sign=True))
    return services.proposal_make(
        refund=refund, actor=agent, kind="correct", to_kind="exchange", offered_sku=OTHER, text=""
    )


def accepted(proposal: Proposal) -> Refund:
    return services.proposal_accept(proposal=proposal, actor=factories.buyer(proposal.shop))


def saved(refund: Refund) -> Refund:
    """The exchange that was accepted arrives."""
    refund = send_back(refund)
    keeper = factories.staff(Role.WAREHOUSE)
    services.exchange_ship(refund=refund, actor=keeper, carrier="yuantong", tracking_no="YT9234567890123")
    return services.exchange_confirm_received(refund=Refund.objects.get(pk=refund.pk), actor=factories.staff())


def figures(client: Client, month: str = "") -> list[tuple[Any, ...]]:
    context = client.get(f"{FIGURES}&month={month}").context
    names = ("offered", "accepted", "declined", "unanswered", "saved", "share")
    return [tuple(row[name] for name in names) for row in (*context["rows"], context["total"])]


def test_supervisors_see_what_each_agent_offered_and_saved() -> None:
    """DEC-5: its rate can be reported; two offers that were accepted for one request save one sale."""
    busy, other = factories.staff(), factories.staff()
    saved(accepted(offered(busy)))
    back = accepted(offered(busy))
    buyer = factories.buyer(back.shop)
    back = services.refund_modify(refund=back, actor=buyer, changes={"kind": "return_refund"})
    again = services.proposal_make(refund=back, actor=busy, kind="correct", to_kind="exchange")
    saved(accepted(again))
    services.proposal_decline(proposal=offered(other), actor=factories.staff())
    accepted(offered(other))
    services.proposal_make(refund=factories.make_return(), actor=other, kind="cancel")
    client, _user = signed_in(Role.SUPERVISOR)
    assert figures(client) == [(3, 3, 0, 0, 2, 67), (2, 1, 1, 0, 0, 0), (5, 4, 1, 0, 2, 40)]


@pytest.mark.parametrize("month", ["2026-13", "x", "9999-12", "0001-01", "2026-1", "'"])
def test_a_month_that_is_none_is_this_one(month: str) -> None:
    offered(factories.staff())
    client, _user = signed_in(Role.SUPERVISOR)
    assert figures(client, month)[0][0] == 1


def test_another_month_has_its_own_figures_and_none_says_so() -> None:
    offered(factories.staff())
    client, _user = signed_in(Role.SUPERVISOR)
    assert figures(client, "2020-02") == [(0, 0, 0, 0, 0, None)]
    assert "No exchange was offered in this month" in client.get(f"{FIGURES}&month=2020-02").content.decode()


def test_a_supervisor_sees_his_own_shops() -> None:
    mine, theirs = factories.make_shop(), factories.make_shop()
    offered(factories.staff(), mine)
    offered(factories.staff(), theirs)
    client, _user = signed_in(Role.SUPERVISOR, mine)
    assert figures(client)[-1][0] == 1


def test_agents_have_no_such_tab() -> None:
    client, _user = signed_in(Role.AGENT)
    answer = client.get(FIGURES)
    assert answer.context["tab"] == "open"
    assert "kept" not in [tab["key"] for tab in answer.context["tabs"]]


def test_the_figures_cost_the_same_with_one_offer_and_with_fifty() -> None:
    client, _user = signed_in(Role.SUPERVISOR)
    offered(factories.staff())
    client.get(FIGURES)
    costs = []
    for many in (0, 49):
        for _number in range(many):
            offered(factories.staff())
        policies.get("deadline.TMO-1")
        with CaptureQueriesContext(connection) as seen:
            client.get(FIGURES)
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 8

"""Claims in the console: the list, the table by carrier, one claim, its dialogs and its slip (CLM)."""

import io
from datetime import date, timedelta

import pytest
from django.test import Client
from pypdf import PdfReader

from aftersales.core import clock
from aftersales.core.auth import Actor
from aftersales.core.models import Role
from logistics.models import Claim
from logistics.selectors import claim_page, claim_rows
from logistics.serializers import claim_slip
from logistics.services import claims
from refunds import services as refunds
from refunds.models import Refund
from tests import factories
from tests.checks import sql, without_guards
from tests.helpers import statements, unchanged

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return factories.make_shop()


def seat(role, shop) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(factories.make_user(role, shop))
    return client


def drafted(shop, **fields) -> Claim:
    return factories.make_claim(factories.make_order(shop, ship=True), **fields)


def test_each_tab_shows_what_waits_there(shop):
    """CLM-4."""
    draft, other = drafted(shop), factories.submitted_claim(drafted(shop))
    finance = seat(Role.FINANCE, shop)
    for tab, number in (("stamp", draft.claim_no), ("carrier", other.claim_no)):
        shown = finance.get(f"/claims/?tab={tab}")
        assert [row["claim"].claim_no for row in shown.context["rows"]] == [number]
    counts = {tab["key"]: tab["count"] for tab in finance.get("/claims/").context["tabs"]}
    assert counts == {"stamp": 1, "submit": 0, "carrier": 1, "pay": 0, "late": 0, "done": None, "all": None}
    for asked in (other.claim_no, other.order.order_no):
        assert [row["claim"].pk for row in finance.get(f"/claims/?q={asked}").context["rows"]] == [other.pk]
    assert len(finance.get(f"/claims/?q={other.tracking_no}").context["rows"]) == 2


def test_the_list_costs_the_same_with_one_and_with_fifty(shop):
    finance = seat(Role.FINANCE, shop)
    drafted(shop)
    finance.get("/claims/")
    with statements() as one:
        finance.get("/claims/")
    for _each in range(49):
        drafted(shop)
    with statements() as fifty:
        assert len(finance.get("/claims/").context["rows"]) == 50
    assert len(one) == len(fifty)


def test_the_page_costs_the_same_with_one_line_and_with_many(shop):
    agent = seat(Role.AGENT, shop)
    small = drafted(shop)
    order = factories.make_order(shop, *[factories.line(line_no=str(number)) for number in range(1, 11)], ship=True)
    large = factories.make_claim(order, lines=[claims.LineClaim(str(number), 1) for number in range(1, 11)])
    agent.get(f"/claims/{small.claim_no}/")
    with statements() as one:
        agent.get(f"/claims/{small.claim_no}/")
    with statements() as many:
        agent.get(f"/claims/{large.claim_no}/")
    assert len(one) == len(many)


def test_carriers_are_compared_by_what_they_owe_and_what_they_paid(shop):
    """CLM-4: ages of open claims; what was recovered counts in the month of Shanghai in which it came."""
    for days in (0, 8, 16, 31):
        claim = drafted(shop)
        with without_guards():
            sql(
                "UPDATE logistics_claim SET created_at = now() - make_interval(days => %s) WHERE id = %s",
                days,
                claim.pk,
            )
    paid = claims.claim_accept(claim=factories.submitted_claim(drafted(shop)), actor=factories.staff())
    finance = factories.staff(Role.FINANCE)
    claims.claim_record_payment(claim=paid, actor=finance, amount_fen=5200, reference="B-1")
    actor = Actor.for_user(factories.make_user(Role.FINANCE, shop))
    today = clock.shanghai_day(clock.now())
    with statements() as asked:
        [row] = claim_rows.by_carrier(actor, today)
    assert len(asked) == 3
    assert (row["carrier"], row["claims"], row["claimed_fen"], row["ages"]) == ("yuantong", 4, 41600, [1, 1, 1, 1])
    assert (row["paid"], row["asked_fen"], row["recovered_fen"], row["share"]) == (1, 10400, 5200, 50)
    last_month = today.replace(day=1) - timedelta(days=1)
    [row] = claim_rows.by_carrier(actor, last_month)
    assert (row["claims"], row["paid"], row["share"]) == (4, 0, None)
    shown = seat(Role.FINANCE, shop).get(f"/claims/carriers/?month={today:%Y-%m}")
    assert "52.00" in shown.content.decode()
    assert seat(Role.AGENT, shop).get("/claims/carriers/?month=never").context["month"] == f"{today:%Y-%m}"


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 2, 9), "2026-02-01T00:00:00+08:00", "2026-03-01T00:00:00+08:00"),
        (date(2026, 12, 31), "2026-12-01T00:00:00+08:00", "2027-01-01T00:00:00+08:00"),
    ],
)
def test_a_month_is_one_of_shanghai(day, first, last):
    assert [moment.isoformat() for moment in claim_rows.month_of(day)] == [first, last]


def test_the_dialog_is_filled_in_from_the_parcel_and_drafts_once(shop):
    """CLM-1."""
    order = factories.make_order(shop, ship=True)
    agent = seat(Role.AGENT, shop)
    address = f"/claims/new/?order={order.order_no}&shop={shop.code}"
    form = agent.get(address).context["form"]
    line = order.lines.get()
    assert form.initial == {"parcel": order.parcels.get().pk, "cause": "lost", f"quantity_{line.pk}": 2}
    sent = {"form_token": "t1", "parcel": form.initial["parcel"], "cause": "lost", f"quantity_{line.pk}": 1}
    for _twice in range(2):
        assert agent.post(address, sent).status_code == 302
    assert Claim.objects.get().amount_fen == 10400
    assert Claim.objects.get().claim_no in agent.get(f"/orders/{order.order_no}/?shop={shop.code}").content.decode()


def test_what_is_wrong_is_said_in_the_dialog_with_what_was_typed(shop):
    order = factories.make_order(shop, ship=True)
    line = order.lines.get()
    agent = seat(Role.AGENT, shop)
    sent = {"form_token": "t2", "parcel": order.parcels.get().pk, "cause": "damaged", f"quantity_{line.pk}": 1}
    with unchanged():
        shown = agent.post(f"/claims/new/?order={order.order_no}", sent | {"note": "压扁"})
        assert shown.status_code == 422
        assert "A carrier wants photos for this cause" in shown.content.decode()
        assert "压扁" in shown.content.decode()
        shown = agent.post(f"/claims/new/?order={order.order_no}", sent | {"cause": "lost", "amount_fen": "112.01"})
        assert shown.status_code == 422
        assert "112.00" in shown.content.decode()


def test_the_buyer_is_served_first_from_the_claim_s_page(shop):
    """CLM-3: the page says so until goods or money are promised; the claim itself needs nothing of the buyer."""
    claim = drafted(shop)
    agent = seat(Role.AGENT, shop)
    page = f"/claims/{claim.claim_no}/"
    assert "The buyer was not served yet" in agent.get(page).content.decode()
    assert agent.post(f"{page}serve/", {"form_token": "t3", "kind": "reship"}).status_code == 302
    refund = Refund.objects.get()
    assert (refund.kind, refund.reason, refund.goods_status) == ("reship", "lost_or_empty", "not_received")
    assert f"/requests/{refund.refund_no}/" in agent.get(page).content.decode()
    assert "The buyer was not served yet" in agent.get(page).content.decode()
    refunds.refund_agree(refund=refund, actor=factories.staff())
    assert "The buyer was not served yet" not in agent.get(page).content.decode()


@pytest.mark.parametrize("cause", ["lost", "late", "damaged", "stolen_from", "short", "other"])
@pytest.mark.parametrize("kind", ["reship", "refund_only"])
def test_every_cause_has_words_that_a_buyer_can_ask_with(shop, cause, kind):
    """APP-3, CLM-3."""
    order = factories.make_order(shop, sign=True)
    claim = factories.make_claim(order, cause=cause, evidence_ids=[factories.make_evidence(shop, purpose="claim")])
    refund = claims.claim_serve_buyer(claim=claim, actor=factories.staff(), kind=kind)
    assert [line.quantity for line in refund.lines.all()] == [1]


def test_picked_claims_are_stamped_and_those_that_changed_are_named(shop):
    """CLM-4."""
    well, stale = drafted(shop), drafted(shop)
    claims.claim_edit(claim=stale, actor=factories.staff(), note="more")
    finance = seat(Role.FINANCE, shop)
    sent = {"form_token": "t4", "pick": [f"{well.claim_no}@1", f"{stale.claim_no}@1"]}
    answer = finance.post("/claims/stamp/", sent, follow=True)
    said = [str(message) for message in answer.context["messages"]]
    assert any(stale.claim_no in one for one in said)
    assert {claim.status for claim in Claim.objects.filter(pk=well.pk)} == {"stamped"}
    assert Claim.objects.get(pk=stale.pk).status == "drafted"


def test_finance_records_what_came_in_a_dialog(shop):
    claim = claims.claim_accept(claim=factories.submitted_claim(drafted(shop)), actor=factories.staff())
    finance = seat(Role.FINANCE, shop)
    address = f"/claims/{claim.claim_no}/record-payment/"
    sent = {"version": claim.version, "amount_fen": "104.01", "reference": "B-1"}
    with unchanged():
        assert finance.post(address, sent).status_code == 422
    assert finance.post(address, sent | {"amount_fen": "52"}).status_code == 302
    assert Claim.objects.get().recovered_fen == 5200


def test_the_slip_has_everything_that_a_carrier_asks_for(shop):
    """CLM-1, CLM-2: as a PDF with the font in it, and nothing of the buyer."""
    photo = factories.make_evidence(shop, purpose="claim")
    claim = drafted(shop, cause="damaged", evidence_ids=[photo], note="外箱压扁，茶罐变形")
    answer = seat(Role.WAREHOUSE, shop).get(f"/claims/{claim.claim_no}/slip/", HTTP_ACCEPT_LANGUAGE="zh-hans")
    content = b"".join(answer.streaming_content)
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "no-store")
    [page] = PdfReader(io.BytesIO(content)).pages
    text = page.extract_text()
    for words in (
        claim.claim_no,
        claim.order.order_no,
        "TGY-250",
        "清香/罐装",
        "YT1234567890123",
        "104.00",
        "茶罐变形",
    ):
        assert words in text, text
    assert len(page.images) == 1
    assert "李雷" not in text
    assert "茶友小李" not in text


def test_a_slip_with_many_words_stays_above_the_stamps(shop):
    """Twelve lines of long names, a long note, and photos that become smaller."""
    goods = [factories.line(line_no=str(number), title="高山云雾礼盒装铁观音" * 6) for number in range(1, 13)]
    order = factories.make_order(shop, *goods, ship=True)
    photos = [factories.make_evidence(shop, purpose="claim") for _each in range(4)]
    lines = [claims.LineClaim(str(number), 2) for number in range(1, 13)]
    claim = factories.make_claim(order, cause="damaged", lines=lines, note="压扁" * 200, evidence_ids=photos)
    actor = Actor.for_user(factories.make_user(Role.FINANCE, shop))
    [page] = PdfReader(claim_slip.pdf(claim_page.claim_page(actor, claim.claim_no))).pages
    heights: list[float] = []
    page.extract_text(visitor_text=lambda text, cm, tm, font, size: heights.append(tm[5]) if "压扁" in text else None)
    top_of_the_stamps = claim_slip.HEIGHT - claim_slip.BOXES
    assert min(heights) - 30 > top_of_the_stamps
    assert page.images

"""Parcels that nobody waits for: put on the list, matched by number or by hand, taken off (RET-3, RET-4)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from aftersales.core.models import Deadline, LogEntry, Role
from logistics import services as logistics
from logistics.models import UnclaimedMatch, UnclaimedParcel
from logistics.selectors.unclaimed import candidates
from refunds import services as refunds
from refunds.models import Evidence, Refund
from refunds.states import RefundStatus
from tests import factories
from tests.checks import all_is_well
from tests.helpers import refused, unchanged
from tests.pages import press, rows, sign_in
from tests.refunds import standings
from tests.rest import staff_caller

pytestmark = pytest.mark.django_db
LIST = "/warehouse/?tab=unclaimed"
NUMBER = "YT7700000000001"


def agreed(**order: object) -> Refund:
    """A return whose buyer has not given a number yet."""
    order.setdefault("sign", True)
    refund = factories.make_return(factories.make_order(**order))
    return refunds.refund_agree(refund=refund, actor=factories.staff())


def put(refund: Refund, **said: object) -> UnclaimedParcel:
    given = {"tracking_no": NUMBER, "contents": "茶叶一罐", "shelf": "U-01"}
    return logistics.unclaimed_record(shop=refund.shop, actor=factories.staff(Role.WAREHOUSE), **given | said)


def test_it_finds_its_request_by_itself_when_the_buyer_gives_the_number():
    """RET-3: with its photos, and whatever the case of the letters."""
    refund = agreed()
    photo = factories.make_evidence(refund.shop, actor=factories.staff(Role.WAREHOUSE), purpose="inspection")
    parcel = put(refund, evidence_ids=[photo])
    assert Evidence.objects.get().held
    assert refunds.evidence_expire(older_than=timedelta(0)) == 0, "a photo on the list is kept"
    logistics.return_shipment_record(
        refund=refund, actor=factories.buyer(refund.shop), carrier="yuantong", tracking_no=NUMBER.lower()
    )
    parcel = UnclaimedParcel.objects.get()
    assert (parcel.outcome, parcel.refund_id, parcel.settled_by) == ("matched", refund.pk, "system: match")
    kept = Evidence.objects.get()
    assert (kept.held, kept.refund_id) == (False, refund.pk)


def test_a_match_by_hand_gives_the_request_the_number_so_that_it_can_be_received():
    """RET-3: the warehouse holds what the buyer never told."""
    refund = agreed()
    keeper = factories.staff(Role.WAREHOUSE)
    moved = logistics.unclaimed_match(parcel=put(refund), refund=refund, actor=keeper)
    assert moved.status == RefundStatus.WAIT_SELLER_CONFIRM_GOODS
    assert moved.return_shipments.get().tracking_no == NUMBER
    assert [one.tracking_no for one in moved.parcels.filter(direction="return")] == [NUMBER]
    done = refunds.refund_receive(refund=moved, actor=keeper, passed=True)
    assert done.status == RefundStatus.WAIT_SYSTEM_TRANSFER


def undo(parcel: UnclaimedParcel, actor: object, why: str = "里面是另一款") -> UnclaimedParcel:
    return logistics.unclaimed_unmatch(parcel=parcel, actor=actor, why=why)


def matched(**said: object) -> tuple[UnclaimedParcel, Refund, Actor]:
    """A parcel that somebody matched by hand, with the number that it gave the request."""
    refund = agreed()
    keeper = Actor.for_user(factories.make_user(Role.WAREHOUSE))
    parcel = put(refund, **said)
    moved = logistics.unclaimed_match(parcel=parcel, refund=refund, actor=keeper)
    return parcel, moved, keeper


def test_a_wrong_match_is_taken_back_and_the_request_waits_for_the_buyer_again():
    """RET-3, TMO-5: number and photos go, the log and the order say who and why, the parcel finds its own request."""
    refund = agreed()
    keeper = Actor.for_user(factories.make_user(Role.WAREHOUSE))
    photo = factories.make_evidence(refund.shop, actor=keeper, purpose="inspection")
    parcel = put(refund, evidence_ids=[photo])
    logistics.unclaimed_match(parcel=parcel, refund=refund, actor=keeper)
    again = undo(parcel, keeper)
    assert (again.outcome, again.refund_id) == ("", None)
    back = Refund.objects.get(pk=refund.pk)
    assert (back.status, back.goods_sent_back) == (RefundStatus.WAIT_BUYER_RETURN_GOODS, False)
    running = Deadline.objects.get(subject_type="refund", subject_id=refund.pk, status="running")
    assert (running.rule, back.received_at) == ("TMO-5", None)
    assert not back.return_shipments.filter(superseded_at=None).exists()
    assert [one.status for one in back.parcels.filter(direction="return")] == ["superseded"]
    kept = Evidence.objects.get()
    assert (kept.held, kept.refund_id) == (True, None)
    step = LogEntry.objects.filter(subject_type="refund", subject_id=refund.pk).latest("id")
    assert (step.action, step.actor_name, step.note) == ("undo_return", keeper.name, f"{parcel.parcel_no} 里面是另一款")
    assert "里面是另一款" in back.order.notes.latest("id").text
    match = UnclaimedMatch.objects.get()
    assert (match.matched_by, match.undone_by, match.undone_why) == (keeper.name, keeper.name, "里面是另一款")
    right = agreed(shop=refund.shop)
    assert logistics.unclaimed_match(parcel=again, refund=right, actor=keeper).return_shipments.count() == 1
    assert Evidence.objects.get().refund_id == right.pk
    all_is_well()


def test_the_buyers_own_number_stays_when_a_match_is_taken_back():
    """RET-3: he gave it before, or put it right after the match; the request goes on waiting for his parcel."""
    keeper = Actor.for_user(factories.make_user(Role.WAREHOUSE))
    before = agreed()
    logistics.return_shipment_record(
        refund=before, actor=factories.buyer(before.shop), carrier="yuantong", tracking_no="YT1000000000009"
    )
    first = put(before)
    logistics.unclaimed_match(parcel=first, refund=Refund.objects.get(pk=before.pk), actor=keeper)
    second, after, keeper_after = matched()
    logistics.return_shipment_record(
        refund=after, actor=factories.buyer(after.shop), carrier="yuantong", tracking_no="YT1000000000008"
    )
    for parcel, refund, actor, number in (
        (first, before, keeper, "YT1000000000009"),
        (second, after, keeper_after, "YT1000000000008"),
    ):
        undo(parcel, actor)
        now = Refund.objects.get(pk=refund.pk)
        assert now.status == RefundStatus.WAIT_SELLER_CONFIRM_GOODS
        assert now.return_shipments.get(superseded_at=None).tracking_no == number
        assert now.parcels.exclude(status="superseded").get().tracking_no == number
    all_is_well()


def test_who_matched_it_has_some_minutes_and_a_supervisor_any_time():
    """RET-3: the policy says how many; what the system matched is for the supervisor."""
    parcel, _refund, keeper = matched()
    colleague = Actor.for_user(factories.make_user(Role.WAREHOUSE))
    with unchanged(), refused(errors.RuleViolation, "RET-3") as said:
        undo(parcel, colleague)
    assert said.value.code == "needs_supervisor"
    with time_machine.travel(clock.now() + timedelta(minutes=31), tick=False):
        with unchanged(), refused(errors.RuleViolation, "RET-3"):
            undo(parcel, keeper)
        assert undo(parcel, factories.staff(Role.SUPERVISOR)).outcome == ""


def test_a_match_is_not_taken_back_once_the_request_has_moved_on():
    """RET-3: received and paid for, in dispute, taken back already; nothing that was paid moves."""
    received, refund, keeper = matched()
    refunds.refund_receive(refund=refund, actor=keeper, passed=True)
    disputed, contested, other = matched()
    Refund.objects.filter(pk=contested.pk).update(in_dispute=True)
    done, _again, third = matched()
    undo(done, third)
    for parcel, actor, rule in ((received, keeper, "RET-3"), (disputed, other, "DIS-4"), (done, third, "RET-3")):
        with unchanged(), refused(errors.Conflict, rule):
            undo(parcel, actor)
    with unchanged(), refused(errors.Invalid):
        undo(disputed, other, why=" ")


def test_a_match_and_its_end_stay_as_they_were():
    parcel, _refund, keeper = matched()
    with pytest.raises(IntegrityError), transaction.atomic():
        UnclaimedParcel.objects.update(outcome="", refund=None, settled_at=None)
    undo(parcel, keeper)
    for change in ({"undone_at": None, "undone_by": "", "undone_why": ""}, {"matched_by": "somebody else"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            UnclaimedMatch.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        UnclaimedMatch.objects.all().delete()


def test_a_request_that_waits_for_nothing_is_not_matched():
    refund = factories.make_return()
    parcel = put(refund)
    with unchanged(), refused(errors.Conflict, "RET-3"):
        logistics.unclaimed_match(parcel=parcel, refund=refund, actor=factories.staff(Role.WAREHOUSE))


def test_a_parcel_of_one_shop_is_not_matched_to_another():
    parcel = put(agreed())
    with unchanged(), refused(errors.RuleViolation, "RET-3"):
        logistics.unclaimed_match(parcel=parcel, refund=agreed(), actor=factories.staff(Role.WAREHOUSE))


@pytest.mark.parametrize("outcome", ["sent_back", "disposed"])
def test_what_becomes_of_it_is_said_once(outcome):
    refund = agreed()
    parcel, keeper = put(refund), factories.staff(Role.WAREHOUSE)
    with unchanged(), refused(errors.Invalid):
        logistics.unclaimed_settle(parcel=parcel, actor=keeper, outcome=outcome, note=" ")
    logistics.unclaimed_settle(parcel=parcel, actor=keeper, outcome=outcome, note="三个月无人认领")
    with unchanged(), refused(errors.Conflict, "RET-3"):
        logistics.unclaimed_match(parcel=parcel, refund=refund, actor=keeper)
    with pytest.raises(IntegrityError), transaction.atomic():
        UnclaimedParcel.objects.update(outcome="sent_back" if outcome == "disposed" else "disposed")


def test_a_number_lies_there_once_and_needs_a_shelf():
    refund = agreed()
    put(refund)
    with unchanged(), refused(errors.Conflict, "RET-3"):
        put(refund, tracking_no=NUMBER.lower())
    with unchanged(), refused(errors.Invalid):
        put(refund, tracking_no="X1", shelf=" ")
    with unchanged(), refused(errors.Invalid):
        put(refund, tracking_no="X1", evidence_ids=["ev_unknown"])


@pytest.mark.parametrize("role", [Role.FINANCE, Role.GOODS, Role.ADMIN])
def test_only_the_floor_writes_the_list(role):
    refund = agreed()
    with unchanged(), refused(errors.Forbidden):
        logistics.unclaimed_record(shop=refund.shop, actor=factories.staff(role), contents="x", shelf="x")


def test_candidates_share_number_order_or_phone_and_the_surest_comes_first():
    """RET-3."""
    shop = factories.make_shop()
    by_phone, by_order = agreed(shop=shop), agreed(shop=shop)
    other = agreed(
        shop=shop, receiver={"name": "赵", "phone": "13900009999", "region": "四川省成都市", "address": "1 号"}
    )
    parcel = put(by_phone, tracking_no="", sender_phone="13800001234", order_no=by_order.order.order_no)
    found = candidates(factories.staff(Role.WAREHOUSE), parcel)
    assert [one["refund"].pk for one in found] == [by_order.pk, by_phone.pk]
    assert [len(one["why"]) for one in found] == [2, 1]
    assert other.pk not in [one["refund"].pk for one in found]


def test_unknown_scan_leads_to_the_list_and_from_there_to_the_card(client: Client):
    """RET-3, through the pages: each answer counts once."""
    keeper = sign_in(client, Role.WAREHOUSE)
    refund = agreed()
    shown = client.get(f"/warehouse/?tab=receive&q={NUMBER}").content.decode()
    assert f"/warehouse/unclaimed/new/?q={NUMBER}" in shown
    sent = {
        "form_token": "one",
        "tracking_no": NUMBER,
        "contents": "茶叶",
        "shelf": "U-02",
        "shop": refund.shop.code,
        "kept": "",
    }
    for _time in range(2):
        assert press(client, "/warehouse/unclaimed/new/", sent).status_code == 204
    parcel = UnclaimedParcel.objects.get()
    assert (parcel.shelf, parcel.noted_by) == ("U-02", str(keeper))
    assert rows(client.get(LIST)) == [parcel.parcel_no]
    assert "U-02" in client.get(f"/warehouse/?tab=receive&q={NUMBER}").content.decode()
    match = f"/warehouse/unclaimed/{parcel.parcel_no}/match/"
    assert press(client, match, {"refund_no": "nothing"}).status_code == 422
    answer = press(client, match, {"refund_no": refund.refund_no})
    assert answer["HX-Redirect"] == f"/warehouse/?tab=receive&q={refund.refund_no}"
    assert press(client, match, {"refund_no": refund.refund_no}).status_code == 409
    assert f"q={refund.refund_no}" in client.get(LIST).content.decode()
    unmatch = f"/warehouse/unclaimed/{parcel.parcel_no}/unmatch/"
    assert unmatch in client.get(LIST).content.decode()
    assert press(client, unmatch, {"why": ""}).status_code == 422
    assert [press(client, unmatch, {"why": "面单写错"}).status_code for _time in range(2)] == [204, 409]
    shown = client.get(LIST).content.decode()
    assert "面单写错" in shown
    assert match in shown


def test_rest_lists_puts_aside_and_matches():
    """RET-1, RET-3, RET-4: the sender is in no answer."""
    refund = agreed()
    caller = staff_caller("warehouse", refund.shop)
    sent = {
        "shop": refund.shop.code,
        "tracking_no": NUMBER,
        "contents": "茶",
        "shelf": "U",
        "sender_phone": "13800001234",
    }
    put_aside = caller.post("/return-parcels", sent)
    assert (put_aside.status_code, put_aside.json()["state"]) == (201, "unclaimed")
    assert "1234" not in put_aside.content.decode().replace(NUMBER, "")
    assert caller.post("/return-parcels", sent).status_code == 409
    number = put_aside.json()["parcel_no"]
    listed = caller.get("/return-parcels?state=unclaimed").json()["results"]
    assert [row["parcel_no"] for row in listed] == [number]
    matched = caller.post(f"/return-parcels/{number}/match", {"refund_no": refund.refund_no})
    assert (matched.status_code, matched.json()["refund_no"]) == (200, refund.refund_no)
    undone = caller.post(f"/return-parcels/{number}/unmatch", {"why": "x"})
    assert (undone.status_code, undone.json()["state"], undone.json()["refund_no"]) == (200, "unclaimed", None)
    assert caller.get("/return-parcels").json()["results"] == []
    assert caller.post(f"/return-parcels/{number}/match", {"refund_no": refund.refund_no}).status_code == 200
    [expected] = caller.get("/return-parcels").json()["results"]
    assert (expected["state"], expected["tracking_no"]) == ("expected", NUMBER)
    standings.receive(Refund.objects.get(pk=refund.pk), passed=True)
    [arrived] = caller.get("/return-parcels?state=arrived").json()["results"]
    assert (arrived["state"], arrived["refund_no"]) == ("arrived", refund.refund_no)
    assert caller.get("/return-parcels?state=lost").status_code == 422


@pytest.mark.parametrize("many", [1, 30])
def test_the_list_costs_the_same_number_of_statements(client: Client, many, django_assert_num_queries):
    sign_in(client, Role.WAREHOUSE)
    refund = agreed()
    for number in range(many):
        put(refund, tracking_no=f"X{number}")
    client.get(LIST)
    with django_assert_num_queries(10):
        assert len(rows(client.get(LIST))) == many


def test_received_and_not_refunded_turns_red(client: Client):
    """RET-4, TMO-14."""
    sign_in(client, Role.SUPERVISOR)
    refund = standings.receive(standings.send_back(factories.make_return()), passed=True)
    page = "/warehouse/?tab=unrefunded"
    assert rows(client.get(page)) == [refund.refund_no]
    assert 'data-level="late"' not in client.get(page).content.decode()
    Refund.objects.filter(pk=refund.pk).update(marked_overdue=True)  # as the clock does after seven days
    assert 'data-level="late"' in client.get(page).content.decode()

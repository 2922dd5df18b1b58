"""What was sent in exchange and is not with the buyer: no time alone counts it as received (LOG-6, EXC-1, CLM-3)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from aftersales.core import clock, errors, events, sweeps
from aftersales.core.models import Deadline, Role, Shop
from logistics import services
from logistics.models import Parcel
from logistics.services import Scan
from orders.models import OrderNote
from refunds import services as refunds
from refunds.models import Refund
from tests import factories
from tests.checks import all_is_well
from tests.helpers import refused
from tests.pages import press, sign_in
from tests.refunds.standings import OLD, agree, receive
from tests.rest import problem, staff_caller

pytestmark = pytest.mark.django_db

TO_SEND, REPLACED, SENT = (
    f"EXCHANGE_WAIT_{way}" for way in ("SELLER_SEND_GOODS", "BUYER_CONFIRM_GOODS", "SELLER_CONFIRM_GOODS")
)


@pytest.fixture
def shop() -> Shop:
    return factories.make_shop()


def replaced(shop: Shop, *, first: bool = False) -> tuple[Refund, Parcel]:
    """Send the replacement of an exchange whose goods are back, or, sent first, still on their way."""
    refund = factories.make_exchange(factories.make_order(shop, sign=True))
    refunds.refund_agree(refund=refund, actor=factories.staff(), ships_first=first)
    buyer = factories.buyer(shop)
    refund = refunds.refund_return_shipment(refund=refund, actor=buyer, carrier="zto", tracking_no="751")
    if not first:
        refund = receive(refund, passed=True)
    return sent(refund, "SF5001")


def sent(refund: Refund, number: str) -> tuple[Refund, Parcel]:
    moved = services.replacement_record(
        refund=refund, actor=factories.staff(), carrier="sf", tracking_no=number, scan_seen=True
    )
    return moved, moved.parcels.get(tracking_no=number)


def now(refund: Refund) -> Refund:
    return Refund.objects.get(pk=refund.pk)


def scanned(parcel: Parcel, code: str, *, minutes: int = 0) -> None:
    """Hear of a scan, and of what follows from it."""
    at = clock.now() + timedelta(minutes=minutes)
    services.scans_record(parcel=Parcel.objects.get(pk=parcel.pk), scans=[Scan(at, code, "x")], source="test")
    hear()


def hear() -> None:
    while events.deliver():
        continue


def tasks(refund: Refund) -> set[str]:
    return set(refund.tasks.filter(done_at=None).values_list("kind", flat=True))


def rules(refund: Refund) -> dict[str, str]:
    open_ones = Deadline.objects.filter(subject_type="refund", subject_id=refund.pk, status="running")
    return dict(open_ones.values_list("rule", "action"))


@contextmanager
def days_later(days: int) -> Iterator[None]:
    with time_machine.travel(clock.now() + timedelta(days=days), tick=True):
        sweeps.sweep()
        hear()
        yield


def test_a_lost_replacement_does_not_count_as_received_and_is_sent_again(shop):
    """LOG-6, CLM-3: eleven days later the clock would have ended it against the buyer; the shop's three days run."""
    refund, parcel = replaced(shop)
    services.parcel_confirm_lost(parcel=parcel, actor=factories.staff(), note="快递确认丢件")
    assert (now(refund).status, now(refund).replacement_trouble) == (TO_SEND, "lost")
    assert rules(refund) == {"TMO-13": "to_refund"}
    hear()
    assert tasks(refund) == {"replacement_lost"}
    again, second = sent(now(refund), "SF5002")
    hear()
    assert (again.status, again.replacement_trouble, tasks(refund)) == (REPLACED, "", set())
    assert Parcel.objects.get(pk=parcel.pk).status == "superseded"
    scanned(second, "301")
    with days_later(11):
        assert now(refund).status == "EXCHANGE_SUCCESS"
    all_is_well(overdue=True)


def test_what_is_not_sent_again_becomes_a_refund_for_which_nothing_is_sent_back(shop):
    """EXC-1, TMO-13: the old goods are back and the new ones never came, so the money moves at once."""
    refund, parcel = replaced(shop)
    services.parcel_confirm_lost(parcel=parcel, actor=factories.staff())
    with days_later(4):
        assert now(refund).status == "EXCHANGE_TO_REFUND"
        assert Refund.objects.get(turned_from=refund).status == "WAIT_SYSTEM_TRANSFER"
        all_is_well(overdue=True)


def test_the_money_of_a_lost_reship_is_decided_anew(shop):
    """EXC-1: nothing came back for a reship, so the refund that it becomes is asked for like any other."""
    refund = agree(factories.make_reship(factories.make_order(shop, ship=True)))
    refund, parcel = sent(refund, "SF5001")
    services.parcel_confirm_lost(parcel=parcel, actor=factories.staff())
    assert now(refund).status == TO_SEND
    new = refunds.exchange_to_refund(refund=now(refund), actor=factories.staff())
    assert (new.status, new.kind) == ("WAIT_SELLER_AGREE", "refund_only")


def test_a_return_that_the_lost_replacement_did_not_wait_for_is_awaited_as_before(shop):
    """EXC-4: it goes back to where the return is received; what was promised first may go again."""
    refund, parcel = replaced(shop, first=True)
    services.parcel_confirm_lost(parcel=parcel, actor=factories.staff())
    assert now(refund).status == SENT
    received = refunds.refund_receive(refund=now(refund), actor=factories.staff(), passed=True)
    assert (received.status, received.replacement_trouble) == (TO_SEND, "lost")
    all_is_well()


@pytest.mark.parametrize("code", ["6", "4"])
def test_a_replacement_that_comes_back_is_to_be_sent_again_and_one_that_turns_up_is_awaited(shop, code):
    """LOG-6: on its way back or back; a later scan on its way says that it goes to the buyer after all."""
    refund, parcel = replaced(shop)
    scanned(parcel, code)
    assert (now(refund).status, tasks(refund)) == (TO_SEND, {"replacement_lost"})
    scanned(parcel, "5", minutes=5)
    assert (now(refund).status, now(refund).replacement_trouble, tasks(refund)) == (REPLACED, "", set())
    assert rules(refund) == {"TMO-13": "confirm_received"}
    all_is_well()


def test_scans_of_what_another_parcel_went_instead_of_say_nothing(shop):
    """LOG-6: news of the first parcel that is heard late does not take the second for lost."""
    refund, first = replaced(shop)
    services.scans_record(parcel=first, scans=[Scan(clock.now(), "6", "x")], source="test")
    sent(now(refund), "SF5002")
    hear()
    assert now(refund).status == REPLACED


def test_a_denied_receipt_holds_the_clock_until_it_is_proved(shop):
    """LOG-6: neither ended by time nor turned into a refund for which the buyer would send back what he denies."""
    refund, parcel = replaced(shop)
    scanned(parcel, "301")
    services.parcel_deny(parcel=Parcel.objects.get(pk=parcel.pk), actor=factories.staff(), note="没收到")
    assert (now(refund).status, now(refund).replacement_trouble) == (REPLACED, "denied")
    assert rules(refund) == {"LOG-6": "replacement_lost"}
    with refused(errors.TransitionNotAllowed, "LOG-6"):
        refunds.exchange_to_refund(refund=refund, actor=factories.staff())
    agent = staff_caller()
    problem(agent.post(f"/refunds/{refund.refund_no}/delivery-proved", {"note": " "}), 422, "invalid")
    body = agent.post(f"/refunds/{refund.refund_no}/delivery-proved", {"note": "本人签收底单"}).json()
    assert (body["replacement_trouble"], body["deadline"]["rule"]) == ("", "TMO-13")
    problem(agent.post(f"/refunds/{refund.refund_no}/delivery-proved", {"note": "x"}), 409, "transition_not_allowed")
    all_is_well()


def test_a_denied_receipt_that_nobody_proves_counts_as_lost(shop):
    """LOG-6: after the policy's days, against the shop; then it is sent again or the money goes back."""
    refund, parcel = replaced(shop)
    scanned(parcel, "301")
    services.parcel_deny(parcel=Parcel.objects.get(pk=parcel.pk), actor=factories.buyer(shop))
    with days_later(6):
        assert (now(refund).status, now(refund).replacement_trouble) == (TO_SEND, "lost")
    with days_later(10):
        assert now(refund).status == "EXCHANGE_TO_REFUND"
        all_is_well(overdue=True)


def test_the_buyer_who_has_it_after_all_ends_it(shop):
    """LOG-6, EXC-1: he need not wait for anybody's proof."""
    refund, parcel = replaced(shop)
    scanned(parcel, "301")
    services.parcel_deny(parcel=Parcel.objects.get(pk=parcel.pk), actor=factories.buyer(shop))
    done = refunds.exchange_confirm_received(refund=refund, actor=factories.buyer(shop))
    assert (done.status, done.replacement_trouble) == ("EXCHANGE_SUCCESS", "")


def test_a_dispute_does_not_hide_that_it_was_lost(shop):
    """DIS-4, LOG-6: the clocks stand still, the loss is noted all the same and stands still with them."""
    with time_machine.travel(clock.now() - OLD, tick=True):
        refund, parcel = replaced(shop)
    refunds.refund_intervene(refund=refund, actor=factories.buyer(shop), text="没收到换的货")
    services.parcel_confirm_lost(parcel=parcel, actor=factories.staff())
    assert (now(refund).status, now(refund).due_paused, rules(refund)) == (TO_SEND, True, {})
    refunds.refund_settle(refund=now(refund), actor=factories.buyer(shop))
    assert rules(refund) == {"TMO-13": "to_refund"}
    all_is_well()


def test_an_ordinary_parcel_moves_no_request_and_a_done_exchange_stays_done(shop):
    """LOG-6: an outward parcel has no request; one that ended is not opened again."""
    out = factories.make_order(shop, ship=True).parcels.get()
    assert services.parcel_confirm_lost(parcel=out, actor=factories.staff()).status == "lost"
    refund, parcel = replaced(shop)
    refunds.exchange_confirm_received(refund=refund, actor=factories.buyer(shop))
    services.parcel_confirm_lost(parcel=parcel, actor=factories.staff())
    assert now(refund).status == "EXCHANGE_SUCCESS"


def test_a_stranger_moves_neither_parcel_nor_request(shop):
    refund, parcel = replaced(shop)
    elsewhere = factories.staff(Role.AGENT, factories.make_shop())
    for move in (services.parcel_confirm_lost, services.parcel_deny):
        with refused(errors.NotFound):
            move(parcel=parcel, actor=elsewhere)
    assert (now(refund).version, now(refund).status) == (refund.version, REPLACED)


def test_the_loss_is_told_in_a_dialog_of_the_order(client, shop):
    """LOG-6, CLM-3: with what the carrier says and the answer to the buyer, both noted; the page says what now."""
    sign_in(client, Role.AGENT)
    refund, parcel = replaced(shop)
    order_page = reverse("tickets:order_detail", args=[refund.order.order_no]) + f"?shop={shop.code}"
    address = reverse("tickets:parcel_lost", args=[refund.order.order_no, parcel.pk])
    assert address in client.get(order_page).content.decode()
    token = client.get(address).context["form"]["form_token"].value()
    said = {"said": "网点确认丢失", "answer": "我们马上补发", "form_token": token}
    assert press(client, address, said).status_code == 204
    assert now(refund).status == TO_SEND
    assert "网点确认丢失" in OrderNote.objects.filter(order=refund.order).latest("pk").text
    page = client.get(reverse("tickets:request_detail", args=[refund.refund_no])).content.decode()
    assert "did not reach the buyer" in page or "没有送到买家手里" in page
    assert address not in client.get(order_page).content.decode()
    again = press(client, address, said | {"form_token": "another"})
    assert again.status_code == 409

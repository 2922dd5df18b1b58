"""The bench: a scanner, one hand, and a network that goes away for a while (RET-1…4)."""

from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.core.models import Role
from logistics.models import Packing, UnclaimedParcel
from refunds import services as refunds
from refunds.models import Evidence, InspectionLine, Refund
from refunds.states import RefundStatus
from tests import factories
from tests.core.upload_samples import jpeg
from tests.refunds import standings

from .conftest import Enter
from .console import Console, zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
NARROW: Any = {"width": 360, "height": 740}
LOST = "YT7700000000001"


def scan(bench: Console, number: str) -> None:
    """Type as a scanner does, wherever the hand was last."""
    bench.page.keyboard.type(number)
    bench.press("Enter")


def answered(bench: Console, name: str) -> None:
    expect(bench.page.locator(f"[data-scan-form][data-answer={name}]")).to_have_count(1)


def back(shop: Any, number: str, **asked: Any) -> Refund:
    refund = factories.make_return(factories.make_order(shop, sign=True), **asked)
    refunds.refund_agree(refund=refund, actor=factories.staff())
    return refunds.refund_return_shipment(
        refund=refund, actor=factories.buyer(shop), carrier="yuantong", tracking_no=number
    )


def test_every_scan_is_answered_in_place_and_the_field_is_ready_for_the_next(shop: Any, enter: Enter) -> None:
    """RET-1: found, several by number key, unknown; by goods number, in full-width letters; the page never reloads."""
    one = back(shop, "YT1000000000001")
    back(shop, "YT1000000000002")
    bench = enter(factories.make_user(Role.WAREHOUSE, shop), viewport=NARROW, has_touch=True)
    bench.go("/warehouse/")
    bench.page.evaluate("window.still = true")
    scan(bench, "ＹＴ1000000000001")
    answered(bench, "found")
    assert bench.focused == "scan"
    expect(bench.page.locator("form.parcel")).to_contain_text(one.refund_no)
    scan(bench, "TGY-250")
    answered(bench, "several")
    assert bench.focused == "scan"
    scan(bench, "NOBODY-1")
    answered(bench, "unknown")
    expect(bench.page.locator("[data-scan-said]")).to_contain_text("NOBODY-1")
    assert bench.page.evaluate("window.still"), "no page was loaded anew"
    assert bench.sideways == 0
    scan(bench, "TGY-250")
    answered(bench, "several")
    bench.press("2")
    bench.at(f"q={one.refund_no}")
    bench.page.locator("[data-mute]").click()
    expect(bench.page.locator("[data-mute]")).to_have_attribute("aria-pressed", "true")
    assert not bench.barriers()


def test_what_nobody_knows_is_put_aside_matched_and_received(shop: Any, enter: Enter, tmp_path: Path) -> None:
    """RET-3, RET-2: one tin, unsealed, second quality."""
    refund = factories.make_return(factories.make_order(shop, sign=True))
    refunds.refund_agree(refund=refund, actor=factories.staff())
    bench = enter(factories.make_user(Role.WAREHOUSE, shop), viewport=NARROW, has_touch=True)
    bench.go("/warehouse/?tab=receive")
    scan(bench, LOST)
    answered(bench, "unknown")
    bench.page.locator("#bench a[data-dialog]").tap()
    expect(bench.dialog.locator("#id_tracking_no")).to_have_value(LOST)
    bench.dialog.locator("#id_contents").fill("铁观音一罐")
    bench.dialog.locator("#id_shelf").fill("U-01")
    bench.dialog.locator("#id_sender_phone").fill("13800001234")
    photo = tmp_path / "box.jpg"
    photo.write_bytes(jpeg())
    bench.dialog.locator("input[type=file]").set_input_files(photo)
    bench.dialog.locator("[data-confirm]").tap()
    bench.closed()
    parcel = UnclaimedParcel.objects.get()
    assert (parcel.shelf, parcel.photos.count()) == ("U-01", 1)
    bench.go("/warehouse/?tab=unclaimed")
    assert bench.sideways == 0
    bench.page.locator("tr[data-row] a[data-dialog]").first.tap()
    bench.dialog.locator("[data-fill-value]").tap()
    bench.dialog.locator("[data-confirm]").tap()
    bench.at(f"q={refund.refund_no}")
    card = bench.page.locator("form.parcel")
    card.locator("label", has_text="内封已拆").tap()
    card.locator("button[value=pass]").tap()
    expect(card.locator("[role=alert]").first).to_be_visible()
    card.locator("#id_findings").fill("封口已拆，照收")
    card.locator("button[value=pass]").tap()
    bench.told(zh("%(number)s passed; the refund is on its way.", number=refund.refund_no))
    line = InspectionLine.objects.get()
    assert (line.found, line.checks["sealed"]) == (1, False)
    assert Refund.objects.get(pk=refund.pk).status == RefundStatus.WAIT_SYSTEM_TRANSFER


def test_answers_without_a_network_are_kept_and_sent_once_in_order(shop: Any, enter: Enter) -> None:
    """RET-2, VOI-2: a void, a pass from the list, a pass from an open card, a number to be looked up."""
    gone = factories.make_refund(factories.make_order(shop))
    first, second = back(shop, "YT2000000000001"), back(shop, "YT2000000000002")
    bench = enter(factories.make_user(Role.WAREHOUSE, shop), viewport=NARROW, has_touch=True)
    bench.go("/warehouse/?tab=receive")
    scan(bench, "YT2000000000002")
    answered(bench, "found")
    card = bench.page.locator("form.parcel")
    bench.context.set_offline(True)
    card.locator("button[value=fail]").tap()
    answered(bench, "refused")
    expect(card).to_have_count(1)
    card.locator("button[value=pass]").tap()
    answered(bench, "kept")
    expect(card).to_have_count(0)
    scan(bench, "ELSEWHERE-9")
    expect(bench.page.locator(".offline-card [data-number]")).to_have_text("ELSEWHERE-9")
    answered(bench, "kept")
    assert bench.sideways == 0
    assert not bench.barriers()
    expect(bench.page.locator("[data-waiting-words]")).to_contain_text("2")
    bench.context.set_offline(False)
    answered(bench, "sent")
    expect(bench.page.locator("[data-waiting-list] li")).to_have_count(1)

    bench.go("/warehouse/?tab=receive")
    bench.context.set_offline(True)
    scan(bench, "YT2000000000001")
    answered(bench, "found")
    bench.page.locator("form.parcel button[value=pass]").tap()
    answered(bench, "kept")
    bench.context.set_offline(False)
    answered(bench, "sent")

    bench.go("/warehouse/")
    bench.context.set_offline(True)
    scan(bench, gone.order.order_no)
    bench.page.locator("form.parcel button[value=voided]").tap()
    answered(bench, "kept")
    bench.context.set_offline(False)
    answered(bench, "sent")
    for refund in (first, second):
        assert Refund.objects.get(pk=refund.pk).status == RefundStatus.WAIT_SYSTEM_TRANSFER
        assert refund.inspections.count() == 1
    assert Refund.objects.get(pk=gone.pk).void_result == "voided"


def pictures(folder: Path, count: int) -> list[Path]:
    """Photos as a telephone takes them, no two alike."""
    taken = [folder / f"box{number}.jpg" for number in range(count)]
    for number, one in enumerate(taken):
        one.write_bytes(jpeg(size=(80 + number, 60)))
    return taken


def waits(bench: Console, count: int) -> None:
    expect(bench.page.locator("[data-waiting-list] li")).to_have_count(count)


def test_photos_wait_with_their_scan_and_are_sent_once_in_order(shop: Any, enter: Enter, tmp_path: Path) -> None:
    """RET-2: a fail with two photos, a pass with one; the page is closed, he signs in anew, one reply is lost."""
    bad, good = back(shop, "YT5000000000001"), back(shop, "YT5000000000002")
    keeper = factories.make_user(Role.WAREHOUSE, shop)
    bench = enter(keeper, viewport=NARROW, has_touch=True)
    taken = pictures(tmp_path, 3)
    bench.go("/warehouse/?tab=receive")
    scan(bench, "YT5000000000001")
    answered(bench, "found")
    card = bench.page.locator("form.parcel")
    bench.context.set_offline(True)
    card.locator("input[type=file]").set_input_files(taken[0])
    card.locator("input[type=file]").set_input_files(taken[1])
    card.locator("#id_findings").fill("鞋底有磨损")
    card.locator("input[name$=_findings]").first.check(force=True)
    card.locator("button[value=fail]").tap()
    answered(bench, "kept")
    waits(bench, 1)
    scan(bench, "YT5000000000002")
    answered(bench, "found")
    card.locator("input[type=file]").set_input_files(taken[2])
    card.locator("button[value=pass]").tap()
    waits(bench, 2)
    expect(bench.page.locator("[data-waiting-list]")).to_contain_text(zh("{n} photos").replace("{n}", "2"))
    assert not Evidence.objects.exists()

    bench.page.goto("about:blank")
    bench.context.set_offline(False)
    sent: list[str] = []
    bench.page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)

    def lose_the_reply(route: Any) -> None:
        route.fetch()
        route.abort()

    bench.page.route("**/api/v1/evidence", lose_the_reply, times=1)
    bench.context.clear_cookies(name="csrftoken")  # the session is another one now, and so is its token
    bench.become(keeper)
    bench.go("/warehouse/?tab=receive")
    waits(bench, 0)
    ways = [url.rsplit("/", 2)[-2] if url.endswith("/receive/") else "photo" for url in sent]
    assert [way for way, _same in groupby(ways)] == ["photo", "receive", "photo", "receive"], "all of one first"
    assert ways.count("photo") > 3, "the lost one again"
    assert [url for url in sent if url.endswith("/receive/")] == [
        f"{bench.url}/warehouse/{bad.refund_no}/receive/",
        f"{bench.url}/warehouse/{good.refund_no}/receive/",
    ]
    assert Evidence.objects.count() == 3, "the photo whose reply was lost is there once"
    assert [bad.evidence.count(), bad.inspections.count()] == [2, 1]
    assert [good.evidence.count(), good.inspections.count()] == [1, 1]
    assert Refund.objects.get(pk=bad.pk).status == RefundStatus.SELLER_REFUSE_BUYER
    assert Refund.objects.get(pk=good.pk).status == RefundStatus.WAIT_SYSTEM_TRANSFER


def test_what_is_photographed_now_is_judged_later_with_its_photos(shop: Any, enter: Enter, tmp_path: Path) -> None:
    """RET-2, RET-3: one of the list that looks wrong, one that nobody knows; both get their photos back."""
    refund = back(shop, "YT6000000000001")
    bench = enter(factories.make_user(Role.WAREHOUSE, shop), viewport=NARROW, has_touch=True)
    taken = pictures(tmp_path, 2)
    bench.go("/warehouse/?tab=receive")
    bench.context.set_offline(True)
    scan(bench, "YT6000000000001")
    card = bench.page.locator(".offline-card")
    card.locator("input[type=file]").set_input_files(taken[0])
    scan(bench, LOST)  # the next parcel: what was photographed of the last one is kept
    expect(card.locator("[data-number]")).to_have_text(LOST)
    card.locator("input[type=file]").set_input_files(taken[1])
    card.locator("button[data-answer=later]").tap()
    expect(card).to_have_count(0)
    waits(bench, 2)
    bench.context.set_offline(False)

    bench.page.locator("[data-waiting-list] a", has_text=refund.refund_no).tap()
    parcel = bench.page.locator("form.parcel")
    expect(parcel.locator("[data-preview]")).to_have_count(1)
    parcel.locator("button[value=pass]").tap()
    bench.told(zh("%(number)s passed; the refund is on its way.", number=refund.refund_no))
    waits(bench, 1)
    bench.page.locator("[data-waiting-list] a", has_text=LOST).tap()
    bench.page.locator("#bench a[data-dialog]").tap()
    expect(bench.dialog.locator("[data-preview]")).to_have_count(1)
    bench.dialog.locator("#id_contents").fill("铁观音一罐")
    bench.dialog.locator("#id_shelf").fill("U-01")
    bench.dialog.locator("[data-confirm]").tap()
    bench.closed()
    waits(bench, 0)
    assert (refund.evidence.count(), UnclaimedParcel.objects.get().photos.count()) == (1, 1)


def test_what_is_refused_keeps_its_photos_and_an_unclaimed_parcel_waits_with_its_own(
    shop: Any, enter: Enter, tmp_path: Path
) -> None:
    """RET-2, RET-3: a fail without a finding is told with the reason; its card has words and photos again."""
    refund = back(shop, "YT8000000000001")
    bench = enter(factories.make_user(Role.WAREHOUSE, shop), viewport=NARROW, has_touch=True)
    taken = pictures(tmp_path, 2)
    bench.go(f"/warehouse/?tab=receive&q={LOST}")
    bench.page.locator("#bench a[data-dialog]").tap()
    bench.dialog.locator("#id_contents").fill("空箱")
    bench.dialog.locator("#id_shelf").fill("U-02")
    bench.context.set_offline(True)
    bench.dialog.locator("input[type=file]").set_input_files(taken[0])
    bench.dialog.locator("[data-confirm]").tap()
    bench.closed()
    waits(bench, 1)
    bench.context.set_offline(False)
    answered(bench, "sent")
    assert UnclaimedParcel.objects.get().photos.count() == 1

    scan(bench, "YT8000000000001")
    answered(bench, "found")
    card = bench.page.locator("form.parcel")
    bench.context.set_offline(True)
    card.locator("input[type=file]").set_input_files(taken[1])
    card.locator("#id_findings").fill("不像我们的货")
    card.locator("button[value=fail]").tap()
    answered(bench, "kept")
    bench.context.set_offline(False)
    answered(bench, "refused")
    bench.page.locator("[data-waiting-list] a").tap()
    expect(card.locator("[data-preview]")).to_have_count(1)
    expect(card.locator("#id_findings")).to_have_value("不像我们的货")
    bench.page.once("dialog", lambda asked: asked.accept())
    bench.page.locator("[data-waiting-list] button").tap()
    waits(bench, 0)
    assert Refund.objects.get(pk=refund.pk).status == RefundStatus.WAIT_SELLER_CONFIRM_GOODS


def test_what_was_sent_but_never_answered_counts_once_and_what_moved_on_is_told(shop: Any, enter: Enter) -> None:
    """RET-2: the reply is lost on its way; a colleague was faster elsewhere."""
    once, other = back(shop, "YT3000000000001"), back(shop, "YT3000000000002")
    bench = enter(factories.make_user(Role.WAREHOUSE, shop), viewport=NARROW, has_touch=True)
    bench.go("/warehouse/?tab=receive")

    def lose_the_reply(route: Any) -> None:
        route.fetch()
        route.abort()

    bench.page.route(f"**/{once.refund_no}/receive/", lose_the_reply, times=1)
    scan(bench, "YT3000000000001")
    answered(bench, "found")
    bench.page.locator("form.parcel button[value=pass]").tap()
    answered(bench, "sent")
    assert once.inspections.count() == 1
    bench.faults[:] = [fault for fault in bench.faults if "htmx:" not in fault]  # htmx tells of the lost reply, rightly

    bench.go("/warehouse/?tab=receive")
    bench.context.set_offline(True)
    scan(bench, "YT3000000000002")
    bench.page.locator("form.parcel button[value=pass]").tap()
    answered(bench, "kept")
    standings.receive(Refund.objects.get(pk=other.pk), passed=False)
    bench.context.set_offline(False)
    answered(bench, "refused")
    expect(bench.page.locator("[data-waiting-list] a")).to_contain_text(other.refund_no)
    assert Refund.objects.get(pk=other.pk).status == RefundStatus.SELLER_REFUSE_BUYER


def test_packed_weights_wait_for_the_network_too(shop: Any, enter: Enter) -> None:
    """MIS-1: scanner, scale, scanner, each with Enter; two orders, sent once each."""
    orders = [factories.make_order(shop) for _ in range(2)]
    bench = enter(factories.make_user(Role.WAREHOUSE, shop), viewport=NARROW, has_touch=True)
    bench.go("/warehouse/?tab=send")
    assert bench.sideways == 0
    bench.page.locator("#id_order_no").tap()
    bench.context.set_offline(True)
    for number, order in enumerate(orders):
        for typed in (order.order_no, "655", f"YT400000000000{number}"):
            scan(bench, typed)
        answered(bench, "kept")
    expect(bench.page.locator("[data-waiting-words]")).to_contain_text("2")
    bench.context.set_offline(False)
    expect(bench.page.locator("[data-waiting]")).to_be_hidden()
    answered(bench, "sent")
    kept = Packing.objects.order_by("id").values_list("parcel__order__order_no", "packed_weight_g", "expected_weight_g")
    assert list(kept) == [(order.order_no, 655, 640) for order in orders]

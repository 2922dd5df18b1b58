"""A supervisor looks at charts: from an element to its cases by mouse and by key, as a picture, without scripts."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from aftersales.core.models import Role
from refunds.models import Refund
from reports import services
from tests import factories
from tests.reports.test_charts_page import refunded, refused

from .conftest import Enter
from .console import DESK, PHONE, Console, zh

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def seen(shop: Any) -> list[Refund]:
    """Three requests, one of them refused."""
    requests = [refunded(shop), refunded(shop), refused(shop)]
    services.figures_fold_all()
    return requests


def drawing(seat: Console, key: str) -> Locator:
    """Come to a chart and wait until it is drawn."""
    box = seat.page.locator(f"[data-chart={key}]")
    box.scroll_into_view_if_needed()
    expect(seat.page.locator(f"[data-chart={key}][data-drawn]")).to_be_visible()
    return box


def test_an_element_of_a_chart_leads_to_its_cases(shop: Any, enter: Enter, seen: list[Refund]) -> None:
    """RPT-1: the first stage of the funnel by mouse, the most frequent reason by key."""
    boss = enter(factories.make_user(Role.SUPERVISOR, shop))
    boss.go("/reports/")
    boss.page.get_by_role("link", name=zh("Charts")).click()
    boss.at("/reports/charts/")
    box = drawing(boss, "funnel")
    size = box.bounding_box()
    assert size is not None
    box.click(position={"x": size["width"] / 2, "y": size["height"] / 8})
    boss.at("/reports/cases/")
    boss.sees(*(refund.refund_no for refund in seen), place="main")

    boss.page.go_back()
    drawing(boss, "reasons").focus()
    boss.press("ArrowRight")
    expect(boss.page.locator("#chart-reasons [role=status]")).to_contain_text("2")
    boss.press("Enter")
    boss.at("by=reason")
    boss.sees(seen[0].refund_no, seen[1].refund_no, place="main")
    assert seen[2].refund_no not in boss.page.locator("main").inner_text()


def test_a_chart_is_saved_as_a_picture(shop: Any, enter: Enter, seen: list[Refund]) -> None:
    """RPT-1: a PNG with its name."""
    boss = enter(factories.make_user(Role.SUPERVISOR, shop))
    boss.go("/reports/charts/")
    drawing(boss, "steps")
    with boss.page.expect_download() as coming:
        boss.page.locator("#chart-steps [data-chart-picture]").click()
    picture = coming.value
    assert picture.suggested_filename.startswith("steps-2")
    assert picture.path().read_bytes().startswith(b"\x89PNG")
    assert picture.path().stat().st_size > 10_000


def test_without_scripts_the_tables_say_it_all(shop: Any, enter: Enter, seen: list[Refund]) -> None:
    """RPT-1: the number in a table leads to its cases, too."""
    boss = enter(factories.make_user(Role.SUPERVISOR, shop), java_script_enabled=False)
    boss.go("/reports/charts/")
    expect(boss.page.locator("[data-chart]").first).to_be_hidden()
    boss.page.locator("#chart-funnel tbody a").first.click()
    boss.at("/reports/cases/")
    boss.sees(seen[0].refund_no, place="main")


@pytest.mark.parametrize(("size", "scheme", "language"), [(DESK, "light", "zh-hans"), (PHONE, "dark", "en")])
def test_charts_fit_and_stop_nobody(
    shop: Any, enter: Enter, seen: list[Refund], size: Any, scheme: str, language: str
) -> None:
    """RPT-1: every chart is drawn, follows the width of the page, and the page does not move sideways."""
    boss = enter(factories.make_user(Role.SUPERVISOR, shop), viewport=size, color_scheme=scheme, language=language)
    boss.go("/reports/charts/")
    boxes = boss.page.locator("[data-chart]")
    for key in boxes.evaluate_all("boxes => boxes.map((box) => box.dataset.chart)"):
        drawing(boss, key)
    assert boss.sideways <= 0
    assert boss.barriers() == []
    box = drawing(boss, "hours")
    boss.page.set_viewport_size({"width": size["width"] - 60, "height": size["height"]})
    expect(box.locator("canvas").first).to_have_js_property("clientWidth", box.evaluate("box => box.clientWidth"))


def test_wide_drawings_stay_in_their_frames_on_a_narrow_phone(shop: Any, enter: Enter, seen: list[Refund]) -> None:
    """RPT-1: the ways through the states and the hours scroll in themselves, the page does not go sideways."""
    boss = enter(factories.make_user(Role.SUPERVISOR, shop))
    boss.page.set_viewport_size({"width": 360, "height": 740})
    boss.go("/reports/charts/")
    for key in ("steps", "hours"):
        box = drawing(boss, key)
        frame = box.locator("xpath=..").bounding_box()
        assert frame is not None
        assert frame["x"] >= 0
        assert frame["x"] + frame["width"] <= 360
        assert boss.page.evaluate("document.documentElement.scrollWidth") <= 360
        assert boss.page.evaluate("document.querySelector('main').scrollWidth") <= 360


def test_the_figures_are_walked_by_keys(shop: Any, enter: Enter, seen: list[Refund]) -> None:
    """RPT-1: to the charts and back, to the dialog of the export; the help sheet names them."""
    boss = enter(factories.make_user(Role.SUPERVISOR, shop))
    boss.go("/reports/")
    boss.press("c")
    boss.at("/reports/charts/")
    boss.press("u")
    boss.page.wait_for_url(lambda url: "charts" not in url)
    boss.page.wait_for_load_state()
    boss.press("?")
    expect(boss.page.locator("#help, [data-help], dialog[open]").first).to_contain_text(zh("With the figures"))
    boss.press("Escape")
    boss.press("e")
    expect(boss.dialog.locator("input[name=format]").first).to_be_visible()

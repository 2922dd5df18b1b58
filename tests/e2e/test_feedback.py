"""An agent reports from a request what a page says wrong; goods and design take it on and answer (SAT-2)."""

from typing import Any

import pytest

from aftersales.core.models import Role
from feedback.models import FeedbackCase
from feedback.states import Answer, FeedbackStatus
from tests import factories
from tests.checks import all_is_well

from .conftest import Enter
from .console import DESK, in_chinese

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_wrong_page_goes_from_the_request_to_goods_and_back_with_an_answer(shop: Any, enter: Enter) -> None:
    """By the keys where there are keys; the case shows both what the page says and what came."""
    order = factories.make_order(shop, factories.line(item_id="tea-07"), sign=True)
    refund = factories.make_refund(order, goods_status="received", reason="not_as_described")
    agent = enter(factories.make_user(Role.AGENT, shop, display_name="王芳"))
    agent.go(f"/requests/{refund.refund_no}/")
    agent.page.locator("[data-action=report-page]").click()
    dialog = agent.page.locator("dialog[open]")
    dialog.locator("#id_page_says").fill("礼盒装")
    dialog.locator("#id_came").fill("简装袋")
    dialog.locator("[data-confirm]").click()
    agent.closed()
    case = FeedbackCase.objects.get()

    goods = enter(factories.make_user(Role.GOODS, shop, display_name="周婷"), viewport=DESK)
    goods.go("/feedback/")
    goods.sees(case.case_no)
    goods.go(f"/feedback/{case.case_no}/")
    goods.sees("礼盒装", "简装袋", refund.refund_no)
    assert goods.barriers() == []
    dialog = goods.open_dialog("t")
    dialog.locator("[data-confirm]").click()
    goods.closed()
    goods.sees(in_chinese(FeedbackStatus.TAKEN.label))
    dialog = goods.open_dialog("a")
    dialog.locator("[name=answer][value=page_changed]").check()
    dialog.locator("#id_answer_text").fill("详情页图片已按实物更换")
    dialog.locator("[data-confirm]").click()
    goods.closed()
    goods.sees(in_chinese(Answer.PAGE_CHANGED.label), "详情页图片已按实物更换")
    all_is_well()

"""Feedback to goods and design in the sample data: counted, reported by the desk, answered, measured (SAT-2)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from aftersales.core import clock
from aftersales.core.auth import Actor
from feedback import services
from feedback.models import FeedbackCase
from feedback.states import FeedbackStatus, Origin
from refunds.states import Reason

from .case import Case
from .cast import Cast
from .goods import TEA
from .timeline import Story

NIGHTS = 45
NIGHT, MORNING = timedelta(hours=4), timedelta(hours=10)
TAKEN_AFTER = timedelta(days=1)
ANSWERED_AFTER = timedelta(days=3)
CLOSED_AFTER = timedelta(days=6)
LEFT_ALONE = timedelta(days=9)
"""What came up in the last days is still with goods and design."""
PAGE_SAYS = ("主图与详情页写“配礼盒装”。", "详情页尺码表写标准码。", "详情页写“12+512 曜石黑 现货”。")
CAME = ("实物为自封袋，无礼盒。", "偏小一码，买家普遍反映要拍大一码。", "颜色偏灰，与页面图片差别明显。")
ANSWERS = {
    Reason.QUALITY: ("supplier_told", "已通知供应商，本批次逐件复检，不合格退厂。"),
    Reason.DAMAGED: ("supplier_told", "包装改为五层纸箱加气柱袋，已与仓库确认。"),
    Reason.NOT_AS_DESCRIBED: ("page_changed", "详情页图片与参数已按实物更正。"),
    Reason.WRONG_OR_MISSING: ("no_change", "核对后为拣货差错，已交仓库改进复核，商品与页面不变。"),
    Reason.COUNTERFEIT: ("no_change", "授权书与质检报告已补充到素材库，商品无误。"),
}


def first_day(end: datetime) -> datetime:
    """Give when the day of the first count began."""
    return clock.day_began(end - timedelta(days=NIGHTS))


def nights() -> Story:
    """Count and measure by night, as the beat does."""
    while True:
        services.cases_find()
        services.cases_measure()
        yield timedelta(days=1)


def goods_desk(cast: Cast, end: datetime) -> Story:
    """Let goods and design work through what came up, a day's work at a time."""
    goods = Actor.for_user(cast.users["goods"])
    while True:
        now = clock.now()
        came = FeedbackCase.objects.filter(status=FeedbackStatus.OPEN, asked_at__lt=now - TAKEN_AFTER)
        # Whoever edits the tea shop's pages is slow to look at what the desk reports: one of those turns red.
        for case in came.exclude(shop__code=TEA, origin=Origin.REPORTED):
            services.feedback_take(case=case, actor=goods)
        for case in FeedbackCase.objects.filter(status=FeedbackStatus.TAKEN, asked_at__lt=now - ANSWERED_AFTER):
            if case.asked_at < end - LEFT_ALONE:
                _answer(case, goods)
        for case in FeedbackCase.objects.filter(status=FeedbackStatus.MEASURED, measured_at__lt=now - CLOSED_AFTER):
            services.feedback_close(case=case, actor=goods, note="同类申请明显减少，结案。")
        yield timedelta(days=1)


def _answer(case: FeedbackCase, goods: Actor) -> None:
    remedy, words = ANSWERS[Reason(case.reason)]
    today = clock.shanghai_day(clock.now())
    services.feedback_answer(case=case, actor=goods, answer=remedy, answer_text=words, effective_on=today)


def _mismatch(case: Case, more: str) -> None:
    """Let the agent report that the page of the order's first line says otherwise."""
    line = case.order.lines.exclude(item_id="").order_by("id")[0]
    line.order = case.order
    which = int(more or 0)
    services.page_report(line=line, actor=case.agent, page_says=PAGE_SAYS[which], came=CAME[which])


WORDS: dict[str, Callable[[Case, str], None]] = {"mismatch": _mismatch}
"""What a story may say of feedback."""

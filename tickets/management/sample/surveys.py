"""What buyers of the sample data say when they are asked, and what comes of the calls to the others (SAT-1)."""

from datetime import timedelta

from surveys import services
from surveys.models import Survey
from surveys.states import OPEN, SurveyStatus

from .case import Case
from .timeline import Story

PAUSE = timedelta(hours=40)
LOOKS = 8
"""So often it is looked whether the buyer was asked by now; what ends later is answered by nobody."""
SAID: tuple[tuple[tuple[int, int, int, int], str] | None, ...] = (
    ((5, 5, 5, 4), "客服很耐心，处理得很快。"),
    ((4, 5, 4, 4), ""),
    None,
    ((5, 4, 5, 5), "下次还会再来。"),
    ((2, 3, 1, 3), "等了好几天才有人回复，太慢了。"),
    None,
    ((4, 4, 3, 3), "退款到账稍微慢了点。"),
    None,
    ((3, 1, 2, 3), "客服态度敷衍，问三句回一句。"),
    None,
)
"""Marks for goods, attitude, speed and price, and words; None says nothing by the link."""
CALLS = ("reached", "no_answer", "reached", "refused", "low", "wrong_number", "no_answer")
SORRY = "已致歉并说明原因，补发 10 元优惠券，买家表示接受。"


def heard(case: Case) -> Story:
    """Wait until the buyer is asked, let him answer or be called, as often as it takes."""
    for _look in range(LOOKS):
        yield PAUSE
        survey: Survey | None = Survey.objects.filter(order=case.order.pk).order_by("-pk").first()
        if survey is None:
            continue
        if survey.status not in OPEN:
            return
        turn = Survey.objects.filter(pk__lt=survey.pk).count()
        if survey.status == SurveyStatus.CALLING:
            _call(case, survey, turn)
        elif (said := SAID[turn % len(SAID)]) is not None:
            services.survey_answer(survey=survey, marks=_marks(*said[0]), comment=said[1])


def _marks(goods: int, attitude: int, speed: int, price: int) -> dict[str, int]:
    return {"goods": goods, "attitude": attitude, "speed": speed, "price": price}


def _call(case: Case, survey: Survey, turn: int) -> None:
    """Let an agent phone the buyer; the second time he is mostly there."""
    outcome = CALLS[(turn + survey.tries) % len(CALLS)]
    agent = case.agent
    if outcome == "no_answer":
        services.survey_miss(survey=survey, actor=agent, note="无人接听")
    elif survey.answered_at is not None:
        services.survey_reach(survey=survey, actor=agent, note=SORRY)
    elif outcome == "refused":
        services.survey_refuse(survey=survey, actor=agent, note="买家说忙，不愿评价")
    elif outcome == "wrong_number":
        services.survey_wrong_number(survey=survey, actor=agent, note="接电话的不是买家本人")
    elif outcome == "low":
        services.survey_reach(survey=survey, actor=agent, marks=_marks(2, 4, 3, 3), note="商品与想象的有差距")
    else:
        services.survey_reach(survey=survey, actor=agent, marks=_marks(5, 5, 4, 4), note="很满意")

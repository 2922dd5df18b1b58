"""Feedback cases over REST, for the systems of goods and design: what came up, its answer, what came of it (SAT-2)."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core.api.base import ApiView
from aftersales.core.api.examples import answered
from feedback import selectors
from feedback import serializers as shapes
from feedback.filters import FeedbackQuery

READ = ("staff",)
ROW: dict[str, Any] = {
    "case_no": "FB20261109000001",
    "version": 4,
    "status": "measured",
    "status_label": "已测算效果",
    "shop": "demo",
    "item_id": "tea-07",
    "goods_no": "TGY-250",
    "title": "铁观音 250g",
    "reason": "not_as_described",
    "reason_label": "商品描述不符",
    "origin": "counted",
    "found_cases": 6,
    "found_units": 240,
    "is_late": False,
    "reopened": 0,
    "remedy": "page_changed",
    "answer_text": "详情页图片已按实物更换。",
    "effective_on": "2026-11-12",
    "effect": {"days": 30, "before_cases": 9, "before_units": 310, "after_cases": 1, "after_units": 290},
    "taken_by": "goods",
    "asked_at": "2026-11-09T19:20:00Z",
    "answer_due_at": None,
    "answered_at": "2026-11-12T02:00:00Z",
    "measured_at": "2026-12-12T19:50:00Z",
    "closed_at": None,
    "created_at": "2026-11-09T19:20:00Z",
    "updated_at": "2026-12-12T19:50:00Z",
}
DOCUMENT: dict[str, Any] = ROW | {
    "requests": [{"refund_no": "RF20261106000001", "asked_at": "2026-11-06T02:00:00Z"}],
    "reports": [
        {
            "order_no": "A1001",
            "page_says": "礼盒装",
            "came": "简装袋",
            "author": "agent",
            "at": "2026-11-09T02:00:00Z",
        }
    ],
    "allowed_actions": [],
}


class FeedbackList(ApiView):
    """Feedback cases."""

    scopes: ClassVar = {"GET": READ}
    ordering: ClassVar[Sequence[str]] = ("-id",)

    @extend_schema(
        operation_id="feedback_list",
        parameters=[FeedbackQuery],
        responses=shapes.FeedbackRowOutput(many=True),
        examples=[answered("A row", ROW)],
    )
    def get(self, request: Request) -> Response:
        """List feedback cases, the newest first; with `updated_since` by when they changed."""
        given = self.query(FeedbackQuery)
        if "updated_since" in given:
            self.ordering = ("updated_at", "id")  # type: ignore[misc]
        return self.page(selectors.feedback_list_for(self.actor, **given), selectors.feedback_as_json)


class FeedbackDetail(ApiView):
    """One feedback case."""

    scopes: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="feedback_retrieve",
        responses=shapes.FeedbackOutput,
        examples=[answered("A feedback case", DOCUMENT)],
    )
    def get(self, request: Request, case_no: str) -> Response:
        """Give one feedback case with what is behind it."""
        return self.answer(selectors.feedback_document(self.actor, case_no))

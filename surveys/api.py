"""Surveys over REST: what was asked, the address for the buyer, what he said (SAT-1)."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core.api.base import ApiView
from aftersales.core.api.examples import answered
from surveys import selectors
from surveys import serializers as shapes
from surveys.filters import SurveyQuery

READ = ("orders:write", "refunds:read", "refunds:write", "staff")
ROW: dict[str, Any] = {
    "survey_no": "SV20261109000001",
    "version": 2,
    "status": "answered",
    "status_label": "已评价",
    "subject_kind": "request",
    "subject_no": "RF20261106000001",
    "order_no": "A1001",
    "shop": "demo",
    "agent": "agent",
    "item_id": "tea-07",
    "item_title": "铁观音 250g",
    "matter": "quality",
    "matter_label": "质量问题",
    "url": "https://shop.example.com/s/mX3vQ9tBz0aK2wLp.6kG1…/",
    "answer": {
        "goods": 4,
        "attitude": 5,
        "speed": 5,
        "price": 4,
        "comment": "处理很快",
        "via": "link",
        "at": "2026-11-10T02:00:00Z",
    },
    "is_low": False,
    "call_why": None,
    "call_why_label": None,
    "call_due_at": None,
    "tries": 0,
    "is_late": False,
    "expires_at": "2026-11-23T02:00:00Z",
    "created_at": "2026-11-09T02:00:00Z",
    "updated_at": "2026-11-10T02:00:00Z",
    "answered_at": "2026-11-10T02:00:00Z",
    "closed_at": "2026-11-10T02:00:00Z",
}
DOCUMENT: dict[str, Any] = ROW | {"calls": [], "allowed_actions": []}


class SurveyList(ApiView):
    """Surveys."""

    scopes: ClassVar = {"GET": READ}
    ordering: ClassVar[Sequence[str]] = ("-id",)

    @extend_schema(
        operation_id="surveys_list",
        parameters=[SurveyQuery],
        responses=shapes.SurveyRowOutput(many=True),
        examples=[answered("A row", ROW)],
    )
    def get(self, request: Request) -> Response:
        """List surveys, the newest first; with `updated_since` by when they changed."""
        given = self.query(SurveyQuery)
        if "updated_since" in given:
            self.ordering = ("updated_at", "id")  # type: ignore[misc]
        return self.page(selectors.survey_list_for(self.actor, **given), selectors.surveys_as_json)


class SurveyDetail(ApiView):
    """One survey."""

    scopes: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="surveys_retrieve",
        responses=shapes.SurveyOutput,
        examples=[answered("A survey", DOCUMENT)],
    )
    def get(self, request: Request, survey_no: str) -> Response:
        """Give one survey, with the address for the buyer."""
        return self.answer(selectors.survey_document(self.actor, survey_no))

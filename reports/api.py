"""Figures over REST: of some days by a dimension, and the thresholds for joining campaigns (RPT-1, RPT-2)."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core.api.base import ApiView
from aftersales.core.api.examples import answered
from reports import serializers as shapes
from reports.filters import FiguresQuery, ThresholdsQuery
from reports.selectors import documents

READ = ("refunds:read", "staff")
VALUE: dict[str, Any] = {
    "figure": "dispute_rate",
    "unit": "rate",
    "value": 0.0008,
    "value_fen": None,
    "counted": 1,
    "of": 1250,
    "definition": "平台全部或部分判买家胜诉的维权，除以付款订单。和解、撤销的不计入。",
}
ROW: dict[str, Any] = {"by": "item", "key": "tea-07", "label": "tea-07 铁观音 250g", "figures": [VALUE]}
THRESHOLD: dict[str, Any] = {
    "shop": "demo",
    "figure": "dispute_rate",
    "limit": 0.001,
    "now": 0.0008,
    "level": "possible",
    "more_until_broken": 1,
    "days": 30,
    "forecast_on": "2026-12-12",
    "best": 0.0008,
    "expected": 0.00098,
    "worst": 0.0024,
    "open_cases": 2,
    "tipping": 1,
}


class Figures(ApiView):
    """The figures of some days."""

    scopes: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="reports_figures_list",
        parameters=[FiguresQuery],
        responses=shapes.FiguresRowOutput(many=True),
        examples=[answered("Of an item", ROW)],
    )
    def get(self, request: Request) -> Response:
        """List every figure with its definition, a row for each value of `by`. More than 400 days are 422.

        They are kept up within a minute of what is done.
        """
        given = self.query(FiguresQuery)
        self.ordering = (documents.COLUMNS[given["by"]],)  # type: ignore[misc]
        rows = documents.figure_rows(self.actor, **given)
        return self.page(rows, lambda found: documents.figures_as_json(self.actor, found, **given))


class Thresholds(ApiView):
    """What campaigns ask for."""

    scopes: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="reports_thresholds_retrieve",
        parameters=[ThresholdsQuery],
        responses=shapes.ThresholdsOutput,
        examples=[answered("Thresholds", {"results": [THRESHOLD]})],
    )
    def get(self, request: Request) -> Response:
        """Give each limited figure against its limit, with what the open cases would do to it, the worst first."""
        return self.answer(documents.thresholds_document(self.actor, **self.query(ThresholdsQuery)))

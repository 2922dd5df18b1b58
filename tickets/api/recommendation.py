"""What the playbook recommends for a request, for programs of the staff."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core.api.base import ApiView
from aftersales.core.api.examples import answered
from tickets.selectors.request_advice import recommendation_document
from tickets.serializers import RecommendedOutput

EXAMPLE: dict[str, Any] = {
    "refund_no": "RF20261122000018",
    "version": 3,
    "recommendation": {
        "rule": "return-seven-day",
        "title": "Return · seven days without reason",
        "action": "agree",
        "why": ["Kind: Return and refund", "Reason: Seven-day return without reason", "within the seven days"],
        "rests_on": ["LAW-1", "LAW-5", "TMO-9", "DEC-5"],
        "postage": "buyer",
        "signs": ["offer_exchange"],
        "steps": [
            {
                "words": "Applied in time",
                "known": "applied in time · the seven days last until 11-29 00:00",
                "ok": "yes",
            },
            {"words": "Make sure that the goods are intact and the tags on", "known": "", "ok": "todo"},
        ],
        "reply": "Hello, we agree to your return. …",
        "also": [],
        "playbook_version": 4,
    },
}


class RefundRecommendation(ApiView):
    """What is recommended for a request."""

    scopes: ClassVar = {"GET": "staff"}

    @extend_schema(
        operation_id="refunds_recommendation",
        responses=RecommendedOutput,
        examples=[answered("Agree to a return", EXAMPLE)],
    )
    def get(self, request: Request, refund_no: str) -> Response:
        """Say what the playbook recommends now, why, and with which steps (DEC); null once the request has ended."""
        return self.answer(recommendation_document(self.actor, refund_no))

"""What a buyer who sends goods back is told, over REST (LOG-7)."""

from dataclasses import asdict
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core import errors
from aftersales.core.api.examples import answered
from logistics.selectors.returning import return_advice
from logistics.serializers.return_advice import ReturnAdviceOutput
from refunds.api.refunds import READ, RefundView
from refunds.states import Kind

EXAMPLE: dict[str, Any] = {
    "refund_no": "RF20261122000018",
    "carriers": [{"code": "yuantong", "name": "圆通速递", "phone": "95554"}],
    "postage_fen": 1200,
    "text": "可以叫以下快递上门取件：圆通速递 95554。运费大约 ¥12.00。",
}
COMES_BACK = frozenset({Kind.RETURN_REFUND, Kind.EXCHANGE})


class RefundReturnAdvice(RefundView):
    """How goods are sent back."""

    scopes: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="refunds_return_advice",
        responses=ReturnAdviceOutput,
        examples=[answered("A carrier", EXAMPLE)],
    )
    def get(self, request: Request, refund_no: str) -> Response:
        """Name the carriers that serve both ends, with phones, and the postage to expect (LOG-7)."""
        refund = self.refund(refund_no)
        if refund.kind not in COMES_BACK:
            raise errors.Conflict(_("Nothing comes back for this request."), rule="LOG-7", status_now=refund.status)
        return self.answer({"refund_no": refund.refund_no, **asdict(return_advice(refund))})

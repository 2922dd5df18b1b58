"""A payout without an answer is given up by two people, over REST (PAY-9)."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core.api.examples import asked
from refunds import services
from refunds.serializers import payouts as shapes
from refunds.serializers.inputs import UnmovedInput, UnmovedReasonInput

from .examples import UNMOVED
from .payouts import GIVEN, PayoutStep


class PayoutReportUnmoved(PayoutStep):
    """No answer, and no money moved: the first of two people."""

    idempotency = "required"

    @extend_schema(
        operation_id="payouts_report_unmoved",
        request=UnmovedInput,
        responses=shapes.PayoutOutput,
        examples=[asked("With the account's entries", UNMOVED), GIVEN],
    )
    def post(self, request: Request, payout_no: str) -> Response:
        """Report with a proof that no money moved although the provider does not answer; somebody else agrees."""
        payout = self.payout(payout_no, "report_unmoved")
        values = self.read(UnmovedInput)
        services.payout_report_unmoved(
            payout=payout,
            actor=self.actor,
            version=self.version,
            reason=values["reason"],
            evidence_ids=values["evidence"],
        )
        return self.document(payout_no)


class PayoutAcceptUnmoved(PayoutStep):
    """The second of two people."""

    idempotency = "required"

    @extend_schema(
        operation_id="payouts_accept_unmoved",
        request=UnmovedReasonInput,
        responses=shapes.PayoutOutput,
        examples=[asked("Agreed", {"reason": "已核对流水，确认未付款"}), GIVEN],
    )
    def post(self, request: Request, payout_no: str) -> Response:
        """Agree with somebody else's report that no money moved; only then may it be sent under a new number."""
        payout = self.payout(payout_no, "accept_unmoved")
        reason = self.read(UnmovedReasonInput)["reason"]
        services.payout_accept_unmoved(payout=payout, actor=self.actor, version=self.version, reason=reason)
        return self.document(payout_no)

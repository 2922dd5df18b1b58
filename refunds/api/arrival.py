"""Where is my money: for the buyer who asks the shop's front-end, and as a paper to be sent (ARR)."""

from typing import ClassVar

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core import errors
from aftersales.core.api.base import ApiView
from aftersales.core.api.examples import answered, asked
from refunds import services
from refunds.selectors import arrival as selectors
from refunds.serializers import proof
from refunds.serializers.inputs import InsuranceInput
from refunds.serializers.outputs import ArrivalOutput
from refunds.states import PAYOUT

from . import examples

READ = ("refunds:read", "staff")


class RefundArrival(ApiView):
    """Where the money of a request is."""

    scopes: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="refunds_arrival",
        responses=ArrivalOutput,
        examples=[answered("Back to the card", examples.ARRIVAL)],
    )
    def get(self, request: Request, refund_no: str) -> Response:
        """Say where the money went and when it should be there; before it has left, where it will go (ARR-1)."""
        return self.answer(selectors.arrival_document(self.actor, refund_no))


class RefundProof(ApiView):
    """The proof of a refund, as a PDF."""

    scopes: ClassVar = {"GET": READ}
    problems = (409,)

    @extend_schema(
        operation_id="refunds_arrival_proof",
        responses={(200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    def get(self, request: Request, refund_no: str) -> FileResponse:
        """Get a page to send to the buyer: amount, time, destination, reference (ARR-2). 409 before it has left."""
        refund, arrival = selectors.arrival_for(self.actor, refund_no)
        selectors.require_arrived(arrival)
        return proof.download(refund, arrival, "pdf")


class RefundProofPicture(ApiView):
    """The proof of a refund, as a picture."""

    scopes: ClassVar = {"GET": READ}
    problems = (409,)

    @extend_schema(
        operation_id="refunds_arrival_proof_picture",
        responses={(200, "image/png"): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    def get(self, request: Request, refund_no: str) -> FileResponse:
        """Get the same page as a picture, for a chat: 1190 × 840 pixels (ARR-2). 409 before the money has left."""
        refund, arrival = selectors.arrival_for(self.actor, refund_no)
        selectors.require_arrived(arrival)
        return proof.download(refund, arrival, "png")


class RefundInsurance(ApiView):
    """What the insurer of return freight did."""

    scopes: ClassVar = {"POST": "staff"}

    @extend_schema(
        operation_id="refunds_insurance",
        request=InsuranceInput,
        responses=ArrivalOutput,
        examples=[
            asked("Paid", {"paid": True, "amount_fen": 1200, "arrived_at": "2026-11-11T10:00:00+08:00"}),
            answered("Back to the card", examples.ARRIVAL),
        ],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """Write down what the insurer paid the buyer, or that it refused and why (FRI-3)."""
        refund, _arrival = selectors.arrival_for(self.actor, refund_no)
        if self.actor.role not in PAYOUT.roles_of["open"]:
            raise errors.Forbidden()
        services.insurance_record(refund=refund, actor=self.actor, **self.read(InsuranceInput))
        return self.answer(selectors.arrival_document(self.actor, refund_no))

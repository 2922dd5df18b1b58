"""The steps of exchanges and reships beside those of every request (EXC)."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core.api.examples import asked
from refunds import services
from refunds.serializers.inputs import NoteOnlyInput, ProofInput, SettleDifferenceInput
from refunds.serializers.outputs import RefundOutput

from . import examples
from .refunds import BUYER_SIDE, SELLER_SIDE, RefundView


class RefundPromiseFirst(RefundView):
    """An urgent buyer is promised that the replacement does not wait."""

    scopes: ClassVar = {"POST": SELLER_SIDE}
    versioned = True

    @extend_schema(
        operation_id="refunds_promise_first",
        request=NoteOnlyInput,
        responses=RefundOutput,
        examples=[asked("Urgent", {"note": "客户周五出差"}), examples.GIVEN],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """Promise that the replacement goes before the return is here; the return is followed (EXC-4)."""
        refund = self.refund(refund_no, "promise_first")
        note = self.read(NoteOnlyInput).get("note") or ""
        return self.document(
            services.exchange_promise_first(refund=refund, actor=self.actor, note=note, version=self.version)
        )


class RefundSettleDifference(RefundView):
    """The price difference is settled."""

    scopes: ClassVar = {"POST": SELLER_SIDE}
    versioned = True

    @extend_schema(
        operation_id="refunds_settle_difference",
        request=SettleDifferenceInput,
        responses=RefundOutput,
        examples=[asked("Paid by the buyer", {"note": "补拍差价订单 2026110522001"}), examples.GIVEN],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """Record by what the price difference was settled; what the shop owes needs a payout first (EXC-2, AMT-5)."""
        refund = self.refund(refund_no, "settle_difference")
        note = self.read(SettleDifferenceInput)["note"]
        return self.document(
            services.exchange_settle_difference(refund=refund, actor=self.actor, note=note, version=self.version)
        )


class RefundDeliveryProved(RefundView):
    """The buyer has the replacement, whatever he says."""

    scopes: ClassVar = {"POST": SELLER_SIDE}
    versioned = True

    @extend_schema(
        operation_id="refunds_delivery_proved",
        request=ProofInput,
        responses=RefundOutput,
        examples=[asked("Signed for", {"note": "快递提供签收底单,本人签收"}), examples.GIVEN],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """Record what proves a delivery that the buyer denied; his time to confirm it begins anew (LOG-6)."""
        refund = self.refund(refund_no, "delivery_proved")
        note = self.read(ProofInput)["note"]
        return self.document(
            services.exchange_prove_delivery(refund=refund, actor=self.actor, note=note, version=self.version)
        )


class RefundConfirmReceived(RefundView):
    """The buyer has the replacement."""

    scopes: ClassVar = {"POST": BUYER_SIDE}
    versioned = True

    @extend_schema(
        operation_id="refunds_confirm_received",
        request=NoteOnlyInput,
        responses=RefundOutput,
        examples=[asked("There", {"note": ""}), examples.GIVEN],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """Record that the buyer has the replacement, which ends the exchange (EXC-1)."""
        refund = self.refund(refund_no, "confirm_received")
        note = self.read(NoteOnlyInput).get("note") or ""
        return self.document(
            services.exchange_confirm_received(refund=refund, actor=self.actor, note=note, version=self.version)
        )


class RefundToRefund(RefundView):
    """There is nothing to exchange it for."""

    scopes: ClassVar = {"POST": SELLER_SIDE}
    versioned = True

    @extend_schema(
        operation_id="refunds_to_refund",
        request=NoteOnlyInput,
        responses=RefundOutput,
        examples=[asked("Out of stock", {"note": "无货"}), examples.GIVEN],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """Turn an exchange into a refund and answer with the new request, which goes on where the goods are (EXC-1)."""
        refund = self.refund(refund_no, "to_refund")
        note = self.read(NoteOnlyInput).get("note") or ""
        return self.document(
            services.exchange_to_refund(refund=refund, actor=self.actor, note=note, version=self.version)
        )

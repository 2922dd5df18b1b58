"""Orders shipped and received; requests voided, sent back and received."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core.api.examples import asked
from logistics import services
from logistics.serializers.shipping import ConfirmReceiptInput, ShipInput
from orders.api import examples as order_examples
from orders.api.orders import WRITE, OrderView
from orders.filters import ShopQuery
from orders.serializers import OrderOutput
from refunds import services as refunds
from refunds.api import examples
from refunds.api.refunds import BUYER_SIDE, SELLER_SIDE, RefundView
from refunds.serializers.inputs import ParcelInput, ReceiveInput, ReplacementInput, VoidResultInput, found_lines
from refunds.serializers.outputs import RefundOutput


class OrderShip(OrderView):
    """Goods leave."""

    scopes: ClassVar = {"POST": WRITE}
    versioned = True

    @extend_schema(
        operation_id="orders_ship",
        parameters=[ShopQuery],
        request=ShipInput,
        responses=OrderOutput,
        examples=[
            asked("One parcel", {"carrier": "yuantong", "tracking_no": "YT1234567890123"}),
            asked(
                "Over an open request",
                {"carrier": "sf", "tracking_no": "SF1234567890123", "lines": ["1"], "buyer_consented": True},
            ),
            order_examples.GIVEN,
        ],
    )
    def post(self, request: Request, order_no: str) -> Response:
        """Record a parcel. An open before-shipment request of these goods ends; that must be confirmed (RFD-2)."""
        order = self.order(order_no, "ship")
        values = self.read(ShipInput)
        order = services.order_ship(
            order=order,
            actor=self.actor,
            carrier=values["carrier"],
            tracking_no=values["tracking_no"],
            line_nos=list(dict.fromkeys(values.get("lines", ()))),
            buyer_consented=values.get("buyer_consented"),
            shipped_at=values.get("shipped_at"),
            version=self.version,
        )
        return self.document(order)


class OrderConfirmReceipt(OrderView):
    """The buyer has it and is content."""

    scopes: ClassVar = {"POST": WRITE}
    versioned = True

    @extend_schema(
        operation_id="orders_confirm_receipt",
        parameters=[ShopQuery],
        request=ConfirmReceiptInput,
        responses=OrderOutput,
        examples=[asked("The buyer wants it", {"close_open_requests": True}), order_examples.GIVEN],
    )
    def post(self, request: Request, order_no: str) -> Response:
        """Finish the trade; refused while a request is open, unless it is to be closed (ORD-7)."""
        order = self.order(order_no, "confirm_receipt")
        values = self.read(ConfirmReceiptInput)
        order = services.order_confirm_receipt(order=order, actor=self.actor, version=self.version, **values)
        return self.document(order)


class RefundVoidResult(RefundView):
    """The warehouse's answer."""

    scopes: ClassVar = {"POST": SELLER_SIDE}
    versioned = True

    @extend_schema(
        operation_id="refunds_void_result",
        request=VoidResultInput,
        responses=RefundOutput,
        examples=[asked("Voided", {"result": "voided", "note": "已拦下"}), examples.GIVEN],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """Record the warehouse's answer to a void list: voided, or already shipped (VOI-2)."""
        refund = self.refund(refund_no, "void_result")
        values = self.read(VoidResultInput)
        refund = services.void_answer(
            refund=refund,
            actor=self.actor,
            result=values["result"],
            note=values.get("note") or "",
            version=self.version,
        )
        return self.document(refund)


class RefundReturnShipment(RefundView):
    """The buyer sends the goods back."""

    scopes: ClassVar = {"POST": BUYER_SIDE}
    versioned = True

    @extend_schema(
        operation_id="refunds_return_shipment",
        request=ParcelInput,
        responses=RefundOutput,
        examples=[asked("A parcel", {"carrier": "zto", "tracking_no": "75312345678901"}), examples.GIVEN],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """Record how the goods were sent back; given again it corrects, and the old number is kept (RFD-4, RFD-6)."""
        refund = self.refund(refund_no, "return_shipment")
        values = self.read(ParcelInput)
        refund = services.return_shipment_record(refund=refund, actor=self.actor, version=self.version, **values)
        return self.document(refund)


class RefundShipReplacement(RefundView):
    """What was asked for leaves."""

    scopes: ClassVar = {"POST": SELLER_SIDE}
    versioned = True

    @extend_schema(
        operation_id="refunds_ship_replacement",
        request=ReplacementInput,
        responses=RefundOutput,
        examples=[asked("A parcel", {"carrier": "sf", "tracking_no": "SF1402345678901"}), examples.GIVEN],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """Record the replacement's parcel; given again it corrects, and the old number is kept (EXC-1, EXC-4)."""
        refund = self.refund(refund_no, "ship_replacement")
        values = self.read(ReplacementInput)
        refund = services.replacement_record(refund=refund, actor=self.actor, version=self.version, **values)
        return self.document(refund)


class RefundReceive(RefundView):
    """The parcel is opened."""

    scopes: ClassVar = {"POST": SELLER_SIDE}
    versioned = True

    @extend_schema(
        operation_id="refunds_receive",
        request=ReceiveInput,
        responses=RefundOutput,
        examples=[
            asked("All well", {"result": "pass", "findings": "完好，可再售", "evidence": []}),
            asked(
                "Line by line",
                {
                    "result": "pass",
                    "findings": "封口已拆，按二等品入库",
                    "lines": [
                        {"line_no": "1", "found": 1, "faults": ["sealed"], "disposition": "second", "location": "B-03"}
                    ],
                },
            ),
            examples.GIVEN,
        ],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """Record what the warehouse found: pass starts the refund, fail refuses with the photos (RET-2)."""
        refund = self.refund(refund_no, "receive")
        values = self.read(ReceiveInput)
        refund = refunds.refund_receive(
            refund=refund,
            actor=self.actor,
            passed=values["result"] == "pass",
            findings=values.get("findings") or "",
            evidence_ids=values["evidence"],
            found=found_lines(values.get("lines")),
            version=self.version,
        )
        return self.document(refund)

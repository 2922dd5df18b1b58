"""Refund payments, for finance."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core import errors
from aftersales.core.api.base import ApiView
from aftersales.core.api.examples import answered, asked
from refunds import selectors, services
from refunds.filters import PaymentQuery
from refunds.models import RefundPayment
from refunds.serializers.inputs import (
    NoteOnlyInput,
    PaymentConfirmInput,
    PaymentFailInput,
    UnmovedInput,
    UnmovedReasonInput,
)
from refunds.serializers.outputs import PaymentOutput, PaymentRowOutput
from refunds.states import PAYMENT

from . import examples

GIVEN = answered("A payment", examples.PAYMENT_DOCUMENT)


class PaymentView(ApiView):
    """What the routes of one payment share."""

    def payment(self, payment_no: str, action: str) -> RefundPayment:
        """Return the payment that is meant. Raises: Forbidden (also for roles that never take `action`), NotFound."""
        payment = selectors.payment_get_for(self.actor, payment_no)
        if self.actor.role not in PAYMENT.roles_of[action]:
            raise errors.Forbidden()
        return payment

    def document(self, payment_no: str) -> Response:
        """Answer with the payment as it is now."""
        return self.answer(selectors.payment_document(self.actor, payment_no))


class PaymentList(ApiView):
    """Refund payments."""

    scopes: ClassVar = {"GET": "staff"}
    ordering = ("-id",)

    @extend_schema(
        operation_id="payments_list",
        parameters=[PaymentQuery],
        responses=PaymentRowOutput(many=True),
        examples=[answered("A row", examples.PAYMENT)],
    )
    def get(self, request: Request) -> Response:
        """List refund payments, the newest first."""
        rows = selectors.payment_list_for(self.actor, **self.query(PaymentQuery))
        return self.page(rows, lambda found: selectors.payments_as_json(found, self.actor))


class PaymentDetail(PaymentView):
    """One refund payment."""

    scopes: ClassVar = {"GET": "staff"}

    @extend_schema(operation_id="payments_get", responses=PaymentOutput, examples=[GIVEN])
    def get(self, request: Request, payment_no: str) -> Response:
        """Get a refund payment."""
        return self.document(payment_no)


class PaymentConfirm(PaymentView):
    """The money has moved."""

    scopes: ClassVar = {"POST": "staff"}
    idempotency = "required"
    versioned = True

    @extend_schema(
        operation_id="payments_confirm",
        request=PaymentConfirmInput,
        responses=PaymentOutput,
        examples=[
            asked("The bank's reference", {"reference": "2026110922001412341234"}),
            asked(
                "Made good another way",
                {"reference": "2026110922001412341234", "evidence": ["ev_k3b8Qn"], "buyer_confirmed": True},
            ),
            GIVEN,
        ],
    )
    def post(self, request: Request, payment_no: str) -> Response:
        """Write down that the money moved; only then the request is a success (RFD-3).

        What had failed was made good another way, and wants `evidence` and `buyer_confirmed`.
        """
        payment = self.payment(payment_no, "confirm")
        values = self.read(PaymentConfirmInput)
        services.payment_confirm(
            payment=payment,
            actor=self.actor,
            reference=values["reference"],
            version=self.version,
            evidence_ids=values["evidence"],
            buyer_confirmed=values["buyer_confirmed"],
        )
        return self.document(payment_no)


class PaymentFail(PaymentView):
    """The money did not move."""

    scopes: ClassVar = {"POST": "staff"}
    versioned = True

    @extend_schema(
        operation_id="payments_fail",
        request=PaymentFailInput,
        responses=PaymentOutput,
        examples=[asked("Refused", {"failure": "收款账户已注销"}), GIVEN],
    )
    def post(self, request: Request, payment_no: str) -> Response:
        """Write down that it did not work; finance makes it good another way."""
        payment = self.payment(payment_no, "fail")
        values = self.read(PaymentFailInput)
        services.payment_fail(payment=payment, actor=self.actor, failure=values["failure"], version=self.version)
        return self.document(payment_no)


class PaymentReportUnmoved(PaymentView):
    """No answer, and no money moved: the first of two people."""

    scopes: ClassVar = {"POST": "staff"}
    versioned = True
    idempotency = "required"

    @extend_schema(
        operation_id="payments_report_unmoved",
        request=UnmovedInput,
        responses=PaymentOutput,
        examples=[asked("With the account's entries", examples.UNMOVED), GIVEN],
    )
    def post(self, request: Request, payment_no: str) -> Response:
        """Report with a proof that no money moved although the provider does not answer; somebody else agrees."""
        payment = self.payment(payment_no, "report_unmoved")
        values = self.read(UnmovedInput)
        services.payment_report_unmoved(
            payment=payment,
            actor=self.actor,
            version=self.version,
            reason=values["reason"],
            evidence_ids=values["evidence"],
        )
        return self.document(payment_no)


class PaymentAcceptUnmoved(PaymentView):
    """The second of two people."""

    scopes: ClassVar = {"POST": "staff"}
    versioned = True
    idempotency = "required"

    @extend_schema(
        operation_id="payments_accept_unmoved",
        request=UnmovedReasonInput,
        responses=PaymentOutput,
        examples=[asked("Agreed", {"reason": "已核对流水，确认未付款"}), GIVEN],
    )
    def post(self, request: Request, payment_no: str) -> Response:
        """Agree with somebody else's report that no money moved; only then may it be made good another way."""
        payment = self.payment(payment_no, "accept_unmoved")
        reason = self.read(UnmovedReasonInput)["reason"]
        services.payment_accept_unmoved(payment=payment, actor=self.actor, version=self.version, reason=reason)
        return self.document(payment_no)


class PaymentSendAgain(PaymentView):
    """Once more, with the same number."""

    scopes: ClassVar = {"POST": "staff"}
    idempotency = "required"
    versioned = True

    @extend_schema(
        operation_id="payments_send_again",
        request=NoteOnlyInput,
        responses=PaymentOutput,
        examples=[asked("Nothing to say", {}), GIVEN],
    )
    def post(self, request: Request, payment_no: str) -> Response:
        """Send a refused payment again, with the same number: had it moved after all, it does not move twice."""
        payment = self.payment(payment_no, "send_again")
        services.payment_send_again(payment=payment, actor=self.actor, version=self.version)
        return self.document(payment_no)


class PaymentAsk(PaymentView):
    """What came of it?"""

    scopes: ClassVar = {"POST": "staff"}

    @extend_schema(
        operation_id="payments_ask",
        request=NoteOnlyInput,
        responses=PaymentOutput,
        examples=[asked("Nothing to say", {}), GIVEN],
    )
    def post(self, request: Request, payment_no: str) -> Response:
        """Have the provider asked now, instead of after the next pause."""
        services.payment_ask(payment=self.payment(payment_no, "confirm"), actor=self.actor)
        return self.document(payment_no)

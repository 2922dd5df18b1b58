"""Payouts over REST: opened by the desk, approved by somebody else, sent by a job (PAY)."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core import errors
from aftersales.core.api.base import ApiView
from aftersales.core.api.examples import answered, asked
from orders import selectors as order_selectors
from refunds import selectors, services
from refunds.filters import PayoutQuery
from refunds.models import Payout
from refunds.selectors import payouts as payout_selectors
from refunds.serializers import payouts as shapes
from refunds.serializers.inputs import NoteOnlyInput, PaymentConfirmInput
from refunds.services.payouts.approving import Approval
from refunds.states import PAYOUT

from . import payout_examples as examples

READ = ("refunds:read", "staff")
GIVEN = answered("A payout", examples.PAYOUT_DOCUMENT)


class PayoutView(ApiView):
    """What the routes of one payout share."""

    def payout(self, payout_no: str, action: str) -> Payout:
        """Return the payout that is meant. Raises: Forbidden (also for roles that never take `action`), NotFound."""
        payout = payout_selectors.payout_get_for(self.actor, payout_no)
        if self.actor.role not in PAYOUT.roles_of[action]:
            raise errors.Forbidden()
        return payout

    def document(self, payout_no: str, *, status: int = 200) -> Response:
        """Answer with the payout as it is now."""
        return self.answer(payout_selectors.payout_document(self.actor, payout_no), status=status)


class PayoutList(PayoutView):
    """Payouts."""

    scopes: ClassVar = {"GET": READ, "POST": "staff"}
    idempotency = "required"
    ordering: ClassVar[Sequence[str]] = ("-id",)

    @extend_schema(
        operation_id="payouts_list",
        parameters=[PayoutQuery],
        responses=shapes.PayoutRowOutput(many=True),
        examples=[answered("A row", examples.PAYOUT)],
    )
    def get(self, request: Request) -> Response:
        """List payouts, the newest first; with `updated_since` by when they changed."""
        given = self.query(PayoutQuery)
        if "updated_since" in given:
            self.ordering = ("updated_at", "id")  # type: ignore[misc]
        rows = payout_selectors.payout_list_for(self.actor, **given)
        return self.page(rows, lambda found: payout_selectors.payouts_as_json(found, self.actor))

    @extend_schema(
        operation_id="payouts_create",
        request=shapes.PayoutInput,
        responses={201: shapes.PayoutOutput},
        examples=[asked("Return postage", examples.OPEN), answered("A draft", examples.PAYOUT_DOCUMENT, "201")],
    )
    def post(self, request: Request) -> Response:
        """Open a payout as a draft; nothing moves before somebody else has approved it (PAY-5)."""
        if self.actor.role not in PAYOUT.roles_of["open"]:
            raise errors.Forbidden()
        values = self.read(shapes.PayoutInput)
        refund, order_no = None, values["order_no"]
        if values.get("refund_no"):
            refund = selectors.refund_get_for(self.actor, values["refund_no"])
            if refund.order.order_no != order_no:
                raise errors.NotFound()
            order = refund.order
        else:
            order = order_selectors.order_get_for(self.actor, order_no, values.get("shop", ""))
        payout = services.payout_open(
            order=order,
            refund=refund,
            actor=self.actor,
            purpose=values["purpose"],
            amount_fen=values["amount_fen"],
            payee=shapes.payee_data(values["payee"]),
            note=values.get("note") or "",
            line_nos=values["lines"],
            second_reason=values.get("second_reason") or "",
            evidence_ids=values["evidence"],
        )
        return self.document(payout.payout_no, status=201)


class PayoutDetail(PayoutView):
    """One payout."""

    scopes: ClassVar = {"GET": READ, "PATCH": "staff"}
    versioned = True

    @extend_schema(operation_id="payouts_get", responses=shapes.PayoutOutput, examples=[GIVEN])
    def get(self, request: Request, payout_no: str) -> Response:
        """Get a payout with its history, and what the caller may do now."""
        return self.document(payout_no)

    @extend_schema(
        operation_id="payouts_edit",
        request=shapes.PayoutPatch,
        responses=shapes.PayoutOutput,
        examples=[asked("Another amount", {"amount_fen": 1000}), GIVEN],
    )
    def patch(self, request: Request, payout_no: str) -> Response:
        """Change amount, note or payee; an approval that was given does not count any more."""
        payout = self.payout(payout_no, "edit")
        values = self.read(shapes.PayoutPatch)
        services.payout_edit(
            payout=payout,
            actor=self.actor,
            version=self.version,
            amount_fen=values.get("amount_fen"),
            note=values.get("note"),
            payee=shapes.payee_data(values["payee"]) if "payee" in values else None,
            evidence_ids=values["evidence"],
        )
        return self.document(payout_no)


class PayoutStep(PayoutView):
    """A step of one payout, taken by POST."""

    scopes: ClassVar = {"POST": "staff"}
    versioned = True


class PayoutSubmit(PayoutStep):
    """Ask for approval."""

    @extend_schema(
        operation_id="payouts_submit",
        request=NoteOnlyInput,
        responses=shapes.PayoutOutput,
        examples=[asked("Nothing to say", {}), GIVEN],
    )
    def post(self, request: Request, payout_no: str) -> Response:
        """Submit a draft for approval; from now on the buyer has a promise (PAY-6)."""
        payout = self.payout(payout_no, "submit")
        services.payout_submit(payout=payout, actor=self.actor, version=self.version)
        return self.document(payout_no)


class PayoutApprove(PayoutStep):
    """The second pair of eyes."""

    @extend_schema(
        operation_id="payouts_approve",
        request=shapes.PayoutApproveInput,
        responses=shapes.PayoutOutput,
        examples=[asked("Nothing to say", {}), GIVEN],
    )
    def post(self, request: Request, payout_no: str) -> Response:
        """Approve exactly this amount for exactly this payee; whoever opened or changed it cannot (PAY-5)."""
        payout = self.payout(payout_no, "approve")
        note = self.read(shapes.PayoutApproveInput).get("note") or ""
        services.payout_approve(payout=payout, actor=self.actor, version=self.version, note=note)
        return self.document(payout_no)


class PayoutReject(PayoutStep):
    """Not this one."""

    @extend_schema(
        operation_id="payouts_reject",
        request=shapes.PayoutReasonInput,
        responses=shapes.PayoutOutput,
        examples=[asked("Why", {"reason": "运费险已赔付"}), GIVEN],
    )
    def post(self, request: Request, payout_no: str) -> Response:
        """Reject a payout that waits for approval or is not sent yet."""
        payout = self.payout(payout_no, "reject")
        reason = self.read(shapes.PayoutReasonInput)["reason"]
        services.payout_reject(payout=payout, actor=self.actor, version=self.version, reason=reason)
        return self.document(payout_no)


class PayoutWithdraw(PayoutStep):
    """Taken back by the desk."""

    @extend_schema(
        operation_id="payouts_withdraw",
        request=shapes.PayoutReasonInput,
        responses=shapes.PayoutOutput,
        examples=[asked("Why", {"reason": "买家改要优惠券"}), GIVEN],
    )
    def post(self, request: Request, payout_no: str) -> Response:
        """Take a payout back that is not on its way."""
        payout = self.payout(payout_no, "withdraw")
        reason = self.read(shapes.PayoutReasonInput)["reason"]
        services.payout_withdraw(payout=payout, actor=self.actor, version=self.version, reason=reason)
        return self.document(payout_no)


class PayoutCorrectPayee(PayoutStep):
    """Another account or name."""

    @extend_schema(
        operation_id="payouts_correct_payee",
        request=shapes.PayeeInput,
        responses=shapes.PayoutOutput,
        examples=[asked("The right account", examples.PAYEE), GIVEN],
    )
    def post(self, request: Request, payout_no: str) -> Response:
        """Correct an account or name that was wrong; it waits for approval again, and the old one stays on record."""
        payout = self.payout(payout_no, "correct_payee")
        body = request.data.get("payee") if isinstance(request.data, dict) else None
        if isinstance(body, dict):  # the same member as in POST /payouts is understood, too
            reader = shapes.PayeeInput(data=body)
            reader.is_valid(raise_exception=True)
            values: dict[str, Any] = reader.validated_data
        else:
            values = self.read(shapes.PayeeInput)
        payee = shapes.payee_data(values)
        services.payout_correct_payee(payout=payout, actor=self.actor, payee=payee, version=self.version)
        return self.document(payout_no)


class PayoutConfirm(PayoutStep):
    """The money has moved."""

    idempotency = "required"

    @extend_schema(
        operation_id="payouts_confirm",
        request=PaymentConfirmInput,
        responses=shapes.PayoutOutput,
        examples=[asked("The bank's reference", {"reference": "20261112110070001502060061234567"}), GIVEN],
    )
    def post(self, request: Request, payout_no: str) -> Response:
        """Write down that the money moved, with the provider's or the bank's reference."""
        payout = self.payout(payout_no, "confirm")
        reference = self.read(PaymentConfirmInput)["reference"]
        services.payout_confirm(payout=payout, actor=self.actor, version=self.version, reference=reference)
        return self.document(payout_no)


class PayoutFail(PayoutStep):
    """The money did not move."""

    @extend_schema(
        operation_id="payouts_fail",
        request=shapes.PayoutFailInput,
        responses=shapes.PayoutOutput,
        examples=[asked("Wrong account", {"failure": "收款账户不存在", "fault": "payee"}), GIVEN],
    )
    def post(self, request: Request, payout_no: str) -> Response:
        """Write down that no money moved; the payee is corrected, or it is sent again."""
        payout = self.payout(payout_no, "fail")
        services.payout_fail(payout=payout, actor=self.actor, version=self.version, **self.read(shapes.PayoutFailInput))
        return self.document(payout_no)


class PayoutSendAgain(PayoutStep):
    """Once more, with a new number."""

    idempotency = "required"

    @extend_schema(
        operation_id="payouts_send_again",
        request=NoteOnlyInput,
        responses=shapes.PayoutOutput,
        examples=[asked("Nothing to say", {}), GIVEN],
    )
    def post(self, request: Request, payout_no: str) -> Response:
        """Send a failed payout again as it was approved, for instance once our own account has money again."""
        payout = self.payout(payout_no, "send_again")
        services.payout_send_again(payout=payout, actor=self.actor, version=self.version)
        return self.document(payout_no)


class PayoutAsk(PayoutView):
    """What came of it?"""

    scopes: ClassVar = {"POST": "staff"}

    @extend_schema(
        operation_id="payouts_ask",
        request=NoteOnlyInput,
        responses=shapes.PayoutOutput,
        examples=[asked("Nothing to say", {}), GIVEN],
    )
    def post(self, request: Request, payout_no: str) -> Response:
        """Have the provider asked now, instead of after the next pause."""
        services.payout_ask(payout=self.payout(payout_no, "confirm"), actor=self.actor)
        return self.document(payout_no)


class PayoutReveal(PayoutView):
    """The payee in full."""

    scopes: ClassVar = {"POST": "staff"}

    @extend_schema(
        operation_id="payouts_reveal",
        request=shapes.PayoutReasonInput,
        responses=shapes.PayeeRevealedOutput,
        examples=[
            asked("Why", {"reason": "银行退票，核对户名"}),
            answered("In full", {"payout_no": "PO20261109000003"} | examples.PAYEE),
        ],
    )
    def post(self, request: Request, payout_no: str) -> Response:
        """Read account and name in full, for finance; who read them and why is written down (PAY-2)."""
        self.actor.require(services.payouts.payees.DISCLOSE)
        payout = payout_selectors.payout_get_for(self.actor, payout_no)
        reason = self.read(shapes.PayoutReasonInput)["reason"]
        payee = services.payee_disclose(payout=payout, actor=self.actor, reason=reason)
        shown = {"account_type": payee.account_type, "account": payee.account, "name": payee.name}
        return self.answer({"payout_no": payout_no} | shown, headers={"Cache-Control": "no-store"})


class PayoutsApprove(ApiView):
    """Many at once."""

    scopes: ClassVar = {"POST": "staff"}

    @extend_schema(
        operation_id="payouts_approve_many",
        request=shapes.PayoutsApproveInput,
        responses=shapes.PayoutApprovalsOutput,
        examples=[
            asked("Two payouts", {"payout_nos": ["PO20261109000003", "PO20261109000004"]}),
            answered("One of them", examples.APPROVALS),
        ],
    )
    def post(self, request: Request) -> Response:
        """Approve many payouts, each with an outcome of its own; one that is refused does not stop the others."""
        if self.actor.role not in PAYOUT.roles_of["approve"]:
            raise errors.Forbidden()
        values = self.read(shapes.PayoutsApproveInput)
        numbers = list(dict.fromkeys(values["payout_nos"]))
        known = payout_selectors.payouts_get_for(self.actor, numbers)
        asked_for = [(known[number], values["versions"].get(number)) for number in numbers if number in known]
        came = {one.payout_no: one for one in services.payouts_approve(payouts=asked_for, actor=self.actor)}
        missing = Approval("", problem=errors.NotFound())
        results = [_outcome(number, came.get(number, missing)) for number in numbers]
        return self.answer({"approved": sum(one["ok"] for one in results), "results": results})


def _outcome(payout_no: str, one: Approval) -> dict[str, Any]:
    problem = one.problem
    return {
        "payout_no": payout_no,
        "ok": problem is None,
        "status": one.payout.status if one.payout is not None else problem and problem.extra.get("status_now"),
        "version": one.payout.version if one.payout is not None else None,
        "code": problem and problem.code,
        "rule": problem and problem.extra.get("rule"),
        "detail": problem and str(problem.detail),
    }

"""What one side puts to the other: proposed, accepted, declined, taken back (DEC-3, DIS-5)."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core import errors
from aftersales.core.api.examples import answered, asked
from refunds import services
from refunds.models import Proposal, Refund
from refunds.serializers.inputs import AcceptInput, GuideInput, ProposalInput, TextOnlyInput
from refunds.serializers.outputs import RefundOutput
from refunds.states import PROPOSAL, ProposalKind

from . import examples
from .refunds import BUYER_SIDE, SELLER_SIDE, RefundView, given

MADE = answered("A request", examples.DOCUMENT, "201")


class ProposalView(RefundView):
    """What the routes of proposals share."""

    def proposal(self, refund_no: str, number: int, action: str) -> Proposal:
        """Return the proposal that is meant. Raises: Forbidden, NotFound."""
        refund = self.allowed(refund_no, action)
        found: Proposal | None = refund.proposals.filter(number=number).first()
        if found is None:
            raise errors.NotFound()
        return found

    def allowed(self, refund_no: str, action: str) -> Refund:
        """Return the request, having looked whether the caller's role ever takes `action` on a proposal."""
        refund = self.refund(refund_no)
        if self.actor.role not in PROPOSAL.roles_of[action]:
            raise errors.Forbidden()
        return refund

    def again(self, refund_pk: int, *, status: int = 200) -> Response:
        """Answer with the request as it is now."""
        return self.document(Refund.objects.get(pk=refund_pk), status=status)


class RefundProposals(ProposalView):
    """Proposals about a request."""

    scopes: ClassVar = {"POST": BUYER_SIDE}
    versioned = True

    @extend_schema(
        operation_id="refunds_proposals_create",
        request=ProposalInput,
        responses={201: RefundOutput},
        examples=[asked("A part of the price", {"kind": "amount", "amount_fen": 3000, "text": "补偿 30 元"}), MADE],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """Propose something to the other side; an open proposal is countered by it. A buyer proposes amounts."""
        refund = self.allowed(refund_no, "propose")
        values = given(self.read(ProposalInput))
        services.proposal_make(refund=refund, actor=self.actor, version=self.version, **values)
        return self.again(refund.pk, status=201)


class RefundGuide(ProposalView):
    """The buyer is asked to correct his request."""

    scopes: ClassVar = {"POST": SELLER_SIDE}
    versioned = True

    @extend_schema(
        operation_id="refunds_guide",
        request=GuideInput,
        responses={201: RefundOutput},
        examples=[
            asked("To a return", {"kind": "return_refund", "reason": "seven_day", "text": "请改成退货退款"}),
            MADE,
        ],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """Ask the buyer to correct kind or reason, in time before the seller's own deadline (DEC-3)."""
        refund = self.allowed(refund_no, "propose")
        values: dict[str, Any] = given(self.read(GuideInput))
        services.proposal_make(
            refund=refund,
            actor=self.actor,
            kind=ProposalKind.CORRECT,
            to_kind=values.get("kind", ""),
            to_reason=values.get("reason", ""),
            text=values.get("text", ""),
            due_at=values.get("due_at"),
            version=self.version,
        )
        return self.again(refund.pk, status=201)


class ProposalAccept(ProposalView):
    """The other side says yes."""

    scopes: ClassVar = {"POST": BUYER_SIDE}

    @extend_schema(
        operation_id="refunds_proposals_accept",
        request=AcceptInput,
        responses=RefundOutput,
        examples=[asked("Yes", {"evidence": []}), examples.GIVEN],
    )
    def post(self, request: Request, refund_no: str, number: int) -> Response:
        """Accept a proposal, which is carried out at once; 412 when the request has changed since."""
        proposal = self.proposal(refund_no, number, "accept")
        evidence = self.read(AcceptInput)["evidence"]
        services.proposal_accept(proposal=proposal, actor=self.actor, evidence_ids=evidence)
        return self.again(proposal.refund_id)


class ProposalDecline(ProposalView):
    """The other side says no."""

    scopes: ClassVar = {"POST": BUYER_SIDE}

    @extend_schema(
        operation_id="refunds_proposals_decline",
        request=TextOnlyInput,
        responses=RefundOutput,
        examples=[asked("No", {"text": "不接受"}), examples.GIVEN],
    )
    def post(self, request: Request, refund_no: str, number: int) -> Response:
        """Decline a proposal; the request goes on as before."""
        proposal = self.proposal(refund_no, number, "decline")
        text = self.read(TextOnlyInput).get("text") or ""
        services.proposal_decline(proposal=proposal, actor=self.actor, text=text)
        return self.again(proposal.refund_id)


class ProposalWithdraw(ProposalView):
    """The side that proposed thinks better of it."""

    scopes: ClassVar = {"POST": BUYER_SIDE}

    @extend_schema(
        operation_id="refunds_proposals_withdraw",
        request=None,
        responses=RefundOutput,
        examples=[examples.GIVEN],
    )
    def post(self, request: Request, refund_no: str, number: int) -> Response:
        """Take one's own proposal back."""
        proposal = self.proposal(refund_no, number, "withdraw")
        services.proposal_withdraw(proposal=proposal, actor=self.actor)
        return self.again(proposal.refund_id)

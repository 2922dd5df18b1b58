"""Applying for, reading, changing and answering requests."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core import errors
from aftersales.core.api.base import ApiView
from aftersales.core.api.examples import answered, asked
from orders import selectors as order_selectors
from orders.filters import ShopQuery
from refunds import selectors, services
from refunds.filters import RefundQuery
from refunds.models import Refund
from refunds.serializers.inputs import (
    AgreeInput,
    DecisionInput,
    DisputeEvidenceInput,
    MessageInput,
    NoteOnlyInput,
    RefundInput,
    RefundPatch,
    RefuseInput,
    SettleInput,
    line_asks,
)
from refunds.serializers.outputs import RefundableOutput, RefundOutput, RefundRowOutput
from refunds.states import DISPUTE, REFUND

from . import examples

READ = ("refunds:read", "refunds:write", "staff")
BUYER_SIDE = ("refunds:write", "staff")
SELLER_SIDE = "staff"
WRITERS = frozenset({"buyer", "agent", "supervisor", "warehouse"})


class RefundView(ApiView):
    """What the routes of one request share."""

    def refund(self, refund_no: str, action: str = "") -> Refund:
        """Return the request that is meant, having looked whether the caller's role ever takes `action`.

        Raises: Forbidden, NotFound.
        """
        refund = selectors.refund_get_for(self.actor, refund_no)
        if action and self.actor.role not in REFUND.roles_of[action]:
            raise errors.Forbidden()
        return refund

    def document(self, refund: Refund, *, status: int = 200) -> Response:
        """Answer with the request as it is now."""
        return self.answer(selectors.refund_document(self.actor, refund.pk), status=status)


class RefundList(RefundView):
    """Requests."""

    scopes: ClassVar = {"GET": READ, "POST": BUYER_SIDE}
    idempotency = "required"
    ordering: ClassVar[Sequence[str]] = ("-id",)

    @extend_schema(
        operation_id="refunds_list",
        parameters=[RefundQuery],
        responses=RefundRowOutput(many=True),
        examples=[answered("A row", examples.ROW)],
    )
    def get(self, request: Request) -> Response:
        """List requests, the newest first; `updated_since` and `due_before` sort by what they ask for."""
        given = self.query(RefundQuery)
        if "updated_since" in given:
            self.ordering = ("updated_at", "id")  # type: ignore[misc]
        elif "due_before" in given:
            self.ordering = ("due_at", "id")  # type: ignore[misc]
        rows = selectors.refund_list_for(self.actor, **given)
        return self.page(rows, lambda found: selectors.refunds_as_json(found, self.actor))

    @extend_schema(
        operation_id="refunds_create",
        request=RefundInput,
        responses={201: RefundOutput},
        examples=[asked("Seven-day return", examples.APPLY), answered("A request", examples.DOCUMENT, "201")],
    )
    def post(self, request: Request) -> Response:
        """Apply for a refund or a return."""
        if self.actor.role not in REFUND.roles_of["apply"]:
            raise errors.Forbidden()
        reader = RefundInput(data=request.data)
        reader.is_valid(raise_exception=True)
        values = reader.validated_data
        order = order_selectors.order_get_for(self.actor, values["order_no"], values.get("shop", ""))
        refund = services.refund_apply(order=order, ask=reader.ask(), actor=self.actor, evidence_ids=values["evidence"])
        return self.document(refund, status=201)


class RefundDetail(RefundView):
    """One request."""

    scopes: ClassVar = {"GET": READ, "PATCH": BUYER_SIDE}
    versioned = True

    @extend_schema(operation_id="refunds_get", responses=RefundOutput, examples=[examples.GIVEN])
    def get(self, request: Request, refund_no: str) -> Response:
        """Get a request with all that belongs to it, and what the caller may do now."""
        return self.answer(selectors.refund_document_for(self.actor, refund_no))

    @extend_schema(
        operation_id="refunds_modify",
        request=RefundPatch,
        responses=RefundOutput,
        examples=[asked("Another reason", {"reason": "quality", "description": "罐口有裂缝"}), examples.GIVEN],
    )
    def patch(self, request: Request, refund_no: str) -> Response:
        """Change what is asked for; kept as a version, and the seller's clock starts anew (APP-8)."""
        refund = self.refund(refund_no, "modify")
        changes = self.read(RefundPatch)
        evidence = changes.pop("evidence", [])
        if "lines" in changes:
            changes["lines"] = line_asks(changes["lines"])
        refund = services.refund_modify(
            refund=refund, actor=self.actor, changes=changes, evidence_ids=evidence, version=self.version
        )
        return self.document(refund)


class RefundCancel(RefundView):
    """The buyer withdraws."""

    scopes: ClassVar = {"POST": BUYER_SIDE}
    versioned = True

    @extend_schema(
        operation_id="refunds_cancel",
        request=NoteOnlyInput,
        responses=RefundOutput,
        examples=[asked("Withdrawn", {"note": "不退了"}), examples.GIVEN],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """Withdraw a request; applying again is allowed (APP-9)."""
        refund = self.refund(refund_no, "cancel")
        note = self.read(NoteOnlyInput).get("note") or ""
        return self.document(services.refund_cancel(refund=refund, actor=self.actor, version=self.version, note=note))


class RefundIntervention(RefundView):
    """The platform is asked to step in."""

    scopes: ClassVar = {"POST": BUYER_SIDE}
    versioned = True

    @extend_schema(
        operation_id="refunds_intervention",
        request=MessageInput,
        responses=RefundOutput,
        examples=[asked("After a refusal", {"text": "卖家拒绝无理由", "evidence": []}), examples.GIVEN],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """Ask the platform to step in; every deadline stands still meanwhile (RFD-7, TMO-16)."""
        refund = self.refund(refund_no, "intervention")
        values = self.read(MessageInput)
        refund = services.refund_intervene(
            refund=refund,
            actor=self.actor,
            text=values["text"],
            evidence_ids=values["evidence"],
            version=self.version,
        )
        return self.document(refund)


class RefundMessages(RefundView):
    """What the two sides write."""

    scopes: ClassVar = {"POST": BUYER_SIDE}

    @extend_schema(
        operation_id="refunds_messages_create",
        request=MessageInput,
        responses={201: RefundOutput},
        examples=[
            asked("A question", {"text": "请问什么时候退款？", "evidence": []}),
            answered("A request", examples.DOCUMENT, "201"),
        ],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """Write a message, with files or without; it moves nothing."""
        refund = self.refund(refund_no)
        if self.actor.role not in WRITERS:
            raise errors.Forbidden()
        values = self.read(MessageInput)
        services.message_write(refund=refund, actor=self.actor, text=values["text"], evidence_ids=values["evidence"])
        return self.document(refund, status=201)


class RefundAgree(RefundView):
    """The seller agrees."""

    scopes: ClassVar = {"POST": SELLER_SIDE}
    versioned = True

    @extend_schema(
        operation_id="refunds_agree",
        request=AgreeInput,
        responses=RefundOutput,
        examples=[
            asked("With the shop's address", {"note": "同意退货"}),
            asked("An exchange", {"new_prices": [{"line_no": "1", "unit_price_fen": 12800}], "ships_first": False}),
            examples.GIVEN,
        ],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """Agree: to the refund, to the return, for which the buyer is told the address, or to the exchange."""
        refund = self.refund(refund_no, "agree")
        values = given(self.read(AgreeInput))
        if "new_prices" in values:
            values["new_prices"] = {one["line_no"]: one["unit_price_fen"] for one in values["new_prices"]}
        return self.document(services.refund_agree(refund=refund, actor=self.actor, version=self.version, **values))


class RefundRefuse(RefundView):
    """The seller refuses."""

    scopes: ClassVar = {"POST": SELLER_SIDE}
    versioned = True

    @extend_schema(
        operation_id="refunds_refuse",
        request=RefuseInput,
        responses=RefundOutput,
        examples=[
            asked(
                "Worn",
                {"reason": "not_fit_for_resale", "message": "吊牌已剪，影响二次销售", "evidence": ["ev_k3b8Qn"]},
            ),
            asked("By a supervisor, despite the law", examples.REFUSE_DESPITE),
            examples.GIVEN,
            answered("Without a lawful ground", examples.NOT_LAWFUL, "422"),
        ],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """Refuse with a reason, a text for the buyer and evidence (RFD-5); never before shipment (RFD-1).

        Without a ground that the law allows it is 422 with the rule, what it would cost as `predicted`, and the code
        `needs_supervisor`; a supervisor (else `despite_law_required`) says `despite_law` and why (DEC-4).
        """
        refund = self.refund(refund_no, "refuse")
        values = self.read(RefuseInput)
        refund = services.refund_refuse(
            refund=refund,
            actor=self.actor,
            reason=values["reason"],
            message=values["message"],
            evidence_ids=values["evidence"],
            buyer_phoned=values["buyer_phoned"],
            despite_law=values["despite_law"],
            despite_note=values["despite_note"],
            version=self.version,
        )
        return self.document(refund)


class RefundDisputeEvidence(RefundView):
    """A side gives evidence in a dispute."""

    scopes: ClassVar = {"POST": BUYER_SIDE}

    @extend_schema(
        operation_id="refunds_dispute_evidence",
        request=DisputeEvidenceInput,
        responses={201: RefundOutput},
        examples=[
            asked("The page as it was", {"text": "详情页截图", "evidence": ["ev_k3b8Qn"], "shows": "page"}),
            answered("A request", examples.DOCUMENT, "201"),
        ],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """Give evidence while one's own time runs; 409 with the time when it is over (TMO-11)."""
        refund = self.refund(refund_no)
        if self.actor.role not in DISPUTE.roles_of["add_evidence"]:
            raise errors.Forbidden()
        values = self.read(DisputeEvidenceInput)
        refund = services.dispute_add_evidence(
            refund=refund,
            actor=self.actor,
            text=values["text"],
            evidence_ids=values["evidence"],
            shows=values.get("shows", ""),
        )
        return self.document(refund, status=201)


class RefundDecision(RefundView):
    """The platform decides."""

    scopes: ClassVar = {"POST": SELLER_SIDE}
    versioned = True

    @extend_schema(
        operation_id="refunds_decision",
        request=DecisionInput,
        responses=RefundOutput,
        examples=[asked("In part", {"outcome": "partial", "amount_fen": 5000, "text": "双方各半"}), examples.GIVEN],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """Record the platform's decision; it is carried out without another step (DIS-4)."""
        refund = self.refund(refund_no, "decision")
        values = given(self.read(DecisionInput))
        refund = services.refund_decide(
            refund=refund,
            actor=self.actor,
            outcome=values["outcome"],
            text=values.get("text", ""),
            amount_fen=values.get("amount_fen"),
            version=self.version,
        )
        return self.document(refund)


class RefundSettle(RefundView):
    """The two sides agree."""

    scopes: ClassVar = {"POST": BUYER_SIDE}
    versioned = True

    @extend_schema(
        operation_id="refunds_settle",
        request=SettleInput,
        responses=RefundOutput,
        examples=[asked("For half", {"amount_fen": 5200, "text": "协商退一半"}), examples.GIVEN],
    )
    def post(self, request: Request, refund_no: str) -> Response:
        """End a dispute in agreement: an amount (seller's side only) is paid, without one all goes on (DIS-5)."""
        refund = self.refund(refund_no, "settle")
        values = given(self.read(SettleInput))
        return self.document(services.refund_settle(refund=refund, actor=self.actor, version=self.version, **values))


class OrderRefundable(ApiView):
    """What can be asked for."""

    scopes: ClassVar = {"GET": ("orders:write", *READ)}

    @extend_schema(
        operation_id="orders_refundable",
        parameters=[ShopQuery],
        responses=RefundableOutput,
        examples=[answered("Two tins, shipped", examples.REFUNDABLE)],
    )
    def get(self, request: Request, order_no: str) -> Response:
        """Say for each line what is left, at most how much, for which kinds and reasons; or why nothing."""
        order = order_selectors.order_get_for(self.actor, order_no, self.query(ShopQuery).get("shop", ""))
        return self.answer(services.refundable(order=order))


def given(values: dict[str, Any]) -> dict[str, Any]:
    """Read null as not given."""
    return {name: value for name, value in values.items() if value is not None}

"""Complaints over REST: recorded by the front-end or the desk, replied to, judged, settled, closed (CMP-1)."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core import errors
from aftersales.core.api.base import ApiView
from aftersales.core.api.examples import answered, asked
from complaints import selectors, services
from complaints import serializers as shapes
from complaints.filters import ComplaintQuery
from complaints.models import Complaint
from complaints.states import COMPLAINT
from orders.selectors import order_get_for

READ = ("orders:write", "refunds:read", "refunds:write", "staff")
WRITE = ("orders:write", "staff")
ASK: dict[str, Any] = {
    "order_no": "A1001",
    "source": "authority",
    "problem": "quality",
    "reference": "12315-2026-0042",
    "text": "杯子漏水，商家不给退。",
}
ROW: dict[str, Any] = {
    "complaint_no": "CP20261109000001",
    "version": 1,
    "status": "received",
    "status_label": "待回复",
    "order_no": "A1001",
    "shop": "demo",
    "source": "authority",
    "source_label": "监管部门（12315）",
    "problem": "quality",
    "problem_label": "质量问题",
    "reference": "12315-2026-0042",
    "text": "杯子漏水，商家不给退。",
    "reply_due_at": "2026-11-18T16:00:00Z",
    "is_late": False,
    "result": None,
    "malice": None,
    "malice_reasons": None,
    "settlement": None,
    "settlement_fen": None,
    "filed_by": "agent",
    "created_at": "2026-11-09T02:00:00Z",
    "updated_at": "2026-11-09T02:00:00Z",
    "answered_at": None,
    "closed_at": None,
}
DOCUMENT: dict[str, Any] = ROW | {
    "replies": [],
    "history": [
        {
            "at": "2026-11-09T02:00:00Z",
            "actor": "agent",
            "actor_kind": "staff",
            "action": "file",
            "from": None,
            "to": "received",
            "note": "",
            "version": 1,
        }
    ],
    "allowed_actions": [{"action": "reply", "allowed": True}, {"action": "withdraw", "allowed": True}],
}
GIVEN = answered("A complaint", DOCUMENT)


class ComplaintView(ApiView):
    """What the routes of one complaint share."""

    def complaint(self, complaint_no: str, action: str) -> Complaint:
        """Return the complaint that is meant. Raises: Forbidden (also for roles that never take `action`), NotFound."""
        complaint = selectors.complaint_get_for(self.actor, complaint_no)
        if self.actor.role not in COMPLAINT.roles_of[action]:
            raise errors.Forbidden()
        return complaint

    def document(self, complaint_no: str, *, status: int = 200) -> Response:
        """Answer with the complaint as it is now."""
        return self.answer(selectors.complaint_document(self.actor, complaint_no), status=status)

    def take(self, complaint_no: str, action: str, shape: Any, step: Callable[..., Complaint]) -> Response:
        """Take a step with what was sent, and answer with the complaint after it."""
        complaint = self.complaint(complaint_no, action)
        given = {name: value for name, value in self.read(shape).items() if value is not None}
        step(complaint=complaint, actor=self.actor, version=self.version, **given)
        return self.document(complaint_no)


class ComplaintList(ComplaintView):
    """Complaints."""

    scopes: ClassVar = {"GET": READ, "POST": WRITE}
    idempotency = "required"
    ordering: ClassVar[Sequence[str]] = ("-id",)

    @extend_schema(
        operation_id="complaints_list",
        parameters=[ComplaintQuery],
        responses=shapes.ComplaintRowOutput(many=True),
        examples=[answered("A row", ROW)],
    )
    def get(self, request: Request) -> Response:
        """List complaints, the newest first; with `updated_since` by when they changed."""
        given = self.query(ComplaintQuery)
        if "updated_since" in given:
            self.ordering = ("updated_at", "id")  # type: ignore[misc]
        rows = selectors.complaint_list_for(self.actor, **given)
        return self.page(rows, lambda page: selectors.complaints_as_json(self.actor, page))

    @extend_schema(
        operation_id="complaints_create",
        request=shapes.ComplaintInput,
        responses={201: shapes.ComplaintOutput},
        examples=[asked("At an authority", ASK), answered("Recorded", DOCUMENT, "201")],
    )
    def post(self, request: Request) -> Response:
        """Record a complaint."""
        if self.actor.role not in COMPLAINT.roles_of["file"]:
            raise errors.Forbidden()
        values = self.read(shapes.ComplaintInput)
        order = order_get_for(self.actor, values["order_no"], values.get("shop", ""))
        complaint = services.complaint_file(
            order=order,
            actor=self.actor,
            source=values["source"],
            problem=values["problem"],
            text=values["text"],
            reference=values.get("reference") or "",
            reply_due_at=values.get("reply_due_at"),
        )
        return self.document(complaint.complaint_no, status=201)


class ComplaintDetail(ComplaintView):
    """One complaint."""

    scopes: ClassVar = {"GET": READ}

    @extend_schema(operation_id="complaints_get", responses=shapes.ComplaintOutput, examples=[GIVEN])
    def get(self, request: Request, complaint_no: str) -> Response:
        """Get a complaint with its replies and history, and what the caller may do now."""
        return self.document(complaint_no)


class ComplaintStep(ComplaintView):
    """A step of one complaint, taken by POST."""

    scopes: ClassVar = {"POST": "staff"}
    versioned = True


class ComplaintReply(ComplaintStep):
    """The shop replies."""

    @extend_schema(
        operation_id="complaints_reply",
        request=shapes.ComplaintReplyInput,
        responses=shapes.ComplaintOutput,
        examples=[asked("Briefly", {"text": "已与买家联系，今日补发新品。"}), GIVEN],
    )
    def post(self, request: Request, complaint_no: str) -> Response:
        """Record what the source is replied; it stays as it was sent."""
        return self.take(complaint_no, "reply", shapes.ComplaintReplyInput, services.complaint_reply)


class ComplaintEscalate(ComplaintStep):
    """The supervisor takes it."""

    @extend_schema(
        operation_id="complaints_escalate",
        request=shapes.ComplaintReasonInput,
        responses=shapes.ComplaintOutput,
        examples=[asked("Beyond the desk", {"reason": "买家要求十倍赔偿"}), GIVEN],
    )
    def post(self, request: Request, complaint_no: str) -> Response:
        """Hand it to the supervisor; the time to reply runs on."""
        return self.take(complaint_no, "escalate", shapes.ComplaintReasonInput, services.complaint_escalate)


class ComplaintPostpone(ComplaintStep):
    """The source gave another time."""

    @extend_schema(
        operation_id="complaints_postpone",
        request=shapes.ComplaintPostponeInput,
        responses=shapes.ComplaintOutput,
        examples=[
            asked("A day more", {"reply_due_at": "2026-11-19T16:00:00Z", "reason": "平台同意延期一天"}),
            GIVEN,
        ],
    )
    def post(self, request: Request, complaint_no: str) -> Response:
        """Note another time for the reply, as the source gave it."""
        return self.take(complaint_no, "postpone", shapes.ComplaintPostponeInput, services.complaint_postpone)


class ComplaintMalicious(ComplaintStep):
    """Somebody takes it for malicious."""

    @extend_schema(
        operation_id="complaints_malicious",
        request=shapes.ComplaintMaliciousInput,
        responses=shapes.ComplaintOutput,
        examples=[asked("What shows it", {"reasons": "聊天中以差评要挟返现"}), GIVEN],
    )
    def post(self, request: Request, complaint_no: str) -> Response:
        """Call it malicious, with reasons; another person, a supervisor, judges that."""
        return self.take(complaint_no, "accuse", shapes.ComplaintMaliciousInput, services.complaint_accuse)


class ComplaintMaliciousApprove(ComplaintStep):
    """It is malicious."""

    @extend_schema(
        operation_id="complaints_malicious_approve",
        request=shapes.ComplaintNoteInput,
        responses=shapes.ComplaintOutput,
        examples=[asked("Nothing to say", {}), GIVEN],
    )
    def post(self, request: Request, complaint_no: str) -> Response:
        """Approve that it is malicious; never by whoever called it so."""
        return self.take(complaint_no, "confirm", shapes.ComplaintNoteInput, services.complaint_confirm)


class ComplaintMaliciousRefuse(ComplaintStep):
    """It is not malicious."""

    @extend_schema(
        operation_id="complaints_malicious_refuse",
        request=shapes.ComplaintReasonInput,
        responses=shapes.ComplaintOutput,
        examples=[asked("Why not", {"reason": "买家诉求合理"}), GIVEN],
    )
    def post(self, request: Request, complaint_no: str) -> Response:
        """Say that it is not malicious, and why."""
        return self.take(complaint_no, "refuse", shapes.ComplaintReasonInput, services.complaint_refuse)


class ComplaintSettle(ComplaintStep):
    """The buyer and the shop agree."""

    @extend_schema(
        operation_id="complaints_settle",
        request=shapes.ComplaintSettleInput,
        responses=shapes.ComplaintOutput,
        examples=[asked("Money and a new one", {"settlement": "补发新品并补偿 20 元", "amount_fen": 2000}), GIVEN],
    )
    def post(self, request: Request, complaint_no: str) -> Response:
        """Note what was agreed, which closes it; it is also the reply where none was given."""
        return self.take(complaint_no, "settle", shapes.ComplaintSettleInput, services.complaint_settle)


class ComplaintClose(ComplaintStep):
    """The source decided."""

    @extend_schema(
        operation_id="complaints_close",
        request=shapes.ComplaintCloseInput,
        responses=shapes.ComplaintOutput,
        examples=[asked("Not upheld", {"result": "rejected"}), GIVEN],
    )
    def post(self, request: Request, complaint_no: str) -> Response:
        """Note what the source decided."""
        return self.take(complaint_no, "close", shapes.ComplaintCloseInput, services.complaint_close)


class ComplaintWithdraw(ComplaintStep):
    """The buyer took it back."""

    scopes: ClassVar = {"POST": WRITE}

    @extend_schema(
        operation_id="complaints_withdraw",
        request=shapes.ComplaintNoteInput,
        responses=shapes.ComplaintOutput,
        examples=[asked("Nothing to say", {}), GIVEN],
    )
    def post(self, request: Request, complaint_no: str) -> Response:
        """Note that the buyer took it back."""
        return self.take(complaint_no, "withdraw", shapes.ComplaintNoteInput, services.complaint_withdraw)

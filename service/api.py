"""Service sheets over REST: reported by the front-end or the desk, and every step of theirs (SVC, WAR-2)."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core import errors
from aftersales.core.api.base import ApiView
from aftersales.core.api.examples import answered, asked
from aftersales.core.machine import BUYER
from service import services
from service.filters import SheetQuery
from service.selectors import documents
from service.selectors.rows import sheet_get_for
from service.serializers import shapes
from service.services.moving import QuoteLine
from service.states import SERVICE
from warranty.selectors.entitling import line_get_for

READ = ("orders:write", "refunds:read", "refunds:write", "staff")
WRITE = ("orders:write", "staff")
ASK: dict[str, Any] = {"order_no": "A1001", "line_no": "1", "text": "屏幕不亮，按键无反应。"}
ROW: dict[str, Any] = {
    "sheet_no": "SR20261109000001",
    "version": 1,
    "status": "reported",
    "status_label": "已报修",
    "order_no": "A1001",
    "shop": "demo",
    "file_no": "SF20261109000001",
    "line_no": "1",
    "unit": 1,
    "way": "visit",
    "way_label": "上门",
    "text": "屏幕不亮，按键无反应。",
    "charge": "warranty",
    "charge_label": "保修期内",
    "is_emergency": False,
    "is_incomplete": False,
    "is_late": False,
    "engineer": None,
    "diagnosis": None,
    "work": None,
    "finding": None,
    "finding_label": None,
    "result": None,
    "result_label": None,
    "quoted_fen": None,
    "paid_fen": None,
    "invoice_wanted": None,
    "terms_version": None,
    "respond_due_at": "2026-11-10T16:00:00Z",
    "visit_at": None,
    "accepted_at": None,
    "paid_at": None,
    "created_at": "2026-11-09T02:00:00Z",
    "updated_at": "2026-11-09T02:00:00Z",
    "done_at": None,
    "closed_at": None,
}
DOCUMENT: dict[str, Any] = ROW | {
    "quotes": [],
    "freight": None,
    "history": [
        {
            "at": "2026-11-09T02:00:00Z",
            "actor": "agent",
            "actor_kind": "staff",
            "action": "file",
            "from": None,
            "to": "reported",
            "note": "",
            "version": 1,
        }
    ],
    "allowed_actions": [{"action": "assign", "allowed": True}, {"action": "cancel", "allowed": True}],
}
GIVEN = answered("A service sheet", DOCUMENT)


class SheetView(ApiView):
    """What the routes of service sheets share."""

    def document(self, sheet_no: str, *, status: int = 200) -> Response:
        """Answer with the sheet as it is now."""
        return self.answer(documents.sheet_document(self.actor, sheet_no), status=status)


class SheetList(SheetView):
    """Service sheets."""

    scopes: ClassVar = {"GET": READ, "POST": WRITE}
    idempotency = "required"
    ordering: ClassVar[Sequence[str]] = ("-id",)

    @extend_schema(
        operation_id="service_records_list",
        parameters=[SheetQuery],
        responses=shapes.SheetRowOutput(many=True),
        examples=[answered("A row", ROW)],
    )
    def get(self, request: Request) -> Response:
        """List service sheets, the newest first; with `updated_since` by when they changed."""
        given = self.query(SheetQuery)
        if "updated_since" in given:
            self.ordering = ("updated_at", "id")  # type: ignore[misc]
        rows = documents.sheet_list_for(self.actor, **given)
        return self.page(rows, lambda page: documents.sheets_as_json(self.actor, page))

    @extend_schema(
        operation_id="service_records_create",
        request=shapes.SheetInput,
        responses={201: shapes.SheetOutput},
        examples=[asked("A dark screen", ASK), answered("Recorded", DOCUMENT, "201")],
    )
    def post(self, request: Request) -> Response:
        """Report a fault of a unit that was sold; its service file is opened where there is none."""
        if self.actor.role not in SERVICE.roles_of["file"]:
            raise errors.Forbidden()
        given = {name: value for name, value in self.read(shapes.SheetInput).items() if value is not None}
        line = line_get_for(self.actor, given.pop("order_no"), given.pop("line_no"), given.pop("shop", ""))
        return self.document(services.sheet_file(line=line, actor=self.actor, **given).sheet_no, status=201)


class SheetDetail(SheetView):
    """One service sheet."""

    scopes: ClassVar = {"GET": READ}

    @extend_schema(operation_id="service_records_get", responses=shapes.SheetOutput, examples=[GIVEN])
    def get(self, request: Request, sheet_no: str) -> Response:
        """Get a sheet with its quotations, freight and history, and what the caller may do now."""
        return self.document(sheet_no)


def _step(action: str, shape: Any, example: dict[str, Any], says: str) -> type[SheetView]:
    """Make the route of a step; the service bears its name, and the front-end takes those that are a buyer's."""

    class Step(SheetView):
        scopes: ClassVar = {"POST": WRITE if BUYER in SERVICE.roles_of[action] else "staff"}
        versioned = True

        def post(self, request: Request, sheet_no: str) -> Response:
            sheet = sheet_get_for(self.actor, sheet_no)
            if self.actor.role not in SERVICE.roles_of[action]:
                raise errors.Forbidden()
            given = {name: value for name, value in self.read(shape).items() if value is not None}
            if "lines" in given:
                given["lines"] = [QuoteLine(**line) for line in given["lines"]]
            step = getattr(services, f"sheet_{action}")
            step(sheet=sheet, actor=self.actor, version=self.version, **given)
            return self.document(sheet_no)

        post.__doc__ = says
        post = extend_schema(
            operation_id=f"service_records_{action}",
            request=shape,
            responses=shapes.SheetOutput,
            examples=[asked("A step", example), GIVEN],
        )(post)

    Step.__name__ = Step.__qualname__ = f"Sheet{action.title().replace('_', '')}"
    Step.__doc__ = says
    return Step


_SOON = "2026-11-10T02:00:00Z"
_QUOTE = [{"kind": "parts", "text": "屏幕总成", "quantity": 1, "unit_fen": 48_000}]
_YES = {"by": "李雷", "how": "phone"}
STEPS: dict[str, type[SheetView]] = {
    action: _step(action, shape, example, says)
    for action, shape, example, says in (
        ("ask_free", shapes.SheetReasonInput, {"reason": "老客户"}, "Ask to work free of charge out of warranty."),
        ("approve_free", shapes.SheetNoteInput, {}, "Approve that; never by whoever asked."),
        ("bill", shapes.SheetNoteInput, {}, "Decide that the buyer pays."),
        (
            "call",
            shapes.SheetCallInput,
            {"visit_at": _SOON, "note": "已约"},
            "Note a call beforehand.",
        ),
        ("assign", shapes.SheetAssignInput, {"engineer": "warehouse", "visit_at": _SOON}, "Send an engineer."),
        ("solve", shapes.SheetWorkInput, {"work": "电话指导重启"}, "Close it on the phone."),
        ("cancel", shapes.SheetReasonInput, {"reason": "买家取消"}, "Take it back."),
        ("set_out", shapes.SheetEmptyInput, {}, "Set out."),
        ("repair", shapes.SheetRepairInput, {"diagnosis": "排线", "work": "更换"}, "Say what was found and done."),
        ("quote", shapes.SheetQuoteInput, {"diagnosis": "屏幕", "lines": _QUOTE}, "Quote what the work costs."),
        ("accept", shapes.SheetAcceptInput, _YES, "Note that the buyer accepts the quotation."),
        ("decline", shapes.SheetReasonInput, {"reason": "太贵"}, "Note that the buyer declines the quotation."),
        ("pay", shapes.SheetPayInput, {"paid_fen": 48_000, "paid_by": "cash"}, "Record what the buyer paid."),
        ("finish", shapes.SheetFinishInput, {"invoice_wanted": True}, "Note whether an invoice is wanted."),
        ("accept_terms", shapes.SheetAcceptInput, _YES, "Record that the terms of testing in force are accepted."),
        ("expect", shapes.SheetNoteInput, {}, "Ask the buyer to send the goods in."),
        ("receive", shapes.SheetNoteInput, {}, "Note that the goods came."),
        ("find", shapes.SheetFindInput, {"finding": "confirmed", "diagnosis": "主板"}, "Say what the test found."),
        (
            "send_back",
            shapes.SheetSendBackInput,
            {"work": "更换主板", "freight_in_fen": 1500, "freight_out_fen": 1200},
            "Send the goods back.",
        ),
        (
            "make_up",
            shapes.SheetMakeUpInput,
            {"contact_name": "李雷", "contact_phone": "13800001234", "address": "成都", "diagnosis": "保险丝"},
            "Make up what an emergency left out.",
        ),
        ("archive", shapes.SheetNoteInput, {}, "File the sheet that came back."),
    )
}
"""Every step with its route."""

"""Invoices over REST: asked for at the front-end or by the desk, issued by finance, told to the buyer (INV-1)."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core import errors
from aftersales.core.api.base import ApiView
from aftersales.core.api.examples import answered, asked
from invoices import selectors, services
from invoices import serializers as shapes
from invoices.filters import InvoiceQuery
from invoices.models import Invoice
from invoices.states import INVOICE
from orders.selectors import order_get_for

READ = ("orders:write", "refunds:read", "refunds:write", "staff")
WRITE = ("orders:write", "staff")
ASK: dict[str, Any] = {
    "order_no": "A1001",
    "title_kind": "company",
    "title": "示例茶业有限公司",
    "tax_no": "91350100M000100Y43",
}
ROW: dict[str, Any] = {
    "request_no": "IV20261109000001",
    "version": 1,
    "status": "requested",
    "status_label": "待开票",
    "order_no": "A1001",
    "shop": "demo",
    "title_kind": "company",
    "title_kind_label": "单位",
    "title": "示例茶业有限公司",
    "tax_no": "91350100M000100Y43",
    "amount_fen": 21600,
    "note": "",
    "question": None,
    "code": None,
    "number": None,
    "red_number": None,
    "requested_by": "agent",
    "is_late": False,
    "created_at": "2026-11-09T02:00:00Z",
    "updated_at": "2026-11-09T02:00:00Z",
    "issued_at": None,
    "told_at": None,
}
DOCUMENT: dict[str, Any] = ROW | {
    "history": [
        {
            "at": "2026-11-09T02:00:00Z",
            "actor": "agent",
            "actor_kind": "staff",
            "action": "request",
            "from": None,
            "to": "requested",
            "note": "",
            "version": 1,
        }
    ],
    "allowed_actions": [{"action": "correct", "allowed": True}, {"action": "withdraw", "allowed": True}],
}
GIVEN = answered("An invoice", DOCUMENT)


class InvoiceView(ApiView):
    """What the routes of one invoice share."""

    def invoice(self, request_no: str, action: str) -> Invoice:
        """Return the invoice that is meant. Raises: Forbidden (also for roles that never take `action`), NotFound."""
        invoice = selectors.invoice_get_for(self.actor, request_no)
        if self.actor.role not in INVOICE.roles_of[action]:
            raise errors.Forbidden()
        return invoice

    def document(self, request_no: str, *, status: int = 200) -> Response:
        """Answer with the invoice as it is now."""
        return self.answer(selectors.invoice_document(self.actor, request_no), status=status)


class InvoiceList(InvoiceView):
    """Invoices."""

    scopes: ClassVar = {"GET": READ, "POST": WRITE}
    idempotency = "required"
    ordering: ClassVar[Sequence[str]] = ("-id",)

    @extend_schema(
        operation_id="invoice_requests_list",
        parameters=[InvoiceQuery],
        responses=shapes.InvoiceRowOutput(many=True),
        examples=[answered("A row", ROW)],
    )
    def get(self, request: Request) -> Response:
        """List invoices, the newest first; with `updated_since` by when they changed."""
        given = self.query(InvoiceQuery)
        if "updated_since" in given:
            self.ordering = ("updated_at", "id")  # type: ignore[misc]
        return self.page(selectors.invoice_list_for(self.actor, **given), selectors.invoices_as_json)

    @extend_schema(
        operation_id="invoice_requests_create",
        request=shapes.InvoiceInput,
        responses={201: shapes.InvoiceOutput},
        examples=[asked("To a company", ASK), answered("Registered", DOCUMENT, "201")],
    )
    def post(self, request: Request) -> Response:
        """Register the wish for an invoice."""
        if self.actor.role not in INVOICE.roles_of["request"]:
            raise errors.Forbidden()
        values = self.read(shapes.InvoiceInput)
        order = order_get_for(self.actor, values["order_no"], values.get("shop", ""))
        invoice = services.invoice_request(
            order=order,
            actor=self.actor,
            title_kind=values["title_kind"],
            title=values["title"],
            tax_no=values.get("tax_no") or "",
            amount_fen=values.get("amount_fen"),
            note=values.get("note") or "",
        )
        return self.document(invoice.request_no, status=201)


class InvoiceDetail(InvoiceView):
    """One invoice."""

    scopes: ClassVar = {"GET": READ, "PATCH": WRITE}
    versioned = True

    @extend_schema(operation_id="invoice_requests_get", responses=shapes.InvoiceOutput, examples=[GIVEN])
    def get(self, request: Request, request_no: str) -> Response:
        """Get an invoice with its history, and what the caller may do now."""
        return self.document(request_no)

    @extend_schema(
        operation_id="invoice_requests_correct",
        request=shapes.InvoicePatch,
        responses=shapes.InvoiceOutput,
        examples=[asked("Another title", {"title": "示例茶业（福州）有限公司"}), GIVEN],
    )
    def patch(self, request: Request, request_no: str) -> Response:
        """Correct what is asked for before it is issued; that answers what finance asked, too."""
        invoice = self.invoice(request_no, "correct")
        values = self.read(shapes.InvoicePatch)
        given = {name: values.get(name) for name in ("title_kind", "title", "tax_no", "amount_fen")}
        note = values.get("note") or ""
        services.invoice_correct(invoice=invoice, actor=self.actor, version=self.version, note=note, **given)
        return self.document(request_no)


class InvoiceStep(InvoiceView):
    """A step of one invoice, taken by POST."""

    scopes: ClassVar = {"POST": "staff"}
    versioned = True


class InvoiceSendBack(InvoiceStep):
    """Finance asks."""

    @extend_schema(
        operation_id="invoice_requests_send_back",
        request=shapes.InvoiceQuestionInput,
        responses=shapes.InvoiceOutput,
        examples=[asked("What is wrong", {"question": "税号与抬头不符，请与买家核对"}), GIVEN],
    )
    def post(self, request: Request, request_no: str) -> Response:
        """Send it back to the desk with a question."""
        invoice = self.invoice(request_no, "send_back")
        values = self.read(shapes.InvoiceQuestionInput)
        services.invoice_send_back(invoice=invoice, actor=self.actor, version=self.version, question=values["question"])
        return self.document(request_no)


class InvoiceIssue(InvoiceStep):
    """Finance has issued it."""

    @extend_schema(
        operation_id="invoice_requests_issue",
        request=shapes.InvoiceIssueInput,
        responses=shapes.InvoiceOutput,
        examples=[asked("A digital one", {"number": "26352000000012345678"}), GIVEN],
    )
    def post(self, request: Request, request_no: str) -> Response:
        """Record the number of the invoice; each is recorded once."""
        invoice = self.invoice(request_no, "issue")
        values = self.read(shapes.InvoiceIssueInput)
        services.invoice_issue(
            invoice=invoice,
            actor=self.actor,
            version=self.version,
            number=values["number"],
            code=values.get("code") or "",
            note=values.get("note") or "",
        )
        return self.document(request_no)


class InvoiceTell(InvoiceStep):
    """The buyer is told."""

    @extend_schema(
        operation_id="invoice_requests_tell",
        request=shapes.InvoiceTellInput,
        responses=shapes.InvoiceOutput,
        examples=[asked("In the ready words", {}), GIVEN],
    )
    def post(self, request: Request, request_no: str) -> Response:
        """Record that the buyer knows the number."""
        invoice = self.invoice(request_no, "tell")
        values = self.read(shapes.InvoiceTellInput)
        text = values.get("text") or selectors.reply_for(invoice)
        services.invoice_tell(invoice=invoice, actor=self.actor, version=self.version, text=text)
        return self.document(request_no)


class InvoiceWithdraw(InvoiceStep):
    """No invoice after all."""

    scopes: ClassVar = {"POST": WRITE}

    @extend_schema(
        operation_id="invoice_requests_withdraw",
        request=shapes.InvoiceNoteInput,
        responses=shapes.InvoiceOutput,
        examples=[asked("Nothing to say", {}), GIVEN],
    )
    def post(self, request: Request, request_no: str) -> Response:
        """Take a wish back that is not issued yet."""
        invoice = self.invoice(request_no, "withdraw")
        values = self.read(shapes.InvoiceNoteInput)
        services.invoice_withdraw(
            invoice=invoice, actor=self.actor, version=self.version, note=values.get("note") or ""
        )
        return self.document(request_no)


class InvoiceReverse(InvoiceStep):
    """The red invoice."""

    @extend_schema(
        operation_id="invoice_requests_reverse",
        request=shapes.InvoiceReverseInput,
        responses=shapes.InvoiceOutput,
        examples=[asked("The goods came back", {"red_number": "26352000000012345999", "reason": "退货退款"}), GIVEN],
    )
    def post(self, request: Request, request_no: str) -> Response:
        """Record the red invoice that makes it void; another one may be asked for then."""
        invoice = self.invoice(request_no, "reverse")
        values = self.read(shapes.InvoiceReverseInput)
        services.invoice_reverse(invoice=invoice, actor=self.actor, version=self.version, **values)
        return self.document(request_no)

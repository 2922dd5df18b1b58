"""The decisions about invoices: asked for, corrected, sent back, issued, told, withdrawn, reversed (INV-1)."""

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.core import money
from aftersales.core.transitions import why_not
from aftersales.core.views.dialogs import Dialog
from invoices import forms, selectors, services
from invoices.models import Invoice
from invoices.states import INVOICE, TitleKind
from orders.models import Order
from orders.selectors import order_get_for


class Ask(Dialog):
    """An invoice for an order (`?order=&shop=`), to the buyer in person unless a company is named."""

    roles = INVOICE.roles_of["request"]
    template_name = "invoices/request.html"
    form_class = forms.InvoiceForm
    order: Order

    def load(self, **kwargs: Any) -> None:
        """Find the order. Raises: NotFound."""
        asked = self.request.GET
        self.order = order_get_for(self.actor, asked.get("order", ""), asked.get("shop", ""))
        self.left_fen = selectors.left_to_invoice_fen(self.order)

    def initial(self) -> dict[str, Any]:
        """Propose all that can be invoiced, to a person."""
        return {
            "title_kind": TitleKind.PERSONAL.value,
            "title": str(TitleKind.PERSONAL.label),
            "amount_fen": money.yuan(self.left_fen),
        }

    def context(self) -> dict[str, Any]:
        """Say what is asked for already."""
        return {"order": self.order, "others": selectors.invoices_of(self.order.pk), "left_fen": self.left_fen}

    def act(self, data: dict[str, Any]) -> str:
        """Register it."""
        invoice = services.invoice_request(order=self.order, actor=self.actor, **data)
        return _("%(number)s is registered and waits for finance.") % {"number": invoice.request_no}

    def home(self) -> str:
        """Lead back to the order."""
        return f"{reverse('tickets:order_detail', args=[self.order.order_no])}?shop={self.order.shop.code}"

    def draft_key(self) -> str:
        """Keep a draft for each order."""
        return f"{self.request.path}:{self.order.pk}"


class InvoiceDialog(Dialog):
    """A step of one invoice, with the invoice in short above the form."""

    action: ClassVar[str] = ""
    template_name = "invoices/step.html"
    invoice: Invoice

    def load(self, **kwargs: Any) -> None:
        """Find the invoice. Raises: NotFound."""
        self.invoice = selectors.invoice_get_for(self.actor, kwargs["request_no"])

    def initial(self) -> dict[str, Any]:
        """Remember which version was looked at."""
        return {"version": self.invoice.version}

    def context(self) -> dict[str, Any]:
        """Give the invoice, and why the step is not possible where it is not."""
        stop = why_not(INVOICE, self.invoice, self.actor, self.action)
        return {"invoice": self.invoice, "title": INVOICE.actions[self.action], "stop": stop.text if stop else ""}

    def act(self, data: dict[str, Any]) -> str:
        """Take the step; the service bears its name."""
        step = getattr(services, f"invoice_{self.action}")
        moved: Invoice = step(invoice=self.invoice, actor=self.actor, **data)
        return f"{moved.request_no}: {moved.get_status_display()}"

    def home(self) -> str:
        """Lead back to the invoice."""
        return reverse("invoices:invoice", args=[self.invoice.request_no])


class Correct(InvoiceDialog):
    """Another title, number or amount."""

    action, form_class = "correct", forms.InvoiceCorrectForm
    roles = INVOICE.roles_of[action]

    def initial(self) -> dict[str, Any]:
        """Show what it is now."""
        invoice = self.invoice
        return super().initial() | {
            "title_kind": invoice.title_kind,
            "title": invoice.title,
            "tax_no": invoice.tax_no,
            "amount_fen": money.yuan(invoice.amount_fen),
        }


class SendBack(InvoiceDialog):
    """Finance asks."""

    action, form_class = "send_back", forms.InvoiceQuestionForm
    roles = INVOICE.roles_of[action]


class Issue(InvoiceDialog):
    """Finance has issued it."""

    action, form_class = "issue", forms.InvoiceIssueForm
    roles = INVOICE.roles_of[action]


class Tell(InvoiceDialog):
    """The buyer is told, in words that are ready."""

    action, form_class = "tell", forms.InvoiceTellForm
    roles = INVOICE.roles_of[action]

    def initial(self) -> dict[str, Any]:
        """Propose the words."""
        return super().initial() | {"text": selectors.reply_for(self.invoice)}


class Withdraw(InvoiceDialog):
    """No invoice after all."""

    action, form_class = "withdraw", forms.InvoiceNoteForm
    roles = INVOICE.roles_of[action]


class Reverse(InvoiceDialog):
    """The red invoice."""

    action, form_class = "reverse", forms.InvoiceReverseForm
    roles = INVOICE.roles_of[action]

"""Invoices in the console: the list with its tabs, and one invoice (INV-1)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from aftersales.core import keyset
from aftersales.core.api.base import actor_of
from aftersales.core.machine import AGENT, FINANCE, SUPERVISOR
from aftersales.core.views.access import looking_actor, open_to
from aftersales.core.views.buttons import step_buttons
from invoices import selectors
from invoices.states import INVOICE, WAITING

LOOKERS = (AGENT, FINANCE, SUPERVISOR)
KEYS = {"issue": "a", "tell": "t", "correct": "e", "send_back": "r", "reverse": "x", "withdraw": "w"}
FIRST = ("issue", "tell")
"""What the page proposes, where it is possible."""


@require_safe
@open_to(*LOOKERS)
def invoices(request: HttpRequest) -> HttpResponse:
    """Show invoices by where they are, the one that waits longest first."""
    actor, me = looking_actor(request), actor_of(request)
    first = "issue" if me.role == FINANCE else "tell"
    tab, asked = request.GET.get("tab", first), request.GET.get("q", "").strip()[:64]
    tab = tab if tab in selectors.TABS else first
    rows = selectors.invoices_with_number(actor, asked) if asked else selectors.invoice_rows(actor, tab)
    page = keyset.page(rows, request.GET, ("-id",) if asked else selectors.TABS[tab].ordering)
    labels = {key: each.label for key, each in selectors.TABS.items()}
    active = "" if asked else tab
    context = {
        "tab": active,
        "asked": asked,
        "tabs": keyset.tabs(reverse("invoices:invoices"), labels, selectors.invoice_counts(actor), active),
        "page": page,
        "rows": page.rows,
        "total": sum(invoice.amount_fen for invoice in page.rows),
    }
    return render(request, "invoices/invoices.html", context)


@require_safe
@open_to(*LOOKERS)
def invoice(request: HttpRequest, request_no: str) -> HttpResponse:
    """Show one invoice: what is asked for, its number, and what can be done."""
    page = selectors.invoice_page(actor_of(request), request_no)
    context = {
        "page": page,
        "invoice": page.invoice,
        "order": page.invoice.order,
        "is_open": page.invoice.status in WAITING,
        "actions": _actions(page),
        "query": f"?shop={page.invoice.shop.code}",
    }
    return render(request, "invoices/invoice.html", context)


def _actions(page: selectors.InvoicePage) -> list[dict[str, Any]]:
    return step_buttons(
        page.actions,
        scope="invoice",
        keys=KEYS,
        labels=INVOICE.actions,
        address=lambda action: reverse(f"invoices:{action}", args=[page.invoice.request_no]),
        first=FIRST,
    )

"""Addresses of the routes of invoices below /api/v1/, and of their pages."""

from django.urls import path

import orders.urls  # noqa: F401 – registers the converter `number`
from invoices import api
from invoices.views import dialogs
from invoices.views import invoices as invoice_pages

_INVOICE, _PAGE = "invoice-requests/<number:request_no>", "invoices/<str:request_no>"

urlpatterns = [
    path("invoice-requests", api.InvoiceList.as_view(), name="invoice-list"),
    path(_INVOICE, api.InvoiceDetail.as_view(), name="invoice-detail"),
    path(f"{_INVOICE}/send-back", api.InvoiceSendBack.as_view(), name="invoice-send-back"),
    path(f"{_INVOICE}/issue", api.InvoiceIssue.as_view(), name="invoice-issue"),
    path(f"{_INVOICE}/tell", api.InvoiceTell.as_view(), name="invoice-tell"),
    path(f"{_INVOICE}/withdraw", api.InvoiceWithdraw.as_view(), name="invoice-withdraw"),
    path(f"{_INVOICE}/reverse", api.InvoiceReverse.as_view(), name="invoice-reverse"),
]

pages = [
    path("invoices/", invoice_pages.invoices, name="invoices"),
    path("invoices/new/", dialogs.Ask.as_view(), name="request"),
    path(f"{_PAGE}/", invoice_pages.invoice, name="invoice"),
    path(f"{_PAGE}/correct/", dialogs.Correct.as_view(), name="correct"),
    path(f"{_PAGE}/send-back/", dialogs.SendBack.as_view(), name="send_back"),
    path(f"{_PAGE}/issue/", dialogs.Issue.as_view(), name="issue"),
    path(f"{_PAGE}/tell/", dialogs.Tell.as_view(), name="tell"),
    path(f"{_PAGE}/withdraw/", dialogs.Withdraw.as_view(), name="withdraw"),
    path(f"{_PAGE}/reverse/", dialogs.Reverse.as_view(), name="reverse"),
]

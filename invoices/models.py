"""The register of invoices: to whom, for how much, its number, and what became of it (INV-1)."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from aftersales.core.machine import fsm_methods
from aftersales.core.models import Shop
from invoices.states import INVOICE, NUMBERED, WAITING, InvoiceStatus, TitleKind
from orders.models import Order


class Invoice(fsm_methods(INVOICE)):  # type: ignore[misc]
    """One invoice for an order, from the wish to the paper. What was issued stays; a mistake is reversed and redone.

    A digital invoice has a number of twenty digits; an older one has eight, and a code that says which roll it is of.
    """

    request_no = models.CharField(_("request number"), max_length=32, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="invoices")
    status = FSMField(_("status"), max_length=12, choices=InvoiceStatus.choices, protected=True)
    version = models.PositiveIntegerField(default=1)
    title_kind = models.CharField(
        pgettext_lazy("invoice", "kind of title"), max_length=8, choices=TitleKind.choices, default=TitleKind.PERSONAL
    )
    title = models.CharField(pgettext_lazy("invoice", "title"), max_length=100)
    tax_no = models.CharField(_("tax number"), max_length=20, blank=True)
    amount_fen = models.PositiveBigIntegerField(_("amount"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    question = models.CharField(_("what finance asks"), max_length=200, blank=True)
    code = models.CharField(_("invoice code"), max_length=12, blank=True)
    number = models.CharField(_("invoice number"), max_length=20, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(pgettext_lazy("invoice", "issued"), null=True)
    told_at = models.DateTimeField(_("buyer told"), null=True)
    red_number = models.CharField(_("number of the red invoice"), max_length=20, blank=True)
    is_late = models.BooleanField(_("late"), default=False)
    requested_by = models.CharField(_("requested by"), max_length=60)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0) & ~Q(title=""), name="invoice_has_amount_and_title"),
            models.CheckConstraint(
                condition=(Q(title_kind="company") & ~Q(tax_no="")) | Q(title_kind="personal", tax_no=""),
                name="invoice_company_has_tax_number",
            ),
            models.CheckConstraint(
                condition=(Q(status__in=NUMBERED, issued_at__isnull=False, issued_by__isnull=False) & ~Q(number=""))
                | (~Q(status__in=NUMBERED) & Q(number="", code="", issued_at=None, issued_by=None)),
                name="invoice_issued_has_number",
            ),
            models.CheckConstraint(
                condition=Q(number="") | Q(number__regex=r"^\d{20}$", code="") | Q(number__regex=r"^\d{8}$"),
                name="invoice_number_has_its_form",
            ),
            models.CheckConstraint(
                condition=~Q(number__regex=r"^\d{8}$") | Q(code__regex=r"^(\d{10}|\d{12})$"),
                name="invoice_short_number_has_code",
            ),
            models.CheckConstraint(
                condition=(Q(status=InvoiceStatus.REVERSED) & ~Q(red_number=""))
                | (~Q(status=InvoiceStatus.REVERSED) & Q(red_number="")),
                name="invoice_reversed_has_red_number",
            ),
            models.CheckConstraint(
                condition=(Q(status=InvoiceStatus.RETURNED) & ~Q(question=""))
                | (~Q(status=InvoiceStatus.RETURNED) & Q(question="")),
                name="invoice_returned_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status=InvoiceStatus.TOLD) | Q(told_at__isnull=False), name="invoice_told_has_time"
            ),
            models.UniqueConstraint(fields=["code", "number"], condition=~Q(number=""), name="invoice_number_once"),
        ]
        indexes = [
            models.Index(fields=["status", "id"], condition=Q(status__in=WAITING), name="invoice_waiting"),
            models.Index(fields=["id"], condition=Q(is_late=True), name="invoice_late"),
            models.Index(fields=["shop", "updated_at", "id"], name="invoice_updated"),
        ]

    def __str__(self) -> str:
        return self.request_no

    def platform_due_at(self, rule: str) -> datetime | None:
        """Invoices have no deadlines of the platform's."""
        return None

    def pauses(self, rule: str) -> bool:
        """Nothing pauses an invoice."""
        return False

    @property
    def full_number(self) -> str:
        """The number as it is told to a buyer: an older one with its code before it."""
        return f"{self.code} {self.number}".strip()

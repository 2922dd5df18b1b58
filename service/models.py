"""Service files of what was sold, the sheets of what was done to it, and the register of who was sent (SVC)."""

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from aftersales.core import clock
from aftersales.core.machine import fsm_methods
from aftersales.core.models import Shop
from orders.models import Order, OrderLine
from service.states import (
    SERVICE,
    STANDING,
    WAITING,
    Charge,
    Finding,
    How,
    PaidBy,
    Result,
    SaleType,
    SheetStatus,
    Way,
)

_USER = settings.AUTH_USER_MODEL
MONTHS_MOST = 240


class ServiceFile(models.Model):  # type: ignore[django-manager-missing]
    """The service file of one unit that was sold: where its warranty starts, and how long it is (SVC-1)."""

    file_no = models.CharField(_("file number"), max_length=32, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="service_files")
    unit = models.PositiveIntegerField(_("unit"), default=1, help_text=_("which of the line's units, from 1"))
    sale_type = models.CharField(pgettext_lazy("service", "sold to"), max_length=12, choices=SaleType.choices)
    contract_no = models.CharField(_("contract number"), max_length=64, blank=True)
    months = models.PositiveSmallIntegerField(_("warranty in months"))
    accepted_on = models.DateField(_("accepted on"), null=True)
    opened_by = models.CharField(_("opened by"), max_length=60)
    opened_at = models.DateTimeField(pgettext_lazy("service", "opened"))

    class Meta:
        verbose_name = _("service file")
        verbose_name_plural = _("service files")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order_line", "unit"], name="service_file_of_unit"),
            models.CheckConstraint(condition=Q(unit__gt=0, months__lte=MONTHS_MOST), name="service_file_makes_sense"),
        ]
        indexes = [
            models.Index(fields=["contract_no"], condition=~Q(contract_no=""), name="service_file_contract"),
            models.Index(fields=["shop", "-id"], name="service_file_of_shop"),
        ]

    def __str__(self) -> str:
        return self.file_no

    @property
    def starts_on(self) -> date | None:
        """The day from which the warranty counts: of acceptance, else for a consumer of delivery (SVC-1)."""
        if self.accepted_on is not None or self.sale_type == SaleType.GOVERNMENT:
            return self.accepted_on
        signed = self.order_line.order.signed_at
        return clock.shanghai_day(signed) if signed else None


class ServiceSheet(fsm_methods(SERVICE)):  # type: ignore[misc]
    """One service sheet, from the call to the archive. What was reported stays as it was said."""

    sheet_no = models.CharField(_("sheet number"), max_length=32, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="service_sheets")
    file = models.ForeignKey(ServiceFile, on_delete=models.PROTECT, related_name="sheets")
    status = FSMField(_("status"), max_length=12, choices=SheetStatus.choices, protected=True)
    version = models.PositiveIntegerField(default=1)
    way = models.CharField(pgettext_lazy("service", "way"), max_length=12, choices=Way.choices)
    text = models.CharField(pgettext_lazy("service", "fault"), max_length=500)
    is_emergency = models.BooleanField(_("emergency"), default=False)
    is_incomplete = models.BooleanField(pgettext_lazy("service", "incomplete"), default=False)
    contact_name = models.CharField(_("contact"), max_length=60, blank=True)
    contact_phone = models.CharField(_("phone"), max_length=24, blank=True)
    address = models.CharField(_("address"), max_length=420, blank=True)
    charge = models.CharField(pgettext_lazy("service", "charge"), max_length=12, choices=Charge.choices)
    charge_reason = models.CharField(_("why free of charge"), max_length=200, blank=True)
    free_asked_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    free_approved_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    engineer = models.ForeignKey(
        _USER, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("engineer")
    )
    visit_at = models.DateTimeField(pgettext_lazy("service", "visit"), null=True)
    respond_due_at = models.DateTimeField(_("response due"))
    called_at = models.DateTimeField(_("buyer called"), null=True)
    responded_at = models.DateTimeField(pgettext_lazy("service", "responded"), null=True)
    is_late = models.BooleanField(_("late"), default=False)
    diagnosis = models.CharField(_("diagnosis"), max_length=500, blank=True)
    work = models.CharField(_("what was done"), max_length=500, blank=True)
    result = models.CharField(_("result"), max_length=12, choices=Result.choices, blank=True)
    quoted_fen = models.PositiveBigIntegerField(_("quoted"), null=True)
    accepted_by = models.CharField(_("accepted by"), max_length=60, blank=True)
    accepted_how = models.CharField(_("accepted how"), max_length=12, choices=How.choices, blank=True)
    accepted_at = models.DateTimeField(pgettext_lazy("service", "accepted"), null=True)
    paid_fen = models.PositiveBigIntegerField(pgettext_lazy("amount", "paid"), null=True)
    paid_by = models.CharField(_("paid by"), max_length=12, choices=PaidBy.choices, blank=True)
    paid_at = models.DateTimeField(_("paid"), null=True)
    invoice_wanted = models.BooleanField(_("invoice wanted"), null=True)
    terms_version = models.CharField(_("terms of testing"), max_length=20, blank=True)
    finding = models.CharField(_("finding"), max_length=12, choices=Finding.choices, blank=True)
    received_at = models.DateTimeField(_("goods came"), null=True)
    sent_back_at = models.DateTimeField(_("sent back"), null=True)
    freight_in_fen = models.PositiveBigIntegerField(_("freight here"), null=True)
    freight_out_fen = models.PositiveBigIntegerField(_("freight back"), null=True)
    done_at = models.DateTimeField(pgettext_lazy("service", "done"), null=True)
    closed_at = models.DateTimeField(pgettext_lazy("service", "closed"), null=True)
    filed_by = models.CharField(_("recorded by"), max_length=60)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("service sheet")
        verbose_name_plural = _("service sheets")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="service_sheet_says_something"),
            models.CheckConstraint(
                condition=Q(status__in=("archived", "cancelled"), closed_at__isnull=False)
                | (~Q(status__in=("archived", "cancelled")) & Q(closed_at=None)),
                name="service_sheet_closed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="archived") | (Q(is_incomplete=False) & ~Q(result="")),
                name="service_sheet_archived_whole",
            ),
            models.CheckConstraint(
                condition=~Q(charge="free")
                | (Q(free_approved_by__isnull=False) & ~Q(free_approved_by=F("free_asked_by"))),
                name="service_sheet_free_by_two",
            ),
            models.CheckConstraint(
                condition=Q(paid_fen=None) | Q(paid_fen=F("quoted_fen"), charge="paid", accepted_at__isnull=False),
                name="service_sheet_paid_as_quoted",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("awaited", "testing", "found")) | ~Q(terms_version=""),
                name="service_sheet_terms_first",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("assigned", "on_the_way", "quoted", "accepted", "repaired", "paid"))
                | Q(engineer__isnull=False),
                name="service_sheet_has_engineer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "respond_due_at", "id"], condition=Q(status__in=STANDING), name="service_standing"
            ),
            models.Index(
                fields=["respond_due_at", "id"], condition=Q(is_late=True, status__in=WAITING), name="service_late"
            ),
            models.Index(fields=["id"], condition=Q(is_incomplete=True), name="service_incomplete"),
            models.Index(fields=["engineer", "visit_at"], condition=Q(status__in=STANDING), name="service_engineer"),
            models.Index(fields=["shop", "updated_at", "id"], name="service_updated"),
        ]

    def __str__(self) -> str:
        return self.sheet_no

    def platform_due_at(self, rule: str) -> datetime | None:
        """Give the moment until which somebody is with the buyer: by the policy, or as he was told on the phone."""
        return self.respond_due_at

    def pauses(self, rule: str) -> bool:
        """Nothing pauses a sheet."""
        return False


class ServiceDispatch(models.Model):
    """A row of the register of dispatches: who was sent, when, and when his sheet was back (SVC-2, SVC-4)."""

    sheet = models.ForeignKey(ServiceSheet, on_delete=models.PROTECT, related_name="dispatches")
    engineer = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("engineer"))
    sent_by = models.CharField(_("sent by"), max_length=60)
    sent_at = models.DateTimeField(pgettext_lazy("service", "sent"))
    done_at = models.DateTimeField(_("sheet came back"), null=True)

    class Meta:
        verbose_name = _("dispatch")
        verbose_name_plural = _("dispatches")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["sheet"], condition=Q(done_at=None), name="one_open_dispatch_of_a_sheet"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.engineer_id}"


class ServiceQuote(models.Model):
    """What the buyer was quoted, as it was said; a second one stands beside the first. Append-only by trigger."""

    sheet = models.ForeignKey(ServiceSheet, on_delete=models.PROTECT, related_name="quotes")
    lines = models.JSONField(_("lines"))
    total_fen = models.PositiveBigIntegerField(_("total"))
    quoted_by = models.CharField(_("quoted by"), max_length=60)
    quoted_at = models.DateTimeField(_("quoted"))

    class Meta:
        verbose_name = _("quotation")
        verbose_name_plural = _("quotations")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.total_fen)


class TermsAcceptance(models.Model):
    """Which terms of testing the buyer accepted: who, when, how, their very words. Append-only by trigger (WAR-2)."""

    sheet = models.ForeignKey(ServiceSheet, on_delete=models.PROTECT, related_name="terms")
    terms_version = models.CharField(_("version"), max_length=20)
    terms = models.CharField(_("terms of testing"), max_length=200)
    accepted_by = models.CharField(_("accepted by"), max_length=60)
    how = models.CharField(_("accepted how"), max_length=12, choices=How.choices)
    accepted_at = models.DateTimeField(pgettext_lazy("service", "accepted"))
    recorded_by = models.CharField(_("recorded by"), max_length=60)

    class Meta:
        verbose_name = _("acceptance of the terms of testing")
        verbose_name_plural = _("acceptances of the terms of testing")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.terms_version

"""Payouts: money that leaves beside the refund of goods, whom it goes to, and who looked at the account (PAY)."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from aftersales.core.encryption import EncryptedTextField
from aftersales.core.machine import fsm_methods
from aftersales.core.models import Shop
from orders.models import Order, OrderLine
from refunds.states.payout import (
    APPROVED_STATES,
    OPEN_PAYOUTS,
    PAYOUT,
    AccountType,
    PayoutFault,
    PayoutPurpose,
    PayoutStatus,
)

from .refunds import Refund


class Payee(models.Model):
    """An account and the real name that belongs to it, encrypted; a correction is a new row, so history stays (PAY-2).

    `fingerprint` tells whether two are the same without reading either. Both texts are erased when they are needed no
    longer (LAW-7); what is masked stays.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payees")
    account_type = models.CharField(_("account type"), max_length=8, choices=AccountType.choices)
    account = EncryptedTextField(_("account"))
    name = EncryptedTextField(_("real name"))
    masked_account = models.CharField(max_length=80)
    masked_name = models.CharField(max_length=60)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=60)
    verified_at = models.DateTimeField(_("verified"), null=True, help_text=_("money reached this account and name"))
    erased_at = models.DateTimeField(_("erased"), null=True)

    class Meta:
        verbose_name = _("payee")
        verbose_name_plural = _("payees")
        indexes = [models.Index(fields=["fingerprint"], name="payee_fingerprint")]

    def __str__(self) -> str:
        return f"{self.masked_name} {self.masked_account}"


class Payout(fsm_methods(PAYOUT)):  # type: ignore[misc]
    """One payout. What was approved is kept beside what it is: they must agree, and the approver is somebody else."""

    payout_no = models.CharField(_("payout number"), max_length=32, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payouts")
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, related_name="payouts")
    status = FSMField(_("status"), max_length=20, choices=PayoutStatus.choices, protected=True)
    version = models.PositiveIntegerField(default=1)
    purpose = models.CharField(_("purpose"), max_length=24, choices=PayoutPurpose.choices)
    amount_fen = models.PositiveBigIntegerField(_("amount"))
    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(_("note"), blank=True)
    second_reason = models.CharField(_("reason for a second one"), max_length=200, blank=True, help_text="PAY-7")
    needs_supervisor = models.BooleanField(default=False, help_text=_("beyond what finance alone may approve (PAY-3)"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(_("approved"), null=True)
    approved_fen = models.PositiveBigIntegerField(null=True)
    approved_payee = models.ForeignKey(Payee, on_delete=models.PROTECT, null=True, related_name="+")
    promised_at = models.DateTimeField(_("promised until"), null=True)
    is_late = models.BooleanField(_("late"), default=False)
    gateway = models.CharField(_("gateway"), max_length=16)
    attempt = models.PositiveSmallIntegerField(default=0, help_text=_("how often it was sent with a new number"))
    sent_at = models.DateTimeField(null=True)
    asked = models.PositiveSmallIntegerField(default=0, help_text=_("how often was asked what came of it"))
    ask_at = models.DateTimeField(null=True, help_text=_("when it is asked next what came of it"))
    unmoved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("reported as not moved by"),
    )
    reference = models.CharField(_("reference"), max_length=64, blank=True)
    failure = models.CharField(_("failure"), max_length=200, blank=True)
    fault = models.CharField(
        max_length=8, blank=True, choices=PayoutFault.choices, help_text=_("whose data or account made it fail")
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    paid_at = models.DateTimeField(_("paid"), null=True)

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payout_has_amount"),
            models.CheckConstraint(
                condition=~Q(status__in=APPROVED_STATES)
                | Q(
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                    approved_fen=F("amount_fen"),
                    approved_payee=F("payee"),
                ),
                name="payout_is_what_was_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | (~Q(approved_by=F("opened_by")) & ~Q(approved_by=F("edited_by"))),
                name="payout_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(status=PayoutStatus.PAID) | (Q(paid_at__isnull=False) & ~Q(reference="")),
                name="payout_paid_has_reference",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[PayoutStatus.SENDING, PayoutStatus.UNKNOWN, PayoutStatus.PAID])
                | Q(attempt__gt=0, sent_at__isnull=False),
                name="payout_sent_has_number",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "id"], name="payout_status"),
            models.Index(fields=["ask_at", "id"], condition=Q(ask_at__isnull=False), name="payout_to_ask"),
            models.Index(fields=["id"], condition=Q(is_late=True, status__in=OPEN_PAYOUTS), name="payout_late"),
            models.Index(fields=["sent_at", "id"], condition=Q(sent_at__isnull=False), name="payout_sent"),
            models.Index(fields=["opened_by", "created_at"], name="payout_opened_by"),
            models.Index(fields=["approved_by", "approved_at"], name="payout_approved_by"),
            models.Index(fields=["shop", "updated_at", "id"], name="payout_updated"),
        ]

    def __str__(self) -> str:
        return self.payout_no

    @property
    def transfer_no(self) -> str:
        """The provider's key of the present attempt: the payout's number, from the second on with a suffix."""
        return self.payout_no if self.attempt < 2 else f"{self.payout_no}A{self.attempt}"

    def platform_due_at(self, rule: str) -> datetime | None:
        """Payouts have no deadlines of the platform's."""
        return None

    def pauses(self, rule: str) -> bool:
        """Nothing pauses a payout."""
        return False


class PayoutLine(models.Model):
    """A line of the order for which a purpose is paid; once, unless a supervisor gave a reason (PAY-7)."""

    payout = models.ForeignKey(Payout, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=24, choices=PayoutPurpose.choices)
    # Rejected payouts and those with a supervisor's reason do not stand in the way of others.
    exclusive = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("payout line")
        verbose_name_plural = _("payout lines")
        constraints = [
            models.UniqueConstraint(fields=["payout", "order_line"], name="payout_line_once"),
            models.UniqueConstraint(
                fields=["order_line", "purpose"], condition=Q(exclusive=True), name="payout_purpose_once_a_line"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payout_id} {self.order_line_id}"


class PayeeDisclosure(models.Model):
    """Somebody read an account and name in full, and why (PAY-2). Never changed or deleted."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="disclosures")
    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="+")
    user_id = models.BigIntegerField()
    user_name = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("look at a payee")
        verbose_name_plural = _("looks at payees")

    def __str__(self) -> str:
        return f"{self.user_name} {self.payout_id}"

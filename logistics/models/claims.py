"""Courier claims: what a carrier lost or damaged, what is asked for it, and what came back (CLM)."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from aftersales.core.machine import fsm_methods
from aftersales.core.models import Shop
from logistics.states.claim import (
    CLAIM,
    OPEN_CLAIMS,
    STAMPED_STATES,
    SUBMITTED_STATES,
    ClaimCause,
    ClaimStatus,
)
from orders.models import Order, OrderLine
from refunds.models import Evidence

from .parcels import Parcel


class Claim(fsm_methods(CLAIM)):  # type: ignore[misc]
    """One claim against a carrier. What was stamped is kept beside what is asked for: they must agree.

    Carrier and tracking number are as they stand on the slip, whatever becomes of the parcel's row later.
    """

    claim_no = models.CharField(_("claim number"), max_length=32, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="claims")
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="+")
    carrier = models.CharField(_("carrier"), max_length=24)
    tracking_no = models.CharField(_("tracking number"), max_length=40)
    status = FSMField(_("status"), max_length=16, choices=ClaimStatus.choices, protected=True)
    version = models.PositiveIntegerField(default=1)
    cause = models.CharField(pgettext_lazy("claim", "cause"), max_length=12, choices=ClaimCause.choices)
    note = models.TextField(_("note"), blank=True)
    amount_fen = models.PositiveBigIntegerField(_("amount claimed"))
    value_fen = models.PositiveBigIntegerField(
        _("value"), help_text=_("what the goods cost and the postage: no more can be claimed (CLM-1)")
    )
    photos = models.ManyToManyField(Evidence, related_name="claims")
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    stamped_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    stamped_at = models.DateTimeField(pgettext_lazy("claim", "stamped"), null=True)
    stamped_fen = models.PositiveBigIntegerField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    submissions = models.PositiveSmallIntegerField(default=0, help_text=_("how often it went to the carrier"))
    carrier_reference = models.CharField(_("carrier's case number"), max_length=64, blank=True)
    accepted_fen = models.PositiveBigIntegerField(null=True, help_text=_("what the carrier said that it would pay"))
    rejection = models.CharField(_("why it was rejected"), max_length=200, blank=True)
    recovered_fen = models.PositiveBigIntegerField(_("amount recovered"), default=0)
    reference = models.CharField(_("reference"), max_length=64, blank=True)
    is_late = models.BooleanField(_("late"), default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    paid_at = models.DateTimeField(pgettext_lazy("claim", "paid"), null=True)

    class Meta:
        verbose_name = _("courier claim")
        verbose_name_plural = _("courier claims")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, amount_fen__lte=F("value_fen")), name="claim_within_value"
            ),
            models.CheckConstraint(
                condition=~Q(carrier="") & ~Q(tracking_no=""), name="claim_names_carrier_and_number"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=STAMPED_STATES)
                | Q(stamped_by__isnull=False, stamped_at__isnull=False, stamped_fen=F("amount_fen")),
                name="claim_is_what_was_stamped",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=SUBMITTED_STATES) | Q(submitted_at__isnull=False, submissions__gt=0),
                name="claim_submitted_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status=ClaimStatus.REJECTED) | ~Q(rejection=""), name="claim_rejected_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[ClaimStatus.ACCEPTED, ClaimStatus.PAID])
                | Q(accepted_fen__isnull=False, accepted_fen__gt=0, accepted_fen__lte=F("amount_fen")),
                name="claim_accepted_has_amount",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status=ClaimStatus.PAID, paid_at__isnull=False, recovered_fen__gt=0)
                    & Q(recovered_fen__lte=F("amount_fen"))
                    & ~Q(reference="")
                )
                | (~Q(status=ClaimStatus.PAID) & Q(paid_at=None, recovered_fen=0, reference="")),
                name="claim_paid_is_recovered",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "id"], name="claim_status"),
            models.Index(fields=["id"], condition=Q(is_late=True), name="claim_late"),
            models.Index(fields=["carrier", "created_at"], condition=Q(status__in=OPEN_CLAIMS), name="claim_ageing"),
            models.Index(fields=["paid_at", "carrier"], condition=Q(paid_at__isnull=False), name="claim_recovered"),
            models.Index(fields=["shop", "updated_at", "id"], name="claim_updated"),
        ]

    def __str__(self) -> str:
        return self.claim_no

    def platform_due_at(self, rule: str) -> datetime | None:
        """Claims have no deadlines of the platform's."""
        return None

    def pauses(self, rule: str) -> bool:
        """Nothing pauses a claim."""
        return False


class ClaimLine(models.Model):
    """Goods of the parcel that are claimed, once while the claim stands (CLM-1).

    `exclusive` ends with a claim that was withdrawn or written off; one that was paid keeps the goods from being
    claimed again.
    """

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="lines")
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="+")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))
    value_fen = models.PositiveBigIntegerField(_("value"), help_text=_("what the buyer paid for this quantity"))
    exclusive = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("claimed line")
        verbose_name_plural = _("claimed lines")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="claim_line_has_quantity"),
            models.UniqueConstraint(fields=["claim", "order_line"], name="claim_line_once"),
            models.UniqueConstraint(
                fields=["parcel", "order_line"], condition=Q(exclusive=True), name="one_claim_of_parcel_and_line"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.order_line_id}"

"""What the insurer of return freight did: recorded when the desk learns of it (FRI-3)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .refunds import Refund


class InsuranceAnswer(models.Model):
    """The insurer paid the buyer's way back, or refused. Rows are never changed; the last one of a request counts."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="insurance_answers")
    paid = models.BooleanField(_("paid"))
    amount_fen = models.PositiveBigIntegerField(_("amount"), null=True, help_text=_("set by the insurer"))
    arrived_at = models.DateTimeField(_("arrived"), null=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=60)

    class Meta:
        verbose_name = _("insurer's answer")
        verbose_name_plural = _("insurers' answers")
        constraints = [
            models.CheckConstraint(
                condition=Q(paid=True, amount_fen__gt=0, arrived_at__isnull=False)
                | Q(paid=False, amount_fen=None, arrived_at=None),
                name="insurance_paid_has_amount",
            )
        ]

    def __str__(self) -> str:
        return f"{self.refund_id} {'paid' if self.paid else 'refused'}"

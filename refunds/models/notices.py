"""What a provider told unasked: every genuine notification once, and what became of it (PAY-9)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.core.models import Shop
from orders.models import Order


class ProviderNotice(models.Model):
    """A notification whose signature was right. It is never believed alone: somebody asks, or a person looks."""

    class Meaning(models.TextChoices):
        """What it was about."""

        ASKED = "asked", _("Money that is on its way: the provider is asked at once")
        KNOWN = "known", _("Known already")
        FOREIGN = "foreign", _("A refund that nobody asked for here")
        LATE = "late", _("Money moved that counts as failed here")
        OTHER = "other", _("Nothing of ours")

    provider = models.CharField(max_length=16)
    notice_id = models.CharField(max_length=128)
    meaning = models.CharField(max_length=8, choices=Meaning.choices)
    number = models.CharField(_("number"), max_length=64, blank=True)
    order_no = models.CharField(_("order number"), max_length=64, blank=True)
    amount_fen = models.PositiveBigIntegerField(_("amount"), null=True)
    shop = models.ForeignKey(Shop, null=True, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="+")
    repeats = models.PositiveIntegerField(default=0, help_text=_("how often it came again"))
    received_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(max_length=60, blank=True)
    resolution = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("provider's notification")
        verbose_name_plural = _("provider's notifications")
        constraints = [
            models.UniqueConstraint(fields=["provider", "notice_id"], name="notice_once"),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolution="") | (Q(resolved_at__isnull=False) & ~Q(resolution="")),
                name="notice_resolved_with_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(meaning__in=["foreign", "late"], resolved_at=None), name="notice_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.notice_id}"

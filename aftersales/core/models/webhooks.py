"""Webhooks: where a shop's front-end wants to be told, and every message that is on its way there."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.encryption import EncryptedTextField

from .people import Shop


class WebhookEndpoint(models.Model):
    """An address that gets messages of a shop. While a secret is exchanged, both sign (`previous_until`)."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="webhooks")
    url = models.CharField(_("address"), max_length=500)
    types = ArrayField(models.CharField(max_length=40), verbose_name=_("types"), help_text="refund.*, payout.paid, *")
    description = models.CharField(_("description"), max_length=120, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    stopped_why = models.CharField(max_length=120, blank=True, help_text=_("why it was switched off by itself"))
    secret = EncryptedTextField()
    previous_secret = EncryptedTextField(blank=True)
    previous_until = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(_("failing since"), null=True)
    pause_until = models.DateTimeField(null=True, help_text=_("nothing is sent before"))
    failures = models.PositiveIntegerField(default=0, help_text=_("in a row"))
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=60)

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        indexes = [models.Index(fields=["shop"], condition=Q(is_active=True), name="webhook_listening")]

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """A message for one endpoint, with the body as it was when the event happened; `message_id` never changes."""

    class Status(models.TextChoices):
        """Where it stands."""

        PENDING = "pending", pgettext_lazy("webhook", "On its way")
        DELIVERED = "delivered", _("Delivered")
        PARKED = "parked", _("Parked")

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=40)
    topic = models.CharField(_("type"), max_length=40)
    subject_type = models.CharField(max_length=12)
    subject_id = models.BigIntegerField()
    subject_no = models.CharField(_("number"), max_length=64, blank=True)
    body = models.TextField()
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    since = models.DateTimeField(help_text=_("when its three days began"))
    next_try_at = models.DateTimeField(null=True, help_text=_("empty when nothing is tried any more"))
    answer_status = models.PositiveSmallIntegerField(null=True)
    answer_text = models.CharField(max_length=300, blank=True)
    error = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "message_id"], name="webhook_message_once"),
            models.CheckConstraint(
                condition=Q(status="pending", next_try_at__isnull=False, finished_at=None)
                | (~Q(status="pending") & Q(next_try_at=None, finished_at__isnull=False)),
                name="webhook_pending_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["endpoint", "next_try_at", "id"], condition=Q(status="pending"), name="webhook_due"),
            models.Index(
                fields=["endpoint", "subject_type", "subject_id", "id"],
                condition=Q(status="pending"),
                name="webhook_in_order",
            ),
            models.Index(fields=["endpoint", "status", "id"], name="webhook_listed"),
            models.Index(fields=["finished_at"], condition=Q(status="delivered"), name="webhook_old"),
            models.Index(fields=["finished_at"], condition=Q(status="parked"), name="webhook_old_parked"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.message_id}"

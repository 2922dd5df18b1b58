"""What happened, what will happen by itself, what is still to be told: the log, the deadlines, the outbox.

The rows are written by `core.transitions` and `core.deadlines` only. The log is append-only: triggers in the
migrations refuse UPDATE, DELETE and TRUNCATE, and refuse a change of status that has no log row (RFD-8).
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.core.encryption import EncryptedTextField


class LogEntry(models.Model):
    """One step of one subject: who, when, from where to where, why, and every tracked field that it changed."""

    subject_type = models.CharField(max_length=12)
    subject_id = models.BigIntegerField()
    version = models.PositiveIntegerField(help_text=_("the subject's version after this step"))
    shop_id = models.BigIntegerField()
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=60)
    action = models.CharField(max_length=32)
    from_status = models.CharField(max_length=40)
    to_status = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    changes = models.JSONField(default=dict, help_text=_("tracked fields after this step, by name"))

    class Meta:
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id", "version"], name="log_one_row_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.action} {self.from_status}→{self.to_status}"


class Deadline(models.Model):
    """A moment at which a step is taken by itself (TMO-16). Times of a paused row are kept in `remaining`."""

    class Status(models.TextChoices):
        """As the platform numbers its own timers (field-facts §1.3)."""

        CREATED = "created", _("created")
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        CLOSED = "closed", _("closed")
        FAILED = "failed", _("failed")
        SUCCEEDED = "succeeded", _("succeeded")

    subject_type = models.CharField(max_length=12)
    subject_id = models.BigIntegerField()
    shop_id = models.BigIntegerField()
    rule = models.CharField(max_length=8, help_text=_("TMO-…"))
    action = models.CharField(max_length=32)
    against_shop = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    remaining = models.DurationField(null=True)
    warned = models.PositiveSmallIntegerField(default=0, help_text=_("warnings given: 0, 1 (24 h) or 2 (4 h)"))
    finished_at = models.DateTimeField(null=True)
    late_by = models.DurationField(null=True, help_text=_("how late it acted (TMO-18)"))
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, help_text=_("when it is tried again after it broke"))
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "rule"],
                condition=Q(status__in=["created", "running", "paused"]),
                name="deadline_one_open_per_rule",
            ),
            models.CheckConstraint(
                condition=~Q(status="paused") | Q(remaining__isnull=False), name="deadline_paused_keeps_remaining"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(status="running"), name="deadline_due"),
            models.Index(fields=["id"], condition=Q(status="failed"), name="deadline_failed"),
            models.Index(
                fields=["next_try_at", "id"], condition=Q(status="running", attempts__gt=0), name="deadline_troubled"
            ),
            models.Index(
                fields=["due_at", "id"],
                condition=Q(status="running", against_shop=True, warned__lt=2),
                name="deadline_to_warn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.action} {self.due_at:%Y-%m-%d %H:%M}"


class OutboxEvent(models.Model):
    """News that left with the transaction that made it; handlers get it at least once, in order per subject."""

    topic = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=12)
    subject_id = models.BigIntegerField()
    shop_id = models.BigIntegerField()
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True, help_text=_("empty when delivered"))
    attempts = models.PositiveSmallIntegerField(default=0)
    handled = models.JSONField(default=list, help_text=_("names of the handlers that are done"))
    delivered_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("outbox event")
        verbose_name_plural = _("outbox events")
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=Q(delivered_at=None), name="outbox_due"),
            models.Index(
                fields=["subject_type", "subject_id", "id"], condition=Q(delivered_at=None), name="outbox_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} #{self.pk}"


class IdempotencyRecord(models.Model):
    """The first answer to a keyed POST, written in the transaction that made it true; it may hold a secret."""

    owner = models.CharField(max_length=40, help_text=_("client:<id> or user:<id>"))
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    response_status = models.PositiveSmallIntegerField()
    response_body = EncryptedTextField(default="")
    response_type = models.CharField(max_length=60, default="application/json")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("idempotency record")
        verbose_name_plural = _("idempotency records")
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="idempotency_owner_key")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return f"{self.owner} {self.key}"


class Erasure(models.Model):
    """What one batch of the retention job erased of a shop: orders, and rows by what they are (LAW-7)."""

    shop = models.ForeignKey("core.Shop", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    orders = models.PositiveIntegerField(_("orders"))
    rows = models.JSONField(_("rows"), default=dict)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {self.orders}"


class ConsistencyCheck(models.Model):
    """What the nightly check of the invariants found; kept, so that it can be said since when something is wrong."""

    checked_at = models.DateTimeField()
    violations = models.PositiveIntegerField()
    examples = models.JSONField(default=list)

    class Meta:
        verbose_name = _("consistency check")
        verbose_name_plural = _("consistency checks")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.checked_at:%Y-%m-%d %H:%M}: {self.violations}"

"""The workbench's own tables: things somebody must do, and news for a member of staff."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.core.models import Role, Shop
from orders.models import Order
from refunds.models import Refund


class TaskKind(models.TextChoices):
    """What has to be done."""

    CHECK_TRACKING = "check_tracking", _("Ask the buyer about the return's tracking number")
    CHASE_VOID = "chase_void", _("Urgent: refunded before the warehouse answered; the goods must not leave")
    OFFER_INTERVENTION = "offer_intervention", _("Refused three times: the platform may be asked to step in")
    PAYMENT_FAILED = "payment_failed", _("The refund payment failed: make it good another way")
    REFUND_OVERDUE = "refund_overdue", _("Goods are back and the refund is overdue")


class Task(models.Model):
    """Something that a role must do about a request by a time; red when it was not."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="tasks")
    refund = models.ForeignKey(Refund, null=True, on_delete=models.CASCADE, related_name="tasks")
    kind = models.CharField(_("kind"), max_length=24, choices=TaskKind.choices)
    role = models.CharField(_("for"), max_length=12, choices=Role.choices)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"))
    due_at = models.DateTimeField(_("due"))
    done_at = models.DateTimeField(_("done"), null=True)
    done_by = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.UniqueConstraint(
                fields=["refund", "kind"], condition=Q(done_at=None), name="one_open_task_of_a_kind"
            )
        ]
        indexes = [models.Index(fields=["role", "due_at", "id"], condition=Q(done_at=None), name="task_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_id}"


class Notification(models.Model):
    """News for one member of staff, until read (TMO-17)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    event_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [models.UniqueConstraint(fields=["user", "event_id"], name="notified_once")]
        indexes = [models.Index(fields=["user", "-id"], condition=Q(read_at=None), name="notification_unread")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.topic}"

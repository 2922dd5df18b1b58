"""How news leaves the page: what each wants by e-mail, the robots of the shops' groups, and what is on its way."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.encryption import EncryptedTextField
from aftersales.core.models import Shop


class NewsKind(models.TextChoices):
    """What news is about; each can be had or not, on each way (TMO-17)."""

    DEADLINE = "deadline", _("Deadlines that are near, and what is late")
    BUYER = "buyer", _("Buyers write, modify or send back")
    PROPOSAL = "proposal", _("Proposals made, answered or lapsed")
    TICKET = "ticket", _("Tickets that come to you or come back")


KIND_OF = {
    "refund.deadline_near": NewsKind.DEADLINE,
    "ticket.deadline_near": NewsKind.DEADLINE,
    "ticket.late": NewsKind.DEADLINE,
    "refund.message": NewsKind.BUYER,
    "refund.modified": NewsKind.BUYER,
    "refund.returned": NewsKind.BUYER,
    "proposal.made": NewsKind.PROPOSAL,
    "proposal.accepted": NewsKind.PROPOSAL,
    "proposal.declined": NewsKind.PROPOSAL,
    "proposal.lapsed": NewsKind.PROPOSAL,
    "ticket.assigned": NewsKind.TICKET,
    "ticket.came_back": NewsKind.TICKET,
}
"""Which kind of news an event is."""


def _kinds(label: Any) -> ArrayField:
    return ArrayField(models.CharField(max_length=10, choices=NewsKind.choices), verbose_name=label, default=list)


class NewsPreference(models.Model):
    """What one person wants to be told where. Without a row: everything in the page, nothing by e-mail."""

    class Digest(models.TextChoices):
        """How often the news is put together and mailed."""

        OFF = "", pgettext_lazy("digest", "Never")
        HOURLY = "hourly", pgettext_lazy("digest", "Every hour")
        DAILY = "daily", pgettext_lazy("digest", "Every morning")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="news_preference")
    silent = _kinds(_("not counted in the page"))
    by_mail = _kinds(_("by e-mail"))
    digest = models.CharField(max_length=8, choices=Digest.choices, blank=True, default=Digest.OFF)
    next_digest_at = models.DateTimeField(null=True)
    told_up_to = models.BigIntegerField(default=0, help_text=_("the last piece of news that a digest has taken in"))

    class Meta:
        verbose_name = _("news preference")
        verbose_name_plural = _("news preferences")
        constraints = [
            models.CheckConstraint(
                condition=Q(digest="", next_digest_at=None) | (~Q(digest="") & Q(next_digest_at__isnull=False)),
                name="digest_has_its_time",
            )
        ]
        indexes = [models.Index(fields=["next_digest_at"], condition=~Q(digest=""), name="digest_due")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.digest}"


class Robot(models.Model):
    """A robot of a group chat that is told what happens in a shop. Address and secret are never shown again."""

    class Provider(models.TextChoices):
        """Whose robot it is."""

        DINGTALK = "dingtalk", _("DingTalk")
        WECOM = "wecom", _("WeCom")

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    provider = models.CharField(max_length=10, choices=Provider.choices)
    url = EncryptedTextField()
    hint = models.CharField(max_length=60, help_text=_("what is shown of the address"))
    secret = EncryptedTextField(blank=True, default="")
    kinds = _kinds(_("kinds of news"))
    is_active = models.BooleanField(_("active"), default=True)
    pause_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=60)

    class Meta:
        verbose_name = _("group robot")
        verbose_name_plural = _("group robots")
        indexes = [models.Index(fields=["shop"], condition=Q(is_active=True), name="robot_listening")]

    def __str__(self) -> str:
        return self.name


class NewsDispatch(models.Model):
    """One message on its way: a digest to a person, or news to a robot; its words are as they were when it was made."""

    class Status(models.TextChoices):
        """Where it stands."""

        PENDING = "pending", pgettext_lazy("webhook", "On its way")
        SENT = "sent", pgettext_lazy("news", "Sent")
        PARKED = "parked", _("Parked")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    robot = models.ForeignKey(Robot, null=True, on_delete=models.CASCADE, related_name="dispatches")
    key = models.BigIntegerField(help_text=_("the event of a robot's message, the last news of a digest"))
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("news on its way")
        verbose_name_plural = _("news on its way")
        constraints = [
            models.UniqueConstraint(fields=["robot", "key"], condition=Q(user=None), name="robot_told_once"),
            models.UniqueConstraint(fields=["user", "key"], condition=Q(robot=None), name="digest_once"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, robot=None) | Q(user=None, robot__isnull=False),
                name="dispatch_to_one",
            ),
            models.CheckConstraint(
                condition=Q(status="pending", next_try_at__isnull=False, finished_at=None)
                | (~Q(status="pending") & Q(next_try_at=None, finished_at__isnull=False)),
                name="dispatch_pending_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=Q(status="pending"), name="dispatch_due"),
            models.Index(fields=["robot", "-id"], name="dispatch_of_robot"),
            models.Index(fields=["robot", "tried_at"], name="dispatch_rate"),
            models.Index(fields=["finished_at"], condition=~Q(status="pending"), name="dispatch_old"),
        ]

    def __str__(self) -> str:
        return f"{self.robot_id or self.user_id} {self.key}"

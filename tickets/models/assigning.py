"""Who is at the desk, what he can do and how much he takes, and which case he has before him (TKT-1)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.models import Shop


class Presence(models.TextChoices):
    """Whether somebody can be given work."""

    PRESENT = "present", pgettext_lazy("presence", "Present")
    AWAY = "away", pgettext_lazy("presence", "Away")
    OFF = "off", pgettext_lazy("presence", "Off duty")


class DeskAgent(models.Model):
    """An agent as assignment sees him; who has none is off duty, can do everything, and has the policy's limit."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="desk_agent"
    )
    presence = models.CharField(_("presence"), max_length=8, choices=Presence.choices, default=Presence.OFF)
    by_itself = models.BooleanField(default=False, help_text=_("away for want of a sign of life: the next one ends it"))
    since = models.DateTimeField(_("since"))
    seen_at = models.DateTimeField(_("last sign of life"))
    kinds = ArrayField(models.CharField(max_length=16), default=list, help_text=_("of tickets; empty: all"))
    shops = ArrayField(models.BigIntegerField(), default=list, help_text=_("empty: all that he sees"))
    most_open = models.PositiveSmallIntegerField(
        _("most open tickets"), null=True, help_text=_("empty: as the policy says")
    )

    class Meta:
        verbose_name = _("agent at the desk")
        verbose_name_plural = _("agents at the desk")
        constraints = [
            models.CheckConstraint(condition=Q(by_itself=False) | Q(presence="away"), name="only_away_by_itself"),
        ]
        indexes = [models.Index(fields=["seen_at"], condition=Q(presence="present"), name="desk_agent_present")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.presence}"


class Looking(models.Model):
    """Somebody has a request or a ticket before him, as long as the page goes on saying so."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    number = models.CharField(max_length=32)
    twin = models.CharField(max_length=32, blank=True, help_text=_("the ticket of the request, or the other way round"))
    seen_at = models.DateTimeField()
    typed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("look at a case")
        verbose_name_plural = _("looks at cases")
        constraints = [models.UniqueConstraint(fields=["user", "number"], name="looking_once")]
        indexes = [models.Index(fields=["-seen_at"], name="looking_now")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.number}"

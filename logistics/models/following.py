"""How parcels are followed by a tracking service: which numbers, what was asked when, and what it pushed (LOG-6)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .parcels import Parcel


class TrackingSubscription(models.Model):
    """A tracking number that a service follows for us; parcels that travel under one number share it.

    `carrier` is what was asked with, `carrier_found` what the service took it for instead. `ask_at` is when the service
    is asked next: to follow the number while `waiting`, about its silence while `followed`.
    """

    class State(models.TextChoices):
        """Whether the service follows it."""

        WAITING = "waiting", pgettext_lazy("following", "To be subscribed")
        FOLLOWED = "followed", pgettext_lazy("following", "Followed")
        REFUSED = "refused", pgettext_lazy("following", "Cannot be followed")
        ENDED = "ended", pgettext_lazy("following", "Ended")

    tracking_no = models.CharField(_("tracking number"), max_length=40, unique=True)
    carrier = models.CharField(_("carrier"), max_length=24, help_text=_("the carrier that was asked for"))
    carrier_found = models.CharField(
        max_length=24, blank=True, help_text=_("the carrier that it really is, if another")
    )
    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    ask_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    heard_at = models.DateTimeField(_("last heard of"), null=True)
    aborted_at = models.DateTimeField(null=True, help_text=_("when the service gave it up last"))
    message = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("followed number")
        verbose_name_plural = _("followed numbers")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", ask_at__isnull=False)
                | Q(state="followed")
                | Q(state__in=["refused", "ended"], ask_at=None),
                name="following_asks_while_it_lasts",
            ),
        ]
        indexes = [
            models.Index(fields=["ask_at", "id"], condition=Q(ask_at__isnull=False), name="following_to_ask"),
            models.Index(fields=["id"], condition=Q(state="refused"), name="following_refused"),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_no}"

    @property
    def carrier_now(self) -> str:
        """The carrier to ask with: the one that was found, if one was."""
        return self.carrier_found or self.carrier


class TrackingCall(models.Model):
    """One time that a service was asked, written before it is: the limits are counted from these rows.

    Without an outcome it is on its way, or its sender died; either way it counts.
    """

    class Kind(models.TextChoices):
        """What was asked."""

        SUBSCRIBE = "subscribe", pgettext_lazy("following", "To follow it")
        QUERY = "query", pgettext_lazy("following", "Where it is")

    class Outcome(models.TextChoices):
        """What came of it."""

        OPEN = "", pgettext_lazy("following", "No answer yet")
        DONE = "done", pgettext_lazy("following", "Done")
        REFUSED = "refused", pgettext_lazy("following", "Refused")
        UNKNOWN = "unknown", pgettext_lazy("following", "Without an answer")
        UNSENT = "unsent", pgettext_lazy("following", "Not sent: nobody was there")

    subscription = models.ForeignKey(TrackingSubscription, on_delete=models.CASCADE, related_name="calls")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    carrier = models.CharField(max_length=24)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    code = models.CharField(max_length=16, blank=True)
    message = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("question to a tracking service")
        verbose_name_plural = _("questions to a tracking service")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", answered_at=None) | (~Q(outcome="") & Q(answered_at__isnull=False)),
                name="call_answered_with_outcome",
            ),
        ]
        indexes = [models.Index(fields=["subscription", "kind", "asked_at"], name="call_of_number")]

    def __str__(self) -> str:
        return f"{self.kind} {self.asked_at:%F %T}"


class TrackingPush(models.Model):
    """What a service pushed, as it came: kept before it is answered, once however often it comes, then drained."""

    subscription = models.ForeignKey(TrackingSubscription, on_delete=models.CASCADE, related_name="pushes")
    digest = models.CharField(max_length=64, unique=True)
    body = models.TextField()
    received_at = models.DateTimeField()
    repeats = models.PositiveIntegerField(default=0, help_text=_("how often it came again"))
    due_at = models.DateTimeField(null=True, help_text=_("when it is read next; empty when it is done"))
    drained_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("push of a tracking service")
        verbose_name_plural = _("pushes of a tracking service")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at__isnull=False, drained_at=None) | Q(due_at=None, drained_at__isnull=False),
                name="push_is_due_or_drained",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="push_to_drain"),
            models.Index(fields=["drained_at"], condition=Q(drained_at__isnull=False), name="push_drained"),
        ]

    def __str__(self) -> str:
        return self.digest[:12]

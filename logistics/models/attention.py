"""Parcels that need someone, each with its reason, until it is over or somebody has seen to it (LOG-6)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.models import Shop

from .parcels import Parcel


class AttentionReason(models.TextChoices):
    """Why a parcel needs someone."""

    SILENT = "silent", pgettext_lazy("parcel that needs someone", "No scan")
    STALLED = "stalled", pgettext_lazy("parcel that needs someone", "Stalled")
    DENIED = "denied", pgettext_lazy("parcel that needs someone", "Signed for, denied")
    GOING_BACK = "going_back", pgettext_lazy("parcel that needs someone", "Going back")
    UNDELIVERABLE = "undeliverable", pgettext_lazy("parcel that needs someone", "Undeliverable")
    RETURN_UNREFUNDED = "return_unrefunded", pgettext_lazy("parcel that needs someone", "Return here, no refund")
    RETURN_MISSING = "return_missing", pgettext_lazy("parcel that needs someone", "Replacement sent, no return")


class AttentionEnd(models.TextChoices):
    """How it ended."""

    RECOVERED = "recovered", pgettext_lazy("parcel that needs someone", "Over by itself")
    SETTLED = "settled", pgettext_lazy("parcel that needs someone", "Settled")


class Attention(models.Model):
    """One reason why somebody must see to a parcel; open until it is over by itself or settled by hand.

    `since` is when the trouble began, `parcel_version` how the parcel stood then: what was settled is not found again
    while the parcel stands as it did.
    """

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="attentions")
    parcel_version = models.PositiveIntegerField()
    reason = models.CharField(_("reason"), max_length=20, choices=AttentionReason.choices)
    since = models.DateTimeField(_("since"))
    found_at = models.DateTimeField(_("found"))
    due_at = models.DateTimeField(_("due"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_as = models.CharField(max_length=12, choices=AttentionEnd.choices, blank=True)
    ended_by = models.CharField(max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("parcel that needs someone")
        verbose_name_plural = _("parcels that need someone")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["parcel", "reason"], condition=Q(ended_at=None), name="one_open_attention_of_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_as="", ended_by="", note="")
                | Q(ended_at__isnull=False, ended_as=AttentionEnd.RECOVERED, note="")
                | (Q(ended_at__isnull=False, ended_as=AttentionEnd.SETTLED) & ~Q(ended_by="") & ~Q(note="")),
                name="attention_ends_somehow",
            ),
            models.CheckConstraint(condition=Q(since__lte=models.F("found_at")), name="attention_began_before"),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(ended_at=None), name="attention_open"),
            models.Index(fields=["reason", "due_at", "id"], condition=Q(ended_at=None), name="attention_by_reason"),
            models.Index(fields=["parcel", "reason", "-id"], name="attention_of_parcel"),
            models.Index(fields=["-ended_at", "-id"], condition=Q(ended_at__isnull=False), name="attention_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.parcel_id}"

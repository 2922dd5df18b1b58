"""Parcels that came to the warehouse and that nobody waits for (RET-3)."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.models import Shop, User
from refunds.models import Evidence, Refund, ReturnShipment


def new_parcel_no() -> str:
    """Return a public number that says nothing and is short enough to be written on the box."""
    return f"UP{secrets.token_hex(4).upper()}"


class Outcome(models.TextChoices):
    """What came of an unclaimed parcel; given once."""

    NONE = "", pgettext_lazy("unclaimed", "Unclaimed")
    MATCHED = "matched", pgettext_lazy("unclaimed", "Found its request")
    SENT_BACK = "sent_back", pgettext_lazy("unclaimed", "Sent back")
    DISPOSED = "disposed", pgettext_lazy("unclaimed", "Disposed of")


class UnclaimedParcel(models.Model):
    """A parcel on the unclaimed list: what can be read on it, what is in it, where it lies, and what came of it.

    The row is written by `services.unclaimed` alone; a trigger keeps an outcome that was given, unless it was a match
    and is taken back.
    """

    parcel_no = models.CharField(_("number"), max_length=12, unique=True, default=new_parcel_no)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    tracking_no = models.CharField(_("tracking number"), max_length=40, blank=True)
    carrier = models.CharField(_("carrier"), max_length=24, blank=True)
    sender_name = models.CharField(_("sender"), max_length=60, blank=True)
    sender_phone = models.CharField(_("phone"), max_length=24, blank=True)
    order_no = models.CharField(_("order number"), max_length=64, blank=True, help_text=_("from a slip inside"))
    contents = models.CharField(_("what is in it"), max_length=300)
    shelf = models.CharField(_("shelf"), max_length=40)
    photos = models.ManyToManyField(Evidence, related_name="+")
    noted_by = models.CharField(max_length=60)
    noted_at = models.DateTimeField()
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True, default="")
    refund = models.ForeignKey(Refund, null=True, on_delete=models.PROTECT, related_name="unclaimed_parcels")
    outcome_note = models.CharField(_("note"), max_length=300, blank=True)
    settled_by = models.CharField(max_length=60, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("unclaimed parcel")
        verbose_name_plural = _("unclaimed parcels")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "tracking_no"],
                condition=Q(outcome="") & ~Q(tracking_no=""),
                name="unclaimed_number_once",
            ),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="unclaimed_outcome_known"),
            models.CheckConstraint(
                condition=Q(outcome="", settled_at=None) | (~Q(outcome="") & Q(settled_at__isnull=False)),
                name="unclaimed_outcome_has_time",
            ),
            models.CheckConstraint(
                condition=Q(outcome="matched", refund__isnull=False) | (~Q(outcome="matched") & Q(refund=None)),
                name="unclaimed_match_has_request",
            ),
        ]
        indexes = [models.Index(fields=["shop", "id"], condition=Q(outcome=""), name="unclaimed_open")]

    def __str__(self) -> str:
        return self.parcel_no


class UnclaimedMatch(models.Model):
    """One time that a parcel was said to belong to a request: by whom, and by whom it was taken back, and why (RET-3).

    `shipment` is what the match gave the request, where it had no number yet. Rows are added, ended once and kept.
    """

    parcel = models.ForeignKey(UnclaimedParcel, on_delete=models.CASCADE, related_name="matches")
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="unclaimed_matches")
    shipment = models.ForeignKey(ReturnShipment, null=True, on_delete=models.PROTECT, related_name="+")
    matched_by = models.CharField(max_length=60)
    matched_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    matched_at = models.DateTimeField()
    undone_by = models.CharField(max_length=60, blank=True)
    undone_at = models.DateTimeField(null=True)
    undone_why = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("match of an unclaimed parcel")
        verbose_name_plural = _("matches of unclaimed parcels")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["parcel"], condition=Q(undone_at=None), name="unclaimed_matched_once"),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by="", undone_why="")
                | (Q(undone_at__isnull=False) & ~Q(undone_by="") & ~Q(undone_why="")),
                name="unclaimed_undone_is_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parcel_id} → {self.refund_id}"

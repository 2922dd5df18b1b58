"""Parcels on their way, either way, and every scan of them."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from aftersales.core.machine import fsm_methods
from aftersales.core.models import Shop
from logistics.states import MAY_BE_LOST, PARCEL, UNDER_WAY, Direction, ParcelStatus
from orders.models import Order
from refunds.models import Refund

MOVING = (
    ParcelStatus.PICKED_UP,
    ParcelStatus.IN_TRANSIT,
    ParcelStatus.OUT_FOR_DELIVERY,
    ParcelStatus.AT_PICKUP_POINT,
    ParcelStatus.PROBLEM,
    ParcelStatus.RETURNING,
)
TROUBLED = (ParcelStatus.PROBLEM, ParcelStatus.RETURNING, ParcelStatus.RETURNED, ParcelStatus.DENIED)
"""Where the status alone may say that a parcel needs someone (LOG-6)."""

NEVER_THERE = (ParcelStatus.SUPERSEDED, ParcelStatus.RETURNED, ParcelStatus.LOST)


class Parcel(fsm_methods(PARCEL)):  # type: ignore[misc]
    """A parcel of an order: to the buyer, back for a request, or with what was asked for instead.

    `last_*` are those of the last scan that says anything; the status follows from them and from what people said
    (`denied_at`, `lost_at`). A corrected number is a parcel of its own, which says what it was `corrected_from`.
    """

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="parcels")
    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, null=True, related_name="parcels")
    direction = models.CharField(_("direction"), max_length=12, choices=Direction.choices, default=Direction.OUT)
    status = FSMField(
        _("status"), max_length=20, choices=ParcelStatus.choices, default=ParcelStatus.WAIT_PICKUP, protected=True
    )
    version = models.PositiveIntegerField(default=1)
    carrier = models.CharField(_("carrier"), max_length=24, blank=True)
    tracking_no = models.CharField(_("tracking number"), max_length=40, blank=True)
    line_nos = models.JSONField(default=list)
    shipped_at = models.DateTimeField(_("handed over"))
    created_by = models.CharField(max_length=60)
    updated_at = models.DateTimeField()
    last_scan_at = models.DateTimeField(_("last scan"), null=True)
    last_code = models.CharField(max_length=8, blank=True)
    last_text = models.CharField(max_length=500, blank=True)
    denied_at = models.DateTimeField(null=True, help_text=_("when the buyer said that he does not have it"))
    lost_at = models.DateTimeField(null=True, help_text=_("when it was given up as lost"))
    recalled_at = models.DateTimeField(null=True, help_text=_("when the carrier was asked to bring it back (LOG-5)"))
    superseded_at = models.DateTimeField(null=True)
    corrected_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(direction=Direction.OUT, refund=None)
                | Q(~Q(direction=Direction.OUT), refund__isnull=False),
                name="parcel_of_a_request",
            ),
            models.CheckConstraint(
                condition=Q(last_scan_at=None, last_code="") | Q(Q(last_scan_at__isnull=False), ~Q(last_code="")),
                name="parcel_last_scan",
            ),
            models.CheckConstraint(
                condition=Q(~Q(status=ParcelStatus.SUPERSEDED), superseded_at=None)
                | Q(status=ParcelStatus.SUPERSEDED, superseded_at__isnull=False),
                name="parcel_superseded",
            ),
            models.CheckConstraint(
                condition=(~Q(status=ParcelStatus.LOST) | Q(lost_at__isnull=False))
                & (~Q(status=ParcelStatus.DENIED) | Q(denied_at__isnull=False)),
                name="parcel_said_by_people",
            ),
            models.UniqueConstraint(
                fields=["refund", "direction"],
                condition=Q(refund__isnull=False) & ~Q(status=ParcelStatus.SUPERSEDED),
                name="one_current_parcel",
            ),
        ]
        indexes = [
            models.Index(fields=["tracking_no"], condition=~Q(tracking_no=""), name="parcel_tracking_no"),
            models.Index(fields=["shop", "id"], condition=Q(status=ParcelStatus.WAIT_PICKUP), name="parcel_no_scan"),
            models.Index(fields=["shop", "id"], condition=Q(status__in=MOVING), name="parcel_moving"),
            models.Index(fields=["shop", "id"], condition=Q(status__in=TROUBLED), name="parcel_troubled"),
            models.Index(fields=["shop", "updated_at", "id"], name="parcel_updated"),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_no}"

    @property
    def is_under_way(self) -> bool:
        """Whether it is on the way to whom it is for, so that it may be called back (LOG-5)."""
        return self.status in UNDER_WAY

    @property
    def may_be_lost(self) -> bool:
        """Whether it can be given up: it is on its way, either way, or the buyer denies having it (LOG-6)."""
        return self.status in MAY_BE_LOST

    @property
    def may_be_short(self) -> bool:
        """Whether goods can be missing from it: it went to the buyer and did not come back (MIS-1)."""
        return self.direction == Direction.OUT and self.status not in NEVER_THERE

    def platform_due_at(self, rule: str) -> datetime | None:
        """Parcels have no deadlines of the platform's."""
        return None

    def pauses(self, rule: str) -> bool:
        """Nothing pauses a parcel."""
        return False


class ParcelScan(models.Model):
    """One scan, as the carrier wrote it. Heard of twice, it counts once; never changed."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="scans")
    occurred_at = models.DateTimeField(_("when"))
    code = models.CharField(_("code"), max_length=8)
    place = models.CharField(_("place"), max_length=120, blank=True)
    text = models.CharField(_("text"), max_length=500, blank=True)
    source = models.CharField(max_length=24)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        ordering = ["occurred_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["parcel", "occurred_at", "code", "text"], name="scan_counts_once")
        ]

    def __str__(self) -> str:
        return f"{self.occurred_at:%F %T} {self.text}"

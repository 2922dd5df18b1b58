"""Evidence: a file that somebody sent for a request. The file itself lies in `core.private_files`."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.core import uploads
from refunds.states.dispute import Piece


def new_evidence_id() -> str:
    """Return a public number that cannot be guessed: 128 random bits."""
    return f"ev_{secrets.token_urlsafe(16)}"


class Purpose(models.TextChoices):
    """What a file is meant to show."""

    APPLICATION = "application", _("application")
    MESSAGE = "message", _("message")
    REFUSAL = "refusal", _("refusal")
    INSPECTION = "inspection", _("inspection")
    RECEIPT = "receipt", _("receipt")
    DISPUTE = "dispute", _("dispute")
    CLAIM = "claim", _("courier claim")
    OTHER = "other", _("other")


class Side(models.TextChoices):
    """Who sent it, as a dispute counts sides."""

    BUYER = "buyer", _("buyer")
    SELLER = "seller", _("seller")
    WAREHOUSE = "warehouse", _("warehouse")
    PLATFORM = "platform", _("platform")


class Evidence(models.Model):
    """A checked file. It is uploaded first and belongs to a request, payout or order once something names it.

    To an order alone belongs what the shop shows to others than the buyer, as the photos of a claim (CLM-1).
    """

    evidence_id = models.CharField(max_length=32, unique=True, default=new_evidence_id)
    # Empty while a file of staff that serve several shops belongs to no request: nothing says yet which shop it is.
    shop = models.ForeignKey("core.Shop", null=True, on_delete=models.PROTECT, related_name="+")
    refund = models.ForeignKey("refunds.Refund", null=True, on_delete=models.PROTECT, related_name="evidence")
    payout = models.ForeignKey("refunds.Payout", null=True, on_delete=models.PROTECT, related_name="evidence")
    order = models.ForeignKey("orders.Order", null=True, on_delete=models.PROTECT, related_name="evidence")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    shows = models.CharField(max_length=16, choices=Piece.choices, blank=True, db_default="", default="")
    side = models.CharField(max_length=10, choices=Side.choices)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64, help_text=_("of what is stored"))
    received_sha256 = models.CharField(max_length=64, help_text=_("of what was sent, before metadata was taken out"))
    content_type = models.CharField(max_length=40)
    size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    original_name = models.CharField(max_length=120, blank=True, help_text=_("for display only"))
    created_at = models.DateTimeField()
    attached_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True, help_text=_("the file was thrown away after its time (LAW-7)"))
    held = models.BooleanField(
        db_default=False,
        default=False,
        help_text=_("kept though no request names it yet: a parcel that nobody claimed"),
    )

    class Meta:
        verbose_name = _("evidence file")
        verbose_name_plural = _("evidence files")
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="evidence_purpose_known"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="evidence_side_known"),
            models.CheckConstraint(
                condition=Q(content_type__in=sorted(uploads.EXTENSIONS)), name="evidence_content_type_taken"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="evidence_not_empty"),
            models.CheckConstraint(
                condition=Q(sha256__regex="^[0-9a-f]{64}$", received_sha256__regex="^[0-9a-f]{64}$"),
                name="evidence_sha256_hex",
            ),
            models.CheckConstraint(
                condition=Q(content_type=uploads.PDF, width=None, height=None)
                | (
                    # NULL > 0 is unknown, and a CHECK lets the unknown pass
                    ~Q(content_type=uploads.PDF)
                    & Q(width__isnull=False, height__isnull=False, width__gt=0, height__gt=0)
                ),
                name="evidence_picture_has_size",
            ),
            models.CheckConstraint(
                condition=Q(refund=None, payout=None, order=None, attached_at=None)
                | (
                    Q(attached_at__isnull=False)
                    & (Q(refund__isnull=False) | Q(payout__isnull=False) | Q(order__isnull=False))
                ),
                name="evidence_attached_has_time",
            ),
            models.CheckConstraint(
                condition=Q(shop__isnull=False)
                | Q(refund=None, payout=None, order=None, side__in=[Side.SELLER, Side.WAREHOUSE, Side.PLATFORM]),
                name="evidence_has_shop",
            ),
        ]
        indexes = [
            models.Index(fields=["refund", "created_at"], name="evidence_of_refund"),
            models.Index(fields=["created_at"], condition=Q(attached_at=None), name="evidence_unattached"),
            models.Index(fields=["sha256"], name="evidence_sha256"),
        ]

    def __str__(self) -> str:
        return self.evidence_id

    @property
    def is_picture(self) -> bool:
        """Whether it has a thumbnail."""
        return self.content_type in uploads.IMAGES

    @property
    def download_name(self) -> str:
        """The sender's name for it with the extension of what is stored, else its number."""
        stem = self.original_name.rpartition(".")[0] or self.original_name or self.evidence_id
        return f"{stem}.{uploads.EXTENSIONS[self.content_type]}"

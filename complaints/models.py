"""The register of complaints: who wants to know what by when, what the shop replied, what became of it (CMP-1)."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from aftersales.core.machine import fsm_methods
from aftersales.core.models import Shop
from complaints.states import COMPLAINT, OPEN, STANDING, ComplaintStatus, Malice, Problem, Result, Source
from orders.models import Order

_USER = settings.AUTH_USER_MODEL
REPLY_LENGTH = 500
"""A reply is brief and to the point (CMP-1)."""


class Complaint(fsm_methods(COMPLAINT)):  # type: ignore[misc]
    """One complaint about an order. What was complained of stays; only the time to reply can be given anew."""

    complaint_no = models.CharField(_("complaint number"), max_length=32, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="complaints")
    status = FSMField(_("status"), max_length=12, choices=ComplaintStatus.choices, protected=True)
    version = models.PositiveIntegerField(default=1)
    source = models.CharField(pgettext_lazy("complaint", "source"), max_length=12, choices=Source.choices)
    problem = models.CharField(pgettext_lazy("complaint", "problem"), max_length=12, choices=Problem.choices)
    reference = models.CharField(_("reference number of the source"), max_length=64, blank=True)
    text = models.TextField(_("text"), max_length=2000)
    reply_due_at = models.DateTimeField(_("reply due"))
    result = models.CharField(_("result"), max_length=12, choices=Result.choices, blank=True)
    malice = models.CharField(_("malicious"), max_length=12, choices=Malice.choices, blank=True)
    malice_reasons = models.CharField(_("why it is malicious"), max_length=500, blank=True)
    malice_asked_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    malice_judged_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    settlement = models.CharField(_("settlement"), max_length=REPLY_LENGTH, blank=True)
    settlement_fen = models.PositiveBigIntegerField(
        _("amount of the settlement"), null=True, help_text=_("for information: it is paid by a refund or payout")
    )
    is_late = models.BooleanField(_("late"), default=False)
    answered_at = models.DateTimeField(pgettext_lazy("complaint", "answered"), null=True)
    closed_at = models.DateTimeField(pgettext_lazy("complaint", "closed"), null=True)
    filed_by = models.CharField(_("recorded by"), max_length=60)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="complaint_says_something"),
            models.CheckConstraint(
                condition=(Q(status="closed", closed_at__isnull=False) & ~Q(result=""))
                | (~Q(status="closed") & Q(result="", closed_at=None)),
                name="complaint_closed_has_result",
            ),
            models.CheckConstraint(
                condition=~Q(status="answered") | Q(answered_at__isnull=False), name="complaint_answered_has_time"
            ),
            models.CheckConstraint(
                condition=(Q(result="settled", settlement_fen__isnull=False) & ~Q(settlement=""))
                | (~Q(result="settled") & Q(settlement="", settlement_fen=None)),
                name="complaint_settled_says_how",
            ),
            models.CheckConstraint(
                condition=Q(malice="", malice_reasons="", malice_asked_by=None)
                | (~Q(malice="") & ~Q(malice_reasons="") & Q(malice_asked_by__isnull=False)),
                name="complaint_malice_has_reasons",
            ),
            models.CheckConstraint(
                condition=(Q(malice__in=("", "asked"), malice_judged_by=None))
                | (
                    Q(malice__in=("confirmed", "refused"), malice_judged_by__isnull=False)
                    & ~Q(malice_judged_by=F("malice_asked_by"))
                ),
                name="complaint_malice_by_two",
            ),
            models.UniqueConstraint(
                fields=["shop", "source", "reference"], condition=~Q(reference=""), name="complaint_reference_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "reply_due_at", "id"], condition=Q(status__in=STANDING), name="complaint_standing"
            ),
            models.Index(fields=["id"], condition=Q(malice="asked"), name="complaint_to_judge"),
            models.Index(
                fields=["reply_due_at", "id"], condition=Q(is_late=True, status__in=OPEN), name="complaint_late"
            ),
            models.Index(fields=["shop", "updated_at", "id"], name="complaint_updated"),
        ]

    def __str__(self) -> str:
        return self.complaint_no

    def platform_due_at(self, rule: str) -> datetime | None:
        """Give the moment until which the source waits for the reply."""
        return self.reply_due_at

    def pauses(self, rule: str) -> bool:
        """Nothing pauses a complaint."""
        return False

    @property
    def is_open(self) -> bool:
        """Whether the source waits for the shop's reply."""
        return self.status in OPEN


class ComplaintReply(models.Model):
    """What the shop replied, as it was sent. Append-only by trigger."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="replies")
    text = models.CharField(_("reply"), max_length=REPLY_LENGTH)
    author_name = models.CharField(max_length=60)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("reply to a complaint")
        verbose_name_plural = _("replies to complaints")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="complaint_reply_says_something")]

    def __str__(self) -> str:
        return self.text[:40]

"""What an item gets wrong again and again: the cases, the requests behind them, what the desk reported (SAT-2)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from aftersales.core.machine import fsm_methods
from aftersales.core.models import Shop
from feedback.states import FEEDBACK, STANDING, WAITING, Answer, FeedbackStatus, Origin
from orders.models import Order, OrderLine
from refunds.models import Refund
from refunds.states import Reason

_USER = settings.AUTH_USER_MODEL
ANSWER_LENGTH = 500
_MEASURED = ("effect_days", "before_cases", "before_units", "after_cases", "after_units", "measured_at")
_ALL_MEASURED = Q(**{f"{name}__isnull": False for name in _MEASURED})
_NONE_MEASURED = Q(**dict.fromkeys(_MEASURED))


class FeedbackCase(fsm_methods(FEEDBACK)):  # type: ignore[misc]
    """One item of a shop and one reason, until it is answered and what came of the answer is known.

    At most one stands for an item and reason, by the database. Counts are of order lines, so that a buyer who applies
    three times for one article is one case.
    """

    case_no = models.CharField(_("case number"), max_length=32, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+", help_text=_("where it came up first"))
    item_id = models.CharField(_("item"), max_length=64)
    goods_no = models.CharField(_("goods number"), max_length=64, blank=True)
    title = models.CharField(_("title"), max_length=200)
    reason = models.CharField(_("reason"), max_length=24, choices=Reason.choices)
    origin = models.CharField(pgettext_lazy("feedback", "origin"), max_length=10, choices=Origin.choices)
    status = FSMField(_("status"), max_length=12, choices=FeedbackStatus.choices, protected=True)
    version = models.PositiveIntegerField(default=1)
    counted_from = models.DateTimeField(help_text=_("requests from then on belong to it"))
    found_cases = models.PositiveIntegerField(_("cases when it came up"), default=0)
    found_units = models.PositiveIntegerField(_("units sold in that time"), default=0)
    asked_at = models.DateTimeField(_("asked"), help_text=_("opened, or opened again"))
    answer_due_at = models.DateTimeField(_("answer due"), null=True)
    is_late = models.BooleanField(_("late"), default=False)
    taken_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    remedy = models.CharField(pgettext_lazy("feedback", "answer"), max_length=16, choices=Answer.choices, blank=True)
    answer_text = models.CharField(_("what is done, and why"), max_length=ANSWER_LENGTH, blank=True)
    effective_on = models.DateField(_("in effect from"), null=True)
    answered_by = models.CharField(max_length=60, blank=True)
    answered_at = models.DateTimeField(pgettext_lazy("feedback", "answered"), null=True)
    reopened = models.PositiveSmallIntegerField(_("opened again"), default=0, help_text=_("so many times"))
    effect_days = models.PositiveSmallIntegerField(null=True, help_text=_("days on each side of the answer"))
    before_cases = models.PositiveIntegerField(null=True)
    before_units = models.PositiveIntegerField(null=True)
    after_cases = models.PositiveIntegerField(null=True)
    after_units = models.PositiveIntegerField(null=True)
    measured_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(pgettext_lazy("feedback", "closed"), null=True)
    opened_by = models.CharField(_("opened by"), max_length=60)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("feedback case")
        verbose_name_plural = _("feedback cases")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "item_id", "reason"], condition=~Q(status="closed"), name="feedback_one_stands"
            ),
            models.CheckConstraint(condition=~Q(item_id=""), name="feedback_of_an_item"),
            models.CheckConstraint(
                condition=(
                    Q(status__in=WAITING, remedy="", answer_text="", effective_on=None, answered_at=None)
                    | (
                        ~Q(status__in=WAITING)
                        & ~Q(remedy="")
                        & ~Q(answer_text="")
                        & Q(effective_on__isnull=False, answered_at__isnull=False)
                    )
                ),
                name="feedback_answered_says_what",
            ),
            models.CheckConstraint(
                condition=(Q(status__in=("measured", "closed")) & _ALL_MEASURED)
                | (~Q(status__in=("measured", "closed")) & _NONE_MEASURED),
                name="feedback_measured_has_figures",
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False) | (~Q(status="closed") & Q(closed_at=None)),
                name="feedback_closed_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "answer_due_at", "id"], condition=Q(status__in=WAITING), name="feedback_waiting"
            ),
            models.Index(fields=["effective_on", "id"], condition=Q(status="answered"), name="feedback_to_measure"),
            models.Index(fields=["status", "-id"], name="feedback_status"),
            models.Index(fields=["shop", "item_id", "reason", "-id"], name="feedback_item"),
            models.Index(fields=["shop", "updated_at", "id"], name="feedback_updated"),
        ]

    def __str__(self) -> str:
        return self.case_no

    def platform_due_at(self, rule: str) -> datetime | None:
        """Say that no platform sets a time: the shop's policy does."""
        return None

    def pauses(self, rule: str) -> bool:
        """Nothing pauses a feedback case."""
        return False

    def note_deadline(self, row: dict[str, Any] | None) -> None:
        """Keep until when an answer is waited for; once late it stays, so that the list can say since when."""
        if row is not None:
            self.answer_due_at = row["due_at"]

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is waited for."""
        return self.status in WAITING

    @property
    def is_standing(self) -> bool:
        """Whether further requests join it."""
        return self.status in STANDING


class FeedbackEvidence(models.Model):
    """An order line that a buyer applied for with the case's reason. Each once in a case, whoever counts."""

    case = models.ForeignKey(FeedbackCase, on_delete=models.PROTECT, related_name="evidence")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(help_text=_("when the buyer applied"))
    joined_at = models.DateTimeField()

    class Meta:
        verbose_name = _("request behind a feedback case")
        verbose_name_plural = _("requests behind feedback cases")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "order_line"], name="feedback_line_once")]
        indexes = [models.Index(fields=["case", "-id"], name="feedback_evidence_newest")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.refund_id}"


class FeedbackReport(models.Model):
    """What the desk saw: what the page says, against what came. Append-only by trigger."""

    case = models.ForeignKey(FeedbackCase, on_delete=models.PROTECT, related_name="reports")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    refund = models.ForeignKey(Refund, null=True, on_delete=models.PROTECT, related_name="+")
    page_says = models.CharField(_("what the page says"), max_length=ANSWER_LENGTH)
    came = models.CharField(_("what came"), max_length=ANSWER_LENGTH)
    author_name = models.CharField(max_length=60)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("report of a page that says otherwise")
        verbose_name_plural = _("reports of pages that say otherwise")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(page_says="") & ~Q(came=""), name="feedback_report_says_both")
        ]

    def __str__(self) -> str:
        return self.came[:40]

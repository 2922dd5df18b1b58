"""Surveys: whom we ask about what, what he said, and the calls that were made for it (SAT-1)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from aftersales.core.errors import Text
from aftersales.core.machine import fsm_methods
from aftersales.core.models import Shop
from orders.models import Order
from surveys.states import (
    MARKS,
    MATTERS,
    OPEN,
    SURVEY,
    CallOutcome,
    CallWhy,
    SubjectKind,
    SurveyStatus,
    Via,
)

_USER = settings.AUTH_USER_MODEL
WORDS_LENGTH = 500


class Survey(fsm_methods(SURVEY)):  # type: ignore[misc]
    """One question to a buyer. Its subject is named by kind and number; agent, shop, item and matter are as they were
    when it ended.

    `code` is what the signed address carries: random, so that an address tells nothing and cannot be counted through.
    """

    survey_no = models.CharField(_("survey number"), max_length=32, unique=True)
    code = models.CharField(max_length=24, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="surveys")
    subject_kind = models.CharField(_("about"), max_length=8, choices=SubjectKind.choices)
    subject_no = models.CharField(_("number"), max_length=64)
    agent = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("agent"))
    item_id = models.CharField(_("item"), max_length=64, blank=True)
    item_title = models.CharField(_("title"), max_length=200, blank=True)
    matter = models.CharField(_("reason"), max_length=24, blank=True)
    status = FSMField(_("status"), max_length=12, choices=SurveyStatus.choices, protected=True)
    version = models.PositiveIntegerField(default=1)
    expires_at = models.DateTimeField(_("link valid until"))
    call_why = models.CharField(_("why he is called"), max_length=8, choices=CallWhy.choices, blank=True)
    call_due_at = models.DateTimeField(_("call due"), null=True)
    tries = models.PositiveIntegerField(_("calls"), default=0)
    is_late = models.BooleanField(_("late"), default=False)
    answered_at = models.DateTimeField(pgettext_lazy("survey", "answered"), null=True)
    lowest = models.PositiveSmallIntegerField(_("lowest mark"), null=True)
    is_low = models.BooleanField(_("low mark"), default=False)
    closed_at = models.DateTimeField(pgettext_lazy("survey", "ended"), null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_no"], name="survey_once_of_a_subject"),
            models.CheckConstraint(
                condition=~Q(status="calling") | (Q(call_due_at__isnull=False) & ~Q(call_why="")),
                name="survey_call_has_time_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, lowest=None, is_low=False)
                | Q(answered_at__isnull=False, lowest__range=(1, 5)),
                name="survey_answered_has_mark",
            ),
            models.CheckConstraint(
                condition=~Q(status="answered") | Q(answered_at__isnull=False), name="survey_answered_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("asked", "closed")) | Q(answered_at=None), name="survey_unanswered_has_none"
            ),
            models.CheckConstraint(
                condition=Q(status__in=("answered", "closed"), closed_at__isnull=False)
                | (Q(status__in=("asked", "calling"), closed_at=None)),
                name="survey_ended_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["call_due_at", "id"], condition=Q(status="calling"), name="survey_to_call"),
            models.Index(fields=["-id"], condition=Q(tries__gt=0), name="survey_was_called"),
            models.Index(fields=["created_at", "id"], name="survey_asked_at"),
            models.Index(fields=["shop", "updated_at", "id"], name="survey_updated"),
        ]

    def __str__(self) -> str:
        return self.survey_no

    def platform_due_at(self, rule: str) -> datetime | None:
        """Give the moment by which the call is due, once there is one."""
        return self.call_due_at if self.status == SurveyStatus.CALLING else None

    def pauses(self, rule: str) -> bool:
        """Nothing pauses a survey."""
        return False

    @property
    def is_open(self) -> bool:
        """Whether something is still to come: an answer or a call."""
        return self.status in OPEN

    @property
    def matter_label(self) -> Text:
        """What it was about, in words."""
        return MATTERS.get(self.matter, self.matter)


class SurveyAnswer(models.Model):
    """What a buyer said, once: marks from 1 to 5 and a comment. Append-only by trigger."""

    survey = models.OneToOneField(Survey, on_delete=models.PROTECT, related_name="answer")
    goods = models.PositiveSmallIntegerField(pgettext_lazy("mark", "Goods"))
    attitude = models.PositiveSmallIntegerField(pgettext_lazy("mark", "Attitude"))
    speed = models.PositiveSmallIntegerField(pgettext_lazy("mark", "Speed"))
    price = models.PositiveSmallIntegerField(pgettext_lazy("mark", "Price"))
    comment = models.CharField(_("comment"), max_length=WORDS_LENGTH, blank=True)
    via = models.CharField(_("how"), max_length=8, choices=Via.choices)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer to a survey")
        verbose_name_plural = _("answers to surveys")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(**{f"{mark}__range": (1, 5) for mark in MARKS}), name="survey_marks_from_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.goods}{self.attitude}{self.speed}{self.price}"

    @classmethod
    def labels(cls) -> list[Any]:
        """Give the words for the four marks, in their order."""
        fields = {field.name: field.verbose_name for field in cls._meta.concrete_fields}
        return [fields[mark] for mark in MARKS]


class SurveyCall(models.Model):
    """A call that was made and what came of it. Append-only by trigger."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="calls")
    outcome = models.CharField(_("what came of it"), max_length=12, choices=CallOutcome.choices)
    note = models.CharField(_("note"), max_length=WORDS_LENGTH, blank=True)
    next_at = models.DateTimeField(_("next call"), null=True)
    author_name = models.CharField(max_length=60)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("call for a survey")
        verbose_name_plural = _("calls for surveys")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(next_at=None) | Q(outcome="no_answer"), name="survey_call_again_after_no_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.outcome}"

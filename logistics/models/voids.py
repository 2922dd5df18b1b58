"""The morning's void lists 未发退: which unshipped orders the warehouse was told to keep back, and what it answered."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.models import Shop
from refunds.models import Refund


class VoidAnswer(models.TextChoices):
    """What came of a line: the warehouse's own answer, or that the request went another way before it gave one."""

    VOIDED = "voided", pgettext_lazy("void list", "Voided")
    ALREADY_SHIPPED = "already_shipped", pgettext_lazy("void list", "Already shipped")
    OVERTAKEN = "overtaken", pgettext_lazy("void list", "Overtaken")


class VoidEnd(models.TextChoices):
    """Which other way an overtaken request went."""

    AGREED = "agreed", pgettext_lazy("void list", "Agreed without the answer: the goods must not leave")
    SHIPPED = "shipped", pgettext_lazy("void list", "Shipped meanwhile")
    CANCELLED = "cancelled", pgettext_lazy("void list", "Cancelled by the buyer: the order goes out")
    CHANGED = "changed", pgettext_lazy("void list", "Changed by the buyer: it asks for something else now")
    CLOSED = "closed", pgettext_lazy("void list", "Closed meanwhile: the order goes out")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many lines of a list there are, wait, have which answer, or have been agreed to without one (VOI-4)."""

    total: int = 0
    waiting: int = 0
    voided: int = 0
    shipped: int = 0
    overtaken: int = 0
    urgent: int = 0

    @property
    def settled(self) -> int:
        """How many are answered or overtaken."""
        return self.total - self.waiting


class VoidList(models.Model):
    """What was submitted to the warehouse at once: the list of a shop's morning, or a supplementary one (VOI-1, VOI-3).

    `supplement` is 0 for the morning's list and counts the others of the day. Neither is ever rewritten. `counts` are
    told by `selectors.voids.counted`.
    """

    counts = Counts()

    list_no = models.CharField(_("list number"), max_length=32, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(_("day"), help_text=_("in China"))
    supplement = models.PositiveSmallIntegerField(_("supplement"), default=0)
    created_at = models.DateTimeField(_("submitted"))
    created_by = models.CharField(_("submitted by"), max_length=60)

    class Meta:
        verbose_name = _("void list")
        verbose_name_plural = _("void lists")
        constraints = [
            models.UniqueConstraint(fields=["shop", "day", "supplement"], name="void_list_once_a_morning"),
        ]
        indexes = [models.Index(fields=["shop", "-id"], name="void_list_recent")]

    def __str__(self) -> str:
        return self.list_no

    @property
    def is_morning(self) -> bool:
        """Whether it is the morning's list, not a supplementary one."""
        return self.supplement == 0


class VoidListLine(models.Model):
    """One open before-shipment request on a list, until it is answered or overtaken; once on an open line.

    `late_answer` is what the warehouse said after the money had been agreed to without it (VOI-4).
    """

    void_list = models.ForeignKey(VoidList, on_delete=models.PROTECT, related_name="lines")
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="void_lines")
    answer = models.CharField(_("answer"), max_length=16, choices=VoidAnswer.choices, blank=True)
    ended_as = models.CharField(_("overtaken by"), max_length=12, choices=VoidEnd.choices, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.CharField(_("answered by"), max_length=60, blank=True)
    answered_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    late_answer = models.CharField(_("late answer"), max_length=16, choices=VoidAnswer.choices, blank=True)
    late_at = models.DateTimeField(null=True)
    late_by = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("line of a void list")
        verbose_name_plural = _("lines of void lists")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["void_list", "refund"], name="void_line_once_per_list"),
            models.UniqueConstraint(fields=["refund"], condition=Q(answer=""), name="one_open_void_line"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, answered_by="")
                | (~Q(answer="") & Q(answered_at__isnull=False) & ~Q(answered_by="")),
                name="void_line_answer_has_its_author",
            ),
            models.CheckConstraint(
                condition=Q(answer="overtaken") & ~Q(ended_as="") | ~Q(answer="overtaken") & Q(ended_as=""),
                name="void_line_overtaken_by_something",
            ),
            models.CheckConstraint(
                condition=Q(late_answer="", late_at=None, late_by="")
                | (
                    Q(late_answer__in=["voided", "already_shipped"], ended_as="agreed", late_at__isnull=False)
                    & ~Q(late_by="")
                ),
                name="void_line_late_after_agreeing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["void_list"],
                condition=Q(answer="") | Q(ended_as="agreed", late_answer=""),
                name="void_line_to_answer",
            )
        ]

    def __str__(self) -> str:
        return f"{self.void_list_id} {self.refund_id}"

    @property
    def label(self) -> str:
        """What came of it in words: the answer, or what overtook it."""
        return str(self.get_ended_as_display() if self.ended_as else self.get_answer_display())

    @property
    def may_be_late(self) -> bool:
        """Whether the warehouse has still to say where goods are whose money was agreed to without it (VOI-4)."""
        return self.ended_as == VoidEnd.AGREED and not self.late_answer

    @property
    def waits(self) -> bool:
        """Whether the warehouse has anything to say to it, in time or late."""
        return not self.answer or self.may_be_late

"""The playbook's drafts and versions, and what a draft would have recommended for requests that are decided."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PlaybookVersion(models.Model):
    """Rules as `selectors.playbook` reads them: a draft until it is published, then append-only by trigger.

    A published version has a number and a moment from which it holds, for all shops. Before that moment it may be
    withdrawn; what was in force stays readable.
    """

    number = models.PositiveIntegerField(_("number"), null=True, unique=True)
    rules = models.JSONField(_("rules"))
    note = models.CharField(_("why"), max_length=300, blank=True)
    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, help_text=_("counts the changes of a draft"))
    created_at = models.DateTimeField(_("written"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(_("changed"))
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("published"), null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    effective_at = models.DateTimeField(_("in force from"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("playbook version")
        verbose_name_plural = _("playbook versions")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None, effective_at=None, number=None, withdrawn_at=None)
                | Q(
                    published_at__isnull=False,
                    published_by__isnull=False,
                    effective_at__isnull=False,
                    number__isnull=False,
                ),
                name="playbook_published_whole",
            ),
            models.CheckConstraint(
                condition=Q(effective_at=None) | Q(effective_at__gte=F("published_at")),
                name="playbook_never_in_the_past",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__lt=F("effective_at")),
                name="playbook_withdrawn_before_in_force",
            ),
            models.UniqueConstraint(
                fields=["effective_at"], condition=Q(withdrawn_at=None), name="playbook_one_version_a_moment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number or 'draft'}"

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed."""
        return self.published_at is None


class PlaybookTrial(models.Model):
    """A draft held against requests that were decided: who asked, how far it is, what differs.

    `rules` are those of the draft when the trial began; `result` is written once, at the end.
    """

    class Status(models.TextChoices):
        """Where the trial is."""

        QUEUED = "queued", _("Waiting for a worker")
        RUNNING = "running", _("Running")
        DONE = "done", pgettext_lazy("import", "Done")
        FAILED = "failed", pgettext_lazy("import", "Failed")

    draft = models.ForeignKey(PlaybookVersion, on_delete=models.CASCADE, related_name="trials")
    rules = models.JSONField()
    since = models.DateTimeField(help_text=_("decided from then on"))
    until = models.DateTimeField(help_text=_("decided before"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(_("started"))
    seen_at = models.DateTimeField(null=True, help_text=_("last sign of life of its worker"))
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("trial of a playbook")
        verbose_name_plural = _("trials of playbooks")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["draft"], condition=Q(status__in=["queued", "running"]), name="one_open_trial_per_draft"
            )
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.status}"

    @property
    def is_open(self) -> bool:
        """Whether a worker has it or will take it."""
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)

    @property
    def percent(self) -> int:
        """How much is done."""
        if self.status == self.Status.DONE:
            return 100
        return min(100 * self.done // self.total, 99) if self.total else 0

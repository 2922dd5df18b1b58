"""Work that takes longer than a page may: who started it, how far it is, what came of it, where its file is."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Job(models.Model):
    """One job of one person. A batch moves `done` and `cursor` in the transaction of what it does (see core.jobs)."""

    class Status(models.TextChoices):
        """Where the job is."""

        QUEUED = "queued", _("Waiting for a worker")
        RUNNING = "running", pgettext_lazy("job", "Running")
        DONE = "done", pgettext_lazy("job", "Done")
        STOPPED = "stopped", pgettext_lazy("job", "Stopped")
        FAILED = "failed", pgettext_lazy("job", "Failed")

    job_id = models.UUIDField(unique=True, default=uuid.uuid4)
    kind = models.CharField(_("kind"), max_length=24)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="jobs")
    params = models.JSONField(default=dict, help_text=_("what was asked for, as it was then"))
    cursor = models.JSONField(default=dict, help_text=_("where the next batch begins"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.QUEUED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    ok = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    written = models.BigIntegerField(default=0, help_text=_("bytes of the unfinished file that count"))
    claim = models.PositiveIntegerField(default=0, help_text=_("whose turn it is: each worker that takes it counts up"))
    attempts = models.PositiveSmallIntegerField(default=0, help_text=_("since the last batch that went well"))
    stop_asked = models.BooleanField(default=False)
    has_file = models.BooleanField(default=False)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(_("started"))
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True, help_text=_("last sign of life of its worker"))
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = pgettext_lazy("background", "job")
        verbose_name_plural = pgettext_lazy("background", "jobs")
        indexes = [
            models.Index(fields=["id"], condition=Q(status__in=["queued", "running"]), name="job_open"),
            models.Index(fields=["user", "-id"], name="job_of_person"),
            models.Index(fields=["finished_at"], condition=Q(finished_at__isnull=False), name="job_old"),
        ]

    def __str__(self) -> str:
        return str(self.job_id)

    @property
    def is_open(self) -> bool:
        """Whether a worker has it or will take it."""
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)

    @property
    def percent(self) -> int:
        """How much is done; a running job is never quite there."""
        if self.status == self.Status.DONE:
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0

    @property
    def ending(self) -> str:
        """The ending of its file's name."""
        return "xlsx" if self.params.get("format") == "xlsx" else "csv"

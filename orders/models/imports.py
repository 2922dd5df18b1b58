"""A run of the import of export files: who started it, how far it is, what came of it. Its files are private."""

import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.models import Shop

FOLDER = "imports"


def _place(run: Any, name: str) -> str:
    return f"{FOLDER}/{run.run_id}/{Path(name).name}"


class ImportRun(models.Model):
    """One import. `done` of `total` belong to `stage`; a run whose worker died is taken up by another one."""

    class Status(models.TextChoices):
        """Where the run is."""

        QUEUED = "queued", _("Waiting for a worker")
        RUNNING = "running", _("Running")
        DONE = "done", pgettext_lazy("import", "Done")
        FAILED = "failed", pgettext_lazy("import", "Failed")

    class Stage(models.TextChoices):
        """What is being done, as `importing.Progress` names it."""

        ORDERS = "orders", _("Reading the orders")
        LINES = "lines", _("Reading the lines")
        IMPORT = "import", _("Importing")

    run_id = models.UUIDField(unique=True, default=uuid.uuid4)
    shop = models.ForeignKey(Shop, verbose_name=_("shop"), null=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=60)
    orders_file = models.FileField(upload_to=_place, max_length=300)
    lines_file = models.FileField(upload_to=_place, max_length=300)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.QUEUED)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    faults = models.PositiveIntegerField(default=0, help_text=_("rows of the result file"))
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(_("started"))
    seen_at = models.DateTimeField(null=True, help_text=_("last sign of life of its worker"))
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("import run")
        verbose_name_plural = _("import runs")
        constraints = [models.CheckConstraint(condition=Q(done__lte=models.F("total")), name="import_run_not_past_end")]
        indexes = [
            models.Index(fields=["id"], condition=Q(status__in=["queued", "running"]), name="import_run_open"),
        ]

    def __str__(self) -> str:
        return str(self.run_id)

    @property
    def is_open(self) -> bool:
        """Whether a worker has it or will take it."""
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)

    @property
    def percent(self) -> int:
        """How much of the whole is done: reading is a third of it, writing the rest."""
        if self.status == self.Status.DONE:
            return 100
        start, share = {"orders": (0, 12), "lines": (12, 23), "import": (35, 65)}.get(self.stage, (0, 0))
        return start + (share * self.done // self.total if self.total else 0)

    @property
    def result_name(self) -> str:
        """Where the result file lies in the storage."""
        return f"{FOLDER}/{self.run_id}/result.csv"

"""Imports as jobs: files put aside, a run that a worker takes, its progress, its end. `importing` does the work."""

import logging
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from aftersales.core.models import Shop
from orders.models import ImportRun
from orders.selectors.imports import IMPORT_ORDERS

from . import importing

log = logging.getLogger(__name__)

SILENT = timedelta(minutes=3)
"""After so long without a sign of life a run is another worker's."""
MAX_ATTEMPTS = 3
EVERY_SECONDS = 0.7
S = ImportRun.Status


def import_start(*, actor: Actor, shop: Shop | None, orders: Any, lines: Any) -> ImportRun:
    """Put two uploaded files aside and queue their import; without `shop` every row names its own.

    Raises: Forbidden; NotFound for a shop that the actor does not see.
    """
    actor.require(IMPORT_ORDERS)
    if shop is not None and not actor.sees(shop.pk):
        raise errors.NotFound()
    return ImportRun.objects.create(
        shop=shop,
        user_id=actor.user_id or 0,
        actor_name=actor.name,
        orders_file=orders,
        lines_file=lines,
        created_at=clock.now(),
    )


def import_next() -> ImportRun | None:
    """Take the next run that waits, or whose worker fell silent, and import it; None when there is none.

    A run is one worker's: it is claimed with SKIP LOCKED, and importing twice changes nothing the second time. What is
    wrong with the files ends on the run, in words; nothing is raised but what ends the worker.
    """
    run = _claim()
    if run is None:
        return None
    with override(run.user.language or None):
        try:
            summary = importing.orders_import(
                orders=Path(run.orders_file.path),
                lines=Path(run.lines_file.path),
                result=Path(default_storage.path(run.result_name)),
                actor=_importer(run),
                shop=run.shop,
                progress=_Reporter(run),
            )
        except errors.Problem as problem:
            return _end(run, S.FAILED, error=str(problem.detail))
        except Exception:
            log.exception("an import failed", extra={"run": str(run.run_id)})
            return _end(run, S.FAILED, error=_("It was cut off. Start it again: what is there already stays as it is."))
    counts = {name: getattr(summary, name) for name in ("new", "changed", "unchanged", "rejected", "faults")}
    return _end(run, S.DONE, **counts)


def _claim() -> ImportRun | None:
    now = clock.now()
    silent = Q(status=S.RUNNING, seen_at__lt=now - SILENT)
    with transaction.atomic():
        rows = ImportRun.objects.filter(Q(status=S.QUEUED) | silent).select_related("user", "shop").order_by("id")
        run = rows.select_for_update(of=("self",), skip_locked=True).first()
        if run is None:
            return None
        if run.attempts >= MAX_ATTEMPTS:
            _end(run, S.FAILED, error=_("Its worker died three times. Ask whoever runs the system."))
            return None
        run.status, run.seen_at, run.attempts = S.RUNNING, now, run.attempts + 1
        run.save(update_fields=["status", "seen_at", "attempts"])
        return run


def _importer(run: ImportRun) -> Actor:
    """Act as the system, which may do what an export says was done, but see only the shops of who started it."""
    return replace(Actor.system(f"import, {run.actor_name}"), shop_ids=Actor.for_user(run.user).shop_ids)


def _end(run: ImportRun, status: str, *, error: str = "", **counts: int) -> ImportRun:
    """Write down what came of a run. The files go: they are full of addresses, and their orders are in the database."""
    changes: dict[str, Any] = {"status": status, "error": error, "finished_at": clock.now(), **counts}
    for name, value in changes.items():
        setattr(run, name, value)
    run.save(update_fields=list(changes))
    for file in (run.orders_file, run.lines_file):
        default_storage.delete(str(file.name))
    return run


class _Reporter:
    """Notes how far the import is, not more often than somebody looks; each note is a sign of life, too."""

    def __init__(self, run: ImportRun) -> None:
        self.pk, self.stage, self.next_at = run.pk, "", 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        at = time.monotonic()
        if stage == self.stage and at < self.next_at and done < total:
            return
        self.stage, self.next_at = stage, at + EVERY_SECONDS
        rows = ImportRun.objects.filter(pk=self.pk)
        rows.update(stage=stage, done=min(done, total), total=total, seen_at=clock.now())

"""Trials of a draft as jobs: asked for by a supervisor, taken by a worker, counted batch by batch (DEC)."""

import logging
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from tickets.models import PlaybookTrial, PlaybookVersion
from tickets.selectors import playbook
from tickets.selectors.playbook.trying import Trial
from tickets.selectors.playbook_history import applied_since, decided_batches

from .playbook import draft_now, editor_of

log = logging.getLogger(__name__)

SILENT = timedelta(minutes=3)
"""After so long without a sign of life a trial is another worker's."""
MAX_ATTEMPTS = 3
MONTH = timedelta(days=30)
MOST_MONTHS = 24
S = PlaybookTrial.Status


def trial_start(*, draft: PlaybookVersion, actor: Actor, months: int) -> PlaybookTrial:
    """Queue a trial of a draft over the requests of the last months.

    Raises: Forbidden, NotFound, Invalid for a number of months out of bounds or a draft with faults, Conflict for a
    published version or while another trial of the draft runs.
    """
    user = editor_of(actor)
    draft = draft_now(draft)
    faults = playbook.faults(draft.rules)
    if not 1 <= months <= MOST_MONTHS:
        text = _("From 1 to %(most)d months are possible.") % {"most": MOST_MONTHS}
        faults.append(errors.FieldError("months", "out_of_range", text))
    if faults:
        raise errors.Invalid(_("The draft was not tried: mend first what is wrong with it."), errors=faults)
    now = clock.now()
    try:
        with transaction.atomic():
            return PlaybookTrial.objects.create(
                draft=draft, rules=draft.rules, since=now - months * MONTH, until=now, user_id=user, created_at=now
            )
    except IntegrityError as error:
        raise errors.Conflict(_("A trial of this draft is under way."), code="playbook_trial_open") from error


def trial_next() -> PlaybookTrial | None:
    """Take the next trial that waits, or whose worker fell silent, and run it; None when there is none.

    A trial reads and writes nothing but its own row, so running it twice is the same. Whatever fails ends on the row.
    """
    trial = _claim()
    if trial is None:
        return None
    with override(trial.user.language or None):
        try:
            return _end(trial, S.DONE, result=_run(trial))
        except Exception:
            log.exception("a trial of a playbook failed", extra={"trial": trial.pk})
            return _end(trial, S.FAILED, error=_("It was cut off. Start it again."))


def _run(trial: PlaybookTrial) -> dict[str, object]:
    counted = Trial(playbook.read(trial.rules), playbook.in_force())
    done = 0
    for looked_at, cases in decided_batches(trial.since, trial.until):
        counted.add(cases)
        done += looked_at
        PlaybookTrial.objects.filter(pk=trial.pk).update(done=done, seen_at=clock.now())
    return counted.stored()


def _claim() -> PlaybookTrial | None:
    now = clock.now()
    silent = Q(status=S.RUNNING, seen_at__lt=now - SILENT)
    with transaction.atomic():
        rows = PlaybookTrial.objects.filter(Q(status=S.QUEUED) | silent).select_related("user").order_by("id")
        trial = rows.select_for_update(of=("self",), skip_locked=True).first()
        if trial is None:
            return None
        if trial.attempts >= MAX_ATTEMPTS:
            _end(trial, S.FAILED, error=_("Its worker died three times. Ask whoever runs the system."))
            return None
        trial.status, trial.seen_at, trial.attempts = S.RUNNING, now, trial.attempts + 1
        trial.done, trial.total = 0, applied_since(trial.since, trial.until).count()
        trial.save(update_fields=["status", "seen_at", "attempts", "done", "total"])
        return trial


def _end(trial: PlaybookTrial, status: str, **changes: object) -> PlaybookTrial:
    """Write down what came of it; where the draft was thrown away meanwhile, nothing is left to write on."""
    values = {"status": status, "finished_at": clock.now(), **changes}
    for name, value in values.items():
        setattr(trial, name, value)
    PlaybookTrial.objects.filter(pk=trial.pk).update(**values)
    return trial

"""Drafting, publishing and withdrawing the playbook (DEC). What was in force is never changed or deleted."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from aftersales.core import clock, errors
from aftersales.core.auth import Actor, grant
from aftersales.core.models import Role
from aftersales.core.policies import FRESH_SECONDS
from tickets.models import PlaybookVersion
from tickets.selectors import playbook
from tickets.selectors.playbook import current, default, shape

EDIT_PLAYBOOK = "tickets.edit_playbook"
grant(EDIT_PLAYBOOK, [Role.SUPERVISOR])


def draft_start(*, actor: Actor, source: PlaybookVersion | None = None, note: str = "") -> PlaybookVersion:
    """Begin a draft with the rules of a published version, or of the playbook that comes with the program.

    Raises: Forbidden unless the actor is a supervisor of all shops; Conflict for a source that is a draft itself.
    """
    user = editor_of(actor)
    if source is not None and source.is_draft:
        raise errors.Conflict(_("A draft begins with a published version."), code="playbook_source_is_draft")
    now = clock.now()
    return PlaybookVersion.objects.create(
        rules=default.RULES if source is None else source.rules,
        based_on=source,
        note=note.strip()[:300],
        created_at=now,
        created_by_id=user,
        updated_at=now,
        updated_by_id=user,
    )


def draft_save(*, draft: PlaybookVersion, actor: Actor, rules: Any, version: int) -> PlaybookVersion:
    """Write the rules of a draft; they need a shape that can be read, what they mean together is judged on publishing.

    Locks: the draft. Raises: Forbidden, NotFound, Conflict for a published one, StaleVersion, Invalid with each fault's
    place.
    """
    user = editor_of(actor)
    faults = list(shape.shape_faults(rules))
    if faults:
        raise errors.Invalid(_("The draft was not changed."), errors=faults)
    with transaction.atomic():
        locked = _locked_draft(draft.pk, version)
        locked.rules, locked.version = rules, locked.version + 1
        locked.updated_at, locked.updated_by_id = clock.now(), user
        locked.save(update_fields=["rules", "version", "updated_at", "updated_by"])
    return locked


def draft_publish(
    *, draft: PlaybookVersion, actor: Actor, version: int, effective_at: datetime | None = None, note: str = ""
) -> PlaybookVersion:
    """Put a draft in force from `effective_at` (now) on, for all shops; from then on it cannot be changed.

    Locks: the draft. Seen by this process at once, by others within `FRESH_SECONDS`. Raises: Forbidden, NotFound,
    StaleVersion, Invalid with everything that `playbook.faults` names or for a moment in the past, Conflict if it is
    published already or another version begins at the same moment.
    """
    user = editor_of(actor)
    with transaction.atomic():
        locked = _locked_draft(draft.pk, version)
        now = clock.now()
        faults = playbook.faults(locked.rules)
        if effective_at is not None and effective_at < now:
            text = _("A playbook cannot be changed for the past; leave it empty for now.")
            faults.append(errors.FieldError("effective_at", "in_the_past", text))
        if faults:
            raise errors.Invalid(_("The draft was not published."), errors=faults)
        locked.number = (PlaybookVersion.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        locked.published_at, locked.published_by_id = now, user
        locked.effective_at, locked.note = effective_at or now, note.strip()[:300] or locked.note
        try:
            with transaction.atomic():
                locked.save()
        except IntegrityError as error:
            raise errors.Conflict(
                _("Another version was published at the same time, or begins at the same moment."),
                code="playbook_version_exists",
            ) from error
        _changed()
    return locked


def draft_discard(*, draft: PlaybookVersion, actor: Actor) -> None:
    """Throw a draft away, with its trials. Raises: Forbidden, NotFound, Conflict for a published one."""
    editor_of(actor)
    with transaction.atomic():
        _locked_draft(draft.pk, None).delete()


def version_withdraw(*, playbook_version: PlaybookVersion, actor: Actor) -> PlaybookVersion:
    """Withdraw a version that is not in force yet; its row stays, marked.

    Locks: the version. Raises: Forbidden, NotFound, Conflict if it is in force, withdrawn, or a draft.
    """
    user = editor_of(actor)
    with transaction.atomic():
        locked = PlaybookVersion.objects.select_for_update(of=("self",)).filter(pk=playbook_version.pk).first()
        if locked is None:
            raise errors.NotFound()
        now = clock.now()
        if locked.effective_at is None or locked.withdrawn_at is not None:
            raise errors.Conflict(_("This version is withdrawn already."), code="playbook_version_withdrawn")
        if locked.effective_at <= now + timedelta(seconds=FRESH_SECONDS):
            raise errors.Conflict(
                _("This version is in force already; publish a new one instead."), code="playbook_version_in_force"
            )
        locked.withdrawn_at, locked.withdrawn_by_id = now, user
        locked.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _changed()
    return locked


def editor_of(actor: Actor) -> int:
    """Give the id of who edits: the playbook is one for all shops, so it is a supervisor of all shops."""
    actor.require(EDIT_PLAYBOOK)
    if actor.shop_ids is not None or actor.user_id is None:
        raise errors.Forbidden(_("Only a supervisor of all shops may change the playbook."))
    return actor.user_id


def draft_now(draft: PlaybookVersion) -> PlaybookVersion:
    """Give a draft as it stands now. Raises: NotFound, Conflict for one that is published."""
    return _still_draft(PlaybookVersion.objects.filter(pk=draft.pk).first())


def _still_draft(found: PlaybookVersion | None) -> PlaybookVersion:
    if found is None:
        raise errors.NotFound()
    if not found.is_draft:
        raise errors.Conflict(_("A published version cannot be changed; begin a draft."), code="playbook_published")
    return found


def _locked_draft(pk: int, version: int | None) -> PlaybookVersion:
    locked = _still_draft(PlaybookVersion.objects.select_for_update(of=("self",)).filter(pk=pk).first())
    if version is not None and locked.version != version:
        raise errors.StaleVersion(version=locked.version)
    return locked


def _changed() -> None:
    current.forget()
    transaction.on_commit(current.committed)

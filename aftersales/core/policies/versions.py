"""Changing a figure: a new version from a moment on. What was in force is never changed or deleted."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from aftersales.core import auth, clock, errors
from aftersales.core.models import PolicyVersion, Role, Shop

from . import snapshot
from .registry import definition

SET_POLICY = "core.set_policy"
_NOTE_LENGTH = 300

auth.grant(SET_POLICY, {Role.SUPERVISOR, auth.SYSTEM})


def version_add(
    *,
    key: str,
    value: Any,
    actor: auth.Actor,
    effective_at: datetime | None = None,
    note: str = "",
    shop: Shop | None = None,
) -> PolicyVersion:
    """Put a figure in force from `effective_at` (now) on, for one shop or for all.

    A value of None takes the figure back from then on: the shop follows the general one again, all follow the default.
    Deadlines that run already keep their time. Seen by this process at once, by others within `FRESH_SECONDS`.
    Raises: Forbidden unless the actor is a supervisor, and of all shops for a general figure; NotFound for an
    unknown key or a foreign shop; Invalid with field errors for a wrong value, a moment in the past or a note that is
    too long; Conflict if another version begins at the same moment.
    """
    known = definition(key)
    _check_actor(actor, None if shop is None else shop.pk)
    now = clock.now()
    begins = effective_at or now
    stored = known.encode(value)
    faults = [] if stored is None else known.faults(stored)
    if begins < now:
        faults.append(
            errors.FieldError(
                "effective_at", "in_the_past", _("A figure cannot be changed for the past; leave it empty for now.")
            )
        )
    if len(note) > _NOTE_LENGTH:
        faults.append(
            errors.FieldError(
                "note", "too_long", _("At most %(most)d characters are possible.") % {"most": _NOTE_LENGTH}
            )
        )
    if faults:
        raise errors.Invalid(_("“%(label)s” was not changed.") % {"label": known.label}, errors=faults)
    with transaction.atomic():
        try:
            with transaction.atomic():
                version = PolicyVersion.objects.create(
                    key=key,
                    shop=shop,
                    value=stored,
                    effective_at=begins,
                    note=note,
                    created_at=now,
                    created_by_id=actor.user_id,
                )
        except IntegrityError as error:
            raise errors.Conflict(
                _("Another version of “%(label)s” begins at the same moment.") % {"label": known.label},
                code="policy_version_exists",
            ) from error
        _changed()
    return version


def version_withdraw(*, version_id: int, actor: auth.Actor) -> PolicyVersion:
    """Withdraw a version that is not in force yet; its row stays, marked.

    Refused in the last seconds before it comes into force, when another process may already count on it.
    Locks: the version. Raises: NotFound, Forbidden, Conflict if it is in force or withdrawn already.
    """
    with transaction.atomic():
        version = PolicyVersion.objects.select_for_update(of=("self",)).filter(pk=version_id).first()
        if version is None:
            raise errors.NotFound()
        _check_actor(actor, version.shop_id)
        now = clock.now()
        if version.withdrawn_at is not None:
            raise errors.Conflict(_("This version is withdrawn already."), code="policy_version_withdrawn")
        if version.effective_at <= now + timedelta(seconds=snapshot.FRESH_SECONDS):
            raise errors.Conflict(
                _("This version is in force already; set a new one instead."), code="policy_version_in_force"
            )
        version.withdrawn_at = now
        version.withdrawn_by_id = actor.user_id
        version.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _changed()
    return version


def history(key: str, shop: Shop | None = None) -> QuerySet[PolicyVersion]:
    """List the versions of a setting for one shop, or the general ones, latest first, withdrawn ones too; one query."""
    return (
        PolicyVersion.objects.filter(key=definition(key).key, shop=shop)
        .select_related("created_by", "withdrawn_by")
        .order_by("-effective_at", "-id")
    )


def _check_actor(actor: auth.Actor, shop_id: int | None) -> None:
    actor.require(SET_POLICY)
    if shop_id is None:
        if actor.shop_ids is not None:
            raise errors.Forbidden(_("Only a supervisor of all shops may change a general figure."))
    elif not actor.sees(shop_id):
        raise errors.NotFound()


def _changed() -> None:
    snapshot.forget()
    transaction.on_commit(snapshot.committed)

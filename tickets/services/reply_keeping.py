"""Keeping ready words: written, changed, switched off; who did what stays (TKT-3)."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from aftersales.core.machine import SUPERVISOR
from aftersales.core.models import Shop
from tickets.models import CannedReply, CannedReplyVersion
from tickets.selectors import replies
from tickets.selectors.replies import default
from tickets.states import WORKERS

CLOSING_KNOWS = frozenset({"shop", "agent"})
"""What is known of every reply, so that its closing line never waits for a value."""
FIELDS = ("category", "situation", "shortcut", "title", "text", "actions", "is_active")


@dataclass(frozen=True, slots=True)
class Place:
    """Whose new words are: of their writer alone, or of a team (of all shops without `shop`), perhaps instead of
    the program's words `default_key`; and in which language.
    """

    own: bool
    language: str
    shop: Shop | None = None
    default_key: str = ""


def reply_write(*, actor: Actor, place: Place, words: dict[str, Any]) -> CannedReply:
    """Keep new words. `words` are category, situation, shortcut, title and text, and the actions of a macro.

    Raises: Forbidden, NotFound for a shop he does not see, Invalid, Conflict where the program's words are replaced
    already.
    """
    writer = _may(actor, own=place.own, shop_id=place.shop.pk if place.shop is not None else None)
    if place.default_key and (place.own or place.default_key not in replies.DEFAULTS):
        raise errors.NotFound()
    _check(words, place.default_key)
    at = clock.now()
    reply = CannedReply(
        owner_id=actor.user_id if place.own else None,
        shop=None if place.own else place.shop,
        language=place.language,
        default_key=place.default_key,
        updated_at=at,
        updated_by_id=writer,
        **words,
    )
    try:
        with transaction.atomic():
            reply.save()
            _trace(reply)
    except IntegrityError as taken:
        raise errors.Conflict(
            _("These words of the program are replaced already: change what replaces them.")
        ) from taken
    return reply


def reply_change(*, reply: CannedReply, actor: Actor, version: int, words: dict[str, Any]) -> CannedReply:
    """Change words, or switch them off and on (`is_active`). Locks: the row.

    Raises: NotFound for a colleague's own, Forbidden, Invalid, StaleVersion.
    """
    own = reply.owner_id is not None
    if own and reply.owner_id != actor.user_id:
        raise errors.NotFound()
    writer = _may(actor, own=own, shop_id=reply.shop_id)
    if "text" in words:
        _check(words, reply.default_key)
    with transaction.atomic():
        locked = CannedReply.objects.select_for_update().get(pk=reply.pk)
        if locked.version != version:
            state = _("in use") if locked.is_active else _("switched off")
            raise errors.StaleVersion(version=locked.version, status_now=state, status_label=state)
        for name, value in words.items():
            setattr(locked, name, value)
        locked.version += 1
        locked.updated_at, locked.updated_by_id = clock.now(), writer
        locked.save()
        _trace(locked)
    return locked


def may_edit(actor: Actor, *, own: bool, shop_id: int | None) -> bool:
    """Say whether somebody may write words there: his own, or as a supervisor those of his shops."""
    if own:
        return actor.role in WORKERS
    return actor.role == SUPERVISOR and (actor.shop_ids is None or (shop_id is not None and actor.sees(shop_id)))


def _may(actor: Actor, *, own: bool, shop_id: int | None) -> int:
    """Give the key of who may. Raises: Forbidden."""
    if actor.user_id is None or not may_edit(actor, own=own, shop_id=shop_id):
        raise errors.Forbidden()
    return actor.user_id


def _check(words: dict[str, Any], default_key: str) -> None:
    text = words["text"]
    wrong = []
    said_too = " ".join([text, *(one.get("text", "") for one in words.get("actions", ()))])
    if not text.strip() and not words.get("actions"):
        wrong.append(errors.FieldError("text", "required", _("Write the words.")))
    known = CLOSING_KNOWS if default_key == default.CLOSING else frozenset(replies.VARIABLES)
    if strange := [name for name in [*replies.unknown(said_too), *replies.unfilled(said_too)] if name not in known]:
        said = _("There is no variable %(names)s here. There are: %(known)s") % {
            "names": ", ".join(f"{{{name}}}" for name in strange),
            "known": ", ".join(f"{{{name}}}" for name in replies.VARIABLES if name in known),
        }
        wrong.append(errors.FieldError("text", "unknown_variable", said))
    if wrong:
        raise errors.Invalid(errors=wrong)


def _trace(reply: CannedReply) -> None:
    CannedReplyVersion.objects.create(
        reply=reply,
        number=reply.version,
        content={name: getattr(reply, name) for name in FIELDS},
        created_at=reply.updated_at,
        created_by_id=reply.updated_by_id,
    )

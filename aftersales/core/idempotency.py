"""The first answer again: a keyed POST has its effect once, however often it is sent (api.md, Ground rules).

The record is written in the transaction that makes it true, so a crash between doing and answering still replays. It
is encrypted, for an answer may hold what is shown once, such as a webhook's secret.
Requests, serializers and responses are not known here; `core.api.base` brings them.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_lazy as _

from . import clock, encryption, errors
from .models import IdempotencyRecord

logger = logging.getLogger(__name__)

T = TypeVar("T")

KEY_LENGTH = 255
KEPT_FOR = timedelta(hours=48)
NOT_RECORDED = frozenset({401, 403, 429})  # said of the caller of the moment, not of what it asked for

_LOOK = """
SELECT pg_try_advisory_xact_lock(%s), r.request_digest, r.response_status, r.response_body, r.response_type
FROM (SELECT) AS one LEFT JOIN core_idempotencyrecord r ON r.owner = %s AND r.key = %s
"""
_KEEP = """
INSERT INTO core_idempotencyrecord
    (owner, key, request_digest, response_status, response_body, response_type, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (owner, key) DO NOTHING
"""


class KeyReused(errors.Problem):
    """422: the key was used for another request."""

    status, code = 422, "idempotency_key_reused"
    title = _("This Idempotency-Key was used for another request")


class InProgress(errors.Conflict):
    """409: the first request with this key is still running."""

    code = "idempotency_in_progress"
    title = _("The first request with this Idempotency-Key is still running")


class AnswerLost(errors.Conflict):
    """409: the first request with this key was done, but no key opens its answer any more."""

    code = "idempotency_answer_lost"
    title = _("This request was carried out before; its answer can no longer be shown. Read what came of it.")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it went over the wire."""

    status: int
    body: str
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """Either `fresh`, what the work has given now, or `stored`, what it gave the first time."""

    fresh: T | None = None
    stored: Answer | None = None


class _Overtaken(Exception):
    """Somebody else kept an answer for this key after we looked."""


class _Refused(Exception, Generic[T]):
    """The work answered with an error without raising it; carried out of the transaction so that it rolls back."""

    def __init__(self, result: T, answer: Answer) -> None:
        super().__init__()
        self.result, self.answer = result, answer


def key_checked(key: str | None, *, required: bool) -> str | None:
    """Return a usable key, None when there is none.

    Raises: Malformed for one that is missing where it is required, too long, or not printable ASCII.
    """
    if key is None:
        if required:
            raise errors.Malformed(_("This request needs an Idempotency-Key header."), code="idempotency_key_required")
        return None
    if not 0 < len(key) <= KEY_LENGTH or not key.isascii() or not key.isprintable():
        raise errors.Malformed(
            _("The Idempotency-Key must be 1 to 255 printable ASCII characters."), code="idempotency_key_invalid"
        )
    return key


def run_once(
    *,
    owner: str,
    key: str,
    digest: str,
    work: Callable[[], T],
    answer_of: Callable[[T], Answer],
    refusal_of: Callable[[Exception], T],
) -> Outcome[T]:
    """Do `work` once for this owner and key, in one transaction with the record of its answer.

    `answer_of` renders a result, `refusal_of` turns a raised domain error into one (and re-raises a bug). An error
    leaves nothing behind but its own record; 401, 403, 429 and 5xx are not kept, so the caller may try again.
    Costs two statements. Locks: an advisory lock on (owner, key) until the transaction ends, never waited for.
    Raises: KeyReused, InProgress, AnswerLost.
    """
    for _attempt in range(2):
        try:
            with transaction.atomic(durable=True):
                if stored := _look(owner, key, digest):
                    return Outcome(stored=stored)
                result = work()
                answer = answer_of(result)
                if answer.status >= 400:
                    raise _Refused(result, answer)
                if not _keep(owner, key, digest, answer):
                    raise _Overtaken  # the winner committed between our snapshot and our lock: undo, look again
            return Outcome(fresh=result)
        except _Overtaken:
            continue
        except (KeyReused, InProgress, AnswerLost):
            raise
        except _Refused as refused:
            result, answer = refused.result, refused.answer
        except Exception as exc:
            result = refusal_of(exc)
            answer = answer_of(result)
        return _refusal_kept(owner, key, digest, result, answer)
    raise InProgress()


def idempotency_expire(*, older_than: timedelta = KEPT_FOR, limit: int = 10_000) -> int:
    """Forget answers older than `older_than`, at most `limit` of them; return how many. May run twice, anywhere."""
    old = IdempotencyRecord.objects.filter(created_at__lt=clock.now() - older_than).order_by("created_at")
    deleted, _by_model = IdempotencyRecord.objects.filter(pk__in=old.values("pk")[:limit]).delete()
    return deleted


def _refusal_kept(owner: str, key: str, digest: str, result: T, answer: Answer) -> Outcome[T]:
    """Keep a refusal in a transaction of its own; if another answer got there first, that one counts."""
    if answer.status >= 500 or answer.status in NOT_RECORDED:
        return Outcome(fresh=result)
    try:
        with transaction.atomic(durable=True):
            if not _keep(owner, key, digest, answer) and (stored := _look(owner, key, digest)):
                return Outcome(stored=stored)
    except DatabaseError:
        # Nothing was done, so the refusal is true without its record; a retry finds out afresh.
        logger.warning("refusal not kept for %s", owner, exc_info=True)
    return Outcome(fresh=result)


def _look(owner: str, key: str, digest: str) -> Answer | None:
    """Take the lock and look for an answer, in one statement. Raises: KeyReused, InProgress, AnswerLost."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [_lock_number(owner, key), owner, key])
        locked, seen_digest, status, body, content_type = cursor.fetchone()
    if seen_digest is not None:  # also while another replay holds the lock
        if seen_digest != digest:
            raise KeyReused()
        try:
            return Answer(status, encryption.decrypt(body), content_type)
        except encryption.Undecipherable as lost:
            raise AnswerLost() from lost
    if not locked:
        raise InProgress()
    return None


def _keep(owner: str, key: str, digest: str, answer: Answer) -> bool:
    with connection.cursor() as cursor:
        sealed = encryption.encrypt(answer.body)
        row: list[Any] = [owner, key, digest, answer.status, sealed, answer.content_type, clock.now()]
        cursor.execute(_KEEP, row)
        return bool(cursor.rowcount == 1)


def _lock_number(owner: str, key: str) -> int:
    hashed = hashlib.blake2b(f"idempotency\0{owner}\0{key}".encode(), digest_size=8).digest()
    return int.from_bytes(hashed, "big", signed=True)

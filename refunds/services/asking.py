"""Asking providers what came of money: later and later, until it is certain or a person has to look (PAY-9).

Payments and payouts have the same columns for it: `sent_at`, `asked`, `ask_at`. Whoever asks claims the row first, so
that for the next pause it is nobody else's.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors, policies
from aftersales.core.auth import Actor
from aftersales.core.machine import FINANCE

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 1800, 3600))
"""How long it takes until it is asked again; from the last one on always as long."""
BATCH = 100
WINDOW = "payment.asked_for"
"""The policy that says when nobody asks any more by himself: then the row has no `ask_at`, and a person has to look."""
ON_THE_WAY = ("sent", "sending", "unknown")

M = TypeVar("M", bound=models.Model)


def first_look(at: datetime, *, answers: bool) -> datetime | None:
    """Give when it is asked first; never where only a person knows."""
    return at + PAUSES[0] if answers else None


def claim(model: type[M], *, limit: int = BATCH) -> list[int]:
    """Claim rows that it is time to ask about, longest waiting first, and return their keys.

    One that was sent longer ago than the policy's time is asked a last time.
    """
    now = clock.now()
    table = model._meta.db_table
    pauses = [pause.total_seconds() for pause in PAUSES]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {table} SET asked = asked + 1, ask_at = CASE WHEN sent_at > %s THEN
                  %s + make_interval(secs => (%s::float[])[least(asked + 2, %s)]) END
                WHERE id IN (SELECT id FROM {table} WHERE ask_at <= %s ORDER BY ask_at, id
                             LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING id""",
            [now - policies.duration(WINDOW), now, pauses, len(pauses), now, limit],
        )
        return sorted(key for (key,) in cursor.fetchall())


def in_time(row: Any) -> bool:
    """Say whether "not found" still means that the provider never heard of the number: later it may have forgotten."""
    return bool(row.sent_at > clock.now() - policies.duration(WINDOW))


def report_check(reason: str, evidence_ids: Sequence[str] | None = None) -> None:
    """Want words, and of who reports that no money moved a proof as well. Raises: Invalid."""
    wrong = []
    if not reason.strip():
        wrong.append(errors.FieldError("reason", "required", _("Say why, for whoever reads it later.")))
    if evidence_ids is not None and not evidence_ids:
        text = _("Add the proof: a picture or PDF of the account's entries of that day.")
        wrong.append(errors.FieldError("evidence", "required", text))
    if wrong:
        raise errors.Invalid(errors=wrong)


def ask_now(row: Any, *, actor: Actor, answers: bool) -> None:
    """Have a provider asked at the next beat, for somebody who cannot wait. Locks: the row.

    Raises: NotFound, Forbidden for all but finance, Conflict `not_on_its_way` or `nobody_to_ask`.
    """
    if not actor.sees(row.shop_id):
        raise errors.NotFound()
    if actor.role != FINANCE:
        raise errors.Forbidden()
    if not answers:
        raise errors.Conflict(_("Only a person knows what came of this one."), code="nobody_to_ask")
    found = type(row).objects.filter(pk=row.pk, status__in=ON_THE_WAY).update(ask_at=clock.now())
    if not found:
        raise errors.Conflict(_("It is certain already what came of it."), code="not_on_its_way")

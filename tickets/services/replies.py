"""Writing to buyers with ready words, and keeping those words: nothing is changed without a trace (TKT-3)."""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.utils.translation import gettext as _

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from aftersales.core.models import Shop
from refunds import services as refunds
from refunds.models import Refund
from tickets.selectors import replies

MOST_USED = 20
_COUNT = """
INSERT INTO tickets_replyuse (user_id, key, uses, last_at)
SELECT %s, key, 1, %s FROM unnest(%s::text[]) AS key
ON CONFLICT (user_id, key) DO UPDATE SET uses = tickets_replyuse.uses + 1, last_at = excluded.last_at
"""


def reply_composed(*, shop_id: int, actor: Actor, text: str) -> str:
    """Give a reply as it goes to the buyer: with a closing line, unless it has one. Empty stays empty (TKT-3).

    Raises: Invalid at `text` while a variable is left open.
    """
    text = text.strip()
    if not text:
        return text
    open_ones(text)
    closing = replies.filled(replies.closing_words(shop_id=shop_id, text=text), {"agent": actor.name})
    if "{shop}" in closing:
        closing = replies.filled(closing, {"shop": Shop.objects.values_list("name", flat=True).get(pk=shop_id)})
    return text if replies.ends_with_closing(text, closing) else f"{text}\n{closing}"


def open_ones(text: str) -> None:
    """Refuse a text with variables that nothing stands for yet. Raises: Invalid at `text`."""
    if left := replies.unfilled(text):
        names = ", ".join(f"{{{name}}}" for name in left)
        said = _("Fill in or take out what is open: %(names)s") % {"names": names}
        raise errors.Invalid(errors=[errors.FieldError("text", "unfilled_variable", said)])


def reply_send(
    *, refund: Refund, actor: Actor, text: str, evidence_ids: Sequence[str] = (), used: Iterable[str] = ()
) -> None:
    """Write to the buyer on a request, closed as every reply is; count the ready words in it. Emits: refund.message.

    Raises: NotFound, Invalid without words and files, or while a variable is open.
    """
    composed = reply_composed(shop_id=refund.shop_id, actor=actor, text=text)
    refunds.message_write(refund=refund, actor=actor, text=composed, evidence_ids=evidence_ids)
    uses_count(actor=actor, keys=used)


def uses_count(*, actor: Actor, keys: Iterable[str]) -> None:
    """Add one to a person's own count of each of these ready words, in one statement; unknown ones are left out.

    Locks: his own counters, in one order.
    """
    known = sorted({key for key in keys if key in replies.DEFAULTS or _own(key)})[:MOST_USED]
    if not known or actor.user_id is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [actor.user_id, clock.now(), known])


def _own(key: str) -> bool:
    kind, _dash, number = key.partition("-")
    return kind == "own" and number.isascii() and number.isdigit() and len(number) < 12

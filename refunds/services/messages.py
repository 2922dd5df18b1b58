"""What the two sides write on a request."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors, events
from aftersales.core.auth import Actor
from aftersales.core.bulk import Batch
from refunds.models import Message, Refund

from .evidence import evidence_attach

_SIDES = {"buyer": Message.Side.BUYER, "staff": Message.Side.SELLER, "platform": Message.Side.PLATFORM}


def side_of(actor: Actor) -> str:
    """Say for which side an actor speaks."""
    return _SIDES.get(actor.kind, Message.Side.SYSTEM)


def message_write(*, refund: Refund, actor: Actor, text: str, evidence_ids: Sequence[str] = ()) -> None:
    """Add a message, with evidence. It moves nothing. Emits: refund.message.

    Raises: NotFound, Invalid when there is neither text nor evidence.
    """
    if not actor.sees(refund.shop_id):
        raise errors.NotFound()
    if not text.strip() and not evidence_ids:
        said = _("Write something, or add a picture.")
        raise errors.Invalid(errors=[errors.FieldError("text", "required", said)])
    with transaction.atomic(savepoint=False):
        side = str(side_of(actor))
        batch = Batch().insert(
            Message,
            ("refund", "side", "author_name", "text", "created_at"),
            [(refund.pk, side, actor.name, text.strip(), clock.now())],
        )
        events.add_to(batch, [events.News("refund.message", "refund", refund.pk, refund.shop_id, {"side": side})])
        batch.run()
        if evidence_ids:
            evidence_attach(refund=refund, evidence_ids=list(evidence_ids), actor=actor)

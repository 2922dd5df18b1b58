"""Money that was sent and of which nobody knows what came: who may say that it has not moved (PAY-9).

The provider's answer is enough, and so is the word of whoever pays by hand. Otherwise one person reports it with a
proof and another one agrees: a mistake here is a second payment.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from aftersales.core import clock
from aftersales.core.machine import SYSTEM, WhyNot

BY_HAND = frozenset({"manual", "offline"})
"""Gateways behind which a person pays, who knows by himself what came of it."""


def paid_by_hand(row: Any, actor: Any) -> WhyNot | None:
    """Let a person say that money did not move only where a person was to move it."""
    if actor.role == SYSTEM or row.gateway in BY_HAND:
        return None
    text = _("The provider has not answered yet: report with a proof that no money moved; a second person agrees.")
    return WhyNot("PAY-9", text)


def sent_by_a_provider(row: Any, actor: Any) -> WhyNot | None:
    """Where a person pays, that person marks it as failed."""
    if row.gateway not in BY_HAND:
        return None
    return WhyNot("PAY-9", _("This one is paid by hand: mark it as failed if no money has moved."))


def was_reported(row: Any, actor: Any) -> WhyNot | None:
    """Tell what people took for not moved from what the provider refused: only the first can have moved after all."""
    if row.unmoved_by_id is not None:
        return None
    return WhyNot("PAY-9", _("The provider refused this one: no money has moved."))


def reported_by_another(row: Any, actor: Any) -> WhyNot | None:
    """Want a report, somebody else than who made it, and that the provider has been asked since."""
    if row.ask_at is not None and row.ask_at <= clock.now():
        return WhyNot("PAY-9", _("The provider is being asked once more; look again in a minute."))
    if row.unmoved_by_id is None:
        return WhyNot("PAY-9", _("Nobody has reported yet, with a proof, that no money moved."))
    if actor.user_id is None or actor.user_id == row.unmoved_by_id:
        return WhyNot("PAY-9", _("You reported it yourself; somebody else has to agree."))
    return None

"""Recording what the insurer of return freight did (FRI-3)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from refunds.models import InsuranceAnswer, Refund
from refunds.selectors.insurance import covers
from refunds.states.payout import WRITERS


def insurance_record(
    *,
    refund: Refund,
    actor: Actor,
    paid: bool,
    amount_fen: int | None = None,
    arrived_at: datetime | None = None,
    note: str = "",
) -> InsuranceAnswer:
    """Write down that the insurer paid the buyer, how much and when, or that it refused and why; again corrects it.

    Raises: NotFound, Forbidden, RuleViolation FRI-1 for what no insurance covers, Invalid.
    """
    if not actor.sees(refund.shop_id):
        raise errors.NotFound()
    if actor.role not in WRITERS:
        raise errors.Forbidden()
    if not covers(refund):
        raise errors.RuleViolation("FRI-1", _("No return-freight insurance covers this request."))
    wrong = []
    if paid and not amount_fen:
        wrong.append(errors.FieldError("amount_fen", "required", _("Give the amount that the insurer paid.")))
    if arrived_at is not None and arrived_at > clock.now():
        wrong.append(errors.FieldError("arrived_at", "in_future", _("This moment is still to come.")))
    if not paid and not note.strip():
        wrong.append(errors.FieldError("note", "required", _("Say why the insurer refused.")))
    if wrong:
        raise errors.Invalid(errors=wrong)
    return InsuranceAnswer.objects.create(
        refund=refund,
        paid=paid,
        amount_fen=amount_fen if paid else None,
        arrived_at=(arrived_at or clock.now()) if paid else None,
        note=note.strip()[:200],
        created_at=clock.now(),
        created_by=actor.name,
    )

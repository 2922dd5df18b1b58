"""Opening a payout and changing it: what it may be for, how much, once for a line (PAY-1, PAY-3, PAY-7)."""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors, money, policies, transitions
from aftersales.core.auth import Actor
from aftersales.core.bulk import allocate_numbered
from aftersales.core.machine import SUPERVISOR
from orders.models import Order, OrderLine
from orders.services import order_lock
from orders.states import OrderStatus
from refunds.models import Payout, PayoutLine, Refund
from refunds.selectors import postage
from refunds.services.evidence import evidence_attach
from refunds.states import Kind, PayoutPurpose, PayoutStatus

from .machine import PAYOUT, check_others
from .payees import PayeeData, payee_create

P = PayoutPurpose
LEAST_FEN = 10
"""What the provider sends at the least: 0.10 yuan (field-facts §3)."""
OF_THE_PRICE = (P.PRICE_DIFFERENCE, P.EXCHANGE_DIFFERENCE)


def payout_open(
    *,
    order: Order,
    actor: Actor,
    purpose: str,
    amount_fen: int,
    payee: PayeeData,
    refund: Refund | None = None,
    note: str = "",
    line_nos: Sequence[str] = (),
    second_reason: str = "",
    evidence_ids: Sequence[str] = (),
) -> Payout:
    """Open a payout as a draft, for a request or for an order, of which `line_nos` may name single lines.

    Without them it is about the request's lines, or all. Locks: the order. Emits: payout.created.
    Raises: NotFound, Forbidden, Invalid (payee, evidence, lines), RuleViolation PAY-1, PAY-3, PAY-7.
    """
    if not actor.sees(order.shop_id) or (refund is not None and refund.order_id != order.pk):
        raise errors.NotFound()
    if actor.role not in PAYOUT.machine.roles_of["open"] or actor.user_id is None:
        raise errors.Forbidden()
    with transaction.atomic(savepoint=False):
        [order] = order_lock([order.pk], False)
        lines = _lines(order, refund, line_nos)
        _check_purpose(order, refund, purpose)
        _check_amount(order, purpose, amount_fen, lines, proved=bool(evidence_ids))
        exclusive = _check_second(lines, purpose, actor, second_reason.strip())
        at = clock.now()
        [(key, number)] = allocate_numbered(Payout, 1, sequence="refunds_payout_no")
        payout = Payout(
            pk=key,
            payout_no=f"PO{clock.shanghai_day(at):%Y%m%d}{number:06d}",
            shop=order.shop,
            order=order,
            refund=refund,
            status=PayoutStatus.DRAFT,
            purpose=purpose,
            amount_fen=amount_fen,
            payee=payee_create(order=order, data=payee, actor=actor),
            note=note,
            second_reason=second_reason.strip()[:200],
            opened_by_id=actor.user_id,
            edited_by_id=actor.user_id,
            gateway=settings.AFTERSALES["payout_gateway"],
            created_at=at,
        )
        transitions.create(PAYOUT, payout, actor=actor, action="open", note=note)
        PayoutLine.objects.bulk_create(
            PayoutLine(payout=payout, order_line=line, purpose=purpose, exclusive=exclusive) for line in lines
        )
        evidence_attach(refund=refund, payout=payout, evidence_ids=list(evidence_ids), actor=actor, purpose="receipt")
        return payout


def payout_edit(
    *,
    payout: Payout,
    actor: Actor,
    amount_fen: int | None = None,
    note: str | None = None,
    payee: PayeeData | None = None,
    evidence_ids: Sequence[str] = (),
    version: int | None = None,
) -> Payout:
    """Change amount, note or payee; a payout that was approved waits for approval again, by somebody else.

    Locks: order and payout. Emits: payout.edited. Raises: as `payout_open`, StaleVersion, TransitionNotAllowed.
    """
    with transaction.atomic(savepoint=False):
        [order] = order_lock([payout.order_id], False)
        evidence_attach(
            refund=payout.refund, payout=payout, evidence_ids=list(evidence_ids), actor=actor, purpose="receipt"
        )

        def change(now: Payout) -> None:
            if amount_fen is not None and amount_fen != now.amount_fen:
                lines = [line.order_line for line in now.lines.select_related("order_line")]
                _check_amount(order, now.purpose, amount_fen, lines, proved=now.evidence.exists(), besides=now)
                now.amount_fen = amount_fen
            if note is not None:
                now.note = note
            if payee is not None:
                now.payee = payee_create(order=order, data=payee, actor=actor)

        return _changed(payout, "edit", actor, version, change, note or "")


def payout_correct_payee(*, payout: Payout, actor: Actor, payee: PayeeData, version: int | None = None) -> Payout:
    """Put another account or name in the place of one that was wrong; the old one stays in the history (PAY-4).

    It waits for approval again. Locks: the payout. Emits: payout.edited. Raises: Invalid, TransitionNotAllowed.
    """
    with transaction.atomic(savepoint=False):

        def change(now: Payout) -> None:
            now.payee = payee_create(order=now.order, data=payee, actor=actor)

        return _changed(payout, "correct_payee", actor, version, change, "")


def payout_submit(*, payout: Payout, actor: Actor, version: int | None = None) -> Payout:
    """Ask for approval; from now on the buyer has a promise of some working days, never of today (PAY-6).

    Emits: payout.submitted. Raises: TransitionNotAllowed, StaleVersion.
    """
    with transaction.atomic(savepoint=False):
        moved: Payout = transitions.apply(PAYOUT, payout.pk, "submit", actor=actor, version=version)
        return moved


def _changed(
    payout: Payout, action: str, actor: Actor, version: int | None, change: Callable[[Payout], None], note: str
) -> Payout:
    moved: Payout = transitions.apply(PAYOUT, payout.pk, action, actor=actor, version=version, note=note, change=change)
    return moved


def _lines(order: Order, refund: Refund | None, line_nos: Sequence[str]) -> list[OrderLine]:
    """Give the lines that the payout is about. Raises: Invalid for one that the order does not have."""
    rows = list(OrderLine.objects.filter(order=order).order_by("pk"))
    if line_nos:
        known = {line.line_no for line in rows}
        text = _("The order has no such line.")
        wrong = [
            errors.FieldError(f"lines[{index}]", "unknown_line", text)
            for index, one in enumerate(line_nos)
            if one not in known
        ]
        if wrong:
            raise errors.Invalid(errors=wrong)
        return [line for line in rows if line.line_no in set(line_nos)]
    if refund is not None:
        asked = set(refund.lines.values_list("order_line_id", flat=True))
        return [line for line in rows if line.pk in asked]
    return rows


def _check_purpose(order: Order, refund: Refund | None, purpose: str) -> None:
    if order.status == OrderStatus.WAIT_BUYER_PAY:
        raise errors.RuleViolation("PAY-1", _("The buyer has not paid for this order."))
    if refund is None:
        return
    if purpose == P.RETURN_POSTAGE and refund.kind not in (Kind.RETURN_REFUND, Kind.EXCHANGE, Kind.REPAIR):
        raise errors.RuleViolation("PAY-1", _("With this request nothing comes back, so there is no return postage."))
    if purpose == P.EXCHANGE_DIFFERENCE and refund.kind != Kind.EXCHANGE:
        raise errors.RuleViolation("PAY-1", _("This request is no exchange, so there is no difference of one."))


def _check_amount(
    order: Order, purpose: str, amount_fen: int, lines: list[OrderLine], *, proved: bool, besides: Payout | None = None
) -> None:
    """Refuse what the purpose cannot be worth (PAY-1, PAY-3); the order is locked, so the sums are exact."""
    if amount_fen < LEAST_FEN:
        text = _("The provider sends ¥%(least)s at the least.") % {"least": money.yuan(LEAST_FEN)}
        raise errors.Invalid(errors=[errors.FieldError("amount_fen", "too_little", text)])
    most = policies.number("payout.most", shop_id=order.shop_id)
    why, rule = _("A payout is ¥%(most)s at the most."), "PAY-3"
    if purpose == P.RETURN_POSTAGE and not proved:
        table = postage.table_fen(order, postage.weight_g(lines))
        if table < most:
            most, why = table, _("By the table it is ¥%(most)s; for more attach a photo of the receipt.")
    elif purpose == P.OVERPAID_POSTAGE:
        left = order.postage_fen - order.postage_given_fen - _other_sum(order, (purpose,), besides)
        if left < most:
            most, why, rule = max(left, 0), _("¥%(most)s is left of the postage that the buyer paid."), "PAY-1"
    elif purpose in OF_THE_PRICE:
        left = order.left_fen - _other_sum(order, OF_THE_PRICE, besides)
        if left < most:
            most, why, rule = max(left, 0), _("¥%(most)s is left of what the buyer paid."), "PAY-1"
    if amount_fen > most:
        raise errors.RuleViolation(rule, why % {"most": money.yuan(most)}, max_fen=most)


def _other_sum(order: Order, purposes: Sequence[str], besides: Payout | None) -> int:
    rows = Payout.objects.filter(order=order, purpose__in=purposes).exclude(status=PayoutStatus.REJECTED)
    others = rows.exclude(pk=besides.pk) if besides is not None else rows
    total: int = others.aggregate(sum=Sum("amount_fen"))["sum"] or 0
    return total


def _check_second(lines: list[OrderLine], purpose: str, actor: Actor, reason: str) -> bool:
    """Say whether the payout shall stand in the way of others. Raises: RuleViolation PAY-7 where one stands already,
    PAY-9 where nobody knows what came of one.

    The unique index behind it is the last guard.
    """
    check_others(lines, purpose)
    first = PayoutLine.objects.filter(order_line__in=lines, purpose=purpose, exclusive=True).select_related("payout")
    standing: Any = first.order_by("pk").first()
    if standing is None:
        return True
    number = standing.payout.payout_no
    if actor.role != SUPERVISOR:
        text = _("%(number)s pays this already; a second one needs a supervisor's reason.") % {"number": number}
        raise errors.RuleViolation("PAY-7", text, payout_no=number)
    if not reason:
        text = _("%(number)s pays this already: give the reason for a second one.") % {"number": number}
        given = [errors.FieldError("second_reason", "required", text)]
        raise errors.RuleViolation("PAY-7", text, errors=given, payout_no=number)
    return False

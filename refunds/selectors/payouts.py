"""Reading payouts: one for a service, a list, the document that callers get, what warns who judges it (PAY, FRI-3)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from aftersales.core import clock, errors, policies
from aftersales.core.auth import Actor
from aftersales.core.models import LogEntry
from aftersales.core.transitions import allowed_actions
from orders.selectors import moment
from orders.states import READERS
from refunds.models import Evidence, Payee, Payout, PayoutLine
from refunds.states import OPEN_PAYOUTS, PAYOUT, PayoutPurpose, PayoutStatus

from .insurance import insurance_warning

BATCH = 200
MANY_BUYERS = 3
_PLAIN = "payout_no version status purpose amount_fen note is_late needs_supervisor gateway attempt".split()
_MOMENTS = ("created_at", "updated_at", "promised_at", "approved_at", "sent_at", "paid_at")
_NAMED = {
    "order_no": F("order__order_no"),
    "refund_no": F("refund__refund_no"),
    "shop_code": F("shop__code"),
    "account_type": F("payee__account_type"),
    "masked_account": F("payee__masked_account"),
    "masked_name": F("payee__masked_name"),
    "verified_at": F("payee__verified_at"),
    "opener": F("opened_by__display_name"),
    "opener_name": F("opened_by__username"),
    "approver": F("approved_by__display_name"),
    "approver_name": F("approved_by__username"),
}


def payouts_to_send() -> QuerySet[Payout]:
    """Give approved payouts, oldest first, a batch at a time."""
    rows: QuerySet[Payout] = Payout.objects.filter(status=PayoutStatus.APPROVED)
    return rows.order_by("id")[:BATCH]


def require_reader(actor: Actor) -> None:
    """Raise Forbidden for roles that no buyer asks about money (PAY-8)."""
    if actor.role not in READERS:
        raise errors.Forbidden()


def payout_get_for(actor: Actor, payout_no: str) -> Payout:
    """Return a payout, to be given to a service; one query. Raises: Forbidden, NotFound (also of unseen shops)."""
    require_reader(actor)
    rows = actor.visible(Payout.objects.filter(payout_no=payout_no))
    payout: Payout | None = rows.select_related("order", "refund", "payee", "shop").first()
    if payout is None:
        raise errors.NotFound()
    return payout


def payouts_get_for(actor: Actor, numbers: Sequence[str]) -> dict[str, Payout]:
    """Return those of the payouts that the actor sees, by number; one query. Raises: Forbidden."""
    require_reader(actor)
    rows = actor.visible(Payout.objects.filter(payout_no__in=numbers))
    return {payout.payout_no: payout for payout in rows.select_related("order", "payee")}


def payout_list_for(
    actor: Actor,
    *,
    status: Sequence[str] = (),
    purpose: Sequence[str] = (),
    shop: str = "",
    order_no: str = "",
    refund_no: str = "",
    late: bool | None = None,
    updated_since: datetime | None = None,
) -> QuerySet[Payout, dict[str, Any]]:
    """Return rows for `payouts_as_json`, unordered. Raises: Forbidden."""
    require_reader(actor)
    rows = actor.visible(Payout.objects.all())
    wanted = {
        "status__in": list(status),
        "purpose__in": list(purpose),
        "shop__code": shop,
        "order__order_no": order_no,
        "refund__refund_no": refund_no,
        "updated_at__gte": updated_since,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if late is not None:
        rows = rows.filter(is_late=late)
    return rows.values("id", "reference", "failure", "fault", "second_reason", *_PLAIN, *_MOMENTS, **_NAMED)


def payouts_as_json(rows: Sequence[Mapping[str, Any]], actor: Actor) -> list[dict[str, Any]]:
    """Turn rows of `payout_list_for` into plain data; the payee is masked for everybody (PAY-2)."""
    labels = {status: str(label) for status, label in PAYOUT.labels.items()}
    purposes = {purpose.value: str(purpose.label) for purpose in PayoutPurpose}
    return [_as_json(row, labels, purposes, actor) for row in rows]


def payout_document(actor: Actor, payout_no: str) -> dict[str, Any]:
    """Return the document of one payout: who, why, what warns, its history, and what the actor may do.

    Six statements. Raises: Forbidden, NotFound.
    """
    payout = payout_get_for(actor, payout_no)
    [row] = payout_list_for(actor).filter(pk=payout.pk)
    [body] = payouts_as_json([row], actor)
    lines = payout.lines.order_by("order_line_id").values_list("order_line__line_no", flat=True)
    files = Evidence.objects.filter(payout=payout).order_by("id").values_list("evidence_id", flat=True)
    body |= {
        "lines": list(lines),
        "evidence": list(files),
        "history": payout_history(payout),
        "allowed_actions": allowed_actions(PAYOUT, payout, actor),
    }
    return body | ({"warnings": payout_warnings(payout)} if actor.is_staff else {})


def payout_history(payout: Payout) -> list[dict[str, Any]]:
    """Give the steps of a payout, the first one first; one query."""
    rows = LogEntry.objects.filter(subject_type="payout", subject_id=payout.pk).order_by("version")
    return [
        {
            "at": moment(row.at),
            "actor": row.actor_name,
            "actor_kind": row.actor_kind,
            "action": row.action,
            "from": row.from_status or None,
            "to": row.to_status,
            "note": row.note,
            "version": row.version,
        }
        for row in rows
    ]


def payout_warnings(payout: Payout) -> list[dict[str, str]]:
    """Say what whoever judges a payout has to know: paid before, insured, an account that many buyers gave.

    Four queries at the most. PAY-7, FRI-3, PAY-2.
    """
    found: list[dict[str, str]] = []
    lines = payout.lines.values("order_line")
    same = PayoutLine.objects.filter(order_line__in=lines, purpose=payout.purpose).exclude(payout=payout.pk)
    others = same.exclude(payout__status=PayoutStatus.REJECTED).values_list("payout__payout_no", flat=True)
    if numbers := sorted(set(others)):
        found.append(_warning("PAY-7", "paid_before", _("%(numbers)s pays the same."), numbers=", ".join(numbers)))
    if payout.purpose == PayoutPurpose.RETURN_POSTAGE and (text := insurance_warning(payout.order, payout.refund)):
        found.append(_warning("FRI-3", "insured", text))
    since = clock.now() - policies.duration("records.payee_kept", shop_id=payout.shop_id)
    alike = Payee.objects.filter(fingerprint=payout.payee.fingerprint, created_at__gte=since)
    buyers = alike.exclude(order__buyer=payout.order.buyer_id).values("order__buyer").distinct()[:MANY_BUYERS].count()
    if buyers:
        text = _("%(buyers)s other buyers gave the same account.")
        found.append(_warning("PAY-2", "shared_account", text, buyers=f"{buyers}{'+' * (buyers >= MANY_BUYERS)}"))
    return found


def payouts_of(order_id: int) -> list[Payout]:
    """Give the payouts of an order, for everybody who may be asked by the buyer (PAY-8); one query."""
    return list(Payout.objects.filter(order=order_id).select_related("payee", "refund").order_by("-id")[:50])


def open_payouts(actor: Actor) -> QuerySet[Payout]:
    """Give the payouts that are not at their end."""
    return actor.visible(Payout.objects.filter(Q(status__in=OPEN_PAYOUTS)))


def _warning(rule: str, code: str, text: str, **values: str) -> dict[str, str]:
    return {"rule": rule, "code": code, "detail": text % values if values else text}


def _as_json(
    values: Mapping[str, Any], labels: Mapping[str, str], purposes: Mapping[str, str], actor: Actor
) -> dict[str, Any]:
    body: dict[str, Any] = {name: values[name] for name in _PLAIN}
    body |= {
        "status_label": labels[values["status"]],
        "purpose_label": purposes[values["purpose"]],
        "order_no": values["order_no"],
        "refund_no": values["refund_no"],
        "shop": values["shop_code"],
        "payee": {
            "account_type": values["account_type"],
            "account": values["masked_account"],
            "name": values["masked_name"],
            "verified": values["verified_at"] is not None,
        },
        "reference": values["reference"] or None,
        "failure": values["failure"] or None,
        "fault": values["fault"] or None,
    }
    if actor.is_staff:
        body |= {
            "opened_by": values["opener"] or values["opener_name"],
            "approved_by": values["approver"] or values["approver_name"],
            "second_reason": values["second_reason"] or None,
        }
    else:
        del body["note"], body["needs_supervisor"]
    return body | {name: moment(values[name]) for name in _MOMENTS}

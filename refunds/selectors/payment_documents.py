"""Reading refund payments: finance's list, and one of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, QuerySet

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.transitions import allowed_actions
from orders.selectors import moment
from refunds.models import RefundPayment
from refunds.states import PAYMENT

READERS = frozenset({"finance", "supervisor"})
_PLAIN = "payment_no version status amount_fen gateway attempt".split()
_MOMENTS = ("created_at", "updated_at", "sent_at", "ask_at", "settled_at")
_NAMED = {
    "refund_no": F("refund__refund_no"),
    "order_no": F("refund__order__order_no"),
    "payment_channel": F("refund__order__payment_channel"),
    "shop_code": F("shop__code"),
}


def require_reader(actor: Actor) -> None:
    """Raise Forbidden for roles that have nothing to do with money."""
    if actor.role not in READERS:
        raise errors.Forbidden()


def payment_get_for(actor: Actor, payment_no: str) -> RefundPayment:
    """Return a payment, to be given to a service; one query. Raises: Forbidden, NotFound (also of unseen shops)."""
    require_reader(actor)
    payment: RefundPayment | None = actor.visible(RefundPayment.objects.filter(payment_no=payment_no)).first()
    if payment is None:
        raise errors.NotFound()
    return payment


def payment_list_for(
    actor: Actor, *, status: Sequence[str] = (), shop: str = "", refund_no: str = ""
) -> QuerySet[RefundPayment, dict[str, Any]]:
    """Return rows for `payments_as_json`, unordered. Raises: Forbidden."""
    require_reader(actor)
    rows = actor.visible(RefundPayment.objects.all())
    if status:
        rows = rows.filter(status=status[0]) if len(status) == 1 else rows.filter(status__in=status)
    if shop:
        rows = rows.filter(shop__code=shop)
    if refund_no:
        rows = rows.filter(refund__refund_no=refund_no)
    return rows.values("id", "reference", "failure", "code", *_PLAIN, *_MOMENTS, **_NAMED)


def payments_as_json(rows: Sequence[Mapping[str, Any]], actor: Actor) -> list[dict[str, Any]]:
    """Turn rows of `payment_list_for` into plain data."""
    labels = {status: str(label) for status, label in PAYMENT.labels.items()}
    return [_as_json(row, labels) for row in rows]


def payment_document(actor: Actor, payment_no: str) -> dict[str, Any]:
    """Return the document of one payment with what the actor may do, in one statement. Raises: Forbidden, NotFound."""
    require_reader(actor)
    payment: Any = actor.visible(RefundPayment.objects.filter(payment_no=payment_no)).annotate(**_NAMED).first()
    if payment is None:
        raise errors.NotFound()
    labels = {payment.status: str(PAYMENT.labels[payment.status])}
    return _as_json(vars(payment), labels) | {"allowed_actions": allowed_actions(PAYMENT, payment, actor)}


def _as_json(values: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {name: values[name] for name in _PLAIN}
    body |= {name: values[name] for name in ("refund_no", "order_no", "payment_channel")}
    body |= {"shop": values["shop_code"], "status_label": labels[values["status"]]}
    body |= {"reference": values["reference"] or None, "failure": values["failure"] or None}
    body["code"] = values["code"] or None
    return body | {name: moment(values[name]) for name in _MOMENTS}

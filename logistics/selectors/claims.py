"""Reading claims: one for a service, a list, the document that callers get, and whether the buyer was served (CLM)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.models import LogEntry
from aftersales.core.transitions import allowed_actions
from logistics.models import Carrier, Claim, ClaimLine
from logistics.states.claim import CLAIM, READERS, ClaimCause
from orders.selectors import moment
from refunds.models import Payout, Refund
from refunds.states import ExchangeStatus, PayoutStatus, RefundStatus

SERVED = (
    RefundStatus.WAIT_SYSTEM_TRANSFER,
    RefundStatus.SUCCESS,
    ExchangeStatus.WAIT_SELLER_SEND_GOODS,
    ExchangeStatus.WAIT_BUYER_CONFIRM_GOODS,
    ExchangeStatus.SUCCESS,
)
"""Where the money or the goods are promised: the buyer waits for the carrier no more."""
PAID_ANYWAY = (PayoutStatus.APPROVED, PayoutStatus.SENDING, PayoutStatus.UNKNOWN, PayoutStatus.PAID)
_PLAIN = (
    "claim_no version status cause carrier tracking_no note amount_fen value_fen submissions recovered_fen is_late"
).split()
_EMPTY = ("carrier_reference", "rejection", "reference")
_MOMENTS = ("created_at", "updated_at", "stamped_at", "handed_over_at", "submitted_at", "paid_at")
_NAMED = {
    "order_no": F("order__order_no"),
    "shop_code": F("shop__code"),
    "drafter": F("drafted_by__display_name"),
    "drafter_name": F("drafted_by__username"),
    "stamper": F("stamped_by__display_name"),
    "stamper_name": F("stamped_by__username"),
}


@dataclass(frozen=True, slots=True)
class Serving:
    """What was done for the buyer of goods that are claimed: requests about them, payouts of the order (CLM-3)."""

    requests: list[Refund]
    payouts: list[Payout]

    @property
    def served(self) -> bool:
        """Whether goods or money are promised, sent or paid."""
        return any(refund.status in SERVED for refund in self.requests) or any(
            payout.status in PAID_ANYWAY for payout in self.payouts
        )

    @property
    def open_request(self) -> Refund | None:
        """The request that waits for a decision, if one does."""
        return next((refund for refund in self.requests if refund.is_open and refund.status not in SERVED), None)


def require_reader(actor: Actor) -> None:
    """Raise Forbidden for whoever has nothing to do with carriers: front-ends above all (CLM-3)."""
    if actor.role not in READERS:
        raise errors.Forbidden()


def claim_get_for(actor: Actor, claim_no: str) -> Claim:
    """Return a claim, to be given to a service; one query. Raises: Forbidden, NotFound (also of unseen shops)."""
    require_reader(actor)
    claim: Claim | None = with_case(actor.visible(Claim.objects.filter(claim_no=claim_no))).first()
    if claim is None:
        raise errors.NotFound()
    return claim


def claims_get_for(actor: Actor, numbers: Sequence[str]) -> dict[str, Claim]:
    """Return those of the claims that the actor sees, by number; one query. Raises: Forbidden."""
    require_reader(actor)
    rows = with_case(actor.visible(Claim.objects.filter(claim_no__in=numbers)))
    return {claim.claim_no: claim for claim in rows}


def with_case(rows: QuerySet[Claim]) -> QuerySet[Claim]:
    """Bring along what a row shows, in the same statement."""
    names = Carrier.objects.filter(code__iexact=OuterRef("carrier")).values("name")[:1]
    found = rows.select_related("order__buyer", "shop", "parcel", "drafted_by", "stamped_by")
    named: QuerySet[Claim] = found.annotate(carrier_name=Subquery(names))
    return named


def claims_of(order_id: int) -> list[Claim]:
    """Give the claims of an order, the newest first; one query."""
    return list(with_case(Claim.objects.filter(order=order_id)).order_by("-id")[:50])


def claim_list_for(
    actor: Actor,
    *,
    status: Sequence[str] = (),
    cause: Sequence[str] = (),
    carrier: str = "",
    shop: str = "",
    order_no: str = "",
    late: bool | None = None,
    updated_since: datetime | None = None,
) -> QuerySet[Claim, dict[str, Any]]:
    """Return rows for `claims_as_json`, unordered. Raises: Forbidden."""
    require_reader(actor)
    rows = actor.visible(Claim.objects.all())
    wanted = {
        "status__in": list(status),
        "cause__in": list(cause),
        "carrier__iexact": carrier,
        "shop__code": shop,
        "order__order_no": order_no,
        "updated_at__gte": updated_since,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if late is not None:
        rows = rows.filter(is_late=late)
    return rows.values("id", "accepted_fen", *_PLAIN, *_EMPTY, *_MOMENTS, **_NAMED)


def claims_as_json(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Turn rows of `claim_list_for` into plain data."""
    labels = {status: str(label) for status, label in CLAIM.labels.items()}
    causes = {cause.value: str(cause.label) for cause in ClaimCause}
    return [_as_json(row, labels, causes) for row in rows]


def claim_document(actor: Actor, claim_no: str) -> dict[str, Any]:
    """Return the document of one claim: its goods, photos, what was done for the buyer, history, what may be done.

    Seven statements. Raises: Forbidden, NotFound.
    """
    claim = claim_get_for(actor, claim_no)
    [row] = claim_list_for(actor).filter(pk=claim.pk)
    [body] = claims_as_json([row])
    lines = claim_lines(claim)
    serving = buyer_served(claim, lines)
    return body | {
        "lines": [
            {
                "line_no": line.order_line.line_no,
                "goods_no": line.order_line.goods_no,
                "title": line.order_line.title,
                "sku": line.order_line.sku,
                "quantity": line.quantity,
                "value_fen": line.value_fen,
            }
            for line in lines
        ],
        "photos": list(claim.photos.order_by("id").values_list("evidence_id", flat=True)),
        "buyer": {
            "served": serving.served,
            "refund_nos": [refund.refund_no for refund in serving.requests],
            "payout_nos": [payout.payout_no for payout in serving.payouts],
        },
        "history": claim_history(claim),
        "allowed_actions": allowed_actions(CLAIM, claim, actor),
    }


def claim_lines(claim: Claim) -> list[ClaimLine]:
    """Give the goods of a claim with their lines of the order; one query."""
    return list(claim.lines.select_related("order_line").order_by("order_line_id"))


def buyer_served(claim: Claim, lines: Sequence[ClaimLine]) -> Serving:
    """Find what was asked for and given to the buyer for these goods; two queries. CLM-3: he does not wait."""
    about = Refund.objects.filter(order=claim.order_id, lines__order_line__in=[line.order_line_id for line in lines])
    payouts = Payout.objects.filter(order=claim.order_id, created_at__gte=claim.parcel.shipped_at)
    return Serving(
        requests=list(about.distinct().order_by("-id")[:20]),
        payouts=list(payouts.exclude(status=PayoutStatus.REJECTED).order_by("-id")[:20]),
    )


def claim_history(claim: Claim) -> list[dict[str, Any]]:
    """Give the steps of a claim, the first one first; one query."""
    rows = LogEntry.objects.filter(subject_type="claim", subject_id=claim.pk).order_by("version")
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


def _as_json(values: Mapping[str, Any], labels: Mapping[str, str], causes: Mapping[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {name: values[name] for name in _PLAIN}
    body |= {name: values[name] or None for name in _EMPTY}
    body |= {
        "status_label": labels[values["status"]],
        "cause_label": causes[values["cause"]],
        "accepted_fen": values["accepted_fen"],
        "order_no": values["order_no"],
        "shop": values["shop_code"],
        "drafted_by": values["drafter"] or values["drafter_name"],
        "stamped_by": values["stamper"] or values["stamper_name"],
    }
    return body | {name: moment(values[name]) for name in _MOMENTS}

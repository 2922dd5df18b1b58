"""Reading invoices: one for a service, the list and its tabs, the document that callers get (INV-1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aftersales.core import errors, keyset
from aftersales.core.auth import Actor
from aftersales.core.machine import FINANCE
from aftersales.core.models import LogEntry
from aftersales.core.transitions import allowed_actions
from invoices.models import Invoice
from invoices.states import INVOICE, LIVE, READERS, STANDING, WAITING, InvoiceStatus, TitleKind
from orders.models import Order
from orders.selectors import moment

S = InvoiceStatus
LATE = "late"
_PLAIN = "request_no version status title_kind title amount_fen note requested_by is_late".split()
_EMPTY = ("tax_no", "question", "code", "number", "red_number")
_MOMENTS = ("created_at", "updated_at", "issued_at", "told_at")
_NAMED = {"order_no": F("order__order_no"), "shop_code": F("shop__code")}
_SAID = {
    "request": gettext_lazy("asked for the invoice"),
    "correct": gettext_lazy("corrected what is asked for"),
    "send_back": gettext_lazy("sent it back with a question"),
    "issue": gettext_lazy("issued the invoice"),
    "tell": gettext_lazy("told the buyer"),
    "withdraw": gettext_lazy("withdrew it"),
    "reverse": gettext_lazy("reversed it by a red invoice"),
    "mark_late": gettext_lazy("found it late"),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of the list: its name, which states, in which order, and whether it is counted."""

    label: str | Promise
    statuses: tuple[str, ...]
    ordering: tuple[str, ...] = ("id",)
    counted: bool = True


TABS: dict[str, Tab] = {
    "issue": Tab(pgettext_lazy("invoice", "To issue"), (S.REQUESTED,)),
    "correct": Tab(pgettext_lazy("invoice", "To correct"), (S.RETURNED,)),
    "tell": Tab(pgettext_lazy("invoice", "To tell the buyer"), (S.ISSUED,)),
    LATE: Tab(pgettext_lazy("invoice", "Late"), WAITING),
    "done": Tab(pgettext_lazy("invoice", "Done"), (S.TOLD, S.REVERSED, S.WITHDRAWN), ("-id",), counted=False),
    "all": Tab(pgettext_lazy("invoice", "All"), (), ("-id",), counted=False),
}


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """An invoice with all that belongs to it, ready to be shown."""

    invoice: Invoice
    others: list[Invoice]
    steps: list[dict[str, Any]]
    timeline: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    reply: str


def require_reader(actor: Actor) -> None:
    """Raise Forbidden for whoever has nothing to do with invoices, such as the warehouse."""
    if actor.role not in READERS:
        raise errors.Forbidden()


def invoice_get_for(actor: Actor, request_no: str) -> Invoice:
    """Return an invoice, to be given to a service; one query. Raises: Forbidden, NotFound (also of unseen shops)."""
    require_reader(actor)
    rows = actor.visible(Invoice.objects.filter(request_no=request_no))
    invoice: Invoice | None = rows.select_related("order__buyer", "shop", "issued_by").first()
    if invoice is None:
        raise errors.NotFound()
    return invoice


def invoice_rows(actor: Actor, tab: str) -> QuerySet[Invoice]:
    """Give the invoices of a tab, unordered. Raises: Forbidden."""
    require_reader(actor)
    rows: QuerySet[Invoice] = actor.visible(Invoice.objects.select_related("order__buyer", "shop"))
    if tab == LATE:
        rows = rows.filter(is_late=True)
    statuses = TABS[tab].statuses
    return rows.filter(status__in=statuses) if statuses else rows


def invoices_with_number(actor: Actor, asked: str) -> QuerySet[Invoice]:
    """Give the invoices that a number of a request, an invoice or an order leads to: one statement."""
    require_reader(actor)
    rows = actor.visible(Invoice.objects.all())
    keys = (
        rows.filter(request_no=asked)
        .values("pk")
        .union(rows.filter(number=asked).values("pk"), rows.filter(order__order_no=asked).values("pk"))
    )
    return rows.filter(pk__in=keys).select_related("order__buyer", "shop")


def invoice_counts(actor: Actor) -> dict[str, int]:
    """Count what waits in each tab, up to a cap, in one statement for each counted tab."""
    return {key: keyset.counted(invoice_rows(actor, key)) for key, tab in TABS.items() if tab.counted}


def invoices_waiting(actor: Actor) -> QuerySet[Invoice]:
    """Give what waits for this person's role: to be issued by finance, to be corrected or told by the desk."""
    require_reader(actor)
    statuses = (S.REQUESTED,) if actor.role == FINANCE else (S.RETURNED, S.ISSUED)
    rows: QuerySet[Invoice] = actor.visible(Invoice.objects.filter(status__in=statuses))
    return rows


def invoices_of(order_id: int) -> list[Invoice]:
    """Give the invoices of an order, the newest first; one query."""
    return list(Invoice.objects.filter(order=order_id).order_by("-id")[:20])


def standing_of(order_id: int) -> list[Invoice]:
    """Give the invoices of an order that are issued and not reversed; one query."""
    return list(Invoice.objects.filter(order=order_id, status__in=STANDING).order_by("id"))


def left_to_invoice_fen(order: Order) -> int:
    """Say what of an order can still be invoiced: what the buyer keeps paying for, less what is asked for already."""
    taken: int = Invoice.objects.filter(order=order.pk, status__in=LIVE).aggregate(sum=Sum("amount_fen"))["sum"] or 0
    return max(order.left_fen - taken, 0)


def invoice_page(actor: Actor, request_no: str) -> InvoicePage:
    """Collect the page of an invoice, in at most four statements. Raises: Forbidden, NotFound."""
    invoice = invoice_get_for(actor, request_no)
    history = _history(invoice)
    return InvoicePage(
        invoice=invoice,
        others=[other for other in invoices_of(invoice.order_id) if other.pk != invoice.pk],
        steps=_steps(invoice),
        timeline=[
            {
                "at": row.at,
                "who": _("The clock") if row.actor_name == "system: timeout" else row.actor_name,
                "text": str(_SAID.get(row.action, row.action)),
                "note": row.note,
                "kind": "person" if row.actor_kind == "staff" else "system",
            }
            for row in reversed(history)
        ],
        actions=allowed_actions(INVOICE, invoice, actor),
        reply=reply_for(invoice),
    )


def reply_for(invoice: Invoice) -> str:
    """Write what the buyer is told of an issued invoice, in the language of the page."""
    words = _(
        "Hello! The invoice for your order %(order)s is issued: %(title)s, number %(number)s. "
        "If anything about it is not right, just tell us."
    )
    return words % {"order": invoice.order.order_no, "title": invoice.title, "number": invoice.full_number}


def invoice_list_for(
    actor: Actor,
    *,
    status: Sequence[str] = (),
    shop: str = "",
    order_no: str = "",
    number: str = "",
    late: bool | None = None,
    updated_since: datetime | None = None,
) -> QuerySet[Invoice, dict[str, Any]]:
    """Return rows for `invoices_as_json`, unordered. Raises: Forbidden."""
    require_reader(actor)
    rows = actor.visible(Invoice.objects.all())
    wanted = {
        "status__in": list(status),
        "shop__code": shop,
        "order__order_no": order_no,
        "number": number,
        "updated_at__gte": updated_since,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if late is not None:
        rows = rows.filter(is_late=late)
    return rows.values("id", *_PLAIN, *_EMPTY, *_MOMENTS, **_NAMED)


def invoices_as_json(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Turn rows of `invoice_list_for` into plain data."""
    labels = {status: str(label) for status, label in INVOICE.labels.items()}
    kinds = {kind.value: str(kind.label) for kind in TitleKind}
    return [_as_json(row, labels, kinds) for row in rows]


def invoice_document(actor: Actor, request_no: str) -> dict[str, Any]:
    """Return the document of one invoice with its history and what may be done. Raises: Forbidden, NotFound."""
    invoice = invoice_get_for(actor, request_no)
    [row] = invoice_list_for(actor).filter(pk=invoice.pk)
    [body] = invoices_as_json([row])
    return body | {
        "history": [
            {
                "at": moment(entry.at),
                "actor": entry.actor_name,
                "actor_kind": entry.actor_kind,
                "action": entry.action,
                "from": entry.from_status or None,
                "to": entry.to_status,
                "note": entry.note,
                "version": entry.version,
            }
            for entry in _history(invoice)
        ],
        "allowed_actions": allowed_actions(INVOICE, invoice, actor),
    }


def invoice_told(invoice_id: int) -> dict[str, Any]:
    """Return the document of an invoice as the shop's front-end is told; one query."""
    shop_id = Invoice.objects.values_list("shop_id", flat=True).get(pk=invoice_id)
    rows = invoice_list_for(Actor.front_end(shop_id)).filter(pk=invoice_id)
    [body] = invoices_as_json(list(rows))
    return body


def _history(invoice: Invoice) -> list[LogEntry]:
    return list(LogEntry.objects.filter(subject_type="invoice", subject_id=invoice.pk).order_by("version"))


def _steps(invoice: Invoice) -> list[dict[str, Any]]:
    """Say how far it has come; one that was reversed or withdrawn ends there."""
    ways: list[tuple[str, datetime | None, bool]] = [
        (_("Asked for"), invoice.created_at, True),
        (_("Issued"), invoice.issued_at, bool(invoice.number)),
        (_("Buyer told"), invoice.told_at, invoice.told_at is not None),
    ]
    if invoice.status in (S.REVERSED, S.WITHDRAWN):
        ways = [way for way in ways if way[2]] + [(str(INVOICE.labels[invoice.status]), invoice.updated_at, True)]
    first = next((index for index, way in enumerate(ways) if not way[2]), len(ways))
    return [
        {"label": label, "at": at, "state": "done" if index < first else "now" if index == first else "todo"}
        for index, (label, at, _done) in enumerate(ways)
    ]


def _as_json(values: Mapping[str, Any], labels: Mapping[str, str], kinds: Mapping[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {name: values[name] for name in _PLAIN}
    body |= {name: values[name] or None for name in _EMPTY}
    body |= {
        "status_label": labels[values["status"]],
        "title_kind_label": kinds[values["title_kind"]],
        "order_no": values["order_no"],
        "shop": values["shop_code"],
    }
    return body | {name: moment(values[name]) for name in _MOMENTS}

"""Reading complaints: for a service, the list and its tabs, the page with the basics on it, the document (CMP-1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aftersales.core import clock, errors, keyset
from aftersales.core.auth import Actor
from aftersales.core.machine import BUYER, SUPERVISOR
from aftersales.core.models import LogEntry
from aftersales.core.transitions import allowed_actions
from complaints.models import Complaint, ComplaintReply
from complaints.states import COMPLAINT, OPEN, READERS, STANDING, ComplaintStatus, Malice, Problem, Result, Source
from orders.models import Order, OrderLine
from orders.selectors import moment
from refunds.models import Message, Refund

S = ComplaintStatus
LATE, JUDGE = "late", "judge"
CHAT = 12
"""So many of the last messages stand on the page."""
_PLAIN = "complaint_no version status source problem text filed_by is_late".split()
_EMPTY = ("reference", "result", "malice", "malice_reasons", "settlement")
_INSIDE = ("malice", "malice_reasons")
"""What the shop thinks of a complaint is not for the buyer's side."""
_MOMENTS = ("reply_due_at", "created_at", "updated_at", "answered_at", "closed_at")
_NAMED = {"order_no": F("order__order_no"), "shop_code": F("shop__code")}
_OUTSIDE_STEPS = frozenset({"file", "reply", "settle", "close", "withdraw"})
"""What the buyer's side is told of the history."""
_SAID = {
    "file": gettext_lazy("recorded the complaint"),
    "reply": gettext_lazy("replied"),
    "escalate": gettext_lazy("handed it to the supervisor"),
    "postpone": gettext_lazy("noted another time for the reply"),
    "accuse": gettext_lazy("called it malicious"),
    "confirm": gettext_lazy("approved that it is malicious"),
    "refuse": gettext_lazy("said that it is not malicious"),
    "settle": gettext_lazy("settled it with the buyer"),
    "close": gettext_lazy("closed it"),
    "withdraw": gettext_lazy("noted that the buyer withdrew it"),
    "mark_late": gettext_lazy("found it late"),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of the list: its name, which states, in which order, and whether it is counted."""

    label: str | Promise
    statuses: tuple[str, ...]
    ordering: tuple[str, ...] = ("reply_due_at", "id")
    counted: bool = True


TABS: dict[str, Tab] = {
    "reply": Tab(pgettext_lazy("complaint", "To answer"), (S.RECEIVED,)),
    "escalated": Tab(pgettext_lazy("complaint", "With the supervisor"), (S.ESCALATED,)),
    JUDGE: Tab(pgettext_lazy("complaint", "Malicious? To approve"), STANDING),
    LATE: Tab(pgettext_lazy("complaint", "Late"), OPEN),
    "answered": Tab(pgettext_lazy("complaint", "Answered"), (S.ANSWERED,)),
    "closed": Tab(pgettext_lazy("complaint", "Closed"), (S.CLOSED,), ("-id",), counted=False),
}


@dataclass(frozen=True, slots=True)
class ComplaintPage:
    """A complaint with the basics that a reply needs, ready to be shown (CMP-1)."""

    complaint: Complaint
    replies: list[ComplaintReply]
    lines: list[OrderLine]
    requests: list[Refund]
    chat: list[Message]
    others: int
    buyer_requests: int
    timeline: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    actions: list[dict[str, Any]]

    @property
    def days_since_signed(self) -> int | None:
        """Whole days since the buyer signed for the goods."""
        signed = self.complaint.order.signed_at
        return None if signed is None else (clock.now() - signed).days

    @property
    def is_hot(self) -> bool:
        """Whether a hot seller is among the goods."""
        return any(line.hot_seller for line in self.lines)

    @property
    def has_seven_days(self) -> bool:
        """Whether any of the goods can be given back within seven days without a reason."""
        return any(line.seven_day_return for line in self.lines)

    @property
    def deadline(self) -> dict[str, Any]:
        """When the reply is due, for the component that counts down."""
        then = "" if self.complaint.is_late else _("then it turns red")
        return {"due_at": self.complaint.reply_due_at, "then": then, "against_shop": True}


def require_reader(actor: Actor) -> None:
    """Raise Forbidden for whoever has nothing to do with complaints, such as the warehouse."""
    if actor.role not in READERS:
        raise errors.Forbidden()


def complaint_get_for(actor: Actor, complaint_no: str) -> Complaint:
    """Return a complaint, to be given to a service; one query. Raises: Forbidden, NotFound (also of unseen shops)."""
    require_reader(actor)
    rows = actor.visible(Complaint.objects.filter(complaint_no=complaint_no))
    complaint: Complaint | None = rows.select_related(
        "order__buyer", "shop", "malice_asked_by", "malice_judged_by"
    ).first()
    if complaint is None:
        raise errors.NotFound()
    return complaint


def complaint_rows(actor: Actor, tab: str) -> QuerySet[Complaint]:
    """Give the complaints of a tab, unordered. Raises: Forbidden."""
    require_reader(actor)
    rows: QuerySet[Complaint] = actor.visible(Complaint.objects.select_related("order__buyer", "shop"))
    if tab == LATE:
        rows = rows.filter(is_late=True)
    if tab == JUDGE:
        rows = rows.filter(malice=Malice.ASKED)
    return rows.filter(status__in=TABS[tab].statuses)


def complaints_with_number(actor: Actor, asked: str) -> QuerySet[Complaint]:
    """Give the complaints that a number of a complaint, of its source or of an order leads to: one statement."""
    require_reader(actor)
    rows = actor.visible(Complaint.objects.all())
    keys = (
        rows.filter(complaint_no=asked)
        .values("pk")
        .union(rows.filter(reference=asked).values("pk"), rows.filter(order__order_no=asked).values("pk"))
    )
    return rows.filter(pk__in=keys).select_related("order__buyer", "shop")


def complaint_counts(actor: Actor) -> dict[str, int]:
    """Count what waits in each tab, up to a cap, in one statement for each counted tab."""
    return {key: keyset.counted(complaint_rows(actor, key)) for key, tab in TABS.items() if tab.counted}


def complaints_waiting(actor: Actor) -> QuerySet[Complaint]:
    """Give what waits for a reply; a supervisor has what was handed to him, too."""
    require_reader(actor)
    statuses = OPEN if actor.role == SUPERVISOR else (S.RECEIVED,)
    rows: QuerySet[Complaint] = actor.visible(Complaint.objects.filter(status__in=statuses))
    return rows


def complaints_of(order_id: int) -> list[Complaint]:
    """Give the complaints about an order, the newest first; one query."""
    return list(Complaint.objects.filter(order=order_id).order_by("-id")[:20])


def complaints_open(order_id: int) -> bool:
    """Say whether a source waits for a reply about the order."""
    return bool(Complaint.objects.filter(order=order_id, status__in=OPEN).exists())


def complaint_page(actor: Actor, complaint_no: str) -> ComplaintPage:
    """Collect the page of a complaint, in eight statements. Raises: Forbidden, NotFound."""
    complaint = complaint_get_for(actor, complaint_no)
    order: Order = complaint.order
    buyer = order.buyer_id
    said = Message.objects.filter(refund__order=order.pk).select_related("refund")
    return ComplaintPage(
        complaint=complaint,
        replies=list(complaint.replies.all()),
        lines=list(OrderLine.objects.filter(order=order.pk).order_by("id")),
        requests=list(Refund.objects.filter(order=order.pk).order_by("-id")[:20]),
        chat=list(said.order_by("-id")[:CHAT])[::-1],
        others=keyset.counted(Complaint.objects.filter(order__buyer=buyer).exclude(pk=complaint.pk)),
        buyer_requests=keyset.counted(Refund.objects.filter(order__buyer=buyer)),
        timeline=[
            {
                "at": row.at,
                "who": _("The clock") if row.actor_name == "system: timeout" else row.actor_name,
                "text": str(_SAID.get(row.action, row.action)),
                "note": row.note,
                "kind": "person" if row.actor_kind == "staff" else "system",
            }
            for row in reversed(_history(complaint))
        ],
        steps=_steps(complaint),
        actions=allowed_actions(COMPLAINT, complaint, actor),
    )


def complaint_list_for(
    actor: Actor,
    *,
    status: Sequence[str] = (),
    source: Sequence[str] = (),
    shop: str = "",
    order_no: str = "",
    reference: str = "",
    late: bool | None = None,
    updated_since: datetime | None = None,
) -> QuerySet[Complaint, dict[str, Any]]:
    """Return rows for `complaints_as_json`, unordered. Raises: Forbidden."""
    require_reader(actor)
    rows = actor.visible(Complaint.objects.all())
    wanted = {
        "status__in": list(status),
        "source__in": list(source),
        "shop__code": shop,
        "order__order_no": order_no,
        "reference": reference,
        "updated_at__gte": updated_since,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if late is not None:
        rows = rows.filter(is_late=late)
    return rows.values("id", "settlement_fen", *_PLAIN, *_EMPTY, *_MOMENTS, **_NAMED)


def complaints_as_json(actor: Actor, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Turn rows of `complaint_list_for` into plain data, as this caller may see it."""
    labels = {status: str(label) for status, label in COMPLAINT.labels.items()}
    sources = {one.value: str(one.label) for one in Source}
    problems = {one.value: str(one.label) for one in Problem}
    hidden = _INSIDE if actor.role == BUYER else ()
    said = {"status": labels, "source": sources, "problem": problems}
    return [_as_json(row, said) | dict.fromkeys(hidden) for row in rows]


def complaint_document(actor: Actor, complaint_no: str) -> dict[str, Any]:
    """Return the document of one complaint with replies, history and what may be done. Raises: Forbidden, NotFound."""
    complaint = complaint_get_for(actor, complaint_no)
    [row] = complaint_list_for(actor).filter(pk=complaint.pk)
    [body] = complaints_as_json(actor, [row])
    return body | {
        "replies": _replies(complaint.pk),
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
            for entry in _history(complaint)
            if actor.role != BUYER or entry.action in _OUTSIDE_STEPS
        ],
        "allowed_actions": allowed_actions(COMPLAINT, complaint, actor),
    }


def complaint_told(complaint_id: int) -> dict[str, Any]:
    """Return the document of a complaint as the shop's front-end is told; three queries."""
    shop_id = Complaint.objects.values_list("shop_id", flat=True).get(pk=complaint_id)
    front_end = Actor.front_end(shop_id)
    [row] = complaint_list_for(front_end).filter(pk=complaint_id)
    [body] = complaints_as_json(front_end, [row])
    return body | {"replies": _replies(complaint_id)}


def _replies(complaint_id: int) -> list[dict[str, Any]]:
    rows = ComplaintReply.objects.filter(complaint=complaint_id).order_by("id")
    return [{"at": moment(row.created_at), "author": row.author_name, "text": row.text} for row in rows]


def _history(complaint: Complaint) -> list[LogEntry]:
    return list(LogEntry.objects.filter(subject_type="complaint", subject_id=complaint.pk).order_by("version"))


def _steps(complaint: Complaint) -> list[dict[str, Any]]:
    """Say how far it has come; one that was withdrawn before a reply has none."""
    ways: list[tuple[str, datetime | None, bool]] = [
        (_("Recorded"), complaint.created_at, True),
        (str(S.ANSWERED.label), complaint.answered_at, complaint.answered_at is not None),
        (str(S.CLOSED.label), complaint.closed_at, complaint.closed_at is not None),
    ]
    if complaint.result:
        ways[2] = (str(Result(complaint.result).label), complaint.closed_at, True)
        ways = [way for way in ways if way[2]]
    first = next((index for index, way in enumerate(ways) if not way[2]), len(ways))
    return [
        {"label": label, "at": at, "state": "done" if index < first else "now" if index == first else "todo"}
        for index, (label, at, _done) in enumerate(ways)
    ]


def _as_json(values: Mapping[str, Any], said: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    body: dict[str, Any] = {name: values[name] for name in _PLAIN}
    body |= {name: values[name] or None for name in _EMPTY}
    body |= {f"{name}_label": words[values[name]] for name, words in said.items()}
    body |= {"settlement_fen": values["settlement_fen"], "order_no": values["order_no"], "shop": values["shop_code"]}
    return body | {name: moment(values[name]) for name in _MOMENTS}

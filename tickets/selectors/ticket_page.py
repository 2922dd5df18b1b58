"""Everything that the page of one ticket shows: what comes next, one timeline of all that was said and done (TKT)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from aftersales.core import masking
from aftersales.core.auth import Actor
from aftersales.core.machine import Machine
from aftersales.core.models import LogEntry
from aftersales.core.transitions import allowed_actions
from complaints.models import Complaint
from complaints.states import COMPLAINT
from invoices.models import Invoice
from invoices.states import INVOICE
from logistics.models import Carrier, Claim, Parcel
from logistics.states import PARCEL, Direction
from logistics.states.claim import CLAIM
from refunds.models import Message, Payout, Refund
from refunds.states import PAYOUT, REFUND
from tickets.models import Task, Ticket, TicketNote
from tickets.models.tickets import LINKED
from tickets.states import OUTSIDERS, TICKET, WORKERS, WaitingFor

from .assigning import BY_ITSELF, assigned_words
from .sentences import sentence
from .ticket_rows import tickets_of_order
from .ticket_things import MODELS
from .tickets import late_now, step_words, ticket_get_for

MOST = 200
DESK_ROLES = frozenset({"agent", "supervisor"})
PAYOUT_READERS = DESK_ROLES | {"finance"}
_SAID = {
    "open": pgettext_lazy("ticket", "opened the ticket"),
    "plan": pgettext_lazy("ticket", "planned the next step"),
    "wait": pgettext_lazy("ticket", "waits for somebody"),
    "take_up": pgettext_lazy("ticket", "took it up again"),
    "come_back": pgettext_lazy("ticket", "Waited for in vain: it is to be followed up"),
    "assign": pgettext_lazy("ticket", "gave it to another owner"),
    "mark_late": pgettext_lazy("ticket", "The next step was not taken in time"),
    "resolve": pgettext_lazy("ticket", "solved it"),
    "reopen": pgettext_lazy("ticket", "reopened it"),
    "close": pgettext_lazy("ticket", "closed it"),
    "merge": pgettext_lazy("ticket", "merged it into another ticket"),
    "take_in": pgettext_lazy("ticket", "took a double in"),
}
NO_OTHER = gettext_lazy("This order has no other open ticket.")
_FORMS = {
    TicketNote.Form.NOTE: gettext_lazy("noted"),
    TicketNote.Form.PHONE: gettext_lazy("called the buyer"),
    TicketNote.Form.CHAT: gettext_lazy("chatted with the buyer"),
    TicketNote.Form.REPLY: gettext_lazy("answered the buyer"),
}
_MACHINES: dict[str, Machine] = {
    "refund": REFUND,
    "parcel": PARCEL,
    "payout": PAYOUT,
    "claim": CLAIM,
    "invoice": INVOICE,
    "complaint": COMPLAINT,
}
THING_WORDS: dict[str, Any] = {
    "parcel": gettext_lazy("Parcel"),
    "payout": gettext_lazy("Payout"),
    "claim": gettext_lazy("Courier claim"),
    "invoice": gettext_lazy("Invoice"),
    "complaint": gettext_lazy("Complaint"),
}
_PAGES: dict[str, tuple[str, frozenset[str]]] = {
    "payout": ("refunds:payout", PAYOUT_READERS),
    "claim": ("logistics:claim", WORKERS),
    "invoice": ("invoices:invoice", PAYOUT_READERS),
    "complaint": ("complaints:complaint", DESK_ROLES),
}
"""The page of a thing, and who may open it; who may not sees number and state."""
Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Things:
    """What a ticket is about beside its order, by key."""

    refunds: dict[int, Refund]
    parcels: dict[int, Parcel]
    payouts: dict[int, Payout]
    claims: dict[int, Claim]
    invoices: dict[int, Invoice]
    complaints: dict[int, Complaint]
    carriers: dict[int, str]
    """Names of the parcels' carriers, by the parcels' keys."""


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket with all that belongs to it, ready to be shown."""

    ticket: Ticket
    step: str
    late: bool
    against_shop: bool
    things: list[dict[str, Any]]
    promises: list[Task]
    doubles: list[Ticket]
    others: list[dict[str, Any]]
    """What else is open for the order, as rows of a list."""
    timeline: list[Entry]
    actions: list[dict[str, Any]]


def ticket_page(actor: Actor, ticket_no: str) -> TicketPage:
    """Collect the page of a ticket, in at most eight statements. Raises: Forbidden, NotFound."""
    ticket = ticket_get_for(actor, ticket_no)
    things = _things(ticket)
    others = [row for row in tickets_of_order(ticket.order) if row["ticket"].pk != ticket.pk]
    tasks = list(Task.objects.filter(ticket=ticket).order_by("due_at", "id")[:MOST])
    return TicketPage(
        ticket=ticket,
        step=step_words(ticket),
        late=late_now(ticket),
        against_shop=ticket.waiting_for not in OUTSIDERS,
        things=_shown(things, actor),
        promises=[task for task in tasks if task.done_at is None],
        doubles=list(ticket.doubles.order_by("id")[:MOST]),
        others=others,
        timeline=_timeline(ticket, things, tasks),
        actions=_actions(ticket, actor, bool(others)),
    )


def _actions(ticket: Ticket, actor: Actor, has_other: bool) -> list[dict[str, Any]]:
    """Give what the machine allows this person, and what only a colleague or a supervisor may do, with the reason.

    The ticket of a request is given away by giving the request, which only the desk does.
    """
    listed = []
    for one in allowed_actions(TICKET, ticket, actor):
        led = one["action"] == "assign" and ticket.refund_id is not None
        if not (one["allowed"] or one.get("rule") == "TKT-1") or (led and actor.role not in DESK_ROLES):
            continue
        alone = one["action"] == "merge" and not has_other
        listed.append(one | {"allowed": False, "why_not": str(NO_OTHER)} if alone else one)
    return listed


def _things(ticket: Ticket) -> Things:
    names = Carrier.objects.filter(code__iexact=OuterRef("parcel__carrier")).values("name")[:1]
    rows = ticket.links.select_related(*LINKED).annotate(carrier_name=Subquery(names))
    links = list(rows.order_by("id")[:MOST])
    found: dict[str, dict[int, Any]] = {
        name: {getattr(link, f"{name}_id"): getattr(link, name) for link in links if getattr(link, f"{name}_id")}
        for name in LINKED
    }
    if ticket.refund is not None:
        found["refund"] = {ticket.refund.pk: ticket.refund} | found["refund"]
    carriers = {link.parcel.pk: link.carrier_name or "" for link in links if link.parcel is not None}
    return Things(carriers=carriers, **{f"{name}s": found[name] for name in LINKED})


def _shown(things: Things, actor: Actor) -> list[dict[str, Any]]:
    rows = [
        {
            "what": refund.get_kind_display(),
            "number": refund.refund_no,
            "url": reverse("tickets:request_detail", args=[refund.refund_no]),
            "state": refund.get_status_display(),
            "amount_fen": refund.amount_fen,
        }
        for refund in things.refunds.values()
    ]
    rows += [
        {
            "what": _("Parcel"),
            "number": f"{things.carriers[parcel.pk] or parcel.carrier} {parcel.tracking_no}".strip(),
            "url": "",
            "state": parcel.get_status_display(),
            "amount_fen": None,
            "claim": urlencode({"parcel": parcel.tracking_no}) if _claimable(parcel, actor) else "",
        }
        for parcel in things.parcels.values()
    ]
    for name, (address, readers) in _PAGES.items():
        for thing in getattr(things, f"{name}s").values():
            number = getattr(thing, MODELS[name][1])
            rows.append(
                {
                    "what": thing.get_purpose_display() if name == "payout" else THING_WORDS[name],
                    "number": number,
                    "url": reverse(address, args=[number]) if actor.role in readers else "",
                    "state": thing.get_status_display(),
                    "amount_fen": getattr(thing, "amount_fen", None),
                }
            )
    return rows


def _claimable(parcel: Parcel, actor: Actor) -> bool:
    """Whether he may draft a claim for it: one that a carrier has from the shop (CLM-1)."""
    sent = parcel.direction == Direction.OUT and parcel.superseded_at is None
    return sent and bool(parcel.carrier and parcel.tracking_no) and actor.role in CLAIM.roles_of["draft"]


# The timeline ---------------------------------------------------------------------------------------------------------


def _timeline(ticket: Ticket, things: Things, tasks: Iterable[Task]) -> list[Entry]:
    entries = [*_steps(ticket, things), *_notes(ticket), *_promises(tasks), *_written(ticket, things)]
    return sorted(entries, key=lambda entry: (entry["at"], entry["place"]), reverse=True)


def _entry(at: Any, who: str, text: Any, note: str, kind: str, place: int) -> Entry:
    return {"at": at, "who": who, "text": str(text), "note": note, "kind": kind, "place": place}


def _steps(ticket: Ticket, things: Things) -> Iterable[Entry]:
    """Give the steps of the ticket and of all that it is about, from the log; one statement."""
    wanted = Q(subject_type="ticket", subject_id=ticket.pk)
    for name in LINKED:
        if linked := getattr(things, f"{name}s"):
            wanted |= Q(subject_type=name, subject_id__in=list(linked))
    found: Iterable[Any] = LogEntry.objects.filter(wanted).order_by("-id").values()[:MOST]
    rows: list[dict[str, Any]] = list(found)
    for row in rows:
        text, note = _of_ticket(row) if row["subject_type"] == "ticket" else _of_thing(row, rows, things)
        if text:
            kind = "person" if row["actor_kind"] == "staff" else str(row["actor_kind"])
            yield _entry(row["at"], _who(row, ticket), text, note, kind, 0)


def _who(row: dict[str, Any], ticket: Ticket) -> str:
    if row["actor_name"] == "system: timeout":
        return _("The clock")
    if row["actor_kind"] == "buyer":
        return _("Buyer %(name)s") % {"name": masking.mask_name(ticket.order.buyer.nick)}
    return _("System") if row["actor_kind"] == "system" else str(row["actor_name"])


def _of_ticket(row: dict[str, Any]) -> tuple[str, str]:
    """Say a step of the ticket; those that only copy what its request did are said by the request."""
    changes, action = row["changes"], row["action"]
    if action == "follow":
        return "", ""
    text = str(_SAID.get(action, action))
    if action == "assign" and row["actor_name"] == BY_ITSELF:
        return assigned_words(row["note"])
    if action == "wait":
        who = dict(WaitingFor.choices).get(changes.get("waiting_for", ""), "")
        text = pgettext("ticket", "waits for: %(who)s") % {"who": who} if who else text
    planned = changes.get("next_step", "") if action in ("open", "plan", "wait", "take_up", "reopen") else ""
    planned = str(REFUND.labels.get(planned, planned))  # that of a request's ticket is the request's status
    said = row["note"] if action != "open" else ""
    return text, "\n".join(filter(None, [_("Next: %(step)s") % {"step": planned} if planned else "", said]))


def _of_thing(row: dict[str, Any], rows: list[dict[str, Any]], things: Things) -> tuple[str, str]:
    """Say a step of something that the ticket is about: of a request in its words, else the state that it came to."""
    name, key = row["subject_type"], row["subject_id"]
    if name == "refund":
        refund = things.refunds[key]
        mine = [one for one in rows if one["subject_type"] == name and one["subject_id"] == key]
        text = sentence(row, mine, refund=refund)
        return (f"{text} · {refund.refund_no}", "") if text else ("", "")
    if row["from_status"] == row["to_status"]:
        return "", ""
    machine = _MACHINES[name]
    what, number = THING_WORDS[name], getattr(getattr(things, f"{name}s")[key], MODELS[name][1])
    state = machine.labels.get(row["to_status"], row["to_status"])
    return f"{what} {number}: {state}", ""


def _notes(ticket: Ticket) -> Iterable[Entry]:
    for note in ticket.notes.select_related("to_user").order_by("-id")[:MOST]:
        if note.form == TicketNote.Form.HAND_OVER:
            text = pgettext("ticket", "handed it over to %(who)s") % {"who": note.to_user}
        else:
            text = str(_FORMS[TicketNote.Form(note.form)])
        if not note.reached:
            text = _("%(what)s: not reached") % {"what": text}
        yield _entry(note.created_at, note.author_name, text, note.text, "person", 1)


def _promises(tasks: Iterable[Task]) -> Iterable[Entry]:
    for task in tasks:
        by = date_format(localtime(task.due_at), "m-d H:i")
        yield _entry(
            task.created_at, "", _("Promised to the buyer, by %(when)s") % {"when": by}, task.detail, "person", 2
        )
        if task.done_at is not None:
            yield _entry(task.done_at, task.done_by, _("kept the promise"), task.detail, "person", 3)


def _written(ticket: Ticket, things: Things) -> Iterable[Entry]:
    """Give what the buyer wrote on the requests; our own answers are notes already. One statement, none without one."""
    if not things.refunds:
        return
    rows = Message.objects.filter(refund__in=list(things.refunds), side=Message.Side.BUYER).exclude(text="")
    who = _("Buyer %(name)s") % {"name": masking.mask_name(ticket.order.buyer.nick)}
    for message in rows.order_by("-id")[:MOST]:
        yield _entry(message.created_at, who, pgettext("ticket", "wrote"), message.text, "buyer", 1)

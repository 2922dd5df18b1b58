"""The state machine of a service sheet: the call, the visit or the test, the quotation, the paper that comes back.

Whether the work is charged is a question beside its states: it is settled before the engineer is sent, or in an
emergency on the way (SVC-2, SVC-4).
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.machine import (
    AGENT,
    BUYER,
    SUPERVISOR,
    SYSTEM,
    WAREHOUSE,
    Condition,
    DeadlineRule,
    Edge,
    Machine,
    WhyNot,
)


class SheetStatus(models.TextChoices):
    """Where a service sheet stands."""

    REPORTED = "reported", pgettext_lazy("service", "Reported")
    ASSIGNED = "assigned", pgettext_lazy("service", "Engineer assigned")
    ON_THE_WAY = "on_the_way", pgettext_lazy("service", "On the way")
    QUOTED = "quoted", pgettext_lazy("service", "Quoted")
    ACCEPTED = "accepted", pgettext_lazy("service", "Quotation accepted")
    REPAIRED = "repaired", pgettext_lazy("service", "Repaired, to be paid")
    PAID = "paid", pgettext_lazy("service", "Paid")
    AWAITED = "awaited", pgettext_lazy("service", "Goods expected")
    TESTING = "testing", pgettext_lazy("service", "Being tested")
    FOUND = "found", pgettext_lazy("service", "Tested")
    DONE = "done", pgettext_lazy("service", "Done, sheet outstanding")
    ARCHIVED = "archived", pgettext_lazy("service", "Archived")
    CANCELLED = "cancelled", pgettext_lazy("service", "Cancelled")


class SaleType(models.TextChoices):
    """How the goods were sold, which decides where the warranty starts (SVC-1)."""

    CONSUMER = "consumer", pgettext_lazy("service", "Consumer")
    GOVERNMENT = "government", pgettext_lazy("service", "Government procurement")


class Way(models.TextChoices):
    """How a fault is dealt with."""

    VISIT = "visit", pgettext_lazy("service", "On site")
    SENT_IN = "sent_in", pgettext_lazy("service", "Goods sent in")


class Charge(models.TextChoices):
    """Whether the work is charged (SVC-2)."""

    WARRANTY = "warranty", pgettext_lazy("service", "In warranty")
    OPEN = "open", pgettext_lazy("service", "To be decided")
    ASKED = "asked", pgettext_lazy("service", "Free of charge? To approve")
    FREE = "free", pgettext_lazy("service", "Free of charge, approved")
    PAID = "paid", pgettext_lazy("service", "Charged")


class Finding(models.TextChoices):
    """What the test of goods that were sent in found (WAR-2)."""

    CONFIRMED = "confirmed", pgettext_lazy("service", "Fault confirmed")
    NO_FAULT = "no_fault", pgettext_lazy("service", "No fault")
    USER_CAUSED = "user_caused", pgettext_lazy("service", "Caused by the user")


class Result(models.TextChoices):
    """What became of it."""

    REPAIRED = "repaired", pgettext_lazy("service", "Repaired")
    BY_PHONE = "by_phone", pgettext_lazy("service", "Solved by phone")
    DECLINED = "declined", pgettext_lazy("service", "Quotation declined")
    SENT_BACK = "sent_back", pgettext_lazy("service", "Sent back")


class How(models.TextChoices):
    """How the buyer said that he accepts something."""

    PHONE = "phone", pgettext_lazy("service", "By phone")
    CHAT = "chat", pgettext_lazy("service", "In the chat")
    PAPER = "paper", pgettext_lazy("service", "Signed on paper")
    ONLINE = "online", pgettext_lazy("service", "In the shop")


class PaidBy(models.TextChoices):
    """How the buyer paid for a repair."""

    CASH = "cash", pgettext_lazy("service", "Cash")
    ALIPAY = "alipay", pgettext_lazy("service", "Alipay")
    WECHAT = "wechat", pgettext_lazy("service", "WeChat Pay")
    TRANSFER = "transfer", pgettext_lazy("service", "Bank transfer")


class QuoteKind(models.TextChoices):
    """What a line of a quotation is for."""

    PARTS = "parts", pgettext_lazy("service", "Parts")
    LABOUR = "labour", pgettext_lazy("service", "Labour")
    TRAVEL = "travel", pgettext_lazy("service", "Travel")


S = SheetStatus
DESK = frozenset({AGENT, SUPERVISOR})
SUPERVISORS = frozenset({SUPERVISOR})
FIELD = DESK | {WAREHOUSE}
"""Who works: the engineer is one of the desk or the warehouse to whom a sheet is assigned."""
CALLERS = DESK | {BUYER}
"""Who says for the buyer what he wants: the desk that has him on the phone, and the shop's front-end."""
READERS = FIELD | {BUYER}
CLOCK = frozenset({SYSTEM})
WAITING = (S.REPORTED, S.ASSIGNED)
"""Where the buyer waits for somebody to come."""
UNDECIDED = (S.REPORTED, S.ASSIGNED, S.ON_THE_WAY)
"""Where it may still be decided whether the work is charged."""
STANDING = tuple(state for state in S if state not in (S.ARCHIVED, S.CANCELLED))
SETTLED = (Charge.WARRANTY, Charge.FREE, Charge.PAID)

not_marked = Condition("not marked late yet", lambda sheet: not sheet.is_late)
for_visit = Condition("on site", lambda sheet: sheet.way == Way.VISIT)
sent_in = Condition("goods sent in", lambda sheet: sheet.way == Way.SENT_IN)
is_asked = Condition("free of charge is asked for", lambda sheet: sheet.charge == Charge.ASKED)
may_ask = Condition("out of warranty and not free", lambda sheet: sheet.charge not in (Charge.WARRANTY, Charge.FREE))
not_charged = Condition("not charged yet", lambda sheet: sheet.charge != Charge.PAID)
is_incomplete = Condition("its paper is to be made up", lambda sheet: sheet.is_incomplete)


def is_visit(sheet: Any, actor: Any) -> WhyNot | None:
    """An engineer is sent to goods that stay with the buyer."""
    return None if for_visit(sheet) else WhyNot("WAR-2", _("These goods are sent in for testing."))


def is_sent_in(sheet: Any, actor: Any) -> WhyNot | None:
    """Only goods that are sent in are tested."""
    return None if sent_in(sheet) else WhyNot("WAR-2", _("These goods are looked at on site."))


def is_settled(sheet: Any, actor: Any) -> WhyNot | None:
    """Whether it is charged is settled before somebody goes, unless it is an emergency (SVC-2, SVC-4)."""
    if sheet.charge in SETTLED or sheet.is_emergency:
        return None
    return WhyNot("SVC-2", _("Out of warranty: a supervisor first decides whether it is free of charge or paid."))


def is_free(sheet: Any, actor: Any) -> WhyNot | None:
    """What is charged is quoted and accepted before it is repaired (SVC-2)."""
    if sheet.charge in (Charge.WARRANTY, Charge.FREE):
        return None
    if sheet.charge == Charge.PAID:
        return WhyNot("SVC-2", _("This work is charged: quote it first, and repair once the buyer accepts."))
    return WhyNot("SVC-2", _("A supervisor first decides whether it is free of charge or paid."))


def is_charged(sheet: Any, actor: Any) -> WhyNot | None:
    """What is free of charge is not quoted."""
    if sheet.charge == Charge.PAID:
        return None
    return WhyNot("SVC-2", _("Only work that is charged is quoted."))


def is_mine(sheet: Any, actor: Any) -> WhyNot | None:
    """The warehouse works on the sheets that are assigned to it; the desk may help out anywhere."""
    if actor.role != WAREHOUSE or actor.user_id == sheet.engineer_id:
        return None
    return WhyNot("SVC-2", _("This sheet is assigned to another engineer."))


def free_is_asked(sheet: Any, actor: Any) -> WhyNot | None:
    """Only what somebody asked for is approved."""
    if sheet.charge == Charge.ASKED:
        return None
    return WhyNot("SVC-2", _("Nobody asks to do this free of charge."))


def free_not_asked(sheet: Any, actor: Any) -> WhyNot | None:
    """One question at a time."""
    if sheet.charge in (Charge.OPEN, Charge.PAID):
        return None
    return WhyNot("SVC-2", _("It is free of charge, or somebody asked already."))


def four_eyes(sheet: Any, actor: Any) -> WhyNot | None:
    """Whoever asks for work free of charge never approves it himself (SVC-2)."""
    if actor.user_id is not None and actor.user_id != sheet.free_asked_by_id:
        return None
    return WhyNot("SVC-2", _("You asked for it yourself; another supervisor has to approve it."))


def not_yet_charged(sheet: Any, actor: Any) -> WhyNot | None:
    """It is said once that the buyer pays."""
    return None if not_charged(sheet) else WhyNot("SVC-2", _("It is charged already."))


def terms_accepted(sheet: Any, actor: Any) -> WhyNot | None:
    """Goods are expected once the buyer accepted the terms of testing (WAR-2)."""
    if sheet.terms_version:
        return None
    return WhyNot("WAR-2", _("The buyer first accepts the terms of testing."))


def is_complete(sheet: Any, actor: Any) -> WhyNot | None:
    """A sheet is archived whole: what an emergency left out is made up first (SVC-4)."""
    if not sheet.is_incomplete:
        return None
    return WhyNot("SVC-4", _("The sheet is incomplete: make it up before it is archived."))


def lacks_something(sheet: Any, actor: Any) -> WhyNot | None:
    """Only what is missing is made up."""
    return None if sheet.is_incomplete else WhyNot("SVC-4", _("The sheet is complete."))


def _from(states: Any, action: str, who: frozenset[str], event: str, target: Any = None, **more: Any) -> list[Edge]:
    """Give an edge from each of the states, to `target` or back to the same."""
    return [Edge(action, state, target or state, who, event, **more) for state in states]


SERVICE = Machine(
    name="service",
    labels={state.value: state.label for state in S},
    edges=(
        Edge("file", "", S.REPORTED, CALLERS, "service.filed"),
        *_from(UNDECIDED, "ask_free", DESK, "service.free_asked", guards=(free_not_asked,)),
        *_from(UNDECIDED, "approve_free", SUPERVISORS, "service.free_approved", guards=(free_is_asked, four_eyes)),
        *_from(UNDECIDED, "bill", SUPERVISORS, "service.charged", guards=(not_yet_charged,)),
        *_from(WAITING, "call", DESK, "service.called", restarts=True, guards=(is_visit,)),
        *_from(WAITING, "assign", DESK, "service.assigned", S.ASSIGNED, guards=(is_visit, is_settled)),
        *_from(WAITING, "solve", DESK, "service.solved", S.ARCHIVED),
        *_from(WAITING, "cancel", CALLERS, "service.cancelled", S.CANCELLED),
        Edge("cancel", S.AWAITED, S.CANCELLED, CALLERS, "service.cancelled"),
        Edge("set_out", S.ASSIGNED, S.ON_THE_WAY, FIELD, "service.on_the_way", guards=(is_mine,)),
        Edge("repair", S.ON_THE_WAY, S.DONE, FIELD, "service.done", guards=(is_mine, is_free)),
        *_from((S.ON_THE_WAY, S.QUOTED), "quote", FIELD, "service.quoted", S.QUOTED, guards=(is_mine, is_charged)),
        Edge("accept", S.QUOTED, S.ACCEPTED, FIELD | {BUYER}, "service.accepted", guards=(is_mine,)),
        Edge("decline", S.QUOTED, S.DONE, FIELD | {BUYER}, "service.declined", guards=(is_mine,)),
        Edge("repair", S.ACCEPTED, S.REPAIRED, FIELD, "service.repaired", guards=(is_mine,)),
        Edge("pay", S.REPAIRED, S.PAID, FIELD, "service.paid", guards=(is_mine,)),
        Edge("finish", S.PAID, S.DONE, FIELD, "service.done", guards=(is_mine,)),
        Edge("accept_terms", S.REPORTED, S.REPORTED, CALLERS, "service.terms_accepted", guards=(is_sent_in,)),
        Edge("expect", S.REPORTED, S.AWAITED, DESK, "service.goods_expected", guards=(is_sent_in, terms_accepted)),
        Edge("receive", S.AWAITED, S.TESTING, FIELD, "service.goods_came"),
        Edge("find", S.TESTING, S.FOUND, FIELD, "service.found"),
        Edge("send_back", S.FOUND, S.DONE, FIELD, "service.done"),
        *_from(STANDING, "make_up", FIELD, "service.made_up", guards=(lacks_something,)),
        Edge("archive", S.DONE, S.ARCHIVED, DESK, "service.archived", guards=(is_complete,)),
        *_from(WAITING, "mark_late", CLOCK, "service.late"),
    ),
    terminal=frozenset({S.ARCHIVED, S.CANCELLED}),
    tracked=(
        "status",
        "charge",
        "charge_reason",
        "free_asked_by_id",
        "free_approved_by_id",
        "engineer_id",
        "visit_at",
        "respond_due_at",
        "called_at",
        "responded_at",
        "is_late",
        "is_incomplete",
        "diagnosis",
        "work",
        "result",
        "quoted_fen",
        "accepted_by",
        "accepted_how",
        "accepted_at",
        "paid_fen",
        "paid_by",
        "paid_at",
        "invoice_wanted",
        "terms_version",
        "finding",
        "received_at",
        "sent_back_at",
        "freight_in_fen",
        "freight_out_fen",
        "done_at",
        "closed_at",
    ),
    title=_("Service sheet"),
    internal=frozenset({"mark_late"}),
    only_for={
        "approve_free": is_asked,
        "ask_free": may_ask,
        "bill": not_charged,
        "make_up": is_incomplete,
        "call": for_visit,
        "assign": for_visit,
        "set_out": for_visit,
        "repair": for_visit,
        "quote": for_visit,
        "accept": for_visit,
        "decline": for_visit,
        "pay": for_visit,
        "finish": for_visit,
        "accept_terms": sent_in,
        "expect": sent_in,
        "receive": sent_in,
        "find": sent_in,
        "send_back": sent_in,
    },
    actions={
        "file": pgettext_lazy("service", "Report a fault"),
        "ask_free": pgettext_lazy("service", "Ask: free of charge"),
        "approve_free": pgettext_lazy("service", "Approve: free of charge"),
        "bill": pgettext_lazy("service", "The buyer pays"),
        "call": pgettext_lazy("service", "Buyer called beforehand"),
        "assign": pgettext_lazy("service", "Assign an engineer"),
        "solve": pgettext_lazy("service", "Solved by phone"),
        "cancel": pgettext_lazy("service", "Cancel"),
        "set_out": pgettext_lazy("service", "On the way"),
        "repair": pgettext_lazy("service", "Repaired"),
        "quote": pgettext_lazy("service", "Quote"),
        "accept": pgettext_lazy("service", "Buyer accepts"),
        "decline": pgettext_lazy("service", "Buyer declines"),
        "pay": pgettext_lazy("service", "Record the payment"),
        "finish": pgettext_lazy("service", "Finish"),
        "accept_terms": pgettext_lazy("service", "Terms of testing accepted"),
        "expect": pgettext_lazy("service", "Ask for the goods"),
        "receive": pgettext_lazy("service", "Goods came"),
        "find": pgettext_lazy("service", "Record the finding"),
        "send_back": pgettext_lazy("service", "Send back"),
        "make_up": pgettext_lazy("service", "Make up the sheet"),
        "archive": pgettext_lazy("service", "Sheet came back: archive"),
        "mark_late": _("Turns red"),
    },
    deadlines=tuple(
        DeadlineRule("SVC-3", state, "mark_late", "service.respond_within", not_marked, against_shop=True)
        for state in WAITING
    ),
)

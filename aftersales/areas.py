"""The console's areas: which role has which, and how much waits there. Called from the wiring, once."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core import navigation
from aftersales.core.auth import Actor
from aftersales.core.machine import AGENT, FINANCE, SUPERVISOR, WAREHOUSE
from aftersales.core.models import Role, User
from aftersales.core.navigation import Area, Key
from complaints.selectors import complaints_waiting
from feedback.selectors import feedback_waiting
from invoices.selectors import invoices_waiting
from logistics.selectors import attention, claim_rows, warehouse
from refunds.selectors import payment_rows, payout_rows, reconciliation
from service.selectors.rows import sheets_waiting
from surveys.selectors import surveys_waiting
from tickets.selectors import approvals, deadlines, disputes, notifications, queue, tasks, ticket_rows

GOODS, ADMIN = Role.GOODS.value, Role.ADMIN.value
MOST = 1000


def register() -> None:
    """Put every area on the rail and the top bar, name the search, and give pages their keys."""
    navigation.register(
        Area(
            "queue", _("Refunds"), "receipt-refund", "tickets:queue", _roles(AGENT, SUPERVISOR, GOODS), _to_decide, 10
        ),
        Area(
            "tickets",
            _("Tickets"),
            "ticket",
            "tickets:tickets",
            _roles(AGENT, SUPERVISOR, WAREHOUSE, FINANCE),
            _count(lambda actor: ticket_rows.tickets_waiting(actor)),
            15,
            for_admin=False,
        ),
        Area(
            "warehouse",
            _("Warehouse"),
            "building-warehouse",
            "logistics:warehouse",
            _roles(WAREHOUSE, SUPERVISOR),
            _count(lambda actor: warehouse.voids_waiting(actor)),
            20,
            for_admin=False,
        ),
        Area(
            "payments",
            _("Payments"),
            "coin-yuan",
            "refunds:payments",
            _roles(FINANCE, SUPERVISOR),
            _count(lambda actor: payment_rows.payment_rows(actor, "waiting")),
            30,
            for_admin=False,
        ),
        Area(
            "payouts",
            _("Payouts"),
            "repeat",
            "refunds:payouts",
            _roles(AGENT, FINANCE, SUPERVISOR),
            _count(lambda actor: payout_rows.payouts_waiting(actor)),
            35,
            for_admin=False,
        ),
        Area(
            "reconciliation",
            _("Reconcile"),
            "file-text",
            "refunds:reconciliation",
            _roles(FINANCE, SUPERVISOR),
            _count(lambda actor: reconciliation.differences(actor, "open")),
            37,
            for_admin=False,
        ),
        Area(
            "claims",
            _("Claims"),
            "truck-delivery",
            "logistics:claims",
            _roles(AGENT, WAREHOUSE, FINANCE, SUPERVISOR),
            _count(lambda actor: claim_rows.claims_waiting(actor)),
            38,
            for_admin=False,
        ),
        Area(
            "parcels",
            _("Parcels"),
            "package",
            "logistics:parcels",
            _roles(AGENT, WAREHOUSE, SUPERVISOR),
            _count(lambda actor: attention.attention_rows(actor)),
            36,
            for_admin=False,
        ),
        Area(
            "invoices",
            _("Invoices"),
            "file-text",
            "invoices:invoices",
            _roles(AGENT, FINANCE, SUPERVISOR),
            _count(invoices_waiting),
            39,
            for_admin=False,
        ),
        Area(
            "complaints",
            _("Complaints"),
            "flame",
            "complaints:complaints",
            _roles(AGENT, SUPERVISOR),
            _count(complaints_waiting),
            41,
            for_admin=False,
        ),
        Area(
            "feedback",
            _("Feedback"),
            "layers",
            "feedback:cases",
            _roles(AGENT, SUPERVISOR, GOODS),
            _count(feedback_waiting),
            43,
            for_admin=False,
        ),
        Area(
            "surveys",
            pgettext_lazy("area", "Call-backs"),
            "phone",
            "surveys:calls",
            _roles(AGENT, SUPERVISOR),
            _count(surveys_waiting),
            42,
            for_admin=False,
        ),
        Area(
            "service",
            pgettext_lazy("area", "Service"),
            "adjustments",
            "service:sheets",
            _roles(AGENT, WAREHOUSE, SUPERVISOR),
            _count(sheets_waiting),
            43,
            for_admin=False,
        ),
        Area(
            "disputes",
            _("Disputes"),
            "scale",
            "tickets:disputes",
            _roles(SUPERVISOR, AGENT),
            _count(lambda actor: disputes.disputes(actor, "open")),
            40,
        ),
        Area(
            "tasks",
            _("Tasks"),
            "list-check",
            "tickets:tasks",
            _roles(AGENT, WAREHOUSE, FINANCE, SUPERVISOR),
            _count(lambda actor: tasks.tasks_open(actor)),
            50,
        ),
        Area(
            "approvals",
            _("Approvals"),
            "circle-check",
            "tickets:approvals",
            _roles(FINANCE, SUPERVISOR),
            _to_approve,
            52,
            for_admin=False,
            hint=_("What waits for your yes"),
        ),
        Area("team", _("Team"), "users", "tickets:team", _roles(SUPERVISOR), order=55),
        Area("policies", _("Policies"), "adjustments", "tickets:policies", _roles(SUPERVISOR), order=60, footer=True),
        Area(
            "replies",
            _("Ready words"),
            "message-plus",
            "tickets:replies",
            _roles(AGENT, SUPERVISOR, WAREHOUSE, FINANCE),
            order=63,
            footer=True,
            for_admin=False,
        ),
        Area("playbook", _("Playbook"), "file-text", "tickets:playbook", _roles(SUPERVISOR), order=65, footer=True),
        Area(
            "carriers",
            _("Carriers"),
            "package",
            "logistics:carriers",
            _roles(AGENT, WAREHOUSE, SUPERVISOR),
            order=67,
            footer=True,
        ),
        Area("import", _("Import"), "upload", "orders:import", _roles(SUPERVISOR), order=70, footer=True),
        Area("webhooks", _("Webhooks"), "send", "core:webhooks", _roles(SUPERVISOR), order=75, footer=True),
        Area(
            "robots",
            _("Robots"),
            "robot",
            "tickets:robots",
            _roles(SUPERVISOR),
            order=77,
            footer=True,
            for_admin=False,
            hint=_("Robots of group chats"),
        ),
        Area(
            "operations", _("Operations"), "settings", "tickets:operations", _roles(SUPERVISOR), order=80, footer=True
        ),
    )
    navigation.register_signals(
        Area(
            "alarm",
            _("acting soon"),
            "clock",
            "tickets:deadlines",
            _roles(AGENT, SUPERVISOR),
            _count(lambda actor: deadlines.deadlines_soon(actor, "shop")),
            10,
            hint=_("Deadlines that act by themselves within 24 hours"),
        ),
        Area(
            "news",
            _("news"),
            "bell",
            "tickets:notifications",
            _roles(AGENT, SUPERVISOR),
            _count(notifications.notifications_unread),
            20,
            for_admin=False,
            hint=_("What buyers did on your requests, and what is about to happen by itself"),
        ),
    )
    navigation.register_quick(
        Area(
            "ticket-new",
            _("New ticket"),
            "message-plus",
            "tickets:ticket_open",
            _roles(AGENT, SUPERVISOR, WAREHOUSE, FINANCE),
            for_admin=False,
        ),
    )
    navigation.register_search("tickets:search")
    navigation.register_keys(
        Key("h", "global", "news", _("What you were told")),
        Key("b", "global", "ticket-new", _("New ticket")),
        Key("b", "order", "order-ticket", _("New ticket")),
        Key("t", "ticket", "ticket-take_up", _("Take up again")),
        Key("p", "ticket", "ticket-plan", _("Change the next step")),
        Key("w", "ticket", "ticket-wait", _("Hand on")),
        Key("o", "ticket", "ticket-assign", _("Hand over")),
        Key("s", "ticket", "ticket-resolve", pgettext_lazy("ticket", "Solve")),
        Key("r", "ticket", "ticket-reopen", _("Reopen")),
        Key("d", "ticket", "ticket-merge", _("Merge into another")),
        Key("x", "ticket", "ticket-close", pgettext_lazy("ticket", "Close")),
        Key("n", "ticket", "ticket-note", _("Add note")),
        Key("c", "ticket", "ticket-contact", _("Record a contact")),
        Key("m", "ticket", "ticket-reply", _("Reply to the buyer")),
        Key("v", "ticket", "ticket-promise", _("Promise to the buyer")),
        Key(",", "ticket", "ticket-macro", _("Run a macro")),
        Key("l", "ticket", "ticket-link", pgettext_lazy("ticket", "Link")),
        Key("j", "ticket", "case-next", _("Next case of the queue")),
        Key("k", "ticket", "case-previous", _("Previous case of the queue")),
        Key("u", "ticket", "back", _("Back to the list")),
        Key("s", "order", "order-ship", _("Ship")),
        Key("g", "order", "order-sign", pgettext_lazy("step", "Signed for")),
        Key("e", "order", "order-extend_receipt", _("Extend receipt")),
        Key("c", "order", "order-confirm_receipt", _("Confirm receipt")),
        Key("n", "order", "order-note", _("Add note")),
        Key("q", "order", "order-payout", _("Pay out")),
        Key("u", "order", "back", _("Back to the list")),
        Key("m", "order", "buyer-file", _("Buyer file")),
        Key("u", "buyer", "back", _("Order")),
        Key("a", "queue", "approve-picked", _("Approve the picked payouts")),
        Key("v", "queue", "void-picked", _("Answer the picked orders: voided")),
        Key("s", "queue", "shipped-picked", _("Answer the picked orders: already shipped")),
        Key("a", "payout", "payout-approve", _("Approve")),
        Key("r", "payout", "payout-reject", _("Reject")),
        Key("s", "payout", "payout-submit", _("Submit for approval")),
        Key("e", "payout", "payout-edit", _("Edit")),
        Key("p", "payout", "payout-correct_payee", _("Correct the payee")),
        Key("c", "payout", "payout-confirm", _("Confirm")),
        Key("f", "payout", "payout-fail", _("Failed")),
        Key("g", "payout", "payout-send_again", _("Send again")),
        Key("w", "payout", "payout-withdraw", pgettext_lazy("payout", "Withdraw")),
        Key("j", "payout", "case-next", _("Next case of the queue")),
        Key("k", "payout", "case-previous", _("Previous case of the queue")),
        Key("u", "payout", "back", _("Back to the list")),
        Key("l", "order", "order-claim", _("Claim from the carrier")),
        Key("p", "order", "order-complaint", pgettext_lazy("complaint", "Record a complaint")),
        Key("a", "complaint", "complaint-reply", pgettext_lazy("complaint", "Reply to the platform")),
        Key("y", "complaint", "complaint-confirm", pgettext_lazy("complaint", "Approve: malicious")),
        Key("n", "complaint", "complaint-refuse", pgettext_lazy("complaint", "Not malicious")),
        Key("t", "complaint", "complaint-settle", pgettext_lazy("complaint", "Settle")),
        Key("x", "complaint", "complaint-close", pgettext_lazy("complaint", "Close")),
        Key("s", "complaint", "complaint-escalate", pgettext_lazy("complaint", "Hand to the supervisor")),
        Key("m", "complaint", "complaint-accuse", pgettext_lazy("complaint", "Mark as malicious")),
        Key("e", "complaint", "complaint-postpone", pgettext_lazy("complaint", "Another time to reply")),
        Key("w", "complaint", "complaint-withdraw", pgettext_lazy("complaint", "Withdrawn by the buyer")),
        Key("t", "feedback", "feedback-take", pgettext_lazy("feedback", "Take on")),
        Key("a", "feedback", "feedback-answer", pgettext_lazy("feedback", "Answer")),
        Key("x", "feedback", "feedback-close", pgettext_lazy("feedback", "Close")),
        Key("o", "feedback", "feedback-reopen", pgettext_lazy("feedback", "Reopen")),
        Key("j", "feedback", "case-next", _("Next case of the queue")),
        Key("k", "feedback", "case-previous", _("Previous case of the queue")),
        Key("u", "feedback", "back", _("Back to the list")),
        Key("a", "survey", "survey-reach", pgettext_lazy("call", "Reached")),
        Key("m", "survey", "survey-miss", pgettext_lazy("call", "No answer")),
        Key("x", "survey", "survey-refuse", pgettext_lazy("call", "Does not want to")),
        Key("w", "survey", "survey-wrong_number", pgettext_lazy("call", "Wrong number")),
        Key("j", "survey", "case-next", _("Next case of the queue")),
        Key("k", "survey", "case-previous", _("Previous case of the queue")),
        Key("u", "survey", "back", _("Back to the list")),
        Key("j", "complaint", "case-next", _("Next case of the queue")),
        Key("k", "complaint", "case-previous", _("Previous case of the queue")),
        Key("u", "complaint", "back", _("Back to the list")),
        Key("a", "service", "service-assign", pgettext_lazy("service", "Assign an engineer")),
        Key("o", "service", "service-set_out", pgettext_lazy("service", "On the way")),
        Key("r", "service", "service-repair", pgettext_lazy("service", "Repaired")),
        Key("q", "service", "service-quote", pgettext_lazy("service", "Quote")),
        Key("y", "service", "service-accept", pgettext_lazy("service", "Buyer accepts")),
        Key("n", "service", "service-decline", pgettext_lazy("service", "Buyer declines")),
        Key("z", "service", "service-pay", pgettext_lazy("service", "Record the payment")),
        Key("f", "service", "service-finish", pgettext_lazy("service", "Finish")),
        Key("x", "service", "service-archive", pgettext_lazy("service", "Sheet came back: archive")),
        Key("t", "service", "service-accept_terms", pgettext_lazy("service", "Terms of testing accepted")),
        Key("e", "service", "service-expect", pgettext_lazy("service", "Ask for the goods")),
        Key("i", "service", "service-receive", pgettext_lazy("service", "Goods came")),
        Key("d", "service", "service-find", pgettext_lazy("service", "Record the finding")),
        Key("s", "service", "service-send_back", pgettext_lazy("service", "Send back")),
        Key("c", "service", "service-call", pgettext_lazy("service", "Buyer called beforehand")),
        Key("p", "service", "service-solve", pgettext_lazy("service", "Solved by phone")),
        Key("g", "service", "service-ask_free", pgettext_lazy("service", "Ask: free of charge")),
        Key("v", "service", "service-approve_free", pgettext_lazy("service", "Approve: free of charge")),
        Key("l", "service", "service-bill", pgettext_lazy("service", "The buyer pays")),
        Key("m", "service", "service-make_up", pgettext_lazy("service", "Make up the sheet")),
        Key("w", "service", "service-cancel", pgettext_lazy("service", "Cancel")),
        Key("j", "service", "case-next", _("Next case of the queue")),
        Key("k", "service", "case-previous", _("Previous case of the queue")),
        Key("u", "service", "back", _("Back to the list")),
        Key("i", "order", "order-invoice", pgettext_lazy("invoice", "Ask for an invoice")),
        Key("s", "warranty", "warranty-serial", pgettext_lazy("serial number", "Record")),
        Key("u", "warranty", "back", _("Back to the list")),
        Key("a", "invoice", "invoice-issue", pgettext_lazy("invoice", "Issue")),
        Key("t", "invoice", "invoice-tell", pgettext_lazy("invoice", "Tell the buyer")),
        Key("e", "invoice", "invoice-correct", pgettext_lazy("invoice", "Correct")),
        Key("r", "invoice", "invoice-send_back", pgettext_lazy("invoice", "Send back")),
        Key("x", "invoice", "invoice-reverse", pgettext_lazy("invoice", "Reverse")),
        Key("w", "invoice", "invoice-withdraw", pgettext_lazy("invoice", "Withdraw")),
        Key("j", "invoice", "case-next", _("Next case of the queue")),
        Key("k", "invoice", "case-previous", _("Previous case of the queue")),
        Key("u", "invoice", "back", _("Back to the list")),
        Key("t", "queue", "stamp-picked", _("Stamp the picked claims")),
        Key("a", "claim", "claim-stamp", pgettext_lazy("claim", "Stamp")),
        Key("o", "claim", "claim-hand_over", pgettext_lazy("claim", "Hand over")),
        Key("s", "claim", "claim-submit", pgettext_lazy("claim", "Submit to the carrier")),
        Key("y", "claim", "claim-accept", pgettext_lazy("claim", "Accepted")),
        Key("r", "claim", "claim-reject", pgettext_lazy("claim", "Rejected")),
        Key("g", "claim", "claim-appeal", pgettext_lazy("claim", "Submit again")),
        Key("c", "claim", "claim-record_payment", pgettext_lazy("claim", "Record the payment")),
        Key("e", "claim", "claim-edit", _("Edit")),
        Key("x", "claim", "claim-write_off", pgettext_lazy("claim", "Write off")),
        Key("w", "claim", "claim-withdraw", pgettext_lazy("claim", "Withdraw")),
        Key("p", "claim", "claim-slip", pgettext_lazy("claim", "Slip")),
        Key("j", "claim", "case-next", _("Next case of the queue")),
        Key("k", "claim", "case-previous", _("Previous case of the queue")),
        Key("u", "claim", "back", _("Back to the list")),
    )


def _roles(*roles: str) -> frozenset[str]:
    return frozenset(roles)


def _count(rows_of: Callable[[Actor], QuerySet[Any]]) -> navigation.Count:
    """Count what waits for a person, up to a thousand."""

    def count(user: User) -> int:
        return rows_of(Actor.for_user(user)).order_by().values("pk")[:MOST].count()

    return count


def _to_decide(user: User) -> int:
    return queue.queue_counts(Actor.for_user(user))["seller"]


def _to_approve(user: User) -> int:
    return approvals.waiting_count(Actor.for_user(user))

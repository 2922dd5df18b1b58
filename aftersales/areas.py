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
from aftersales.core.navigation import Area
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
    """Put every area on the rail and the top bar, and name the search."""
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
            "flag",
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
        Area(
            "reports",
            _("Figures"),
            "chart-bar",
            "reports:reports",
            _roles(SUPERVISOR, FINANCE, GOODS, ADMIN),
            order=54,
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

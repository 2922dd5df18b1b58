"""Lists that somebody works through: tasks, deadlines, disputes."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from aftersales.core import clock, errors, keyset, sweeps
from aftersales.core.auth import Actor
from aftersales.core.machine import AGENT, FINANCE, SUPERVISOR, WAREHOUSE
from aftersales.core.models import Deadline, Role
from aftersales.core.views.access import looking_actor, open_to
from aftersales.core.views.dialogs import Dialog
from tickets import services
from tickets.models import Task, TaskKind
from tickets.selectors import deadlines as deadline_selectors
from tickets.selectors import disputes as dispute_selectors
from tickets.selectors import sales_kept as kept_selectors
from tickets.selectors import served as served_selectors
from tickets.selectors import tasks as task_selectors
from tickets.selectors.request_page import colleagues

ADMIN = Role.ADMIN.value
WORKERS = (AGENT, WAREHOUSE, FINANCE, SUPERVISOR)
DESK = (AGENT, SUPERVISOR, ADMIN)
SUPERVISORS = (SUPERVISOR, ADMIN)
EARLIEST = date(2003, 1, 1)


def tabs_of(name: str, chosen: str, labels: dict[str, Any], counts: dict[str, int]) -> list[dict[str, Any]]:
    """Give the tabs of a page; those that are counted say up to a thousand."""
    return [
        {
            "key": key,
            "url": f"{reverse(name)}?tab={key}",
            "label": label,
            "count": counts.get(key),
            "capped": counts.get(key, 0) >= 1000,
            "active": key == chosen,
        }
        for key, label in labels.items()
    ]


def chosen_tab(request: HttpRequest, labels: Any) -> str:
    """Give the tab that the address names, else the first."""
    asked = request.GET.get("tab", "")
    return asked if asked in labels else str(next(iter(labels)))


# Tasks ----------------------------------------------------------------------------------------------------------------


@require_safe
@open_to(*WORKERS, ADMIN)
def tasks(request: HttpRequest) -> HttpResponse:
    """Show what this role must do, by its time; supervisors see every role's."""
    actor = looking_actor(request)
    labels = {"open": _("To do"), "done": pgettext("tab", "Done")}
    if actor.role in DESK:
        labels["served"] = _("Served by an exchange")
    if actor.role in SUPERVISORS:
        labels["kept"] = _("Sales kept")
    tab = chosen_tab(request, labels)
    if tab == "served":
        return _served(request, actor, labels)
    if tab == "kept":
        return _kept(request, actor, labels)
    role = request.GET.get("role", "")
    role = role if role in task_selectors.roles_with_tasks() else ""
    open_rows = task_selectors.tasks_open(actor, role=role)
    rows = open_rows if tab == "open" else task_selectors.tasks_done(actor, role=role)
    order = task_selectors.ORDERING if tab == "open" else task_selectors.DONE_ORDERING
    page = keyset.page(task_selectors.with_request(rows), request.GET, order)
    everyone = actor.role in task_selectors.ALL_ROLES
    context = {
        "tab": tab,
        "tabs": tabs_of("tickets:tasks", tab, labels, {"open": task_selectors.counted(open_rows)}),
        "page": page,
        "everyone": everyone,
        "filters": [_role_filter(tab, role)] if everyone else [],
        "chips": [{"label": Role(role).label, "remove_url": f"?tab={tab}"}] if everyone and role else [],
        "clear_url": f"?tab={tab}",
        "may_act": actor.role in WORKERS,
    }
    return render(request, "tickets/tasks.html", context)


def _served(request: HttpRequest, actor: Actor, labels: dict[str, str]) -> HttpResponse:
    """Show the orders on which goods took the place of a refund, until the trade ends (EXC-6)."""
    rows = served_selectors.with_what_is_left(served_selectors.served(actor))
    page = keyset.page(rows, request.GET, served_selectors.ORDERING)
    context = {
        "tab": "served",
        "tabs": tabs_of(
            "tickets:tasks", "served", labels, {"open": task_selectors.counted(task_selectors.tasks_open(actor))}
        ),
        "page": page,
        "rows": served_selectors.served_rows(page.rows),
    }
    return render(request, "tickets/tasks_served.html", context)


def _kept(request: HttpRequest, actor: Actor, labels: dict[str, str]) -> HttpResponse:
    """Show how often each agent kept a sale in a month (DEC-5)."""
    month = asked_month(request.GET.get("month", ""))
    rows = kept_selectors.sales_kept(actor, month)
    context = {
        "tab": "kept",
        "tabs": tabs_of(
            "tickets:tasks", "kept", labels, {"open": task_selectors.counted(task_selectors.tasks_open(actor))}
        ),
        "month": f"{month:%Y-%m}",
        "rows": rows,
        "total": kept_selectors.together(rows),
    }
    return render(request, "tickets/tasks_kept.html", context)


def asked_month(text: str) -> date:
    """Give the month that was asked for, else this one of Shanghai."""
    this = clock.shanghai_day(clock.now()).replace(day=1)
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        return this
    return asked if EARLIEST <= asked <= this else this


def _role_filter(tab: str, role: str) -> dict[str, Any]:
    options = [
        {"value": one, "label": Role(one).label, "chosen": one == role} for one in task_selectors.roles_with_tasks()
    ]
    return {
        "name": "role",
        "label": _("Role"),
        "kind": "one",
        "on": bool(role),
        "options": options,
        "keep": [("tab", tab)],
    }


class TaskDone(Dialog):
    """Tick a task off."""

    roles: ClassVar[frozenset[str]] = frozenset(WORKERS)
    template_name = "tickets/task_done.html"
    form_class = forms.Form
    task: Task

    def load(self, **kwargs: Any) -> None:
        """Find the task among those of this role. Raises: NotFound."""
        self.task = task_selectors.task_get_for(self.actor, kwargs["pk"])

    def context(self) -> dict[str, Any]:
        """Give the task."""
        return {"task": self.task, "urgent": self.task.kind == TaskKind.CHASE_VOID}

    def draft_key(self) -> str:
        """Nothing is typed."""
        return ""

    def home(self) -> str:
        """Lead back to the list."""
        return reverse("tickets:tasks")

    def act(self, data: dict[str, Any]) -> str:
        """Tick it off."""
        services.task_done(task=self.task, actor=self.actor)
        return _("Done: %(what)s") % {"what": self.task.get_kind_display()}


# Deadlines ------------------------------------------------------------------------------------------------------------


@require_safe
@open_to(AGENT, SUPERVISOR, ADMIN)
def deadlines(request: HttpRequest) -> HttpResponse:
    """Show what acts by itself soon, against the shop first, and what could not act (TMO-16, TMO-17)."""
    actor = looking_actor(request)
    tab = chosen_tab(request, deadline_selectors.TABS)
    rows = deadline_selectors.deadlines_soon(actor, tab)
    page = keyset.page(rows, request.GET, deadline_selectors.ordering(tab))
    context = {
        "tab": tab,
        "tabs": tabs_of("tickets:deadlines", tab, deadline_selectors.TABS, deadline_selectors.deadline_counts(actor)),
        "page": page,
        "rows": deadline_selectors.deadline_rows(page.rows),
        "may_retry": actor.may(sweeps.RETRY_DEADLINE),
    }
    return render(request, "tickets/deadlines.html", context)


class DeadlineRetry(Dialog):
    """Let a failed deadline act again."""

    roles: ClassVar[frozenset[str]] = frozenset({SUPERVISOR})
    template_name = "tickets/deadline_retry.html"
    form_class = forms.Form
    deadline: Deadline

    def load(self, **kwargs: Any) -> None:
        """Find the deadline. Raises: NotFound."""
        deadline = self.actor.visible(Deadline.objects.all()).filter(pk=kwargs["pk"]).first()
        if deadline is None:
            raise errors.NotFound()
        self.deadline = deadline

    def context(self) -> dict[str, Any]:
        """Say what would happen."""
        [row] = deadline_selectors.deadline_rows([self.deadline])
        return {"row": row}

    def draft_key(self) -> str:
        """Nothing is typed."""
        return ""

    def home(self) -> str:
        """Lead back to the failed ones."""
        return f"{reverse('tickets:deadlines')}?tab=failed"

    def act(self, data: dict[str, Any]) -> str:
        """Let it run."""
        sweeps.deadline_retry(deadline=self.deadline, actor=self.actor)
        return _("It is tried again within seconds.")


# Disputes -------------------------------------------------------------------------------------------------------------


@require_safe
@open_to(AGENT, SUPERVISOR, ADMIN)
def disputes(request: HttpRequest) -> HttpResponse:
    """Show the requests in which the platform has stepped in, those that wait longest first (DIS-2)."""
    actor = looking_actor(request)
    labels = {"open": _("Undecided"), "ended": _("Ended")}
    tab = chosen_tab(request, labels)
    rows = dispute_selectors.disputes(actor, tab)
    page = keyset.page(dispute_selectors.with_request(rows), request.GET, dispute_selectors.ordering(tab))
    counts = {"open": dispute_selectors.counted(dispute_selectors.disputes(actor, "open"))}
    shown = dispute_selectors.dispute_rows(page.rows)
    context = {
        "tab": tab,
        "tabs": tabs_of("tickets:disputes", tab, labels, counts),
        "page": page,
        "rows": shown,
        "sum_fen": sum(row["refund"].amount_fen for row in shown),
        "colleagues": colleagues(actor.shop_ids)[:200] if actor.role == SUPERVISOR and tab == "open" else None,
    }
    return render(request, "tickets/disputes.html", context)

"""What the pages of the workbench share: who asks, how a fragment answers, how a problem is shown where it happened."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from aftersales.core import errors, pages
from aftersales.core.api.base import actor_of
from aftersales.core.auth import Actor
from aftersales.core.views.dialogs import stands_alone

View = Callable[..., HttpResponseBase]


class ConsoleRequest(HttpRequest):
    """A request of a page, for the eyes of the type checker."""

    htmx: HtmxDetails
    actor: Actor


def console_view(view: View) -> View:
    """Let signed-in staff in, and answer a problem as a page, or inside the dialog or page that asked by script."""

    @wraps(view)
    def asked(request: ConsoleRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            # A script cannot follow to the login page: it says so and keeps what was typed.
            return HttpResponse(status=401) if request.htmx else redirect_to_login(request.get_full_path())
        try:
            actor_of(request)
            return view(request, *args, **kwargs)
        except errors.Problem as problem:
            if request.htmx and problem.status < 500:
                return problem_fragment(request, problem)
            return pages.problem_page(request, problem)

    return cast(View, asked)


def problem_fragment(request: HttpRequest, problem: errors.Problem) -> HttpResponse:
    """Say in the dialog what did not work."""
    return render(request, "tickets/dialogs/problem.html", {"problem": problem}, status=problem.status)


def done(request: ConsoleRequest, refund_no: str, said: str, *, draft: str = "") -> HttpResponse:
    """Answer a success: close the dialog, say so and have the page refreshed; from a page of its own go back to it."""
    if not request.htmx or stands_alone(request):
        messages.success(request, said)
        home = reverse("tickets:request_detail", args=[refund_no])
        if not request.htmx:
            return redirect(home)
        answer, events = HttpResponse(status=204, headers={"HX-Redirect": home}), {}
    else:
        answer, events = HttpResponse(status=204), {"dialog:close": "", "toast": said, "case:changed": ""}
    if draft:
        events["draft:clear"] = draft
    answer["HX-Trigger"] = json.dumps(events)
    return answer


def refused(request: ConsoleRequest, refund_no: str, problem: errors.Problem) -> HttpResponse:
    """Answer a button without a dialog that was too late: say why, and show the present state."""
    if not request.htmx:
        messages.error(request, str(problem.detail))
        return redirect("tickets:request_detail", refund_no)
    said = {"text": str(problem.detail), "stay": True}
    headers = {"HX-Trigger": json.dumps({"toast": said, "case:changed": ""}), "HX-Reswap": "none"}
    return HttpResponse(status=problem.status, headers=headers)


def changed_notice(who_did_what: str, when: str, status: str, possible: bool) -> errors.Problem:
    """Say what happened meanwhile, what the state is now, and what to do with what was typed."""
    said = _("%(step)s (%(when)s). It is now: “%(status)s”.") % {"step": who_did_what, "when": when, "status": status}
    todo = (
        _("What you typed is still here: look again and confirm once more.")
        if possible
        else _("This is not possible any more. What you typed is still here, so that you can copy it.")
    )
    return errors.StaleVersion(f"{said} {todo}")

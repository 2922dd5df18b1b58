"""The queue of requests and the one search field."""

from functools import lru_cache
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aftersales.core.api.base import actor_of
from aftersales.core.auth import Actor
from aftersales.core.context_processors import SHOP_SESSION_KEY
from aftersales.core.errors import Conflict
from aftersales.core.machine import SUPERVISOR
from aftersales.core.models import Role, User
from aftersales.core.views.access import open_to
from refunds.models import Refund
from tickets import services
from tickets.forms.queue import wanted_from
from tickets.models import SavedView
from tickets.selectors import palette
from tickets.selectors import queue as selectors
from tickets.selectors import saved_views as views
from tickets.selectors import search as searching
from tickets.selectors.request_page import colleagues

from . import queue_filters as filtering
from .saved_views import choosable_columns, view_context, view_tab

HOME = {
    Role.WAREHOUSE: "logistics:warehouse",
    Role.FINANCE: "refunds:payments",
}


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Send everybody to where his work waits."""
    role = request.user.role if isinstance(request.user, User) else ""
    return redirect(HOME.get(Role(role), "tickets:queue"))


@require_GET
@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """Show one page of requests: tabs with counts, filters, the most urgent first."""
    actor = actor_of(request)
    shop_id = request.session.get(SHOP_SESSION_KEY)
    head = views.list_head(actor, "queue")
    choices = filtering.choices_of(head)
    shown = views.list_shown(actor, "queue", request.GET, filtering.allowed(choices), head.views)
    params = shown.params
    wanted = wanted_from(params, shop_id=shop_id)
    page = selectors.queue_page(actor, wanted, params)
    columns = choosable_columns(shown.columns)
    context = {
        "rows": selectors.rendered(page, columns),
        "heads": _heads(get_language() or "", *selectors.cell_order(columns)),
        "page": page,
        "tabs": _tabs(wanted, selectors.queue_counts(actor, shop_id), shown.view),
        "filters": filtering.filters(params, wanted, choices),
        "chips": filtering.chips(params, wanted, choices),
        "sort": filtering.sort(params, wanted),
        "clear_url": f"?tab={wanted.tab}",
        "filtered": wanted.filtered,
        **view_context(actor, "queue", shown, filtering.labels(choices)),
    }
    return render(request, "tickets/queue_list.html", context)


@require_GET
@login_required
def search(request: HttpRequest) -> HttpResponse:
    """Find requests and orders by any number, the end of a phone number or a nick; a sure hit is opened at once.

    With `in` it is the further hits in the texts of one kind, from `after` on.
    """
    actor = actor_of(request)
    asked = request.GET.get("q", "").strip()[:100]
    if source := request.GET.get("in", ""):
        found = searching.further(actor, asked, source, request.GET.get("after", ""))
    else:
        found = searching.search(actor, asked)
    sure = found.sure
    if sure is not None:
        return redirect(sure)
    return render(request, "tickets/search_list.html", {"search_query": asked, "found": found})


@require_GET
@login_required
def search_in_short(request: HttpRequest) -> JsonResponse:
    """Answer the command palette with the first lines of a search."""
    asked = request.GET.get("q", "").strip()[:100]
    return JsonResponse({"found": palette.found_in_short(actor_of(request), asked)})


@require_POST
@login_required
def take(request: HttpRequest) -> HttpResponse:
    """Take the picked requests on; those that a colleague has stay his, and it is said how many."""
    actor = actor_of(request)
    taken = refused = 0
    user = request.user if isinstance(request.user, User) else None
    for refund in _picked(request, actor):
        try:
            services.refund_assign(refund=refund, actor=actor, assignee=user)
            taken += 1
        except Conflict:
            refused += 1
    messages.success(request, ngettext("%(n)s request taken on.", "%(n)s requests taken on.", taken) % {"n": taken})
    if refused:
        said = ngettext("%(n)s belongs to a colleague.", "%(n)s belong to colleagues.", refused) % {"n": refused}
        messages.warning(request, said)
    return _back(request)


@require_POST
@open_to(SUPERVISOR)
def hand_over(request: HttpRequest) -> HttpResponse:
    """Give the picked requests to one colleague; those of shops that he does not see stay, and it is said how many."""
    actor = actor_of(request)
    chosen = request.POST.get("owner", "")
    owner = colleagues(actor.shop_ids).filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 19 else None
    if owner is None:
        messages.warning(request, _("Choose a colleague who works here; nothing was handed over."))
        return _back(request)
    picked, theirs = list(_picked(request, actor)), Actor.for_user(owner)
    given = [refund for refund in picked if theirs.sees(refund.shop_id)]
    for refund in given:
        services.refund_assign(refund=refund, actor=actor, assignee=owner)
    done = ngettext("%(n)s request handed to %(who)s.", "%(n)s requests handed to %(who)s.", len(given))
    messages.success(request, done % {"n": len(given), "who": owner})
    if left := len(picked) - len(given):
        said = ngettext("%(n)s is of a shop that he does not see.", "%(n)s are of shops that he does not see.", left)
        messages.warning(request, said % {"n": left})
    return _back(request)


def _picked(request: HttpRequest, actor: Actor) -> QuerySet[Refund]:
    return actor.visible(Refund.objects.filter(refund_no__in=request.POST.getlist("pick")[:200]))


def _back(request: HttpRequest) -> HttpResponse:
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "tickets:queue")


@lru_cache(maxsize=1000)
def _heads(_language: str, *columns: str) -> SafeString:
    """Give the heads of the columns as markup, once for each language and choice."""
    kinds = [(key, f"c-{key} num" if key == "money" else f"c-{key}") for key in columns]
    return format_html_join("", '<th class="{}">{}</th>', ((kind, _label(key)) for key, kind in kinds))


def _label(column: str) -> Any:
    return _("Refund no.") if column == "no" else selectors.COLUMNS[column]


def _tabs(wanted: selectors.Wanted, counts: dict[str, int], view: SavedView | None) -> list[dict[str, Any]]:
    tabs = [
        {
            "key": key,
            "url": f"{reverse('tickets:queue')}?tab={key}",
            "label": label,
            "count": counts[key],
            "capped": key == selectors.MINE and counts[key] >= selectors.COUNT_CAP,
            "active": view is None and key == wanted.tab,
        }
        for key, (label, _statuses) in selectors.TABS.items()
    ]
    return [*tabs, view_tab("queue", view)] if view is not None else tabs

"""The queue of requests and the one search field."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from aftersales.core import money
from aftersales.core.api.base import actor_of
from aftersales.core.auth import Actor
from aftersales.core.context_processors import SHOP_SESSION_KEY
from aftersales.core.errors import Conflict
from aftersales.core.machine import SUPERVISOR
from aftersales.core.models import Role, User
from aftersales.core.views.access import open_to
from refunds.models import Refund
from refunds.states import Kind, Reason
from refunds.states.words import LATER_KINDS
from tickets import services
from tickets.forms.queue import wanted_from
from tickets.selectors import queue as selectors
from tickets.selectors import search as searching
from tickets.selectors.request_page import colleagues

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
    wanted = wanted_from(request.GET, shop_id=shop_id)
    page = selectors.queue_page(actor, wanted, request.GET)
    filtered = bool(wanted.kind or wanted.reason or wanted.owner or wanted.disputed) or (
        wanted.least_fen is not None or wanted.most_fen is not None
    )
    context = {
        "rows": selectors.rendered(page),
        "page": page,
        "tabs": _tabs(wanted, selectors.queue_counts(actor, shop_id)),
        "filters": _filters(request.GET, wanted),
        "chips": _chips(request.GET, wanted),
        "sort": _sort(request.GET, wanted),
        "clear_url": f"?tab={wanted.tab}",
        "filtered": filtered,
    }
    return render(request, "tickets/queue_list.html", context)


@require_GET
@login_required
def search(request: HttpRequest) -> HttpResponse:
    """Find requests and orders by any number, the end of a phone number or a nick; a sure hit is opened at once."""
    actor = actor_of(request)
    asked = request.GET.get("q", "").strip()[:100]
    found = searching.search(actor, asked)
    sure = found.sure
    if sure is not None:
        return redirect(sure)
    return render(request, "tickets/search_list.html", {"search_query": asked, "found": found})


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


def _tabs(wanted: selectors.Wanted, counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "url": f"{reverse('tickets:queue')}?tab={key}",
            "label": label,
            "count": counts[key],
            "capped": key == selectors.MINE and counts[key] >= selectors.COUNT_CAP,
            "active": key == wanted.tab,
        }
        for key, (label, _statuses) in selectors.TABS.items()
    ]


def _without(params: QueryDict, *names: str) -> QueryDict:
    kept = params.copy()
    for name in ("after", "before", *names):
        kept.pop(name, None)
    return kept


def _keep(params: QueryDict, *names: str) -> list[tuple[str, str]]:
    kept = _without(params, *names)
    return [(name, value) for name in kept for value in kept.getlist(name)]


def _filters(params: QueryDict, wanted: selectors.Wanted) -> list[dict[str, Any]]:
    def many(name: str, label: str, choices: Any, chosen: Any) -> dict[str, Any]:
        options = [{"value": value, "label": text, "chosen": value in chosen} for value, text in choices]
        keep = _keep(params, name)
        return {"name": name, "label": label, "kind": "many", "on": bool(chosen), "options": options, "keep": keep}

    kinds = [(value, label) for value, label in Kind.choices if value not in LATER_KINDS]
    staff = User.objects.filter(is_active=True, role__in=[Role.AGENT, Role.SUPERVISOR]).order_by("username")
    owners = [("none", _("Nobody")), *((user.username, str(user)) for user in staff[:100])]
    shown_from = money.yuan(wanted.least_fen).replace(",", "") if wanted.least_fen is not None else ""
    shown_to = money.yuan(wanted.most_fen).replace(",", "") if wanted.most_fen is not None else ""
    return [
        many("kind", _("Kind"), kinds, wanted.kind),
        many("reason", _("Reason"), Reason.choices, wanted.reason),
        {
            "name": "amount",
            "label": _("Amount"),
            "kind": "range",
            "on": bool(shown_from or shown_to),
            "from": shown_from,
            "to": shown_to,
            "keep": _keep(params, "amount_from", "amount_to"),
        },
        many("owner", _("Owner"), owners, wanted.owner),
        many(
            "disputed",
            pgettext("sign", "Platform"),
            [("1", _("The platform has stepped in"))],
            ["1"] if wanted.disputed else [],
        ),
    ]


def _chips(params: QueryDict, wanted: selectors.Wanted) -> list[dict[str, str]]:
    """Give each filter that is on, with the address without it."""
    chips = []
    for name, values, labels in (
        ("kind", wanted.kind, dict(Kind.choices)),
        ("reason", wanted.reason, dict(Reason.choices)),
        ("owner", wanted.owner, {"none": _("Nobody")}),
    ):
        for value in values:
            left = _without(params, name)
            left.setlist(name, [other for other in values if other != value])
            chips.append({"label": str(labels.get(value, value)), "remove_url": f"?{left.urlencode()}"})
    if wanted.least_fen is not None or wanted.most_fen is not None:
        low = f"¥{money.yuan(wanted.least_fen)}" if wanted.least_fen is not None else ""
        high = f"¥{money.yuan(wanted.most_fen)}" if wanted.most_fen is not None else ""
        left = _without(params, "amount_from", "amount_to")
        chips.append({"label": f"{low} – {high}", "remove_url": f"?{left.urlencode()}"})
    if wanted.disputed:
        chips.append(
            {"label": pgettext("sign", "Platform"), "remove_url": f"?{_without(params, 'disputed').urlencode()}"}
        )
    return chips


def _sort(params: QueryDict, wanted: selectors.Wanted) -> dict[str, Any]:
    labels = {"urgent": _("Time left"), "newest": _("Newest first"), "oldest": _("Oldest first")}

    def url(key: str) -> str:
        changed = _without(params, "sort")
        changed["sort"] = key
        return f"?{changed.urlencode()}"

    options = [{"label": label, "url": url(key), "active": key == wanted.sort} for key, label in labels.items()]
    return {"label": labels[wanted.sort], "options": options}

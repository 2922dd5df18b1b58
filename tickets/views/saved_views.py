"""Saved views in the console: the menu over a list, and the dialogs that keep, rename, overwrite and delete one."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.machine import SUPERVISOR
from aftersales.core.models import Role, Shop
from aftersales.core.views.dialogs import Dialog
from tickets import services
from tickets.forms.saved_views import OWN, ColumnsForm, NameForm, SaveForm
from tickets.models import SavedView
from tickets.selectors import queue as queue_selectors
from tickets.selectors import saved_views as selectors
from tickets.selectors.ticket_rows import shops_of
from tickets.services.bulk_steps import DESK
from tickets.states import WORKERS

PAGES = {"queue": "tickets:queue", "tickets": "tickets:tickets"}
EVERYBODY = frozenset(Role.values)
Labels = Mapping[str, tuple[Any, Mapping[str, Any]]]


def choosable_columns(columns: Sequence[str]) -> list[str]:
    """Give the columns of a list as far as there are such; without any the usual ones."""
    found = [name for name in dict.fromkeys(columns) if name in queue_selectors.COLUMNS]
    return found or list(queue_selectors.USUAL_COLUMNS)


def view_tab(listing: str, view: SavedView) -> dict[str, Any]:
    """Give the open view as a tab after the usual ones."""
    return {"key": "view", "url": f"{reverse(PAGES[listing])}?view={view.pk}", "label": view.name, "active": True}


@lru_cache
def _ways(listing: str) -> dict[str, str]:
    """Give the addresses that the menu of a list leads to; they never change while the program runs."""
    return {
        "list": reverse(PAGES[listing]),
        "save": reverse("tickets:view_save", args=[listing]),
        "export": reverse("tickets:export", args=[listing]),
        "bulk": reverse("tickets:bulk"),
        "columns": reverse("tickets:columns"),
    }


def view_context(actor: Actor, listing: str, shown: selectors.Shown, labels: Labels) -> dict[str, Any]:
    """Give the menu of views: those there are, what can be done with the open one, and what of it is gone.

    `labels` are for each parameter its word and the words of its values.
    """
    kept = QueryDict(mutable=True)
    for name, values in selectors.params_kept(listing, shown.params).items():
        kept.setlist(name, values)
    plain = kept.urlencode()
    view, ways = shown.view, _ways(listing)
    query = f"?{plain}" + (f"&view={view.pk}" if view is not None else "")
    mine = view is not None and selectors.may_change(actor, view)
    return {
        "views": [
            {
                "label": one.name,
                "url": f"{ways['list']}?view={one.pk}",
                "active": view is not None and one.pk == view.pk,
                "team": one.shop.name if one.shop is not None else "",
            }
            for one in shown.views
        ],
        "view": view,
        "view_mine": mine,
        "view_changed": shown.is_changed,
        "view_query": query,
        "view_link": f"{ways['list']}?{plain}",
        "view_notices": _notices(shown, labels),
        "save_url": f"{ways['save']}{query}",
        "bulk_url": f"{ways['bulk']}{query}" if listing == "queue" and actor.role in DESK else "",
        "export_url": f"{ways['export']}{query}",
        "columns_url": f"{ways['columns']}{query}" if listing == "queue" else "",
    }


def _notices(shown: selectors.Shown, labels: Labels) -> list[str]:
    if shown.is_gone:
        return [_("This view was deleted, or it is not yours. Here is what the rest of the address asks for.")]
    said = []
    for name, value in shown.left_out:
        word, values = labels.get(name, (name, {}))
        text = _("“%(filter)s: %(value)s” is not there any more, or not for you. The view is shown without it.")
        said.append(text % {"filter": word, "value": values.get(value, value)})
    return said


class OfList(Dialog):
    """A dialog over a list, which it leads back to with what was shown there."""

    roles: ClassVar[frozenset[str]] = EVERYBODY
    listing = "queue"
    target = ""

    def home(self) -> str:
        """Lead to the list, or to the view that was kept."""
        return self.target or f"{reverse(PAGES[self.listing])}?{self.request.GET.urlencode()}"

    def params(self) -> dict[str, list[str]]:
        """Give what the list shows."""
        return selectors.params_kept(self.listing, self.request.GET)

    def done(self) -> HttpResponse:
        """Lead to what the dialog was about, not to where it was opened."""
        if not getattr(self.request, "htmx", None):
            return redirect(self.home())
        response = HttpResponse(status=204)
        response["HX-Redirect"] = self.home()
        return response

    def draft_key(self) -> str:
        """A name is typed anew sooner than found again."""
        return ""


class ViewSave(OfList):
    """Keep what a list shows under a name."""

    template_name = "tickets/view_save.html"
    form_class = SaveForm

    def load(self, **kwargs: Any) -> None:
        """Take the list from the address. Raises: NotFound, Forbidden."""
        self.listing = kwargs["listing"]
        if self.listing not in PAGES:
            raise errors.NotFound()
        if self.listing == "tickets" and self.actor.role not in WORKERS:
            raise errors.Forbidden()

    def form_kwargs(self) -> dict[str, Any]:
        """Let supervisors choose a team."""
        self.shops = shops_of(self.actor) if self.actor.role == SUPERVISOR else []
        return {"shops": self.shops}

    def act(self, data: dict[str, Any]) -> str:
        """Keep it and open it."""
        whose = data.get("whose") or OWN
        shop: Shop | None = next((one for one in self.shops if one.code == whose), None)
        view = services.view_save(
            actor=self.actor, listing=self.listing, name=data["name"], params=self.params(), shop=shop
        )
        self.target = f"{reverse(PAGES[self.listing])}?view={view.pk}"
        return _("Saved: %(name)s") % {"name": view.name}


class _OfView(OfList):
    view: SavedView

    def load(self, **kwargs: Any) -> None:
        """Find the view among those that may be changed. Raises: NotFound, Forbidden."""
        self.view = selectors.view_get_for(self.actor, kwargs["pk"])
        self.listing = self.view.listing
        self.target = f"{reverse(PAGES[self.listing])}?view={self.view.pk}"

    def context(self) -> dict[str, Any]:
        """Give the view."""
        return {"view": self.view}


class ViewRename(_OfView):
    """Give a view another name."""

    template_name = "tickets/view_rename.html"
    form_class = NameForm

    def initial(self) -> dict[str, Any]:
        """Begin with the name that it has."""
        return {"name": self.view.name}

    def act(self, data: dict[str, Any]) -> str:
        """Rename it."""
        services.view_rename(view=self.view, actor=self.actor, name=data["name"])
        return _("Saved: %(name)s") % {"name": data["name"]}


class ViewOverwrite(_OfView):
    """Let a view show what is shown now."""

    template_name = "tickets/view_overwrite.html"
    form_class = forms.Form

    def act(self, data: dict[str, Any]) -> str:
        """Overwrite it."""
        services.view_overwrite(view=self.view, actor=self.actor, params=self.params())
        return _("Saved: %(name)s") % {"name": self.view.name}


class ViewDelete(_OfView):
    """Throw a view away."""

    template_name = "tickets/view_delete.html"
    form_class = forms.Form

    def act(self, data: dict[str, Any]) -> str:
        """Delete it and show the list without it."""
        services.view_delete(view=self.view, actor=self.actor)
        self.target = reverse(PAGES[self.listing])
        return _("Deleted: %(name)s") % {"name": self.view.name}


class Columns(OfList):
    """Choose the columns of the queue: of the open view where it may be changed, else of one's own queue."""

    template_name = "tickets/columns.html"
    form_class = ColumnsForm
    view: SavedView | None = None

    def load(self, **kwargs: Any) -> None:
        """Find the open view, if there is one, and the columns that are shown."""
        shown = selectors.list_shown(self.actor, "queue", self.request.GET, {})
        if shown.view is not None and selectors.may_change(self.actor, shown.view):
            self.view = shown.view
        self.now = choosable_columns(shown.columns)

    def context(self) -> dict[str, Any]:
        """Give the view."""
        return {"view": self.view}

    def form_kwargs(self) -> dict[str, Any]:
        """Name the columns, those that are shown first."""
        names = [*self.now, *(name for name in queue_selectors.COLUMNS if name not in self.now)]
        return {"labels": {name: queue_selectors.COLUMNS[name] for name in names}}

    def initial(self) -> dict[str, Any]:
        """Begin with the columns as they are."""
        shown = {f"show_{name}": True for name in self.now}
        return shown | {f"place_{name}": place for place, name in enumerate(self.now, start=1)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep the choice."""
        form = ColumnsForm(request.POST, **self.form_kwargs())
        if not form.is_valid():
            return self.show(form, status=422)
        with transaction.atomic():
            services.columns_set(actor=self.actor, listing="queue", columns=form.chosen(), view=self.view)
        return self.done()

"""Saved views as a person has them: his own and those of his shops' teams, and what of one can still be read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.http import QueryDict

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.machine import SUPERVISOR
from tickets.models import SavedView

PARAMS: dict[str, tuple[str, ...]] = {
    "queue": ("tab", "sort", "kind", "reason", "status", "owner", "shop", "amount_from", "amount_to", "disputed"),
    "tickets": ("tab", "kind", "priority", "waiting_for", "owner", "shop"),
}
"""What of a list's address belongs to a view: everything but the place in the list."""
MOST_VALUES, LONGEST_VALUE = 50, 150
Allowed = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a list shows: the parameters that hold, the view they come from, and what of it is gone."""

    params: QueryDict
    views: list[SavedView]
    view: SavedView | None = None
    is_gone: bool = False
    is_changed: bool = False
    left_out: list[tuple[str, str]] = field(default_factory=list)
    columns: Sequence[str] = ()


def views_visible(actor: Actor) -> QuerySet[SavedView]:
    """Give the views of a person: his own and those of the shops that he sees."""
    teams = Q(shop__isnull=False) if actor.shop_ids is None else Q(shop__in=sorted(actor.shop_ids))
    return SavedView.objects.filter(Q(owner=actor.user_id) | teams)


def view_get_for(actor: Actor, pk: int) -> SavedView:
    """Return a view that the actor may change: his own, as a supervisor his team's.

    Raises: NotFound, Forbidden for a team's view that he only sees.
    """
    view = views_visible(actor).exclude(name="").filter(pk=pk).select_related("shop").first()
    if view is None:
        raise errors.NotFound()
    if not may_change(actor, view):
        raise errors.Forbidden()
    return view


def may_change(actor: Actor, view: SavedView) -> bool:
    """Tell whether a view is one's own, or of one's team and one is its supervisor."""
    return view.owner_id == actor.user_id if view.shop_id is None else actor.role == SUPERVISOR


def params_kept(listing: str, params: QueryDict) -> dict[str, list[str]]:
    """Give what of an address belongs to a view."""
    found = {name: [one[:LONGEST_VALUE] for one in params.getlist(name) if one] for name in PARAMS[listing]}
    return {name: values[:MOST_VALUES] for name, values in found.items() if values}


def list_shown(actor: Actor, listing: str, params: QueryDict, allowed: Allowed) -> Shown:
    """Say what an address asks for; one statement.

    `view` names a saved view: alone (but for the place in the list) it stands for its parameters, beside others it
    says what they come from. Values outside `allowed` are left out and said, those of names without an entry are free.
    """
    found = views_visible(actor).filter(listing=listing).select_related("shop").order_by("shop_id", "name")
    rows = list(found)
    own = next((one for one in rows if not one.name), None)
    views = [one for one in rows if one.name]
    usual = list(own.columns) if own is not None else []
    asked = params.get("view", "")
    if not asked:
        return Shown(params, views, columns=usual)
    view = next((one for one in views if str(one.pk) == asked), None)
    if view is None:
        plain = params.copy()
        plain.pop("view")
        return Shown(plain, views, is_gone=True, columns=usual)
    given = params_kept(listing, params)
    kept, left_out = _readable(given or view.params, allowed)
    changed = params.copy()
    for name, values in kept.items():
        changed.setlist(name, values)
    for name, _value in left_out:
        if name not in kept:
            changed.pop(name, None)
    is_changed = bool(given) and _sorted(given) != _sorted(view.params)
    columns = list(view.columns) or usual
    return Shown(changed, views, view, is_changed=is_changed, left_out=left_out, columns=columns)


def _readable(params: Mapping[str, Sequence[str]], allowed: Allowed) -> tuple[dict[str, list[str]], list]:
    kept: dict[str, list[str]] = {}
    left_out: list[tuple[str, str]] = []
    for name, values in params.items():
        for value in values:
            if name in allowed and value not in allowed[name]:
                left_out.append((name, value))
            else:
                kept.setdefault(name, []).append(value)
    return kept, left_out


def _sorted(params: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {name: sorted(values) for name, values in params.items()}

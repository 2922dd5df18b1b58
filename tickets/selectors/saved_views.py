"""Saved views as a person has them: his own and those of his shops' teams, and what of one can still be read."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import QueryDict

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.machine import SUPERVISOR
from aftersales.core.models import Shop
from tickets.models import SavedView

PARAMS: dict[str, tuple[str, ...]] = {
    "queue": ("tab", "sort", "kind", "reason", "status", "owner", "shop", "amount_from", "amount_to", "disputed"),
    "tickets": ("tab", "kind", "priority", "waiting_for", "owner", "shop"),
}
"""What of a list's address belongs to a view: everything but the place in the list."""
MOST_VALUES, LONGEST_VALUE = 50, 150
MOST_OWNERS = 300
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


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a list: who may own a case and which shops there are, by what an address says; views."""

    owners: dict[str, str]
    shops: dict[str, str]
    views: list[SavedView]


_HEAD = """
(SELECT 'owner', username, coalesce(nullif(display_name, ''), username), '{}'::jsonb FROM core_user
 WHERE is_active AND role IN ('agent', 'supervisor') ORDER BY username LIMIT %(owners)s)
UNION ALL
(SELECT 'shop', code, name, jsonb_build_object('pk', id) FROM core_shop
 WHERE %(all)s OR id = ANY(%(shops)s) ORDER BY name)
UNION ALL
(SELECT 'view', listing, name,
        jsonb_build_object('pk', id, 'owner_id', owner_id, 'shop_id', shop_id, 'params', params, 'columns', columns)
 FROM tickets_savedview WHERE listing = %(listing)s AND (owner_id = %(me)s OR shop_id IS NOT NULL)
 AND (shop_id IS NULL OR %(all)s OR shop_id = ANY(%(shops)s)) ORDER BY shop_id, name)
"""


def list_head(actor: Actor, listing: str) -> Head:
    """Give what stands above a list; one statement for all of it, since every page of the list asks for it."""
    seen: dict[str, Any] = {"all": actor.shop_ids is None, "shops": sorted(actor.shop_ids or ()), "me": actor.user_id}
    with connection.cursor() as cursor:
        cursor.execute(_HEAD, seen | {"owners": MOST_OWNERS, "listing": listing})
        rows = cursor.fetchall()
    shops = {json.loads(more)["pk"]: Shop(code=key, name=word) for what, key, word, more in rows if what == "shop"}
    views = []
    for what, _key, word, more in rows:
        if what == "view":
            told = json.loads(more)
            views.append(SavedView(listing=listing, name=word, shop=shops.get(told.pop("shop_id")), **told))
    for pk, shop in shops.items():
        shop.pk = pk
    owners = {key: word for what, key, word, _more in rows if what == "owner"}
    return Head(owners, {shop.code: shop.name for shop in shops.values()}, views)


def list_shown(
    actor: Actor, listing: str, params: QueryDict, allowed: Allowed, found: Sequence[SavedView] | None = None
) -> Shown:
    """Say what an address asks for; one statement, or none where `found` has the views.

    `view` names a saved view: alone (but for the place in the list) it stands for its parameters, beside others it
    says what they come from. Values outside `allowed` are left out and said, those of names without an entry are free.
    """
    if found is None:
        found = list(views_visible(actor).filter(listing=listing).select_related("shop").order_by("shop_id", "name"))
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

"""Keep a list under a name, change it, throw it away; the columns of one's own list."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from aftersales.core.machine import SUPERVISOR
from aftersales.core.models import Shop, User
from tickets.models import SavedView

MOST = 30
"""Views of one person, and of one team, in one list."""


def view_save(
    *,
    actor: Actor,
    listing: str,
    name: str,
    params: Mapping[str, Sequence[str]],
    columns: Sequence[str] = (),
    shop: Shop | None = None,
) -> SavedView:
    """Keep a view, one's own or with `shop` the team's.

    Locks: the person's or the shop's row, for the limit. Raises: Forbidden; NotFound for a shop that he does not see;
    Invalid for a name that is taken; Conflict `too_many_views`.
    """
    if shop is not None and not actor.sees(shop.pk):
        raise errors.NotFound()
    if actor.user_id is None or (shop is not None and actor.role != SUPERVISOR):
        raise errors.Forbidden()
    with transaction.atomic():
        if shop is not None:
            Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
            others = SavedView.objects.filter(shop=shop, listing=listing)
        else:
            User.objects.select_for_update(no_key=True).get(pk=actor.user_id)
            others = SavedView.objects.filter(owner=actor.user_id, listing=listing)
        taken = list(others.exclude(name="").values_list("name", flat=True))
        _require_free(name, taken)
        if len(taken) >= MOST:
            text = _("There are %(most)s views of this list already; delete one first.") % {"most": MOST}
            raise errors.Conflict(text, code="too_many_views")
        now = clock.now()
        return SavedView.objects.create(
            listing=listing,
            owner_id=actor.user_id if shop is None else None,
            shop=shop,
            name=name,
            params=dict(params),
            columns=list(columns),
            created_at=now,
            updated_at=now,
        )


def view_rename(*, view: SavedView, actor: Actor, name: str) -> None:
    """Give a view another name. Locks: the view. Raises: Invalid for one that is taken, Forbidden."""
    _require_mine(view, actor)
    with transaction.atomic():
        row = SavedView.objects.select_for_update().get(pk=view.pk)
        others = SavedView.objects.filter(listing=row.listing, owner=row.owner_id, shop=row.shop_id)
        _require_free(name, list(others.exclude(pk=row.pk).values_list("name", flat=True)))
        row.name, row.updated_at = name, clock.now()
        row.save(update_fields=["name", "updated_at"])


def view_overwrite(*, view: SavedView, actor: Actor, params: Mapping[str, Sequence[str]]) -> None:
    """Let a view show what is shown now. Raises: Forbidden."""
    _require_mine(view, actor)
    SavedView.objects.filter(pk=view.pk).update(params=dict(params), updated_at=clock.now())


def view_delete(*, view: SavedView, actor: Actor) -> None:
    """Throw a view away; one that is gone already is fine. Raises: Forbidden."""
    _require_mine(view, actor)
    SavedView.objects.filter(pk=view.pk).delete()


def columns_set(*, actor: Actor, listing: str, columns: Sequence[str], view: SavedView | None = None) -> None:
    """Choose the columns, in their order: of a view, or without one of one's own list; none at all: the usual ones.

    Raises: Forbidden.
    """
    now = clock.now()
    if view is not None:
        _require_mine(view, actor)
        SavedView.objects.filter(pk=view.pk).update(columns=list(columns), updated_at=now)
        return
    SavedView.objects.update_or_create(
        owner_id=actor.user_id,
        listing=listing,
        name="",
        defaults={"columns": list(columns), "updated_at": now},
        create_defaults={"columns": list(columns), "created_at": now, "updated_at": now},
    )


def _require_mine(view: SavedView, actor: Actor) -> None:
    own = view.owner_id is not None and view.owner_id == actor.user_id
    team = view.shop_id is not None and actor.role == SUPERVISOR and actor.sees(view.shop_id)
    if not own and not team:
        raise errors.Forbidden()


def _require_free(name: str, taken: Sequence[str]) -> None:
    if name in taken:
        text = _("There is a view of this name already.")
        raise errors.Invalid(text, errors=[errors.FieldError("name", "name_taken", text)], code="name_taken")

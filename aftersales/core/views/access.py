"""Who may see a page of the console, and of which shops: the first line of every view. No markup, no queries."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from aftersales.core import errors
from aftersales.core.api.authentication import actor_of
from aftersales.core.auth import Actor
from aftersales.core.context_processors import SHOP_SESSION_KEY

View = Callable[..., HttpResponseBase]


def open_to(*roles: str) -> Callable[[View], View]:
    """Let members of staff with one of `roles` see a page. Visitors are led to the login, other roles get 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            require_role(actor_of(request), roles)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def require_role(actor: Actor, roles: tuple[str, ...] | frozenset[str]) -> None:
    """Raise Forbidden unless the actor has one of `roles`."""
    if actor.role not in roles:
        raise errors.Forbidden()


def looking_actor(request: HttpRequest) -> Actor:
    """Return who asks, seeing only the shop that he chose to look at; for lists, never for what is decided."""
    actor = actor_of(request)
    chosen = request.session.get(SHOP_SESSION_KEY)
    if isinstance(chosen, int) and actor.sees(chosen):
        return replace(actor, shop_ids=frozenset({chosen}))
    return actor

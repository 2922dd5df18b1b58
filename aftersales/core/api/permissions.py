"""The scope check: which tokens a route takes. What a role may do with an object is the edge tables' business."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from aftersales.core import errors

from .authentication import actor_of

if TYPE_CHECKING:
    from rest_framework.views import APIView  # it imports this module, by the settings

HANDLERS = ("get", "post", "put", "patch", "delete")


def scopes_of(view: "APIView | type[APIView]", method: str) -> tuple[str, ...]:
    """Return the scopes of which one is needed for `method`; HEAD asks for what GET asks for."""
    declared = getattr(view, "scopes", {}).get("GET" if method == "HEAD" else method, ())
    return (declared,) if isinstance(declared, str) else tuple(declared)


class ScopePermission(BasePermission):
    """Nobody without a token or session, and only with one of the scopes that the view declares for the method."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Let the request through or say why not. Raises: NotAuthenticated, Forbidden."""
        if not request.user.is_authenticated:
            raise errors.NotAuthenticated()
        method = request.method or ""
        if method.lower() not in view.http_method_names or not hasattr(view, method.lower()):
            return True  # the view answers 405 itself
        needed = scopes_of(view, method)
        if not actor_of(request).has_scope(*needed):
            raise errors.Forbidden(_("The token lacks a scope for this."), code="scope_missing", scopes=list(needed))
        return True

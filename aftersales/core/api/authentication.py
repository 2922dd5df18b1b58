"""From a header or a session to the `Actor`. Which scopes a route asks for stands in `permissions`."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from aftersales.core import auth, errors
from aftersales.core.models import ApiClient, ApiToken, User

REALM = "aftersales"
TOKEN_LENGTH = 200


class ClientPrincipal:
    """What `request.user` is for a shop's front-end: signed in, but no member of staff and without permissions."""

    pk = id = None
    is_authenticated = is_active = True
    is_anonymous = is_staff = is_superuser = False

    def __init__(self, client: ApiClient) -> None:
        self.client = client

    def __str__(self) -> str:
        return self.client.name

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Say no: what a client may do is said by its scopes and the edge tables."""
        return False


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`. One query; a token that is not valid any more gets 401, never the session."""

    def authenticate(self, request: Request) -> tuple[User | ClientPrincipal, ApiToken] | None:
        """Return who the token stands for, or None when the header is of another kind.

        Raises: NotAuthenticated for a token that is wrong, expired or revoked, or whose client is switched off.
        """
        scheme, _space, plain = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        plain = plain.strip()
        token = auth.token_find(plain) if _readable(plain) else None
        if token is None:
            raise errors.NotAuthenticated(_("The token is not valid."), code="token_invalid")
        _underlying(request).actor = auth.Actor.for_client(token.client)  # type: ignore[attr-defined]
        return token.client.acts_as or ClientPrincipal(token.client), token

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 asks for."""
        return f'Bearer realm="{REALM}"'


class ConsoleSessionAuthentication(SessionAuthentication):
    """The console's session on the same routes, with the CSRF token on everything that writes."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """Return the signed-in member of staff, or None."""
        found = super().authenticate(request)
        if found is None:
            return None
        _underlying(request).actor = auth.Actor.for_user(found[0])  # type: ignore[attr-defined]
        return found[0], None

    def enforce_csrf(self, request: Any) -> None:
        """Refuse a request that another site may have sent. Raises: Forbidden."""
        try:
            super().enforce_csrf(request)
        except PermissionDenied as refused:
            raise errors.Forbidden(
                _("The page is too old or the request came from elsewhere; please reload."), code="csrf_failed"
            ) from refused


def actor_of(request: Request | HttpRequest) -> auth.Actor:
    """Return who makes this request, on API routes and pages alike. Raises: NotAuthenticated if nobody signed in."""
    underlying = _underlying(request)
    actor: auth.Actor | None = getattr(underlying, "actor", None)
    if actor is None:
        user = getattr(underlying, "user", None)
        if not isinstance(user, User):  # a lazy object passes, an anonymous visitor does not
            raise errors.NotAuthenticated()
        actor = auth.Actor.for_user(user)
        underlying.actor = actor  # type: ignore[attr-defined]
    return actor


def _underlying(request: Request | HttpRequest) -> HttpRequest:
    return request._request if isinstance(request, Request) else request


def _readable(plain: str) -> bool:
    return 0 < len(plain) <= TOKEN_LENGTH and plain.isascii() and plain.isprintable()

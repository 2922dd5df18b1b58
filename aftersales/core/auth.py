"""Who acts: the `Actor` that services are given, what roles may do, and the bearer tokens of API clients.

The edge tables say which role may take which step; the apps hand their permissions to `grant` when their states are
imported. Nothing here knows a request; how a header or a session becomes an actor stands in `core.api.authentication`.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, Self, TypeAlias, TypeVar

from django.contrib.auth.backends import ModelBackend
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from . import clock, errors
from .models import ApiClient, ApiToken, Role, Scope, Shop, User

Kind: TypeAlias = Literal["buyer", "staff", "platform", "system"]
M = TypeVar("M", bound=Model)

BUYER, STAFF, PLATFORM, SYSTEM = "buyer", "staff", "platform", "system"
ROLES = frozenset({*Role.values, BUYER, PLATFORM, SYSTEM})
NAME_LENGTH = 60  # of LogEntry.actor_name

PERMISSIONS: dict[str, frozenset[str]] = {}
CONFIGURATION: set[str] = {
    "core.apiclient",
    "core.apitoken",
    "core.calendarday",
    "core.policyversion",
    "core.shop",
    "core.user",
}


def grant(permission: str, roles: Iterable[str]) -> None:
    """Let `roles` have the domain permission `permission` ("refunds.agree_refund"); repeated grants add up.

    Raises: ValueError at import for a role that does not exist.
    """
    wanted = frozenset(str(role) for role in roles)
    if unknown := wanted - ROLES:
        raise ValueError(f"{permission}: no such role: {', '.join(sorted(unknown))}")
    PERMISSIONS[permission] = PERMISSIONS.get(permission, frozenset()) | wanted


def permits(role: str, permission: str) -> bool:
    """Tell whether `role` has the domain permission; one that nobody granted is had by nobody."""
    return role in PERMISSIONS.get(permission, frozenset())


@dataclass(frozen=True, slots=True)
class Actor:
    """Who takes a step: a shop's front-end for a buyer, a member of staff, the platform, or the system by itself.

    `shop_ids` are the shops whose objects it may see, None for all. `name` is what the log says.
    """

    kind: Kind
    role: str
    name: str
    user_id: int | None = None
    client_id: int | None = None
    shop_ids: frozenset[int] | None = frozenset()
    scopes: frozenset[str] = frozenset()

    @classmethod
    def system(cls, name: str = "timeout") -> Self:
        """Return the actor for steps that nobody takes: `name` says which part of the system it was."""
        return cls(kind="system", role=SYSTEM, name=f"system: {name}"[:NAME_LENGTH], shop_ids=None)

    @classmethod
    def platform(cls, name: str = "platform") -> Self:
        """Return the actor for what the platform decides or tells us."""
        return cls(kind="platform", role=PLATFORM, name=name[:NAME_LENGTH], shop_ids=None)

    @classmethod
    def front_end(cls, shop_id: int) -> Self:
        """Return a shop's front-end as such, for what is told to it unasked."""
        return cls(kind="buyer", role=BUYER, name="front-end", shop_ids=frozenset({shop_id}))

    @classmethod
    def for_user(cls, user: User, *, client_id: int | None = None) -> Self:
        """Return the actor for a member of staff; without shops of his own he sees all.

        Costs one query for the shops unless `RoleBackend.get_user` or `token_find` brought them along.
        Raises: NotAuthenticated if the user may not sign in any more.
        """
        if not user.is_active:
            raise errors.NotAuthenticated(_("This account is switched off."), code="account_inactive")
        shop_ids = getattr(user, "seen_shop_ids", None)
        if shop_ids is None:
            shop_ids = user.shops.values_list("id", flat=True)
        return cls(
            kind="staff",
            role=user.role,
            name=str(user)[:NAME_LENGTH],
            user_id=user.pk,
            client_id=client_id,
            shop_ids=frozenset(shop_ids) or None,
            scopes=_STAFF_SCOPES,
        )

    @classmethod
    def for_client(cls, client: ApiClient) -> Self:
        """Return the actor for an API client: its shop's front-end, or the user that it acts as.

        Raises: NotAuthenticated if the client, or the user that it acts as, is switched off.
        """
        if not client.is_active:
            raise errors.NotAuthenticated(_("This API client is switched off."), code="client_inactive")
        if client.acts_as is not None:
            if Scope.STAFF not in client.scopes:
                raise errors.NotAuthenticated(
                    _("This API client lacks the scope “staff”."), code="client_without_scope"
                )
            return cls.for_user(client.acts_as, client_id=client.pk)
        if client.shop_id is None:
            raise errors.NotAuthenticated(_("This API client belongs to no shop."), code="client_without_shop")
        return cls(
            kind="buyer",
            role=BUYER,
            name=client.name[:NAME_LENGTH],
            client_id=client.pk,
            shop_ids=frozenset({client.shop_id}),
            scopes=frozenset(client.scopes) - _STAFF_SCOPES,
        )

    @property
    def id(self) -> int | None:
        """The key that the log keeps beside the kind: the user's, else the client's."""
        return self.user_id if self.user_id is not None else self.client_id

    @property
    def owner(self) -> str:
        """Whose idempotency keys and request counts these are: `client:<id>` or `user:<id>`."""
        return f"client:{self.client_id}" if self.client_id is not None else f"user:{self.user_id}"

    @property
    def is_staff(self) -> bool:
        """Whether a member of staff acts, by console or token."""
        return self.kind == STAFF

    def sees(self, shop_id: int) -> bool:
        """Tell whether objects of the shop exist for this actor."""
        return self.shop_ids is None or shop_id in self.shop_ids

    def visible(self, queryset: QuerySet[M], field: str = "shop_id") -> QuerySet[M]:
        """Return the rows of the shops that this actor sees; `field` leads to the shop's key."""
        if self.shop_ids is None:
            return queryset
        if len(self.shop_ids) == 1:  # equality keeps the index order of (shop, due_at, id); IN does not
            return queryset.filter(**{field: next(iter(self.shop_ids))})
        return queryset.filter(**{f"{field}__in": sorted(self.shop_ids)})

    def has_scope(self, *scopes: str) -> bool:
        """Tell whether the token or session covers at least one of `scopes`."""
        return not self.scopes.isdisjoint(scopes)

    def may(self, permission: str) -> bool:
        """Tell whether this actor's role has the domain permission."""
        return permits(self.role, permission)

    def require(self, permission: str) -> None:
        """Raise Forbidden unless this actor's role has the domain permission."""
        if not self.may(permission):
            raise errors.Forbidden(permission=permission)


_STAFF_SCOPES = frozenset({Scope.STAFF.value})


class RoleBackend(ModelBackend):
    """Answers permission questions from the roles, without a query; groups and permission rows are not used.

    Domain permissions come from `PERMISSIONS` and stand above superusers (four eyes hold for everyone). The model
    permissions of the admin pages are had by administrators and superusers, for configuration tables only.
    """

    def get_user(self, user_id: Any) -> User | None:
        """Load the signed-in user together with the shops he sees, in one query."""
        with connection.cursor() as cursor:
            cursor.execute(_user_sql(), [user_id])
            row = cursor.fetchone()
        user = _take(User, iter(row)) if row is not None else None
        if user is None or not self.user_can_authenticate(user):
            return None
        user.__dict__["seen_shop_ids"] = row[-1]
        return user

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Tell whether an active user's role has `perm`."""
        if not getattr(user_obj, "is_active", False) or user_obj.is_anonymous:
            return False
        if perm in PERMISSIONS:
            return permits(user_obj.role, perm)
        return _configures(user_obj) and _model_of(perm) in CONFIGURATION

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Tell whether the admin pages show anything of the app."""
        return (
            bool(getattr(user_obj, "is_active", False))
            and _configures(user_obj)
            and any(label.startswith(f"{app_label}.") for label in CONFIGURATION)
        )

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return every permission of an active user."""
        if not getattr(user_obj, "is_active", False) or user_obj.is_anonymous or obj is not None:
            return set()
        granted = {permission for permission, roles in PERMISSIONS.items() if user_obj.role in roles}
        if _configures(user_obj):
            for label in CONFIGURATION:
                app, model = label.split(".")
                granted |= {f"{app}.{verb}_{model}" for verb in ("view", "add", "change", "delete")}
        return granted

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return the same: there are no single grants."""
        return self.get_all_permissions(user_obj, obj)

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return nothing: groups give no rights here."""
        return set()


def _configures(user: Any) -> bool:
    return bool(user.is_superuser or user.role == Role.ADMIN)


def _model_of(permission: str) -> str:
    app, _dot, codename = permission.partition(".")
    return f"{app}.{codename.partition('_')[2]}"


# Tokens ---------------------------------------------------------------------------------------------------------------


def token_digest(plain: str) -> str:
    """Return what is stored of a token. Tokens are 256 random bits, so one plain SHA-256 is enough."""
    return hashlib.sha256(plain.encode()).hexdigest()


def client_create(
    *, name: str, shop: Shop | None = None, acts_as: User | None = None, scopes: Iterable[str] = ()
) -> ApiClient:
    """Make an API client: a shop's front-end with `scopes`, or one that acts as a member of staff.

    Raises: ValidationError for a name that is taken, no scope, or a scope that does not exist.
    """
    wanted = [Scope.STAFF.value] if acts_as is not None else sorted(set(scopes))
    client = ApiClient(name=name, shop=shop, acts_as=acts_as, scopes=wanted)
    client.full_clean()
    client.save(force_insert=True)
    return client


def client_rotate(
    *, client: ApiClient, overlap_until: datetime | None = None, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a client's next token and end all its others, now or at `overlap_until`.

    Locks: the client's valid tokens.
    """
    with transaction.atomic(savepoint=False):
        for old in (
            ApiToken.objects.select_for_update(of=("self",)).filter(client=client, revoked_at=None).order_by("pk")
        ):
            _end(old, overlap_until)
        return token_create(client=client, expires_at=expires_at)


def token_create(
    *, client: ApiClient, expires_at: datetime | None = None, plain: str | None = None
) -> tuple[ApiToken, str]:
    """Make a bearer token and return it with its plain text, which is not kept anywhere.

    `plain` sets the text; only the demonstration data does so.
    """
    text = plain or f"as_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        client=client, digest=token_digest(text), hint=text[-4:], created_at=clock.now(), expires_at=expires_at
    )
    return token, text


def token_revoke(*, token: ApiToken) -> ApiToken:
    """Refuse the token from now on; the next request with it gets 401. Revoking twice keeps the first moment."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now())
    return ApiToken.objects.get(pk=token.pk)


def token_rotate(*, token: ApiToken, overlap_until: datetime | None = None) -> tuple[ApiToken, str]:
    """Make the client's next token; the old one ends now, or at `overlap_until` so that callers can change over.

    Locks: the old token's row. Raises: Conflict if it was revoked already.
    """
    with transaction.atomic(savepoint=False):
        old = ApiToken.objects.select_for_update(of=("self",)).select_related("client").get(pk=token.pk)
        if old.revoked_at is not None:
            raise errors.Conflict(_("This token is revoked already."), code="token_revoked")
        _end(old, overlap_until)
        return token_create(client=old.client)


def _end(token: ApiToken, at: datetime | None) -> None:
    if at is None:
        token.revoked_at = clock.now()
    else:
        token.expires_at = min(at, token.expires_at or at)
    token.save(update_fields=["revoked_at", "expires_at"])


def token_find(plain: str) -> ApiToken | None:
    """Return the valid token with this text, its client, shop, user and the user's shops, in one query.

    Once a day a second statement notes that it is in use.
    """
    with connection.cursor() as cursor:
        cursor.execute(_token_sql(), [token_digest(plain)])
        row = cursor.fetchone()
    now, values = clock.now(), iter(row or ())
    token = _take(ApiToken, values) if row is not None else None
    if token is None or token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now):
        return None
    client, shop, user = _take(ApiClient, values), _take(Shop, values), _take(User, values)
    assert client is not None
    token.client, client.shop, client.acts_as = client, shop, user
    if user is not None:
        user.__dict__["seen_shop_ids"] = next(values)
    today = clock.shanghai_day(now)
    if token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).exclude(last_used_on=today).update(last_used_on=today)
    return token


# Who calls is asked on every request, and building these two questions with the ORM cost more than everything else
# before the handler. So their text is made once, from the models; columns left out are loaded when somebody reads them.

_LEFT_OUT = {"return_address", "created_at"}
_SHOPS_SEEN = "ARRAY(SELECT l.shop_id FROM core_user_shops l WHERE l.user_id = u.id)"


@lru_cache(maxsize=1)
def _user_sql() -> str:
    return f"SELECT {_columns(User, 'u')}, {_SHOPS_SEEN} FROM core_user u WHERE u.id = %s"


@lru_cache(maxsize=1)
def _token_sql() -> str:
    tables = {"t": ApiToken, "c": ApiClient, "s": Shop, "u": User}
    columns = ", ".join(_columns(model, alias) for alias, model in tables.items())
    return f"""
        SELECT {columns}, {_SHOPS_SEEN} FROM core_apitoken t JOIN core_apiclient c ON c.id = t.client_id
        LEFT JOIN core_shop s ON s.id = c.shop_id LEFT JOIN core_user u ON u.id = c.acts_as_id WHERE t.digest = %s
        """


def _columns(model: type[Model], alias: str) -> str:
    return ", ".join(f"{alias}.{connection.ops.quote_name(column)}" for _name, column in _fields(model))


@lru_cache(maxsize=4)
def _fields(model: type[Model]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (field.attname, field.column or "") for field in model._meta.concrete_fields if field.name not in _LEFT_OUT
    )


def _take(model: type[M], values: Iterator[Any]) -> M | None:
    """Make an instance of the next columns, in the order that `_columns` asked for them; None for an empty join."""
    names = [name for name, _column in _fields(model)]
    row = [next(values) for _name in names]
    return None if row[0] is None else model.from_db("default", names, row)

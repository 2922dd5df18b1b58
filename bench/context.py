"""What every measure is given: a database of a size, the ways in, and who asks."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.db import connection

from aftersales.core.models import User

from . import data
from .floors.pages import MIDDLEWARE
from .harness import Web

BACKEND = "aftersales.core.auth.RoleBackend"


@dataclass
class Bench:
    """One size and how thoroughly it is measured."""

    size: int
    database: str
    pairs: int = 100
    long: bool = False
    product: Web = field(default_factory=Web)
    bare: Web = field(default_factory=lambda: Web(MIDDLEWARE))

    def sign_in(self, username: str = data.AGENT) -> dict[str, Any]:
        """Give the headers of a signed-in person."""
        cache.clear()
        user = User.objects.get(username=username)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = BACKEND
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        return {"HTTP_COOKIE": f"sessionid={session.session_key}", "HTTP_ACCEPT_LANGUAGE": "zh-hans"}

    @property
    def staff(self) -> dict[str, Any]:
        """The headers of a program that acts as an agent."""
        return {"HTTP_AUTHORIZATION": f"Bearer {data.STAFF_TOKEN}"}

    @property
    def shop(self) -> dict[str, Any]:
        """The headers of a shop's front-end."""
        return {"HTTP_AUTHORIZATION": f"Bearer {data.SHOP_TOKEN}"}


def rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    """Ask the database beside what is measured."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def change(sql: str, *params: Any) -> None:
    """Prepare the database for a measure."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)

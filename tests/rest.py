"""Callers of the REST interface: a shop's front-end or a member of staff, with a token, in English."""

import itertools
from typing import Any

from rest_framework.test import APIClient

from aftersales.core import auth
from aftersales.core.models import ApiClient, Role, Shop, User
from tests import factories

_keys = itertools.count(1)
BASE = "/api/v1"


class Caller:
    """Sends JSON with a bearer token; POST with a fresh Idempotency-Key unless told otherwise."""

    def __init__(self, plain: str, user: User | None = None) -> None:
        self.user = user
        headers = {"HTTP_AUTHORIZATION": f"Bearer {plain}"} if plain else {}
        self.client = APIClient(HTTP_ACCEPT_LANGUAGE="en", **headers)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(BASE + path, query)

    def put(self, path: str, body: Any = None) -> Any:
        return self.client.put(BASE + path, body, format="json")

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.client.patch(BASE + path, body, format="json", **headers)

    def delete(self, path: str) -> Any:
        return self.client.delete(BASE + path)

    def post(self, path: str, body: Any = None, *, key: str | None = "", **headers: str) -> Any:
        if key is not None:
            headers["HTTP_IDEMPOTENCY_KEY"] = key or f"key-{next(_keys)}"
        return self.client.post(BASE + path, {} if body is None else body, format="json", **headers)


def _with_token(client: ApiClient, user: User | None = None) -> Caller:
    return Caller(auth.token_create(client=client)[1], user)


def shop_caller(shop: Shop) -> Caller:
    """A shop's front-end: it speaks for buyers."""
    return _with_token(factories.make_client(shop))


def staff_caller(role: str = Role.AGENT, *shops: Shop) -> Caller:
    """A program that acts as a member of staff."""
    user = factories.make_user(role, *shops)
    return _with_token(auth.client_create(name=f"as {user.username}", acts_as=user), user)


def nobody() -> Caller:
    """Somebody without a token."""
    return Caller("")


def problem(answer: Any, status: int, code: str, rule: str = "") -> dict[str, Any]:
    """Expect a problem document and return it."""
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body.get("code")) == (status, code), body
    assert answer["Content-Type"] == "application/problem+json"
    assert (body["status"], body.get("rule", "")) == (status, rule), body
    return body


def fields(body: dict[str, Any]) -> set[tuple[str, str]]:
    """Give the wrong fields of a problem with their codes."""
    return {(one["field"], one["code"]) for one in body["errors"]}

"""Who acts, what roles may do, and the tokens of API clients."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from aftersales.core import auth, errors
from aftersales.core.auth import Actor
from aftersales.core.models import ApiClient, ApiToken, Role, Shop, User

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.api_views")]

SHOPS = "/api/v1/test/shops"
NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)


@pytest.fixture
def shop() -> Shop:
    return Shop.objects.create(code="demo", name="Demo")


@pytest.fixture
def front_end(shop: Shop) -> ApiClient:
    return auth.client_create(name="front-end", shop=shop, scopes=["refunds:read"])


def user(name: str, role: str = "agent", **more: Any) -> User:
    return User.objects.create_user(username=name, password="correct horse battery", role=role, **more)


def caller(plain: str) -> APIClient:
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {plain}", HTTP_ACCEPT_LANGUAGE="en")


# Actors ---------------------------------------------------------------------------------------------------------------


def test_the_system_sees_every_shop_and_says_which_part_it_was() -> None:
    actor = Actor.system()
    assert (actor.kind, actor.role, actor.name, actor.id) == ("system", "system", "system: timeout", None)
    assert actor.sees(1)
    assert actor.sees(999)
    assert Actor.system("import").name == "system: import"


def test_a_front_end_acts_for_buyers_of_its_shop_alone(front_end: ApiClient, shop: Shop) -> None:
    actor = Actor.for_client(front_end)
    assert (actor.kind, actor.role, actor.name, actor.client_id) == ("buyer", "buyer", "front-end", front_end.pk)
    assert actor.sees(shop.pk)
    assert not actor.sees(shop.pk + 1)
    assert (actor.owner, actor.id, actor.is_staff) == (f"client:{front_end.pk}", front_end.pk, False)


def test_a_front_end_never_gets_the_scope_of_staff(shop: Shop) -> None:
    client = ApiClient.objects.create(name="sly", shop=shop, scopes=["staff", "refunds:read"])
    assert Actor.for_client(client).scopes == {"refunds:read"}


def test_staff_without_shops_of_their_own_see_all(shop: Shop) -> None:
    assert Actor.for_user(user("a")).shop_ids is None


def test_staff_with_shops_see_those(shop: Shop) -> None:
    agent = user("a", display_name="王芳")
    agent.shops.add(shop)
    actor = Actor.for_user(agent)
    assert (actor.shop_ids, actor.name, actor.role, actor.user_id) == ({shop.pk}, "王芳", "agent", agent.pk)
    assert actor.owner == f"user:{agent.pk}"


def test_visible_rows_are_those_of_the_shops_seen(shop: Shop) -> None:
    other, third = (Shop.objects.create(code=code, name=code) for code in ("other", "third"))
    make = lambda ids: Actor(kind="staff", role="agent", name="a", shop_ids=ids)  # noqa: E731
    seen = lambda ids: set(make(ids).visible(Shop.objects.all(), "pk").values_list("code", flat=True))  # noqa: E731
    assert seen(None) == {"demo", "other", "third"}
    assert seen(frozenset({other.pk})) == {"other"}
    assert seen(frozenset({other.pk, third.pk})) == {"other", "third"}
    assert seen(frozenset()) == set()


def test_who_is_switched_off_is_refused(front_end: ApiClient) -> None:
    gone = user("gone", is_active=False)
    staff_client = auth.client_create(name="robot", acts_as=gone)
    front_end.is_active = False
    for refused in (
        lambda: Actor.for_user(gone),
        lambda: Actor.for_client(staff_client),
        lambda: Actor.for_client(front_end),
    ):
        with pytest.raises(errors.NotAuthenticated):
            refused()


def test_a_client_is_a_shops_or_acts_as_staff_never_both_or_neither(shop: Shop) -> None:
    for wrong in ({}, {"shop": shop, "acts_as": user("a")}):
        with pytest.raises(ValidationError):
            auth.client_create(name="wrong", scopes=["refunds:read"], **wrong)
    with pytest.raises(IntegrityError):
        ApiClient.objects.create(name="wrong", scopes=["refunds:read"])


# Permissions ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def granted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "PERMISSIONS", {})
    auth.grant("payouts.approve_payout", {Role.FINANCE})
    auth.grant("payouts.approve_payout", {"supervisor"})


@pytest.mark.usefixtures("granted")
@pytest.mark.parametrize("role", sorted(auth.ROLES))
def test_domain_permissions_come_from_the_role_alone(role: str) -> None:
    allowed = role in {"finance", "supervisor"}
    assert auth.permits(role, "payouts.approve_payout") is allowed
    assert not auth.permits(role, "payouts.no_such_thing")
    actor = Actor(kind="staff", role=role, name="x")
    assert actor.may("payouts.approve_payout") is allowed
    if not allowed:
        with pytest.raises(errors.Forbidden):
            actor.require("payouts.approve_payout")


@pytest.mark.usefixtures("granted")
def test_the_backend_answers_without_a_query() -> None:
    finance, agent = user("f", "finance"), user("a", "agent")
    with CaptureQueriesContext(connection) as seen:
        assert finance.has_perm("payouts.approve_payout")
        assert not agent.has_perm("payouts.approve_payout")
        assert not finance.has_perm("core.change_shop")
        assert not finance.has_module_perms("core")
    assert len(seen) == 0


@pytest.mark.usefixtures("granted")
def test_the_backend_does_not_put_superusers_above_domain_permissions() -> None:
    backend, boss = auth.RoleBackend(), user("boss", "agent", is_superuser=True)
    assert not backend.has_perm(boss, "payouts.approve_payout")
    assert backend.has_perm(boss, "core.change_shop")
    assert "payouts.approve_payout" not in backend.get_all_permissions(boss)


@pytest.mark.usefixtures("granted")
def test_administrators_configure_and_touch_nothing_else() -> None:
    admin, backend = user("admin", "admin"), auth.RoleBackend()
    assert admin.has_perm("core.change_shop")
    assert admin.has_perm("core.add_apiclient")
    assert admin.has_module_perms("core")
    assert not admin.has_perm("core.change_logentry")
    assert not admin.has_perm("payouts.approve_payout")
    assert not admin.has_module_perms("refunds")
    assert "core.delete_user" in backend.get_all_permissions(admin)
    assert backend.get_group_permissions(admin) == set()


@pytest.mark.usefixtures("granted")
def test_inactive_users_have_no_permission() -> None:
    gone = user("gone", "finance", is_active=False)
    assert not gone.has_perm("payouts.approve_payout")
    assert auth.RoleBackend().get_all_permissions(gone) == set()


def test_a_role_that_does_not_exist_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="no such role: boss"):
        auth.grant("x.y", {"boss"})


# Tokens ---------------------------------------------------------------------------------------------------------------


def test_only_a_digest_is_kept(front_end: ApiClient) -> None:
    token, plain = auth.token_create(client=front_end)
    assert plain.startswith("as_")
    assert len(plain) == 46
    row = ApiToken.objects.values().get(pk=token.pk)
    assert plain not in str(row)
    assert row["hint"] == plain[-4:]


def test_a_token_is_found_in_one_query_with_all_that_an_actor_needs(shop: Shop) -> None:
    agent = user("a")
    agent.shops.add(shop)
    _token, plain = auth.token_create(client=auth.client_create(name="robot", acts_as=agent))
    auth.token_find(plain)  # notes today's use
    with CaptureQueriesContext(connection) as seen:
        token = auth.token_find(plain)
        assert token is not None
        actor = Actor.for_client(token.client)
    assert len(seen) == 1
    assert (actor.kind, actor.user_id, actor.client_id, actor.shop_ids) == (
        "staff",
        agent.pk,
        token.client.pk,
        {shop.pk},
    )
    assert actor.scopes == {"staff"}


def test_use_is_noted_once_a_day(front_end: ApiClient) -> None:
    with time_machine.travel(datetime(2026, 11, 1, 15, 59, tzinfo=UTC), tick=False) as moment:
        token, plain = auth.token_create(client=front_end)
        counts = []
        for _try in range(2):
            with CaptureQueriesContext(connection) as seen:
                auth.token_find(plain)
            counts.append(len(seen))
        moment.shift(timedelta(minutes=1))  # midnight in China
        with CaptureQueriesContext(connection) as seen:
            auth.token_find(plain)
        counts.append(len(seen))
    assert counts == [2, 1, 2]
    token.refresh_from_db()
    assert str(token.last_used_on) == "2026-11-02"


def test_expired_and_revoked_tokens_are_not_found(front_end: ApiClient) -> None:
    with time_machine.travel(NOW, tick=False) as moment:
        _a, expiring = auth.token_create(client=front_end, expires_at=NOW + timedelta(hours=1))
        b, revoked = auth.token_create(client=front_end)
        auth.token_revoke(token=b)
        assert auth.token_find(revoked) is None
        assert auth.token_find(expiring) is not None
        moment.shift(timedelta(hours=1))
        assert auth.token_find(expiring) is None
        assert auth.token_find("as_unknown") is None


def test_rotating_ends_the_old_token_at_once_or_after_an_overlap(front_end: ApiClient) -> None:
    with time_machine.travel(NOW, tick=False) as moment:
        first, plain1 = auth.token_create(client=front_end)
        second, plain2 = auth.token_rotate(token=first, overlap_until=NOW + timedelta(hours=1))
        assert auth.token_find(plain1)
        assert auth.token_find(plain2)
        moment.shift(timedelta(hours=1))
        assert auth.token_find(plain1) is None
        _third, plain3 = auth.token_rotate(token=second)
        assert auth.token_find(plain2) is None
        assert auth.token_find(plain3)
        with pytest.raises(errors.Conflict):
            auth.token_rotate(token=second)


# Over HTTP ------------------------------------------------------------------------------------------------------------


def test_a_token_costs_one_query(front_end: ApiClient) -> None:
    _token, plain = auth.token_create(client=front_end)
    caller(plain).get(SHOPS)
    with CaptureQueriesContext(connection) as seen:
        answer = caller(plain).get(SHOPS)
    assert (answer.status_code, len(seen)) == (200, 2)  # the token, and the list itself


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer nope", "Basic YTpi", f"Bearer {'x' * 300}", "Bearer ü"]
)
def test_without_a_valid_token_it_is_401_and_says_how_to_sign_in(header: str) -> None:
    answer = APIClient(HTTP_AUTHORIZATION=header).get(SHOPS)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="aftersales"'
    assert answer["Content-Type"] == "application/problem+json"


def test_a_token_without_the_scope_is_403_and_changes_nothing(front_end: ApiClient) -> None:
    _token, plain = auth.token_create(client=front_end)
    answer = caller(plain).post(SHOPS, {"code": "x", "name": "x"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert answer.json()["scopes"] == ["refunds:write", "staff"]
    assert Shop.objects.count() == 1


def test_a_client_that_is_switched_off_is_401(front_end: ApiClient) -> None:
    _token, plain = auth.token_create(client=front_end)
    ApiClient.objects.update(is_active=False)
    assert caller(plain).get(SHOPS).json()["code"] == "client_inactive"


def test_a_bad_token_does_not_fall_back_on_the_session() -> None:
    client = APIClient(HTTP_AUTHORIZATION="Bearer nope")
    client.force_login(user("a"), backend="aftersales.core.auth.RoleBackend")
    assert client.get(SHOPS).status_code == 401


def test_the_console_session_works_on_the_same_routes_with_csrf(shop: Shop) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(user("a"), backend="aftersales.core.auth.RoleBackend")
    assert client.get(SHOPS).status_code == 200
    refused = client.post(SHOPS, {"code": "x", "name": "x"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    client.cookies["csrftoken"] = "a" * 32
    accepted = client.post(SHOPS, {"code": "x", "name": "x"}, format="json", HTTP_X_CSRFTOKEN="a" * 32)
    assert accepted.status_code == 201


def test_a_session_costs_two_queries_shops_included(shop: Shop) -> None:
    client = APIClient()
    agent = user("a")
    agent.shops.add(shop)
    client.force_login(agent, backend="aftersales.core.auth.RoleBackend")
    with CaptureQueriesContext(connection) as seen:
        client.get(SHOPS)
    assert len(seen) == 3  # session, user with shops, and the list itself


def test_a_user_who_is_switched_off_loses_his_session() -> None:
    client = APIClient()
    client.force_login(user("a"), backend="aftersales.core.auth.RoleBackend")
    User.objects.update(is_active=False)
    assert client.get(SHOPS).status_code == 401


# manage.py api_client -------------------------------------------------------------------------------------------------


def run(*args: str) -> str:
    out = StringIO()
    call_command("api_client", *args, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_command_makes_shows_rotates_and_revokes(shop: Shop) -> None:
    first = run("create", "ERP", "--shop", "demo", "--scope", "orders:write").strip()
    assert auth.token_find(first)
    second = run("rotate", "ERP").strip()
    assert auth.token_find(first) is None
    assert auth.token_find(second)
    listed = run("list")
    assert f"…{second[-4:]}" in listed
    assert second not in listed
    assert run("revoke", "ERP") == "1 revoked\n"
    assert auth.token_find(second) is None


def test_the_command_makes_clients_that_act_as_staff() -> None:
    user("robot")
    plain = run("create", "Robot", "--acts-as", "robot", "--expires-days", "1").strip()
    token = auth.token_find(plain)
    assert token is not None
    assert token.client.scopes == ["staff"]


def test_the_command_says_what_is_wrong(shop: Shop) -> None:
    run("create", "ERP", "--shop", "demo", "--scope", "orders:write")
    for wrong in (
        ("create", "ERP", "--shop", "demo", "--scope", "orders:write"),
        ("create", "ERP2", "--shop", "demo"),
        ("create", "ERP2", "--shop", "nowhere", "--scope", "orders:write"),
        ("rotate", "nobody"),
        ("revoke", "ERP", "--token", "none"),
    ):
        with pytest.raises(CommandError):
            run(*wrong)

"""The frame's registry and what the context processor makes of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.backends.cache import SessionStore
from django.core.cache import cache
from django.test import RequestFactory
from django.utils import translation

from aftersales.core import navigation
from aftersales.core.console_text import script_text
from aftersales.core.context_processors import SHOP_SESSION_KEY, console
from aftersales.core.models import Role, User
from tests.factories import make_shop, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start every test with an empty rail and leave the real one as it was."""
    monkeypatch.setattr(navigation, "_areas", {})
    monkeypatch.setattr(navigation, "_signals", {})
    monkeypatch.setattr(navigation, "_search", [])
    cache.clear()
    yield
    cache.clear()


def area(key: str, url_name: str = "core:password", **fields: Any) -> navigation.Area:
    """One entry of the rail."""
    return navigation.Area(key, key.title(), "ticket", url_name, **fields)


def frame(user: User, path: str = "/", session: dict[str, Any] | None = None) -> Any:
    """What templates get for a request of this person."""
    request = RequestFactory().get(path)
    request.user = user
    request.session = SessionStore()
    request.session.update(session or {})
    return console(request)["console"]


def test_a_role_sees_its_areas_in_order_and_the_administrator_all() -> None:
    navigation.register(area("b", order=2), area("a", order=1), area("money", roles=frozenset({"finance"})))
    assert [item["key"] for item in frame(make_user())["nav"]] == ["a", "b"]
    assert [item["key"] for item in frame(make_user(Role.FINANCE))["nav"]] == ["a", "b", "money"]
    assert [item["key"] for item in frame(make_user(Role.ADMIN))["nav"]] == ["a", "b", "money"]


def test_an_area_without_a_page_yet_is_left_out() -> None:
    navigation.register(area("a"), area("later", "nobody:has-this"))
    navigation.register_search("nobody:has-this")
    navigation.register_signals(area("alarm", "nobody:has-this"))
    found = frame(make_user())
    assert ([item["key"] for item in found["nav"]], found["search_url"], found["signals"]) == (["a"], "", [])


def test_the_longest_address_that_fits_is_the_area_one_is_in() -> None:
    navigation.register(area("login", "core:login"), area("code", "core:otp"))
    active = [item["key"] for item in frame(make_user(), "/login/code/")["nav"] if item["active"]]
    assert active == ["code"]


def test_counts_are_asked_once_in_a_while() -> None:
    asked: list[User] = []

    def count(user: User) -> int:
        asked.append(user)
        return 7

    navigation.register(area("a", count=count))
    user = make_user()
    assert [frame(user)["nav"][0]["count"] for _ in range(3)] == [7, 7, 7]
    assert asked == [user]


def test_a_second_page_costs_no_query(django_assert_num_queries: Any) -> None:
    make_shop()
    user = make_user()
    _ = frame(user)["shops"]
    with django_assert_num_queries(0):
        _ = frame(user)["shops"]


def test_only_the_shops_that_one_sees_are_offered() -> None:
    own, other = make_shop("own"), make_shop("other")
    assert [shop["id"] for shop in frame(make_user(Role.AGENT, own))["shops"]] == [own.pk]
    assert {shop["id"] for shop in frame(make_user())["shops"]} == {own.pk, other.pk}
    assert frame(make_user(Role.AGENT, own), session={SHOP_SESSION_KEY: other.pk})["shop"] is None
    assert frame(make_user(Role.AGENT, own), session={SHOP_SESSION_KEY: own.pk})["shop"]["id"] == own.pk


def test_a_page_that_needs_no_frame_pays_nothing(django_assert_num_queries: Any) -> None:
    request = RequestFactory().get("/")
    request.user = make_user()
    with django_assert_num_queries(0):
        console(request)


def test_a_key_has_one_meaning_in_a_scope_and_a_sentence() -> None:
    table = list(navigation.key_table())
    assert len({(key.scope, key.key) for key in table}) == len(table)
    assert all(str(key.label) for key in table)
    assert {f"scope_{key.scope}" for key in table} <= set(script_text())


def test_the_scripts_words_have_the_same_places_in_both_languages() -> None:
    with translation.override("en"):
        english = script_text()
    with translation.override("zh-hans"):
        chinese = script_text()
    for name, words in english.items():
        places = {part.split("}")[0] for part in words.split("{")[1:]}
        assert places == {part.split("}")[0] for part in chinese[name].split("{")[1:]}, name


def test_the_keys_are_said_in_the_language_of_the_page_and_a_new_one_at_once(monkeypatch: Any) -> None:
    monkeypatch.setattr(navigation, "_keys", dict(navigation._keys))
    for language, word in (("en", "Search"), ("zh-hans", "搜索"), ("en", "Search")):
        with translation.override(language):
            assert {"key": "/", "scope": "global", "action": "search", "label": word} in navigation.keys_said()
    navigation.register_keys(navigation.Key("~", "nowhere", "test", "Test"))
    with translation.override("en"):
        assert navigation.keys_said()[-1]["key"] == "~"
    navigation._said.clear()

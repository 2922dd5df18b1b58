"""What every page of the console needs around its content: rail, shops, theme, and the words its scripts speak.

Everything is lazy and cached for a moment, so that a fragment pays nothing and a page pays at most once in a while.
"""

import functools
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from aftersales.core import clock, navigation
from aftersales.core.console_text import script_text
from aftersales.core.models import Shop, User

COUNT_SECONDS = 20
COUNTS_KEY = "console:counts:{}"
SHOP_SECONDS = 60
SHOP_SESSION_KEY = "shop_id"
THEME_COOKIE = "theme"
THEMES = ("light", "dark")


def console(request: HttpRequest) -> dict[str, Any]:
    """Give templates `console` (see `_frame`) and `nav`, the areas of the signed-in person's role."""
    frame = SimpleLazyObject(lambda: _frame(request))
    return {"console": frame, "nav": SimpleLazyObject(lambda: frame["nav"])}


def _frame(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    theme = request.COOKIES.get(THEME_COOKIE, "")
    frame: dict[str, Any] = {
        "nav": [],
        "signals": [],
        "quick": [],
        "search_url": "",
        "shops": [],
        "shop": None,
        "theme": theme if theme in THEMES else "",
        "now": clock.now(),
        "languages": settings.LANGUAGES,
        "language": get_language(),
        "text": script_text(),
        "keys": navigation.keys_said(),
    }
    if isinstance(user, User):
        frame |= _signed_in(request, user)
    return frame


def _signed_in(request: HttpRequest, user: User) -> dict[str, Any]:
    areas = navigation.areas_for(user.role)
    signals = navigation.signals_for(user.role)
    counts = _counts(user, areas + signals)
    shops = _shops(user)
    chosen = request.session.get(SHOP_SESSION_KEY)
    nav = [item for area in areas if (item := _item(area, counts))]
    here = max((item["url"] for item in nav if request.path.startswith(item["url"])), key=len, default="")
    for item in nav:
        item["active"] = item["url"] == here
    return {
        "nav": nav,
        "signals": [item for area in signals if (item := _item(area, counts))],
        "quick": [item for area in navigation.quick_for(user.role) if (item := _item(area, counts))],
        "search_url": _url(navigation.search_url_name()),
        "shops": shops,
        "shop": next((shop for shop in shops if shop["id"] == chosen), None),
    }


def _item(area: navigation.Area, counts: dict[str, int]) -> dict[str, Any] | None:
    """Describe an area for the rail; one whose page does not exist is left out."""
    url = _url(area.url_name)
    if not url:
        return None
    return {
        "key": area.key,
        "url": url,
        "label": area.label,
        "icon": area.icon,
        "count": counts.get(area.key),
        "footer": area.footer,
        "hint": area.hint or area.label,
    }


@functools.cache
def _url(name: str) -> str:
    """Return the address of a named page, or nothing while no app provides it; asked for once, it never changes."""
    if not name:
        return ""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def forget_counts(user_id: int) -> None:
    """Ask anew at the next page: this person has just changed what waits for him."""
    cache.delete(COUNTS_KEY.format(user_id))


def _counts(user: User, areas: list[navigation.Area]) -> dict[str, int]:
    """Ask the areas for what waits, at most every `COUNT_SECONDS` for one person."""
    key = COUNTS_KEY.format(user.pk)
    counts: dict[str, int] | None = cache.get(key)
    if counts is None:
        counts = {area.key: area.count(user) for area in areas if area.count}
        cache.set(key, counts, COUNT_SECONDS)
    return counts


def _shops(user: User) -> list[dict[str, Any]]:
    """Return the shops that this person sees, as id and name; without shops of his own, all of them."""
    key = f"console:shops:{user.pk}"
    shops: list[dict[str, Any]] | None = cache.get(key)
    if shops is None:
        seen = user.shops.all() if user.shops.exists() else Shop.objects.all()
        shops = [{"id": shop.pk, "name": shop.name} for shop in seen.only("id", "name").order_by("code")]
        cache.set(key, shops, SHOP_SECONDS)
    return shops

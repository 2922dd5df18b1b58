"""Template tags of the console: icons, money, deadlines. Presentation only; no queries, no decisions."""

from datetime import datetime, timedelta
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from aftersales.core import money
from aftersales.core.words import duration_words, moment_words

register = template.Library()


@lru_cache(maxsize=1)
def _sprite() -> str:
    return static("icons/console.svg")


@lru_cache(maxsize=256)
def _icon(name: str, size: int) -> SafeString:
    return format_html(
        '<svg class="icon" width="{0}" height="{0}" aria-hidden="true"><use href="{1}#{2}"></use></svg>',
        size,
        _sprite(),
        name,
    )


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """Draw a symbol of the icon sprite. It is hidden from screen readers: a word always stands beside it."""
    return _icon(name, size)


@register.simple_tag
@lru_cache(maxsize=32)
def address(name: str) -> str:
    """Return the address of a page that is named on every page, and has no parts that differ."""
    return reverse(name)


@register.simple_tag
def palette(search_url: str) -> SafeString:
    """Draw the command palette, which a script fills: the same on every page of a language."""
    return _palette(get_language() or "", search_url)


@lru_cache(maxsize=8)
def _palette(language: str, search_url: str) -> SafeString:
    return render_to_string("_palette.html", {"search_url": search_url})


@register.filter
def yuan(fen: int | None) -> str:
    """Write fen as yuan with thousands separators, without the sign: 123450 → 1,234.50."""
    return "" if fen is None else money.yuan(fen)


@register.filter
def iso(moment: datetime | None) -> str:
    """Write a moment for a `datetime` attribute."""
    return moment.isoformat(timespec="seconds") if moment else ""


@register.filter
def moment(value: datetime | None) -> str:
    """Write a moment in China's time, as core.words says it: 11-22 16:16."""
    return moment_words(value) if value else ""


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """Return the present query string with some parameters set, or dropped when None; paging starts over."""
    params = context["request"].GET.copy()
    for name in ("after", "before", "page"):
        params.pop(name, None)
    for name, value in changes.items():
        params.pop(name, None)
        if isinstance(value, list | tuple):
            params.setlist(name, [str(item) for item in value])
        elif value is not None:
            params[name] = str(value)
    return f"?{params.urlencode()}" if params else "?"


@register.simple_tag
def sprite() -> str:
    """Return the address of the icon sprite, for markup that needs its own <svg>."""
    return _sprite()


@register.filter
def duration(length: timedelta | None) -> str:
    """Write a length of time in words, as core.words says it."""
    return duration_words(length) if length is not None else ""

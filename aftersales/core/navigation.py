"""The frame's registry: areas of the left rail, counters of the top bar, the table of keys.

The apps' wiring fills it at start-up; the core knows no app. Nothing here reads the database or knows a request:
an area brings its own count, and `core.context_processors` decides when that is asked.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from aftersales.core.models import User

Text = str | Promise
Count = Callable[[User], int]


@dataclass(frozen=True, slots=True)
class Area:
    """One entry of the left rail or counter of the top bar. An empty `roles` means everyone.

    `icon` is a symbol of static/icons/console.svg, `hint` says more than the label while the pointer rests on it.
    Administrators have every area but those that their role has nothing to do with (`for_admin`).
    """

    key: str
    label: Text
    icon: str
    url_name: str
    roles: frozenset[str] = field(default_factory=frozenset)
    count: Count | None = None
    order: int = 100
    footer: bool = False
    for_admin: bool = True
    hint: Text = ""

    def open_to(self, role: str) -> bool:
        """Tell whether this role has the area."""
        return not self.roles or role in self.roles or (role == "admin" and self.for_admin)


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the console: pressed in `scope`, it does `action`; `label` is its line on the help sheet.

    Without a handler of its own the action presses the visible control that carries `data-action="<action>"`.
    """

    key: str
    scope: str
    action: str
    label: Text


_areas: dict[str, Area] = {}
_signals: dict[str, Area] = {}
_quick: dict[str, Area] = {}
_search: list[str] = []
_keys: dict[tuple[str, str], Key] = {}
_said: dict[str | None, list[dict[str, str]]] = {}
"""The table of keys in each language that was asked for: it is on every page, and never changes after the start."""


def register(*areas: Area) -> None:
    """Put areas on the rail; the same key again replaces the earlier one, so that wiring may run twice."""
    for area in areas:
        _areas[area.key] = area


def register_signals(*areas: Area) -> None:
    """Put counters on the top bar: what is about to happen by itself, what one was told."""
    for area in areas:
        _signals[area.key] = area


def register_quick(*areas: Area) -> None:
    """Put buttons on the top bar that open a dialog from any page; narrow screens leave them out."""
    for area in areas:
        _quick[area.key] = area


def register_search(url_name: str) -> None:
    """Name the page behind the one search field."""
    _search[:] = [url_name]


def register_keys(*keys: Key) -> None:
    """Add keys to the one table; a scope has each key once, a later entry replaces the earlier."""
    for key in keys:
        _keys[key.scope, key.key] = key
    _said.clear()


def areas_for(role: str) -> list[Area]:
    """Return the areas of a role, in rail order."""
    return _in_order(_areas, role)


def signals_for(role: str) -> list[Area]:
    """Return the counters of the top bar that a role has, in their order."""
    return _in_order(_signals, role)


def quick_for(role: str) -> list[Area]:
    """Return the dialogs that a role opens from any page."""
    return _in_order(_quick, role)


def _in_order(areas: dict[str, Area], role: str) -> list[Area]:
    return sorted((area for area in areas.values() if area.open_to(role)), key=lambda area: (area.footer, area.order))


def search_url_name() -> str:
    """Return the search page's name, empty while no app has one."""
    return _search[0] if _search else ""


def key_table() -> Iterable[Key]:
    """Return the whole table of keys."""
    return _keys.values()


def keys_said() -> list[dict[str, str]]:
    """Return the whole table of keys for the browser, in the language of the page."""
    language = get_language()
    if language not in _said:
        _said[language] = [
            {"key": key.key, "scope": key.scope, "action": key.action, "label": str(key.label)} for key in key_table()
        ]
    return _said[language]


register_keys(
    Key("/", "global", "search", _("Search")),
    Key("?", "global", "help", _("Show the keys")),
    Key("Ctrl+K", "global", "palette", _("Go to, do, or find by typing")),
    Key("j", "queue", "next", _("Next row")),
    Key("k", "queue", "previous", _("Previous row")),
    Key("Enter", "queue", "open", _("Open the row")),
    Key("x", "queue", "select", _("Select the row")),
    Key("[", "queue", "page-previous", _("Previous page")),
    Key("]", "queue", "page-next", _("Next page")),
    Key("j", "request", "case-next", _("Next case of the queue")),
    Key("k", "request", "case-previous", _("Previous case of the queue")),
    Key("u", "request", "back", _("Back to the list")),
    Key("Enter", "dialog", "confirm", _("Confirm")),
    Key("Escape", "dialog", "leave", _("Leave; what was typed is kept")),
)

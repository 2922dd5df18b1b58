"""The policy settings as a supervisor sees them: in words, with where each figure comes from and what is planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aftersales.core import clock, money, policies
from aftersales.core.auth import Actor
from aftersales.core.models import PolicyVersion, Shop

MOST_VERSIONS = 50
_COLUMNS: dict[str, str | Promise] = {
    "level": gettext_lazy("level"),
    "pays_percent": gettext_lazy("pays, %%"),
    "known_by": gettext_lazy("known by"),
    "checks": gettext_lazy("looked at"),
    "regions": gettext_lazy("regions"),
    "first_g": gettext_lazy("first weight, g"),
    "first_fen": gettext_lazy("first weight"),
    "step_g": gettext_lazy("each further, g"),
    "step_fen": gettext_lazy("each further"),
    "to": gettext_lazy("lands on"),
    "least": gettext_lazy("at the least"),
    "most": gettext_lazy("at the most"),
    "unit": gettext_lazy("counted in"),
    "frozen_meanwhile": gettext_lazy("frozen meanwhile"),
    "carrier": gettext_lazy("carrier"),
    "least_fen": gettext_lazy("surcharge from"),
    "most_fen": pgettext_lazy("surcharge", "to"),
    "least_days": gettext_lazy("days from"),
    "most_days": gettext_lazy("days to"),
    "category": gettext_lazy("category"),
    "return_days": gettext_lazy("return, days"),
    "exchange_days": gettext_lazy("exchange, days"),
    "repair_months": gettext_lazy("repair, months"),
    "main_unit_only": gettext_lazy("then the main unit only"),
    "figure": gettext_lazy("figure"),
    "most_per_10000": gettext_lazy("at most, of 10,000"),
}
_NAME = gettext_lazy("name")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as a row of the page."""

    definition: policies.PolicyDefinition
    words: str
    table: dict[str, Any] | None
    origin: str
    since: datetime | None
    default_words: str
    differs: bool
    planned: list[dict[str, Any]]


def shops_seen(actor: Actor) -> list[Shop]:
    """Give the shops whose figures this person may look at; one query."""
    return list(actor.visible(Shop.objects.all(), "pk").order_by("code"))


def settings_by_group(shop: Shop | None) -> list[tuple[str, list[Setting]]]:
    """Give every setting in the order in which it is defined, by group; the snapshot and one query."""
    planned = _planned(shop)
    groups: dict[str, list[Setting]] = {}
    for definition in policies.definitions():
        groups.setdefault(str(definition.group), []).append(_setting(definition, shop, planned.get(definition.key, [])))
    return list(groups.items())


def setting_of(key: str, shop: Shop | None) -> Setting:
    """Give one setting. Raises: NotFound for a key that does not exist."""
    return _setting(policies.definition(key), shop, _planned(shop, key).get(key, []))


def versions_of(key: str, shop: Shop | None) -> list[dict[str, Any]]:
    """Give the history of a setting for one shop, or of the general figure, the latest first; one query."""
    definition, now = policies.definition(key), clock.now()
    current = policies.explain(key, shop_id=shop.pk if shop else None)
    return [
        {
            "version": version,
            "words": _words(definition, version.value),
            "planned": version.effective_at > now and version.withdrawn_at is None,
            "current": version.effective_at == current.since and version.withdrawn_at is None,
        }
        for version in policies.history(key, shop)[:MOST_VERSIONS]
    ]


def version_get(version_id: int) -> PolicyVersion | None:
    """Give one version with its shop; whether it may be withdrawn is the service's to say."""
    return PolicyVersion.objects.select_related("shop").filter(pk=version_id).first()


def version_words(version: PolicyVersion) -> str:
    """Say the figure of a version."""
    return _words(policies.definition(version.key), version.value)


def _setting(definition: policies.PolicyDefinition, shop: Shop | None, planned: list[PolicyVersion]) -> Setting:
    figure = policies.explain(definition.key, shop_id=shop.pk if shop else None)
    default = definition.words(definition.default)
    return Setting(
        definition=definition,
        words=definition.words(figure.stored),
        table=_table(figure.stored) if definition.kind == "json" else None,
        origin=figure.origin,
        since=figure.since,
        default_words=default,
        differs=figure.stored != definition.default,
        planned=[
            {"version": version, "words": _words(definition, version.value), "shop": version.shop}
            for version in planned
        ],
    )


def _planned(shop: Shop | None, key: str = "") -> dict[str, list[PolicyVersion]]:
    rows = PolicyVersion.objects.filter(effective_at__gt=clock.now(), withdrawn_at=None)
    rows = rows.filter(Q(shop=None) | Q(shop=shop)) if shop else rows.filter(shop=None)
    found: dict[str, list[PolicyVersion]] = {}
    for version in (rows.filter(key=key) if key else rows).select_related("shop").order_by("effective_at"):
        found.setdefault(version.key, []).append(version)
    return found


def _words(definition: policies.PolicyDefinition, stored: Any) -> str:
    if stored is None:
        return _("taken back")
    return _("a table") if definition.kind == "json" else definition.words(stored)


def _table(stored: Any) -> dict[str, Any]:
    """Give a table setting as head and rows: one row an entry, or one row a name."""
    if isinstance(stored, dict):
        entries = [
            {"": name, **value} if isinstance(value, dict) else {"": name, "value": value}
            for name, value in stored.items()
        ]
    else:
        entries = list(stored)
    names = list(dict.fromkeys(name for entry in entries for name in entry))
    return {
        "head": [column_label(name) for name in names],
        "rows": [[_cell(name, entry.get(name)) for name in names] for entry in entries],
    }


def column_label(name: str) -> str:
    """Say what a column of a table setting holds; entries by name have a first column without one."""
    return str(_COLUMNS.get(name, name)) % () if name else str(_NAME)


def _cell(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name.endswith("_fen") and isinstance(value, int):
        return f"¥{money.yuan(value)}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {one}" for key, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "、".join(str(one) for one in value)
    return "" if value is None else str(value)

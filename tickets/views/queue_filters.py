"""What the queue can be filtered by: the words and values, the menus, the chips of what is on, the order."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aftersales.core import money
from refunds.states import REFUND, Kind, Reason
from refunds.states.words import LATER_KINDS
from tickets.selectors import queue as selectors
from tickets.selectors.saved_views import MOST_OWNERS, Head

Choices = Mapping[str, tuple[Any, Mapping[str, Any]]]


def choices_of(head: Head) -> Choices:
    """Give for each filter its word and its values with their words."""
    return {
        "kind": (_("Kind"), {value: label for value, label in Kind.choices if value not in LATER_KINDS}),
        "reason": (_("Reason"), dict(Reason.choices)),
        "status": (_("State"), dict(REFUND.labels)),
        "owner": (_("Owner"), {"none": _("Nobody")} | head.owners),
        "disputed": (pgettext("sign", "Platform"), {"1": _("The platform has stepped in")}),
        "shop": (_("Shop"), head.shops),
    }


def labels(choices: Choices) -> Choices:
    """Give the words of everything that a view may hold."""
    tabs = {key: label for key, (label, _statuses) in selectors.TABS.items()}
    return {**choices, "tab": (_("Tab"), tabs), "sort": (_("Order"), {}), "amount": (_("Amount"), {})}


def allowed(choices: Choices) -> dict[str, Any]:
    """Give the values that a saved view may still ask for."""
    known = {name: values for name, (_word, values) in choices.items() if name != "owner" or len(values) < MOST_OWNERS}
    return {**known, "tab": selectors.TABS, "sort": selectors.ORDERINGS}


def _without(params: QueryDict, *names: str) -> QueryDict:
    kept = params.copy()
    for name in ("after", "before", *names):
        kept.pop(name, None)
    return kept


def _keep(params: QueryDict, *names: str) -> list[tuple[str, str]]:
    kept = _without(params, *names)
    return [(name, value) for name in kept for value in kept.getlist(name)]


def filters(params: QueryDict, wanted: selectors.Wanted, choices: Choices) -> list[dict[str, Any]]:
    """Give the menus; the states of a tab that has one only are none to choose from."""

    def many(name: str, chosen: Any) -> dict[str, Any]:
        label, values = choices[name]
        shown = values
        if name == "status" and (of_tab := selectors.TABS[wanted.tab][1]):
            shown = {value: text for value, text in values.items() if value in of_tab}
        options = [{"value": value, "label": text, "chosen": value in chosen} for value, text in shown.items()]
        keep = _keep(params, name)
        return {"name": name, "label": label, "kind": "many", "on": bool(chosen), "options": options, "keep": keep}

    shown_from = money.yuan(wanted.least_fen).replace(",", "") if wanted.least_fen is not None else ""
    shown_to = money.yuan(wanted.most_fen).replace(",", "") if wanted.most_fen is not None else ""
    return [
        many("kind", wanted.kind),
        many("reason", wanted.reason),
        *([many("status", wanted.status)] if len(selectors.TABS[wanted.tab][1]) != 1 else []),
        {
            "name": "amount",
            "label": _("Amount"),
            "kind": "range",
            "on": bool(shown_from or shown_to),
            "from": shown_from,
            "to": shown_to,
            "keep": _keep(params, "amount_from", "amount_to"),
        },
        many("owner", wanted.owner),
        many("disputed", ["1"] if wanted.disputed else []),
        *([many("shop", wanted.shop)] if len(choices["shop"][1]) > 1 else []),
    ]


def chips(params: QueryDict, wanted: selectors.Wanted, choices: Choices) -> list[dict[str, str]]:
    """Give each filter that is on, with the address without it."""
    chips = []
    for name in ("kind", "reason", "status", "owner", "shop"):
        values, words = getattr(wanted, name), choices[name][1]
        for value in values:
            left = _without(params, name)
            left.setlist(name, [other for other in values if other != value])
            chips.append({"label": str(words.get(value, value)), "remove_url": f"?{left.urlencode()}"})
    if wanted.least_fen is not None or wanted.most_fen is not None:
        low = f"¥{money.yuan(wanted.least_fen)}" if wanted.least_fen is not None else ""
        high = f"¥{money.yuan(wanted.most_fen)}" if wanted.most_fen is not None else ""
        left = _without(params, "amount_from", "amount_to")
        chips.append({"label": f"{low} – {high}", "remove_url": f"?{left.urlencode()}"})
    if wanted.disputed:
        chips.append(
            {"label": pgettext("sign", "Platform"), "remove_url": f"?{_without(params, 'disputed').urlencode()}"}
        )
    return chips


def sort(params: QueryDict, wanted: selectors.Wanted) -> dict[str, Any]:
    """Give the menu of orders."""
    labels = {"urgent": _("Time left"), "newest": _("Newest first"), "oldest": _("Oldest first")}

    def url(key: str) -> str:
        changed = _without(params, "sort")
        changed["sort"] = key
        return f"?{changed.urlencode()}"

    options = [{"label": label, "url": url(key), "active": key == wanted.sort} for key, label in labels.items()]
    return {"label": labels[wanted.sort], "options": options}

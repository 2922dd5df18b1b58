"""The buttons of a case's page, read from what its machine allows."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any


def step_buttons(
    entries: Sequence[Mapping[str, Any]],
    *,
    scope: str,
    keys: Mapping[str, str],
    labels: Mapping[str, Any],
    address: Callable[[str], str],
    first: Collection[str],
) -> list[dict[str, Any]]:
    """Give the buttons: what is possible in this state, what this person may not do with its reason.

    `entries` are `transitions.allowed_actions`; `keys` names the steps that the page offers, in its order, with their
    keys; of `first`, what the page proposes, those stand out that are possible. For components/_action_button.html.
    """
    known = {entry["action"]: entry for entry in entries if entry["allowed"] or entry.get("rule")}
    return [
        {
            "name": f"{scope}-{action}",
            "label": labels[action],
            "url": address(action),
            "enabled": known[action]["allowed"],
            "reason": known[action].get("why_not", ""),
            "primary": action in first and known[action]["allowed"],
            "key": key,
        }
        for action, key in keys.items()
        if action in known
    ]

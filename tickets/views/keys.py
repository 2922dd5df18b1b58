"""The keys of the request page, for the one table of keys (`core.navigation`)."""

from django.utils.translation import gettext_lazy as _

from aftersales.core import navigation
from tickets.selectors.request_actions import WORDS


def register() -> None:
    """Add the keys of every action, of the reply, and of the next case by urgency."""
    navigation.register_keys(
        *(navigation.Key(words.key, "request", name, words.label) for name, words in WORDS.items() if words.key),
        navigation.Key("m", "request", "reply", _("Write to the buyer")),
        navigation.Key(".", "request", "replies", _("Quick replies")),
        navigation.Key(",", "request", "macro", _("Run a macro")),
        navigation.Key("q", "request", "payout", _("Pay out")),
        navigation.Key("t", "request", "take", _("Take on, or give back")),
        navigation.Key("f", "request", "files", _("Look at the evidence")),
        navigation.Key("n", "request", "next-urgent", _("Next request by urgency")),
    )

"""The words that the console's scripts speak, in the page's language. No markup and no logic lives here."""

from django.utils.translation import gettext as _


def script_text() -> dict[str, str]:
    """Return every sentence that static/js uses, by name; `{n}`, `{t}` and the like are filled in by the script."""
    return {
        "days": _("{n} d"),
        "hours": _("{n} h"),
        "minutes": _("{n} min"),
        "seconds": _("{n} s"),
        "due_in": _("in {t}"),
        "due_over": _("{t} overdue"),
        "ago": _("{t} ago"),
        "just_now": _("just now"),
        "close": _("Close"),
        "not_possible": _("Not possible now: {reason}"),
        "failed_network": _("No connection. Nothing was sent; please try again."),
        "failed_server": _("That did not work (error {code}). What you typed is kept; please try again."),
        "failed_session": _("You have been signed out. Sign in again in another tab; what you typed is kept."),
        "draft_restored": _("Restored what you had typed at {t}"),
        "draft_discard": _("Discard"),
        "live_new": _("{n} new"),
        "live_show": _("Show"),
        "live_gone": _("No longer in this list"),
        "live_stale": _("No connection; shown as of {t}"),
        "selected": _("{n} selected"),
        "copied": _("Copied"),
        "keys_title": _("Keys"),
        "scope_global": _("Everywhere"),
        "scope_queue": _("In a list"),
        "scope_request": _("On a request"),
        "scope_order": _("On an order"),
        "scope_buyer": _("On a buyer file"),
        "scope_payout": _("On a payout"),
        "scope_claim": _("On a courier claim"),
        "scope_invoice": _("On an invoice"),
        "scope_warranty": _("On a warranty"),
        "scope_ticket": _("On a ticket"),
        "scope_complaint": _("On a complaint"),
        "scope_survey": _("On a survey"),
        "scope_feedback": _("On a feedback case"),
        "scope_service": _("On a service sheet"),
        "scope_dialog": _("In a dialog"),
        "scope_warehouse": _("In the warehouse"),
        "no_next_case": _("That was the last case of this list"),
        "busy": _("Working…"),
    }

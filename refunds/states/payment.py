"""The state machine of a refund payment: promised → sent → done, failed or unknown (RFD-3)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.machine import AGENT, BUYER, FINANCE, PLATFORM, SUPERVISOR, SYSTEM, WAREHOUSE, Edge, Machine

from .unanswered import paid_by_hand, reported_by_another, sent_by_a_provider


class PaymentStatus(models.TextChoices):
    """Where the money of one request is."""

    PROMISED = "promised", _("Promised")
    SENT = "sent", _("Sent, waiting for confirmation")
    UNKNOWN = "unknown", _("Outcome unknown")
    FAILED = "failed", _("Failed")
    DONE = "done", pgettext_lazy("payment", "Done")


S = PaymentStatus
CLOCK = frozenset({SYSTEM})
MONEY = frozenset({FINANCE, SYSTEM})

PAYMENT = Machine(
    name="payment",
    labels={state.value: state.label for state in S},
    edges=(
        Edge(
            "promise",
            "",
            S.PROMISED,
            frozenset({BUYER, AGENT, SUPERVISOR, WAREHOUSE, PLATFORM, SYSTEM}),
            "payment.promised",
        ),
        Edge("send", S.PROMISED, S.SENT, CLOCK, "payment.sent"),
        Edge("lose_track", S.SENT, S.UNKNOWN, CLOCK, "payment.unknown"),
        *(
            Edge("fail", state, S.FAILED, MONEY, "payment.failed", guards=(paid_by_hand,))
            for state in (S.SENT, S.UNKNOWN)
        ),
        Edge(
            "report_unmoved",
            S.SENT,
            S.UNKNOWN,
            frozenset({FINANCE}),
            "payment.unknown",
            guards=(sent_by_a_provider,),
        ),
        Edge("report_unmoved", S.UNKNOWN, S.UNKNOWN, frozenset({FINANCE}), "payment.unknown"),
        Edge(
            "accept_unmoved",
            S.UNKNOWN,
            S.FAILED,
            frozenset({FINANCE, SUPERVISOR}),
            "payment.failed",
            guards=(reported_by_another,),
        ),
        *(Edge("confirm", state, S.DONE, MONEY, "payment.done") for state in (S.SENT, S.UNKNOWN)),
        Edge("confirm", S.FAILED, S.DONE, frozenset({FINANCE}), "payment.done"),
        Edge("send_again", S.FAILED, S.PROMISED, frozenset({FINANCE}), "payment.promised"),
    ),
    terminal=frozenset({S.DONE}),
    tracked=("status", "amount_fen", "gateway", "reference", "settled_at"),
    title=_("Refund payment"),
    internal=frozenset({"send", "lose_track"}),
    actions={
        "promise": _("Promise"),
        "send": pgettext_lazy("payment", "Send"),
        "lose_track": _("No answer"),
        "fail": _("Failed"),
        "report_unmoved": _("Report as not moved"),
        "accept_unmoved": _("Agree that it has not moved"),
        "confirm": _("Confirm"),
        "send_again": _("Send again"),
    },
)

"""The figures of the deadlines, domain.md §17 (TMO): how long somebody has until something happens by itself."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from aftersales.core.errors import Text
from aftersales.core.policies.kinds import DAY, HOUR, PolicyDefinition

GROUP = _("Deadlines")
_LEAST, _MOST = HOUR, 90 * DAY


def _deadline(name: str, default: int, label: Text, help_text: Text, *rules: str, **more: Any) -> PolicyDefinition:
    """Define `deadline.<name>`, in seconds unless another kind is given; its first rule is the name before a dot."""
    options: dict[str, Any] = {
        "key": f"deadline.{name}",
        "kind": "duration",
        "minimum": _LEAST,
        "maximum": _MOST,
    } | more
    return PolicyDefinition(
        default=default,
        rules=(name.split(".")[0], *rules),
        group=GROUP,
        label=label,
        help=help_text,
        **options,
    )


DEADLINES: tuple[PolicyDefinition, ...] = (
    _deadline(
        "TMO-1",
        48 * HOUR,
        _("Seller answers a refund before shipment"),
        _("Then it is agreed and refunded."),
    ),
    _deadline(
        "TMO-2",
        5 * DAY,
        _("Seller answers a refund without return"),
        _("Shipped or received; then it is agreed and refunded."),
    ),
    _deadline(
        "TMO-3",
        3 * DAY,
        _("Seller answers where seven days without reason hold, or goods are virtual"),
        _("The buyer has the goods; then the same happens as with the longer time."),
    ),
    _deadline(
        "TMO-4",
        5 * DAY,
        _("Seller answers a return"),
        _("Then it is agreed with the shop's default return address."),
        "RFD-4",
    ),
    _deadline("TMO-5", 7 * DAY, _("Buyer sends the goods back"), _("Then the request is closed."), "RFD-4"),
    _deadline(
        "TMO-6",
        10 * DAY,
        _("Seller confirms the returned goods, sent by courier"),
        _("Then the refund is paid."),
        "RFD-4",
    ),
    _deadline(
        "TMO-6.surface",
        30 * DAY,
        _("Seller confirms the returned goods, sent by surface mail"),
        _("Then the refund is paid."),
        "RFD-4",
    ),
    _deadline(
        "TMO-7",
        7 * DAY,
        _("Buyer answers a refusal"),
        _("Then the request is closed and the receiving period goes on."),
        "RFD-5",
    ),
    _deadline(
        "TMO-8",
        15 * DAY,
        _("Buyer applies after the trade succeeded"),
        _("Counted from success; then no new request is possible."),
        "APP-4",
    ),
    _deadline(
        "TMO-9",
        168 * HOUR,
        _("Buyer returns without a reason"),
        _("Counted from 00:00 of the day after signing. The law wants seven days at least."),
        "LAW-1",
        minimum=168 * HOUR,
    ),
    _deadline(
        "TMO-10",
        10 * DAY,
        _("Buyer confirms receipt, sent by courier"),
        _("Then the trade succeeds. Paused while a request is open."),
        "ORD-6",
    ),
    _deadline(
        "TMO-10.virtual",
        3 * DAY,
        _("Buyer confirms receipt, virtual goods"),
        _("Then the trade succeeds. Paused while a request is open."),
        "ORD-6",
    ),
    _deadline(
        "TMO-10.surface",
        30 * DAY,
        _("Buyer confirms receipt, sent by surface mail"),
        _("Then the trade succeeds. Paused while a request is open."),
        "ORD-6",
    ),
    _deadline(
        "TMO-11",
        3 * DAY,
        _("Both sides give evidence in a dispute"),
        _("Then it is decided on what is there."),
        "DIS-1",
    ),
    _deadline(
        "TMO-11.addition",
        24 * HOUR,
        _("Seller answers evidence that the buyer added"),
        _("Added to the time for evidence."),
        "DIS-1",
    ),
    _deadline(
        "TMO-12",
        7,
        _("Platform decides a dispute"),
        _("Working days, the day of stepping in not counted; then it is shown as overdue."),
        "DIS-2",
        kind="workdays",
        minimum=1,
        maximum=60,
    ),
    _deadline("TMO-13.seller", 5 * DAY, _("Exchange: seller answers"), _("Then it is agreed."), "EXC-1"),
    _deadline("TMO-13.buyer_returns", 7 * DAY, _("Exchange: buyer sends back"), _("Then it is closed."), "EXC-1"),
    _deadline(
        "TMO-13.seller_receives",
        10 * DAY,
        _("Exchange: seller confirms the returned goods"),
        _("Then they count as received."),
        "EXC-1",
    ),
    _deadline(
        "TMO-13.seller_ships",
        3 * DAY,
        _("Exchange: seller ships the replacement"),
        _("Then it is turned into a refund."),
        "EXC-1",
    ),
    _deadline(
        "TMO-13.buyer_receives",
        10 * DAY,
        _("Exchange: buyer confirms the replacement"),
        _("Then the exchange succeeds."),
        "EXC-1",
    ),
    _deadline(
        "TMO-14",
        7 * DAY,
        _("Refund after the warehouse signed for the return"),
        _("Warned before, red after. The law allows seven days at most."),
        "LAW-2",
        "RET-4",
        maximum=7 * DAY,
    ),
    _deadline(
        "TMO-15",
        48 * HOUR,
        _("Seller ships after payment"),
        _("Where nothing else was promised; then the order is listed as late."),
    ),
    _deadline(
        "TMO-17.first",
        24 * HOUR,
        _("First warning before a deadline that goes against the shop"),
        _("The ticket rises in the queue and its owner is told."),
        key="warning.TMO-17.first",
        minimum=12 * HOUR,
        maximum=7 * DAY,
    ),
    _deadline(
        "TMO-17.second",
        4 * HOUR,
        _("Second warning before a deadline that goes against the shop"),
        _("The ticket rises in the queue and its owner is told."),
        key="warning.TMO-17.second",
        minimum=10 * 60,
        maximum=11 * HOUR,
    ),
    PolicyDefinition(
        "deadline.CMP-1",
        "duration",
        24 * HOUR,
        ("CMP-1",),
        GROUP,
        _("Reply to the platform on a complaint"),
        _("Then it is shown as overdue."),
        _LEAST,
        _MOST,
    ),
    PolicyDefinition(
        "deadline.EXC-4",
        "duration",
        7 * DAY,
        ("EXC-4",),
        GROUP,
        _("Return arrives after the replacement was sent first"),
        _("Then it goes to the supervisor."),
        _LEAST,
        _MOST,
    ),
    PolicyDefinition(
        "deadline.LOG-6",
        "duration",
        5 * DAY,
        ("LOG-6", "CLM-3"),
        GROUP,
        _("Delivery of a replacement is proved after the buyer denied it"),
        _("Then it counts as lost: it is sent again, or the money goes back."),
        _LEAST,
        _MOST,
    ),
    PolicyDefinition(
        "deadline.DEC-3",
        "duration",
        12 * HOUR,
        ("DEC-3",),
        GROUP,
        _("How long before the seller's deadline a guided request comes back"),
        _("The buyer was asked to correct kind or reason and did not: “refuse” is recommended then."),
        _LEAST,
        5 * DAY,
    ),
    PolicyDefinition(
        "deadline.SVC-4",
        "duration",
        3 * DAY,
        ("SVC-4",),
        GROUP,
        _("Call back after a service record sheet came in"),
        _("Then the call is shown as owed."),
        _LEAST,
        _MOST,
    ),
)

"""The words that a rule may recommend with: actions, postage, flags, looks and ready texts, each with its label.

Rules name them by key; what stands here is translated like every text of the console, while titles and steps are data
in both languages.
"""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    """What the playbook recommends; the agent decides."""

    AGREE = "agree", _("Agree")
    REFUSE = "refuse", _("Refuse")
    GUIDE = "guide", _("Guide the buyer to correct the request")
    CONTACT = "contact", _("Contact the buyer first")
    TRACE = "trace", _("Ask the carrier")
    INSPECT = "inspect", _("Open and inspect the return")
    SETTLE = "settle", _("Settle with the buyer")
    ESCALATE = "escalate", _("Let a supervisor decide")
    SHIP = "ship", _("Send the replacement")
    WAIT = "wait", _("Wait")


BUTTONS: dict[str, str] = {
    Action.AGREE: "agree",
    Action.REFUSE: "refuse",
    Action.INSPECT: "receive",
    Action.SETTLE: "settle",
    Action.GUIDE: "propose",
    Action.SHIP: "ship_replacement",
}
"""The step of the request that carries a recommendation out, where there is one."""


class Postage(models.TextChoices):
    """Who pays the way back (domain.md §9)."""

    SELLER = "seller", _("The seller pays the return postage")
    BUYER = "buyer", _("The buyer pays the return postage")
    HALF = "half", _("Both sides pay half of the return postage")


class Sign(models.TextChoices):
    """What the agent should not overlook."""

    COUNTS_AGAINST_SHOP = "counts_against_shop", _("counts against the shop")
    OFFER_EXCHANGE = "offer_exchange", _("offer an exchange first")
    OFFER_PROMOTION = "offer_promotion", _("offer another style or the promotion")
    RECORD_CALL = "record_call", _("note that the buyer was phoned")
    MARK_ORDER = "mark_order", _("mark the order: aftersale refund")
    REPORT_GOODS = "report_goods", _("report to the goods department")
    CLAIM = "claim", _("claim from the carrier")
    PAY_OUT = "pay_out", _("settle as a payout")
    INVOICE = "invoice", _("register the invoice")
    SUPERVISOR = "supervisor", _("needs a supervisor")


LOOKS: dict[str, str | Promise] = {
    "goods": _("signed date, hot seller, score, whether it counts against the shop"),
    "return": _("what the warehouse says"),
    "buyer": _("earlier applications and refusals"),
    "amount": _("the amount beside what was paid"),
    "parcel": _("the parcel to the buyer, its carrier and age"),
    "return_parcel": _("the buyer's tracking number"),
    "seven_days": _("until when the seven days last"),
    "pictures": _("the buyer's pictures"),
    "own_pictures": _("the shop's and the warehouse's pictures"),
    "contact": _("whether the buyer was written to"),
    "phone": _("when the buyer was written to; a call leaves no trace"),
    "weight": _("what the goods should weigh"),
    "insurance": _("return-freight insurance"),
    "aftersale": _("whether the order is marked"),
}
"""What a step can be filled and ticked from; `request_looks` reads them."""

REPLIES: dict[str, str | Promise] = {
    "voiding": _(
        "Hello, your order has not left us. We have asked the warehouse to take it back and refund you as soon as it"
        " has. May we show you another style, or our present promotion? "
    ),
    "late": _(
        "Hello, we are sorry that your order is not on its way yet. It can leave on ____. May we keep it for you? If"
        " you no longer want it, please say so, and we refund you at once. "
    ),
    "where_parcel_is": _(
        "Hello, your parcel is under way with ____, number ____, and should be with you on ____. May we keep an"
        " eye on it for you? "
    ),
    "tracing": _(
        "Hello, we have asked the carrier where your parcel is and tell you by tomorrow. If it is lost, we send the"
        " goods again or refund you, as you like. "
    ),
    "recall": _(
        "Hello, your parcel has left us already. Please do not accept it when it comes; we have asked the carrier to"
        " bring it back and refund you then. "
    ),
    "invoice": _(
        "Hello, do you need an invoice? Please tell us the title, for a company also its tax number, and we issue it. "
        "A refund is not needed for that. "
    ),
    "ask_pictures": _(
        "Hello, we are sorry. Please send us pictures of the whole goods, of the fault and of the parcel with its"
        " label; then we settle it at once. "
    ),
    "which_difference": _(
        "Hello, we are sorry. What differs from the page: did we send other goods, or does the page show them"
        " differently? A picture helps us to put it right. "
    ),
    "what_is_missing": _(
        "Hello, we are sorry. Which goods are missing, and how many? Was the parcel whole and the tape ours? A picture"
        " of the box with everything in it helps us to find out. "
    ),
    "postage_otherwise": _(
        "Hello, the postage we gladly pay to your Alipay account, which takes 2–3 days. Please withdraw this"
        " request, and tell us the account and its real name. "
    ),
    "guide_kind": _(
        "Hello, for this please change your request to “return and refund”; then we agree at once and tell you where"
        " to send the goods. "
    ),
    "guide_reason": _(
        "Hello, we handle your request gladly. The reason that you chose does not fit what happened; please change it,"
        " and we agree at once. "
    ),
    "how_to_return": _(
        "Hello, we agree to your return. Please send the goods back with tags and accessories, without cash on"
        " delivery, and enter the number here. "
    ),
    "offer_exchange": _(
        "Hello, may we send you another size, colour or style instead? If you would rather return it, we agree"
        " at once. "
    ),
    "refund_under_way": _("Hello, your refund is agreed and goes back the way you paid. "),
    "past_period": _(
        "Hello, the seven days for a return without reason were over when you applied. If the goods have a fault,"
        " please apply with that reason and pictures of it. "
    ),
    "inspection_failed": _(
        "Hello, we have opened your return and found what the pictures show. Please write to us, and we find a solution"
        " together. "
    ),
    "settle": _("Hello, we would like to settle this with you directly. Would ____ suit you? "),
    "looking_into_it": _("Hello, we have received your request and are looking into it now. "),
}
"""Ready words for the buyer, by key; gaps are for the agent to fill (TKT-3)."""

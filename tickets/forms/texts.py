"""Ready words for buyers: a text for each reason of a refusal."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from refunds.states import RefusalReason

R = RefusalReason

REFUSALS: dict[str, Promise] = {
    R.WRONG_KIND: _(
        "Hello, the kind of request does not fit your case. Please change it as we agreed and send it again; we"
        " will handle it at once. Thank you for your understanding."
    ),
    R.WRONG_REASON: _(
        "Hello, the reason you chose does not fit what we found. Please change the reason and send the request"
        " again; we will handle it at once. Thank you for your understanding."
    ),
    R.NOT_FIT_FOR_RESALE: _(
        "Hello, the goods have been worn, washed or have lost their tags, so they cannot be sold again and the"
        " seven-day return does not cover them. The pictures show what we found. Please write to us if you see"
        " it differently."
    ),
    R.DAMAGED_BY_BUYER: _(
        "Hello, the damage comes from use and was not there when the goods left us; the pictures show it. We are"
        " glad to help with a repair. Please write to us if you see it differently."
    ),
    R.PAST_PERIOD: _(
        "Hello, the period for a return without reason was over when you applied. If the goods have a fault,"
        " please apply with that reason and pictures of it, and we will handle it at once."
    ),
    R.EXCLUDED_GOODS: _(
        "Hello, these goods are excluded from the seven-day return, as you confirmed when you bought them. If"
        " they have a fault, please apply with that reason and pictures of it."
    ),
    R.INSUFFICIENT_EVIDENCE: _(
        "Hello, from the pictures we cannot tell what is wrong. Please add clear pictures of the fault, of the"
        " label and of the whole parcel, and send the request again; we will handle it at once."
    ),
    R.GOODS_NOT_RETURNED: _(
        "Hello, the goods have not arrived with us yet. Please check the tracking number and send us the receipt"
        " of the parcel; as soon as the goods are here we refund you."
    ),
    R.INSPECTION_FAILED: _(
        "Hello, we have opened your return, and it does not pass our inspection; the pictures show what we"
        " found. Please write to us, and we will find a solution together."
    ),
    R.UNDER_WAY: _(
        "Hello, your parcel is under way and will arrive soon; the pictures show its tracking. Please wait for"
        " it, and apply again if it does not arrive."
    ),
    R.AGREED_OTHERWISE: _(
        "Hello, as we agreed we settle this another way, so we close this request. Thank you for your"
        " understanding; please write to us if anything is left open."
    ),
    R.ABUSE: _(
        "Hello, we have looked into your case and cannot agree to it; our evidence is in the pictures. Please"
        " write to us if you see it differently, or ask the platform to step in."
    ),
    R.OTHER: _("Hello, we cannot agree to your request, because "),
}

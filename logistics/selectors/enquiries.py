"""What the data say when a buyer asks about a parcel: why nothing is shown of it, and which way out costs less.

Pure reasoning over rows that are there already (LOG-2, LOG-3, LOG-4). Nothing here is decided: a person chooses, and
`tickets.services.enquiries` writes down what was chosen.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from aftersales.core import money, policies
from logistics.models import Carrier, Parcel
from orders.models import Order, OrderLine
from refunds.selectors import postage

from .formats import has_format
from .regions import Reach

_NUMBER_LIKE = re.compile(r"(?<![A-Z0-9])[A-Z0-9]{8,20}(?![A-Z0-9])")


class Cause(StrEnum):
    """Why nothing is shown of a parcel (LOG-2), in the order in which one looks."""

    OWN_SITE = "own_site"
    WRONG_NUMBER = "wrong_number"
    NOT_HANDED_OVER = "not_handed_over"
    CARRIER_SILENT = "carrier_silent"


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause: what speaks for it, what the buyer is told, what is done next."""

    cause: Cause
    title: str
    speaks_for: str
    answer: str
    next_step: str
    likely: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number that may be the right one, with the carrier whose format it has."""

    carrier: Carrier
    tracking_no: str


def fits(carrier: Carrier, tracking_no: str) -> bool:
    """Say whether a number has one of the carrier's formats; without formats nothing fits (LOG-1)."""
    return has_format(carrier.formats, tracking_no)


def candidates(parcel: Parcel, carriers: Sequence[Carrier], texts: Iterable[str]) -> list[Candidate]:
    """Give what the number may be instead: the same number at another carrier, or one that stands in the notes."""
    found: list[Candidate] = []
    own = next((one for one in carriers if one.code.lower() == parcel.carrier.lower()), None)
    if own is None or (own.formats and not fits(own, parcel.tracking_no)):
        found += [
            Candidate(one, parcel.tracking_no) for one in carriers if one is not own and fits(one, parcel.tracking_no)
        ]
    for text in texts:
        for number in _NUMBER_LIKE.findall(text.upper()):
            if number != parcel.tracking_no:
                found += [Candidate(one, number) for one in carriers if fits(one, number)]
    return list(dict.fromkeys(found))


def untracked(
    parcel: Parcel, carriers: Sequence[Carrier], others: Sequence[Candidate], *, at: datetime, patience: timedelta
) -> list[Finding]:
    """Go through the causes of a parcel without tracking information; the likely one stands first (LOG-2).

    `patience` is how long a carrier may take for its first scan.
    """
    own = next((one for one in carriers if one.code.lower() == parcel.carrier.lower()), None)
    name = own.name if own else parcel.carrier
    facts = {"carrier": name, "number": parcel.tracking_no, "hotline": own.phone if own else ""}
    by_post = bool(own and own.tracked_on_own_site)
    misfit = own is None or bool(own.formats and not fits(own, parcel.tracking_no))
    fresh = at - parcel.shipped_at < patience
    verdicts = {
        Cause.OWN_SITE: by_post and not misfit,
        Cause.WRONG_NUMBER: misfit or bool(others),
        Cause.NOT_HANDED_OVER: fresh,
        Cause.CARRIER_SILENT: not fresh,
    }
    first = next(cause for cause, holds in verdicts.items() if holds)
    findings = [
        Finding(
            Cause.OWN_SITE,
            _("Tracked on the carrier's own site only"),
            _("%(carrier)s shows its parcels on its own site only.") % facts
            if by_post
            else _("%(carrier)s is tracked everywhere.") % facts,
            _(
                "Your parcel travels with %(carrier)s under the number %(number)s. The post shows its way only on its "
                "own site; please look there. It is on its way to you."
            )
            % facts,
            _("Nothing else to do; the answer is noted."),
            first == Cause.OWN_SITE,
        ),
        Finding(
            Cause.WRONG_NUMBER,
            _("Wrong carrier or number"),
            _misfit_words(own, misfit, others, facts),
            _("Sorry, we gave you a wrong tracking number. The right one is {right}; please look again in a while."),
            _("The number below takes the place of the old one, which stays beside it."),
            first == Cause.WRONG_NUMBER,
        ),
        Finding(
            Cause.NOT_HANDED_OVER,
            _("Not handed over yet"),
            _("Recorded as shipped %(hours)d hours ago; a first scan may take %(patience)d.")
            % {"hours": (at - parcel.shipped_at) // timedelta(hours=1), "patience": patience // timedelta(hours=1)},
            _(
                "Your parcel (%(carrier)s %(number)s) is packed and goes to the carrier. At busy times the first scan "
                "takes up to two days; we keep an eye on it for you."
            )
            % facts,
            _("The warehouse is asked whether the carrier has it."),
            first == Cause.NOT_HANDED_OVER,
        ),
        Finding(
            Cause.CARRIER_SILENT,
            _("The carrier has it and shows nothing"),
            _("No other cause fits, and the time for a first scan is over.")
            if not fresh
            else _("The time for a first scan is not over yet."),
            _("We have asked %(carrier)s where your parcel %(number)s is and will tell you within a day.") % facts,
            _("The carrier is asked: %(hotline)s") % facts if facts["hotline"] else _("The carrier is asked."),
            first == Cause.CARRIER_SILENT,
        ),
    ]
    return sorted(findings, key=lambda finding: not finding.likely)


def _misfit_words(own: Carrier | None, misfit: bool, others: Sequence[Candidate], facts: dict[str, str]) -> str:
    said = []
    if own is None:
        said.append(_("“%(carrier)s” is no carrier that we know.") % facts)
    elif misfit:
        said.append(_("%(number)s has none of the formats of %(carrier)s.") % facts)
    if others:
        listed = _(", ").join(f"{one.carrier.name} {one.tracking_no}" for one in others[:3])
        said.append(_("It may be: %(numbers)s.") % {"numbers": listed})
    return " ".join(said) or _("The number has the carrier's format, and no other stands in the notes.")


class WayOut(StrEnum):
    """What becomes of a parcel that cannot be delivered (LOG-3)."""

    TRANSFER = "transfer"
    RESHIP = "reship"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True)
class Option:
    """One way out: what it costs, how long the buyer waits, and both as one sum."""

    way: WayOut
    title: str
    cost_fen: int
    days: int
    sum_fen: int
    recommended: bool


@dataclass(frozen=True, slots=True)
class Weighing:
    """The ways out side by side, and the sentence that says why one is recommended."""

    options: list[Option]
    why: str


def undeliverable(
    order: Order,
    lines: Sequence[OrderLine],
    carriers: Sequence[Carrier],
    there: Reach,
    *,
    transfer_fen: int | None,
    transfer_days: int | None,
) -> Weighing:
    """Weigh transferring a parcel to the post at its place against bringing it back and sending it by post (LOG-3).

    Costs by the table of postage with what a postal carrier adds there, a day of waiting by the policy's worth of one.
    Where even the cheaper way costs too large a part of what was paid, or no post serves the place, calling it back and
    giving the money back is recommended. Amounts in fen.
    """
    shop = order.shop_id
    leg = postage.table_fen(order, postage.weight_g(lines))
    worth = policies.number("parcel.day_worth", shop_id=shop)
    most = order.paid_fen * policies.number("parcel.undeliverable_share", shop_id=shop) // 100
    ways = []
    if (added := _added_by_post(carriers, there)) is not None:
        ways.append((WayOut.RESHIP, _("Bring it back and send it by post"), 2 * leg + added, _reship_days(shop)))
    if transfer_fen is not None and transfer_days is not None:
        ways.append((WayOut.TRANSFER, _("Have it handed to the post where it is"), transfer_fen, transfer_days))
    sums = {way: cost + days * worth for way, _title, cost, days in ways}
    given_up = (WayOut.GIVE_UP, _("Call it back and give the money back"), leg, 0)
    best = min(ways, key=lambda one: sums[one[0]], default=given_up)
    too_dear = best[2] > most
    chosen = WayOut.GIVE_UP if too_dear else best[0]
    options = [
        Option(way, title, cost, days, sums.get(way, cost), way == chosen)
        for way, title, cost, days in (*ways, given_up)
    ]
    if not ways:
        said = _("No post that we know serves %(province)s, and the carrier has not said what a transfer costs.")
        return Weighing(options, said % {"province": there.province})
    yuan = {"cost": money.yuan(best[2]), "most": money.yuan(most), "worth": money.yuan(worth)}
    if too_dear:
        return Weighing(
            options, _("Even the cheaper way costs ¥%(cost)s; more than ¥%(most)s is not worth this order.") % yuan
        )
    return Weighing(
        options,
        _("Of the ways that reach the buyer, the least of cost and waiting; a day counts as ¥%(worth)s.") % yuan,
    )


def _added_by_post(carriers: Sequence[Carrier], there: Reach) -> int | None:
    """Give the least that a postal carrier adds there; None where all that are known do not go there."""
    postal = [one.code for one in carriers if one.surface or one.tracked_on_own_site]
    added = [there.surcharge_fen(code) or 0 for code in postal if there.serves(code)]
    return min(added) if added else (None if postal else 0)


def _reship_days(shop_id: int) -> int:
    return policies.number("parcel.reship_by_post_days", shop_id=shop_id)


_FIGURES = ("least_fen", "most_fen", "least_days", "most_days")


@dataclass(frozen=True, slots=True)
class Faster:
    """A faster carrier, with what it adds to the price and how long it takes (LOG-4)."""

    code: str
    name: str
    least_fen: int
    most_fen: int
    least_days: int
    most_days: int


def faster_carriers(order: Order, carriers: Sequence[Carrier], there: Reach) -> list[Faster]:
    """Give the faster carriers of the shop's table that serve the order's province, in its order (LOG-4).

    What a carrier adds there takes the place of the table's span, where it is known.
    """
    names = {one.code.lower(): one.name for one in carriers}
    offers = []
    for row in policies.get("parcel.faster_carriers", shop_id=order.shop_id):
        code, figures = row["carrier"], [row[name] for name in _FIGURES]
        if not there.serves(code):
            continue
        if (added := there.surcharge_fen(code)) is not None:
            figures[:2] = added, added
        offers.append(Faster(code, names.get(code.lower(), code), *figures))
    return offers


def faster_unserving(order: Order, carriers: Sequence[Carrier], there: Reach) -> list[str]:
    """Say which faster carriers of the shop's table do not serve the order's province, and why (LOG-4)."""
    known = {one.code.lower(): one for one in carriers}
    rows = policies.get("parcel.faster_carriers", shop_id=order.shop_id)
    return [said for row in rows if (said := there.warning(known.get(row["carrier"].lower())))]

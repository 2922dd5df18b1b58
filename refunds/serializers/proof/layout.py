"""What the proof says and where it stands, in points from the upper left corner; no drawing (ARR-2)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.core import clock, masking, money
from refunds.models import Refund
from refunds.selectors.arrival import Arrival

from .font import shown, width

WIDTH, HEIGHT = 595, 420
"""A5 across, in points."""
MARGIN, COLUMN, LINE, WITHIN = 56, 120, 26, 16
BLACK, GREY = 0.0, 0.4
MOST_LINES = 2
REST = "…"


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text: where its baseline begins, or ends if it stands on the right."""

    x: float
    y: float
    text: str
    size: float
    grey: float = BLACK
    right: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""

    x: float
    y: float
    until: float


@dataclass(frozen=True, slots=True)
class Page:
    """A page to be drawn. `title` and `author` are said by the file itself, where its kind can."""

    title: str
    author: str
    marks: list[Words | Rule] = field(default_factory=list)


def page_of(refund: Refund, arrival: Arrival) -> Page:
    """Put the proof on its page. Long words take a second line, then end in "…"; rare characters are □."""
    title = _("Proof of a refund")
    page = Page(f"{title} {refund.refund_no}", shown(refund.shop.name))
    right = WIDTH - MARGIN
    page.marks.append(Words(MARGIN, MARGIN, shown(title), 20))
    page.marks.append(Words(right, MARGIN, f"¥{money.yuan(arrival.amount_fen)}", 24, right=True))
    page.marks.append(Rule(MARGIN, MARGIN + 16, right))
    y = MARGIN + 16
    for label, words in rows(refund, arrival):
        y += LINE
        page.marks.append(Words(MARGIN, y, shown(label), 11, GREY))
        for number, line in enumerate(lines(shown(words), 11, right - MARGIN - COLUMN)):
            y += WITHIN if number else 0
            page.marks.append(Words(MARGIN + COLUMN, y, line, 11))
    foot = _("Made %(at)s. Questions about the arrival: %(hotline)s")
    made = f"{clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    said = foot % {"at": made, "hotline": arrival.hotline}
    for number, line in enumerate(lines(shown(said), 9, right - MARGIN)):
        page.marks.append(Words(MARGIN, HEIGHT - MARGIN + WITHIN * (number + 1), line, 9, GREY))
    return page


def lines(text: str, size: float, room: float) -> Iterator[str]:
    """Break a text where it fits: at a space if there is one in the line, else between any two characters."""
    for number in range(1, MOST_LINES + 1):
        if width(text, size) <= room:
            yield text
            return
        last = number == MOST_LINES
        end = len(text)
        while width(text[:end] + (REST if last else ""), size) > room:
            end -= 1
        if last:
            yield text[:end].rstrip() + REST
            return
        end = text.rfind(" ", 1, end + 1) if " " in text[1 : end + 1] else end
        yield text[:end].rstrip()
        text = text[end:].lstrip()


def rows(refund: Refund, arrival: Arrival) -> list[tuple[str, str]]:
    """Give what the page says, line by line. The buyer's nick is masked: the paper is sent on."""
    assert arrival.succeeded_at is not None
    way = {"channel": arrival.channel_label, "to": arrival.to, "when": arrival.when}
    said = [
        (_("Shop"), refund.shop.name),
        (_("Order"), refund.order.order_no),
        (_("Refund no."), refund.refund_no),
        (_("Buyer"), masking.mask_name(refund.order.buyer.nick)),
        (_("Refunded"), f"{arrival.succeeded_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}"),
        (_("Destination"), _("%(channel)s → %(to)s, %(when)s") % way),
        (_("Reference"), arrival.reference),
    ]
    if arrival.expected_until is not None and not arrival.at_once:
        until = timezone.localtime(arrival.expected_until, clock.SHANGHAI)
        said.append((_("There at the latest"), f"{until:%Y-%m-%d}"))
    return said

"""The proof of a refund that a buyer is sent: one page with amount, time, destination and reference (ARR-2)."""

import io

from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.core import clock, masking, money
from refunds.models import Refund
from refunds.selectors.arrival import Arrival

FONT = "STSong-Light"
"""The standard Chinese font of PDF readers; nothing is embedded, so the file is small."""
CONTENT_TYPE = "application/pdf"
MARGIN, LINE = 56, 26


def proof(refund: Refund, arrival: Arrival) -> io.BytesIO:
    """Draw the page. The buyer's nick is masked: the paper is sent on."""
    # Loading it takes longer than a page: only whoever draws one waits for that.
    from reportlab.lib.pagesizes import A5, landscape
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    file = io.BytesIO()
    size = landscape(A5)
    page = Canvas(file, pagesize=size)
    title = _("Proof of a refund")
    page.setTitle(f"{title} {refund.refund_no}")
    page.setAuthor(refund.shop.name)
    width, top = size[0], size[1] - MARGIN
    page.setFont(FONT, 20)
    page.drawString(MARGIN, top, title)
    page.setFont(FONT, 24)
    page.drawRightString(width - MARGIN, top, f"¥{money.yuan(arrival.amount_fen)}")
    page.line(MARGIN, top - 16, width - MARGIN, top - 16)
    height = top - 16
    for label, words in rows(refund, arrival):
        height -= LINE
        page.setFont(FONT, 11)
        page.setFillGray(0.4)
        page.drawString(MARGIN, height, label)
        page.setFillGray(0)
        page.drawString(MARGIN + 120, height, words)
    page.setFont(FONT, 9)
    page.setFillGray(0.4)
    foot = _("Made %(at)s. Questions about the arrival: %(hotline)s")
    made = f"{clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    page.drawString(MARGIN, MARGIN - 16, foot % {"at": made, "hotline": arrival.hotline})
    page.save()
    file.seek(0)
    return file


def rows(refund: Refund, arrival: Arrival) -> list[tuple[str, str]]:
    """Give what the page says, line by line."""
    assert arrival.succeeded_at is not None
    said = [
        (_("Shop"), refund.shop.name),
        (_("Order"), refund.order.order_no),
        (_("Refund no."), refund.refund_no),
        (_("Buyer"), masking.mask_name(refund.order.buyer.nick)),
        (_("Refunded"), f"{arrival.succeeded_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}"),
        (_("Destination"), f"{arrival.channel_label} → {arrival.to}, {arrival.when}"),
        (_("Reference"), arrival.reference),
    ]
    if arrival.expected_until is not None and not arrival.at_once:
        until = timezone.localtime(arrival.expected_until, clock.SHANGHAI)
        said.append((_("There at the latest"), f"{until:%Y-%m-%d}"))
    return said

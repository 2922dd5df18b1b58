"""The slip of a claim: a page A5 with all that a carrier asks for, photos small, and room for the stamp (CLM-1).

Drawn with the font and the line breaks of the proof of a refund (ADR 18).
"""

import io

from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aftersales.core import clock, errors, money, private_files
from logistics.selectors import carrier_name
from logistics.selectors.claim_page import ClaimPage
from refunds.models import Evidence
from refunds.serializers.proof import font
from refunds.serializers.proof.layout import lines

WIDTH, HEIGHT = 420, 595
"""A5 upright, in points."""
MARGIN, COLUMN, LINE, WITHIN = 36, 84, 19, 14
PHOTO, GAP, MOST_PHOTOS, MOST_GOODS = 80, 8, 4, 4
STAMP = 104
BOXES = HEIGHT - 34 - STAMP
"""Where the room for the stamps begins; whatever is said ends above."""
GREY = 0.4


def download(page: ClaimPage) -> FileResponse:
    """Answer with the slip as a file, which nobody on the way keeps."""
    name = f"{page.claim.claim_no}.pdf"
    response = FileResponse(pdf(page), as_attachment=False, filename=name, content_type="application/pdf")
    response["Cache-Control"] = "no-store"
    return response


def pdf(page: ClaimPage) -> io.BytesIO:
    """Draw the slip. The characters that it uses are embedded, so every reader shows them."""
    from reportlab.pdfgen.canvas import Canvas

    font.font()
    claim, file = page.claim, io.BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), initialFontName=font.NAME)  # type: ignore[arg-type]  # str in truth
    title = _("Courier claim slip")
    canvas.setTitle(f"{title} {claim.claim_no}")
    canvas.setAuthor(font.shown(claim.shop.name))

    def write(x: float, y: float, text: str, size: float, *, grey: float = 0.0, right: bool = False) -> None:
        canvas.setFont(font.NAME, size)
        canvas.setFillGray(grey)
        (canvas.drawRightString if right else canvas.drawString)(x, HEIGHT - y, font.shown(text))

    edge = WIDTH - MARGIN
    write(MARGIN, MARGIN + 8, title, 18)
    write(edge, MARGIN + 8, f"¥{money.yuan(claim.amount_fen)}", 20, right=True)
    canvas.line(MARGIN, HEIGHT - MARGIN - 20, edge, HEIGHT - MARGIN - 20)
    y: float = MARGIN + 20
    for label, words in rows(page):
        y += LINE
        write(MARGIN, y, label, 10, grey=GREY)
        for number, line in enumerate(lines(font.shown(words), 10, edge - MARGIN - COLUMN)):
            y += WITHIN if number else 0
            write(MARGIN + COLUMN, y, line, 10)
    y += WITHIN
    x: float = MARGIN
    room = min(PHOTO, BOXES - GAP - y)  # many words leave less of it
    for photo in [one for one in page.photos if one.is_picture][:MOST_PHOTOS]:
        if _draw_photo(canvas, photo, x, HEIGHT - y - room, room):
            x += room + GAP
    _boxes(canvas, write)
    made = f"{clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    write(MARGIN, HEIGHT - 16, _("Original: warehouse · copy: finance · made %(at)s") % {"at": made}, 8, grey=GREY)
    canvas.save()
    file.seek(0)
    return file


def rows(page: ClaimPage) -> list[tuple[str, str]]:
    """Give what the slip says, line by line (CLM-1); nothing of the buyer is told."""
    claim = page.claim
    goods = [
        " ".join(
            filter(None, [line.order_line.goods_no, line.order_line.title, line.order_line.sku, f"×{line.quantity}"])
        )
        + f"  ¥{money.yuan(line.value_fen)}"
        for line in page.lines
    ]
    if len(goods) > MOST_GOODS:
        goods = [*goods[: MOST_GOODS - 1], _("and %(n)s more") % {"n": len(goods) - MOST_GOODS + 1}]
    said = [
        (_("Claim no."), claim.claim_no),
        (_("Shop"), claim.shop.name),
        (_("Order"), claim.order.order_no),
        (_("Carrier"), carrier_name(claim.carrier)),
        (_("Tracking no."), claim.tracking_no),
        (_("Shipped"), f"{claim.parcel.shipped_at.astimezone(clock.SHANGHAI):%Y-%m-%d}"),
        *[(_("Goods") if number == 0 else "", words) for number, words in enumerate(goods)],
        (pgettext("claim", "Cause"), claim.get_cause_display()),
        (_("Amount claimed"), f"¥{money.yuan(claim.amount_fen)}"),
    ]
    if claim.note:
        said.append((_("What happened"), claim.note))
    return said


def _draw_photo(canvas: object, photo: Evidence, x: float, y: float, size: float) -> bool:
    """Draw a small picture; one that the disk lacks leaves no hole in the slip."""
    from reportlab.lib.utils import ImageReader

    try:
        with private_files.open_file(photo.sha256, private_files.THUMBNAIL) as file:
            picture = ImageReader(io.BytesIO(file.read()))
    except errors.NotFound:
        return False
    canvas.drawImage(picture, x, y, size, size, preserveAspectRatio=True, anchor="c")  # type: ignore[attr-defined]
    return True


def _boxes(canvas: object, write: object) -> None:
    """Draw the room for finance's stamp and for the carrier's."""
    half = (WIDTH - 2 * MARGIN - GAP) / 2
    for number, label in enumerate((_("Finance's stamp"), _("Received by the carrier"))):
        x = MARGIN + number * (half + GAP)
        canvas.rect(x, HEIGHT - BOXES - STAMP, half, STAMP)  # type: ignore[attr-defined]
        write(x + 6, BOXES + 14, label, 9, grey=GREY)  # type: ignore[operator]

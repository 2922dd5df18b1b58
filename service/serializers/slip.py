"""The service sheet 售后服务及维修记录单 on paper: A5, for the buyer's signature (SVC-2, SVC-4).

Drawn with the font and the line breaks of the proof of a refund (ADR 18).
"""

import io

from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aftersales.core import clock, money
from refunds.serializers.proof import font
from refunds.serializers.proof.layout import lines
from service.selectors.page import SheetPage

WIDTH, HEIGHT = 420, 595
"""A5 upright, in points."""
MARGIN, COLUMN, LINE, WITHIN = 36, 84, 19, 14
SIGN = 64
BOXES = HEIGHT - 34 - SIGN
"""Where the room for the signatures begins; whatever is said ends above."""
GREY = 0.4


def download(page: SheetPage) -> FileResponse:
    """Answer with the sheet as a file, which nobody on the way keeps."""
    name = f"{page.sheet.sheet_no}.pdf"
    response = FileResponse(pdf(page), as_attachment=False, filename=name, content_type="application/pdf")
    response["Cache-Control"] = "no-store"
    return response


def pdf(page: SheetPage) -> io.BytesIO:
    """Draw the sheet. The characters that it uses are embedded, so every reader shows them."""
    from reportlab.pdfgen.canvas import Canvas

    font.font()
    sheet, file = page.sheet, io.BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), initialFontName=font.NAME)  # type: ignore[arg-type]  # str in truth
    title = _("Service and repair record")
    canvas.setTitle(f"{title} {sheet.sheet_no}")
    canvas.setAuthor(font.shown(sheet.shop.name))

    def write(x: float, y: float, text: str, size: float, *, grey: float = 0.0) -> None:
        canvas.setFont(font.NAME, size)
        canvas.setFillGray(grey)
        canvas.drawString(x, HEIGHT - y, font.shown(text))

    edge = WIDTH - MARGIN
    write(MARGIN, MARGIN + 8, title, 18)
    canvas.line(MARGIN, HEIGHT - MARGIN - 20, edge, HEIGHT - MARGIN - 20)
    y: float = MARGIN + 20
    for label, words in rows(page):
        y += LINE
        for number, line in enumerate(lines(font.shown(words), 10, edge - MARGIN - COLUMN)):
            y += WITHIN if number else 0
            if y > BOXES - WITHIN:
                break
            if number == 0:
                write(MARGIN, y, label, 10, grey=GREY)
            write(MARGIN + COLUMN, y, line, 10)
    half = (edge - MARGIN - 8) / 2
    for number, label in enumerate((_("Engineer"), _("Buyer's signature"))):
        x = MARGIN + number * (half + 8)
        canvas.rect(x, HEIGHT - BOXES - SIGN, half, SIGN)
        write(x + 6, BOXES + 14, label, 9, grey=GREY)
    made = f"{clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    write(MARGIN, HEIGHT - 16, _("Made %(at)s") % {"at": made}, 8, grey=GREY)
    canvas.save()
    file.seek(0)
    return file


def rows(page: SheetPage) -> list[tuple[str, str]]:
    """Give what the sheet says, line by line; whom to see is told in full to the engineer alone (LAW-7)."""
    sheet, line = page.sheet, page.sheet.file.order_line
    said = [
        (pgettext("service", "Sheet"), sheet.sheet_no),
        (_("Shop"), sheet.shop.name),
        (_("Order"), sheet.order.order_no),
        (_("Goods"), f"{line.title} {line.sku}".strip()),
        (_("Serial number"), page.serial),
        (pgettext("service", "Warranty until"), page.until.isoformat() if page.until else "—"),
        (_("Contact"), f"{page.contact['name']} {page.contact['phone']}"),
        (_("Address"), page.contact["address"]),
        (pgettext("service", "Fault"), sheet.text),
        (pgettext("service", "Charge"), sheet.get_charge_display()),
        (_("Engineer"), str(sheet.engineer or "")),
        (_("Diagnosis"), sheet.diagnosis),
        (_("What was done"), sheet.work),
    ]
    if sheet.quoted_fen is not None:
        said.append((pgettext("service", "Quoted"), f"¥{money.yuan(sheet.quoted_fen)}"))
    if sheet.paid_fen is not None:
        said.append((_("Paid"), f"¥{money.yuan(sheet.paid_fen)} {sheet.get_paid_by_display()}"))
    return [(label, words) for label, words in said if words.strip()]

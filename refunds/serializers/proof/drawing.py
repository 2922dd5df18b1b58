"""The two hands that draw a page as it is laid out: a PDF with the font in it, and a picture. Neither decides."""

import io

from . import font
from .layout import HEIGHT, WIDTH, Page, Rule

SCALE = 2
"""Pixels for a point: sharp on a phone, and small enough for a chat."""
POINTS_PER_INCH = 72


def pdf(page: Page) -> io.BytesIO:
    """Draw a PDF. The characters that it uses are embedded, so every reader shows them."""
    from reportlab.pdfgen.canvas import Canvas

    font.font()
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), initialFontName=font.NAME)  # type: ignore[arg-type]  # str in truth
    canvas.setTitle(page.title)
    canvas.setAuthor(page.author)
    for mark in page.marks:
        if isinstance(mark, Rule):
            canvas.line(mark.x, HEIGHT - mark.y, mark.until, HEIGHT - mark.y)
            continue
        canvas.setFont(font.NAME, mark.size)
        canvas.setFillGray(mark.grey)
        write = canvas.drawRightString if mark.right else canvas.drawString
        write(mark.x, HEIGHT - mark.y, mark.text)
    canvas.save()
    file.seek(0)
    return file


def png(page: Page) -> io.BytesIO:
    """Draw a picture in shades of grey."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (WIDTH * SCALE, HEIGHT * SCALE), 255)
    draw = ImageDraw.Draw(image)
    for mark in page.marks:
        start = (mark.x * SCALE, mark.y * SCALE)
        if isinstance(mark, Rule):
            draw.line((start, (mark.until * SCALE, mark.y * SCALE)), fill=0, width=SCALE)
            continue
        # Opened for each line: a face must not be shared by threads, and opening one takes less than a millisecond.
        face = ImageFont.truetype(font.PATH, mark.size * SCALE, layout_engine=ImageFont.Layout.BASIC)
        draw.text(start, mark.text, font=face, fill=round(mark.grey * 255), anchor="rs" if mark.right else "ls")
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True, dpi=(POINTS_PER_INCH * SCALE, POINTS_PER_INCH * SCALE))
    file.seek(0)
    return file

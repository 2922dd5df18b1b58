"""The paper that a buyer is sent: the same page as a PDF and as a picture, in a font that comes along (ARR-2)."""

import io
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.utils import translation
from PIL import Image, ImageChops
from pypdf import PdfReader

from aftersales.core.models import Role, Shop
from orders.models import Buyer, Order
from refunds import services
from refunds.models import Refund
from refunds.selectors.arrival import Arrival
from refunds.serializers.proof import FORMS, download, drawing, font, layout
from tests import factories
from tests.pages import sign_in
from tests.rest import problem, shop_caller, staff_caller
from tools import font as cutting

AT = datetime(2026, 11, 5, 6, 0, tzinfo=UTC)


def refunded(shop_name: str = "云南茶叶旗舰店", nick: str = "茶友小李", **differs: Any) -> tuple[Refund, Arrival]:
    """A request and where its money is, without a database."""
    shop = Shop(name=shop_name)
    order = Order(order_no="TB20261105000123", shop=shop)
    order.buyer = Buyer(nick=nick)
    refund = Refund(refund_no="RF20261105000001", shop=shop)
    refund.order = order
    told: dict[str, Any] = {
        "channel": "quickpay_debit",
        "to": "back to the card",
        "when": "within 3 days",
        "at_once": False,
        "frozen_meanwhile": False,
        "hotline": "95188",
        "amount_fen": 10400,
        "reference": "2026110522001499999",
        "succeeded_at": AT,
        "expected_from": AT,
        "expected_until": AT + timedelta(days=3),
    }
    return refund, Arrival(**(told | differs))


def pdf_page(**differs: Any) -> Any:
    [page] = PdfReader(drawing.pdf(layout.page_of(*refunded(**differs)))).pages
    return page


def picture(**differs: Any) -> Image.Image:
    image = Image.open(drawing.png(layout.page_of(*refunded(**differs))))
    image.load()
    return image


def fonts_of(page: Any) -> dict[str, Mapping[str, Any]]:
    """Every font that a page may draw with: its name, and what the file holds of it."""
    named = {}
    for entry in page["/Resources"]["/Font"].values():
        read = entry.get_object()
        named[read["/BaseFont"]] = read.get("/FontDescriptor", {})
    return named


def test_every_font_of_the_pdf_is_in_it():
    """A reader needs no Chinese font of its own; the file holds the characters that it uses, not the whole font."""
    fonts = fonts_of(pdf_page())
    assert fonts
    for name, holds in fonts.items():
        assert name.endswith("+NotoSansSC-Regular"), name
        assert len(holds["/FontFile2"].get_object().get_data()) > 1000
    assert len(drawing.pdf(layout.page_of(*refunded())).getvalue()) < 60_000


def test_a_font_that_is_not_in_the_file_is_seen():
    """Negative control: the reader's own font, as it was drawn before, holds nothing."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.setFont("STSong-Light", 12)
    canvas.drawString(50, 50, "退款凭证")
    canvas.save()
    [page] = PdfReader(file).pages
    assert all("/FontFile2" not in holds for holds in fonts_of(page).values())


def test_the_picture_is_sharp_and_says_the_same_as_the_pdf():
    """ARR-2: both are drawn from one page that is laid out once; 1190 × 840 pixels in shades of grey."""
    image = picture()
    assert (image.format, image.size, image.mode) == ("PNG", (1190, 840), "L")
    darkest, brightest = image.getextrema()
    assert (darkest, brightest) == (0, 255)
    drawn = [mark.text for mark in layout.page_of(*refunded()).marks if isinstance(mark, layout.Words)]
    said = pdf_page().extract_text()
    assert [text for text in drawn if text not in said] == []


@pytest.mark.parametrize(
    "differs",
    [
        {"shop_name": "云南茶叶专卖店"},
        {"nick": "水友小李"},
        {"amount_fen": 10401},
        {"to": "Alipay balance"},
        {"reference": "2026110522001499998"},
        {"succeeded_at": AT + timedelta(seconds=1)},
        {"expected_until": AT + timedelta(days=4)},
        {"hotline": "95189"},
    ],
    ids=lambda differs: next(iter(differs)),
)
def test_a_picture_differs_when_what_it_says_differs(differs, time_machine):
    time_machine.move_to(AT, tick=False)
    changed = ImageChops.difference(picture(), picture(**differs)).getbbox()
    assert changed is not None
    assert changed[3] - changed[1] < 60, "one line of the page, and no other"
    assert ImageChops.difference(picture(), picture()).getbbox() is None


@pytest.mark.parametrize(("nick", "masked"), [("茶友小李", "茶***"), ("abc_tea", "a****"), ("李", "*")])
def test_the_buyer_is_masked(nick, masked):
    """LAW-7: the paper is sent on."""
    said = [words for _label, words in layout.rows(*refunded(nick=nick))]
    assert masked in said
    assert nick not in said


def test_what_the_font_lacks_is_a_box_and_ends_nothing():
    """A rare character, an emoji of several parts, a control character, text of another direction."""
    assert font.shown("𠮷野家 Tea👨‍👩‍👧 \x00\u202eשלום\n旗舰店️") == "□野家 Tea□□□ □□□□ 旗舰店"
    assert font.shown("喆堃镕 臺灣 é ¥ → – 「」") == "喆堃镕 臺灣 é ¥ → – 「」"
    strange = "𠮷" * 500 + "\ud800" + "👨‍👩‍👧" * 50
    assert "□***" in pdf_page(shop_name=strange, nick=strange).extract_text()
    assert picture(shop_name=strange, nick=strange, reference=strange, hotline=strange).size == (1190, 840)


@pytest.mark.parametrize("text", ["茶" * 200, "word " * 60, "x" * 300, "一个 " + "长" * 90, " ", ""])
def test_no_line_is_wider_than_its_room(text):
    broken = list(layout.lines(font.shown(text), 11, 363))
    assert 1 <= len(broken) <= 2
    assert all(font.width(line, 11) <= 363 for line in broken)
    assert len(text) < 40 or broken[-1].endswith("…")


def test_everything_of_a_page_stays_on_it():
    """Also with the longest words everywhere: no line on another, none beyond the edge."""
    long = "很长的 name " * 40
    marks = layout.page_of(*refunded(shop_name=long, to=long, reference=long, hotline=long)).marks
    words = [mark for mark in marks if isinstance(mark, layout.Words)]
    assert all(mark.right or mark.x + font.width(mark.text, mark.size) <= layout.WIDTH for mark in words)
    heights = sorted({mark.y for mark in words})
    assert heights[-1] < layout.HEIGHT
    assert all(lower - upper >= layout.WITHIN for upper, lower in pairwise(heights))


def test_the_font_has_what_it_was_cut_for_and_every_word_of_ours():
    """The file that is shipped is what `make vendor` makes of the list in `tools.font`."""
    held = set(font.font().face.charToGlyph)
    assert {ord(character) for character in cutting.NAMES} <= held
    assert len(held - cutting.characters()) < 5, "the cut takes mirrored signs along"
    assert len(cutting.characters() - held) < 120, "what Noto Sans SC itself lacks: accents of other languages"
    with open(settings.BASE_DIR / "locale/zh_Hans/LC_MESSAGES/django.po", "rb") as file:
        said = {character for message in read_po(file) if message.id for character in str(message.string)}
    assert {character for character in said if ord(character) > 0x2E7F and ord(character) not in held} == set()


def test_it_is_small_and_comes_with_its_licence():
    assert font.PATH.stat().st_size < 3_200_000
    assert "SIL OPEN FONT LICENSE" in (font.PATH.parent / "OFL.txt").read_text()


def test_many_are_drawn_at_once():
    """A web server draws in threads: no page has a word of another."""
    numbers = [f"2026{number:015d}" for number in range(64)]
    with ThreadPoolExecutor(8) as threads:
        papers = list(threads.map(lambda number: pdf_page(reference=number).extract_text(), numbers))
    assert [[number for number in numbers if number in paper] for paper in papers] == [[number] for number in numbers]


@pytest.mark.parametrize("form", FORMS)
def test_nobody_on_the_way_keeps_it(form):
    answer = download(*refunded(), form)
    assert (answer["Content-Type"], answer["Cache-Control"]) == (FORMS[form][0], "no-store")
    assert answer["Content-Disposition"] == f'attachment; filename="RF20261105000001.{form}"'


def paid() -> Refund:
    """A request whose money has left."""
    refund = factories.make_refund(factories.make_order(sign=True), kind="refund_only", goods_status="received")
    services.refund_agree(refund=refund, actor=factories.staff())
    return factories.pay(refund)


@pytest.mark.django_db
@pytest.mark.parametrize("form", FORMS)
def test_front_end_and_staff_get_it_over_rest_and_no_other_shop(form):
    """ARR-2; roles are tried one by one in `test_permission_matrix`."""
    refund = paid()
    url = f"/refunds/{refund.refund_no}/arrival/proof.{form}"
    starts = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n"}[form]
    for caller in (shop_caller(refund.shop), staff_caller(Role.AGENT), staff_caller(Role.FINANCE)):
        answer = caller.get(url)
        assert (answer.status_code, answer["Content-Type"]) == (200, FORMS[form][0])
        assert b"".join(answer.streaming_content).startswith(starts)
    problem(shop_caller(factories.make_shop()).get(url), 404, "not_found")
    problem(staff_caller(Role.GOODS).get(url), 403, "forbidden")


@pytest.mark.django_db
@pytest.mark.parametrize("form", FORMS)
def test_there_is_no_proof_of_what_has_not_left(form):
    refund = factories.make_return(factories.make_order(sign=True))
    answer = staff_caller(Role.AGENT).get(f"/refunds/{refund.refund_no}/arrival/proof.{form}")
    problem(answer, 409, "not_refunded")


@pytest.mark.django_db
def test_both_are_on_the_request_page_once_the_money_has_left():
    refund = paid()
    client = Client()
    sign_in(client, Role.AGENT)
    page = client.get(f"/requests/{refund.refund_no}/").content.decode()
    for form, place in (("pdf", "proof/"), ("png", "proof/picture/")):
        url = f"/requests/{refund.refund_no}/arrival/{place}"
        assert f'href="{url}"' in page
        assert client.get(url)["Content-Type"] == FORMS[form][0]
    waiting = factories.make_return(factories.make_order(sign=True))
    assert "arrival/proof/" not in client.get(f"/requests/{waiting.refund_no}/").content.decode()


@pytest.mark.django_db
def test_the_page_is_in_the_language_of_who_asks():
    """The row of the destination is a sentence of the language, with its own comma."""
    refund = paid()
    client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    sign_in(client, Role.AGENT)
    with translation.override("zh-hans"):
        file = client.get(f"/requests/{refund.refund_no}/arrival/proof/")
    [page] = PdfReader(io.BytesIO(b"".join(file.streaming_content))).pages
    said = page.extract_text()
    for text in ("退款凭证", "退款去向", f"¥{refund.refunded_fen / 100:.2f}", refund.order.order_no, "茶***"):
        assert text in said
    assert refund.order.buyer.nick not in said

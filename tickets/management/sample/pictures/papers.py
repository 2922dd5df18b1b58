"""Parcels, labels and screens: a torn box, a courier's label, a chat."""

import math
import random

from PIL import Image, ImageDraw

from .canvas import Canvas, Colour, Point, ellipse, font_of, rounded, shade, smooth, torn, words
from .goods import captioned, table

CARDBOARD: Colour = (186, 144, 98)
INK: Colour = (28, 28, 30)


def torn_box(rng: random.Random, caption: str | None) -> bytes:
    """A parcel with its tape ripped, a hole in its front and a crushed corner."""
    canvas = table(rng)
    base = shade(CARDBOARD, rng.uniform(-0.08, 0.1))
    top: list[Point] = [(150, 470), (470, 372), (790, 452), (476, 572)]
    front: list[Point] = [(150, 470), (476, 572), (470, 944), (168, 818)]
    side: list[Point] = [(476, 572), (790, 452), (764, 792), (470, 944)]
    ground: list[Point] = [(168, 818), (470, 944), (764, 792), (800, 700), (150, 760)]
    canvas.shadow(ground, 22, 34, 30, 0.62)
    canvas.shape(side, [shade(base, -0.16), shade(base, -0.42)], angle=20)
    canvas.shape(front, [shade(base, 0.03), shade(base, -0.18)], angle=80)
    canvas.shape(top, [shade(base, 0.3), shade(base, 0.12)], angle=40)
    for face in (front, side, top):
        canvas.grain(0.13, (2.2, 2.2), face)
        canvas.grain(0.07, (5, 160), face)
        canvas.grain(0.14, (150, 150), face)
    for a, b in ((top[0], top[3]), (top[3], top[2]), (top[3], front[2])):
        canvas.line([a, b], shade(base, -0.5), 4, blur=1.6)
        canvas.line([(a[0], a[1] - 3), (b[0], b[1] - 3)], shade(base, 0.45), 2, blur=1, opacity=0.6)
    canvas.line([(310, 421), (633, 512)], shade(base, -0.55), 3, blur=0.8)
    # Brown tape over the joint, ripped off half way, and what is left of it hanging over the front.
    tape = [(284, 430), (336, 412), (480, 452), *torn(rng, [(480, 452), (448, 474), (430, 478)], 5, 7), (430, 478)]
    canvas.shape(tape, [(222, 196, 140), (196, 160, 100)], opacity=0.86)
    canvas.line([(300, 428), (440, 466)], (255, 246, 220), 5, blur=3, opacity=0.6)
    rest = smooth([(596, 500), (660, 484), (700, 500), (690, 560), (640, 556)])
    canvas.shadow(rest, 6, 12, 6, 0.4)
    canvas.shape(rest, [(236, 212, 160), (196, 160, 102)], opacity=0.9)
    # A hole: torn paper, the flutes of the corrugation, darkness.
    cx, cy = rng.uniform(296, 330), rng.uniform(676, 704)
    hole = [
        (cx + 92 * math.cos(w) * rng.uniform(0.72, 1.18), cy + 78 * math.sin(w) * rng.uniform(0.7, 1.2))
        for w in [step / 11 * math.tau for step in range(11)]
    ]
    edge = torn(rng, hole, 7, 8)
    wide = torn(rng, [(cx + (x - cx) * 1.2, cy + (y - cy) * 1.24) for x, y in hole], 8, 8)
    canvas.shape(wide, [shade(base, 0.5), shade(base, 0.34)], inside=front)
    for step in range(-26, 27):
        x = cx + step * 7
        canvas.line([(x, cy - 130), (x + 6, cy + 130)], shade(base, -0.3), 2.4, blur=0.7, opacity=0.75, inside=wide)
    canvas.shape(edge, [(26, 20, 16), (64, 46, 32)], angle=90)
    canvas.shape(
        smooth([(cx - 50, cy + 40), (cx, cy + 6), (cx + 56, cy + 34), (cx + 30, cy + 62), (cx - 30, cy + 64)]),
        [(214, 216, 220), (150, 152, 158)],
        inside=edge,
        opacity=0.9,
    )
    flap = torn(rng, [(cx + 60, cy - 60), (cx + 136, cy - 34), (cx + 128, cy + 44), (cx + 74, cy + 34)], 5, 8)
    canvas.shadow(flap, 8, 14, 8, 0.5)
    canvas.shape(flap, [shade(base, 0.42), shade(base, 0.02)], angle=20)
    canvas.grain(0.3, (3, 3), flap)
    # A crushed corner and creases.
    canvas.shape(
        smooth([(420, 930), (470, 860), (520, 880), (500, 935), (470, 952)]), (40, 28, 18), blur=14, opacity=0.55
    )
    for _ in range(9):
        x, y = rng.uniform(430, 540), rng.uniform(800, 920)
        reach, way = rng.uniform(30, 80), rng.uniform(-2.4, -0.7)
        a, b = (x, y), (x + reach * math.cos(way), y + reach * math.sin(way))
        canvas.line([a, b], shade(base, -0.6), 3, blur=1.4, opacity=0.7)
        canvas.line([(a[0] + 3, a[1] + 3), (b[0] + 3, b[1] + 3)], shade(base, 0.4), 2, blur=1, opacity=0.6)
    canvas.put(waybill(rng), [(520, 600), (716, 522), (702, 694), (508, 786)])
    canvas.shape(side, (0, 0, 0), opacity=0.16)
    return captioned(canvas, caption).photograph(warm=rng.uniform(0.1, 0.6))


def courier_label(rng: random.Random, caption: str | None) -> bytes:
    """A waybill on a parcel, from near by; name and number are hidden as couriers print them."""
    base = shade(CARDBOARD, rng.uniform(-0.1, 0.1))
    canvas = Canvas(rng, [shade(base, 0.24), base, shade(base, -0.24)], angle=60)
    canvas.grain(0.13, (2.4, 2.4))
    canvas.grain(0.06, (6, 300))
    canvas.grain(0.2, (220, 220))
    canvas.shape([(0, 1010), (900, 960), (900, 1080), (0, 1134)], [(216, 190, 136), (190, 156, 98)], opacity=0.8)
    canvas.line([(0, 1030), (900, 980)], (255, 246, 220), 10, blur=6, opacity=0.5)
    lean = rng.uniform(-26, 26)
    corners: list[Point] = [
        (126 + lean, 128 - lean),
        (770 + lean, 128 + lean),
        (778 - lean, 974 + lean),
        (118 - lean, 974 - lean),
    ]
    canvas.shadow(corners, 5, 9, 8, 0.5)
    canvas.put(waybill(rng), corners)
    for _ in range(3):
        x, y = rng.uniform(160, 700), rng.uniform(200, 900)
        fold = smooth(
            [(x, y), (x + rng.uniform(60, 180), y + rng.uniform(-40, 40)), (x + 240, y + rng.uniform(-90, 90))],
            closed=False,
        )
        canvas.line(fold, (120, 120, 124), 4, blur=3, opacity=0.35, inside=corners)
        canvas.line([(a, b + 4) for a, b in fold], (255, 255, 255), 3, blur=2, opacity=0.6, inside=corners)
    canvas.light((700, 240), 300, 0.25)
    return captioned(canvas, caption).photograph(sharp=0.6, warm=rng.uniform(0, 0.5))


def waybill(rng: random.Random) -> Image.Image:
    """The flat print of a waybill, 600 × 800."""
    sheet = Image.new("RGB", (600, 800), (250, 250, 248))
    draw = ImageDraw.Draw(sheet)
    draw.rectangle([8, 8, 591, 791], outline=INK, width=3)
    for y in (92, 210, 290, 420, 540, 690):
        draw.line([8, y, 591, y], fill=INK, width=2)
    number = f"{rng.choice(['77', '43', '88', '75'])}{rng.randrange(10**11, 10**12)}"
    draw.text((28, 24), words("标准快递", "STANDARD"), INK, font_of(40, bold=True))
    draw.text(
        (572, 30),
        f"2026-{rng.randint(9, 11)}-{rng.randint(10, 28)} {rng.randint(9, 20)}:{rng.randint(10, 59)}",
        INK,
        font_of(20),
        anchor="ra",
    )
    draw.text((572, 60), words("第1/1件", "1/1"), INK, font_of(20), anchor="ra")
    draw.text(
        (300, 151),
        f"{rng.randint(100, 899)}-{rng.choice('ABCDEFGH')}{rng.randint(10, 99)} {rng.randint(1, 9):02}",
        INK,
        font_of(78, bold=True),
        anchor="mm",
    )
    draw.text((28, 230), words("集 成都转运中心", "HUB 028"), INK, font_of(34, bold=True))
    for y, sign, place in (
        (310, words("收", "TO"), words("四川省成都市锦江区****小区*栋", "Jinjiang, Chengdu ****")),
        (440, words("寄", "FR"), words("福建省泉州市安溪县****路**号", "Anxi, Quanzhou ****")),
    ):
        surname = words(rng.choice("王李张刘陈杨赵黄周吴"), "L.")
        draw.ellipse([24, y, 88, y + 64], fill=INK)
        draw.text((56, y + 32), sign, (250, 250, 248), font_of(34, bold=True), anchor="mm")
        draw.text(
            (108, y - 2),
            f"{surname}** 1{rng.randint(30, 89)}****{rng.randint(1000, 9999)}",
            INK,
            font_of(32, bold=True),
        )
        draw.text((108, y + 46), place, INK, font_of(26))
    _bars(draw, rng, (44, 556, 556, 640))
    draw.text((300, 664), " ".join(number[i : i + 4] for i in range(0, 14, 4)), INK, font_of(28), anchor="mm")
    for row in range(21):
        for column in range(21):
            corner = min(row, 20 - row) < 7 and min(column, 20 - column) < 7 and not (row > 13 and column > 13)
            inner = max(abs((row if row < 10 else 20 - row) - 3), abs((column if column < 10 else 20 - column) - 3))
            if (inner in (0, 1, 3)) if corner else rng.random() < 0.48:
                draw.rectangle([486 + column * 4, 700 + row * 4, 489 + column * 4, 703 + row * 4], fill=INK)
    draw.text((28, 706), words("物品：茶叶  数量：1", "Goods: tea  Qty: 1"), INK, font_of(24))
    draw.text((28, 746), words("签收人：", "Signed:"), INK, font_of(24))
    return sheet


def _bars(draw: ImageDraw.ImageDraw, rng: random.Random, box: tuple[int, int, int, int]) -> None:
    x = box[0]
    while x < box[2]:
        wide = rng.choice([2, 2, 4, 6])
        draw.rectangle([x, box[1], min(x + wide - 1, box[2]), box[3]], fill=INK)
        x += wide + rng.choice([2, 2, 4, 6])


def chat_screenshot(rng: random.Random, caption: str | None) -> bytes:
    """A chat between buyer and shop on the buyer's telephone; `caption` is what the buyer says first."""
    canvas = Canvas(rng, (237, 237, 237))
    canvas.shape([(0, 0), (900, 0), (900, 150), (0, 150)], (246, 246, 246))
    hour, minute = rng.randint(9, 22), rng.randint(20, 59)
    canvas.text((44, 24), f"{hour}:{minute}", 28, INK, bold=True)
    for step in range(4):
        canvas.shape(
            [
                (720 + step * 11, 50 - step * 6),
                (727 + step * 11, 50 - step * 6),
                (727 + step * 11, 54),
                (720 + step * 11, 54),
            ],
            INK,
        )
    canvas.shape(rounded(800, 30, 850, 54, 6), (120, 120, 120))
    canvas.shape(rounded(803, 33, 803 + rng.randint(14, 44), 51, 4), INK)
    canvas.line([(52, 94), (36, 112), (52, 130)], INK, 5)
    canvas.text((450, 112), words("山里茶铺 · 客服", "Tea shop · service"), 34, INK, bold=True, anchor="mm")
    canvas.line([(0, 150), (900, 150)], (218, 218, 218), 1)
    canvas.text((450, 186), f"{hour}:{minute - rng.randint(4, 10)}", 22, (160, 160, 160), anchor="mm")
    y = 216.0
    for mine, text in _conversation(rng, caption):
        y = _photo(canvas, y) if text is None else _bubble(canvas, y, text, mine=mine)
        if y > 1010:
            break
    canvas.shape([(0, 1090), (900, 1090), (900, 1200), (0, 1200)], (247, 247, 247))
    canvas.shape(rounded(96, 1112, 700, 1176, 12), (255, 255, 255))
    for x in (48, 760, 840):
        canvas.line(ellipse((x, 1144), 25, 25), (60, 60, 60), 4)
    canvas.line([(828, 1144), (852, 1144)], (60, 60, 60), 4)
    canvas.line([(840, 1132), (840, 1156)], (60, 60, 60), 4)
    return canvas.screenshot()


def _conversation(rng: random.Random, caption: str | None) -> list[tuple[bool, str | None]]:
    first = caption or words(
        rng.choice(["你好，收到的茶叶罐是瘪的", "包裹收到时已经破了，里面的东西也坏了", "这双鞋头有划痕，不是新的吧"]),
        rng.choice(["Hello, the tin arrived dented", "The parcel was torn when it came"]),
    )
    return [
        (True, first),
        (True, None),
        (False, words("亲，非常抱歉，麻烦您再拍一下外包装的照片好吗？", "Sorry! Could you send a photo of the box?")),
        (True, words("外包装也压坏了，快递放门口的", "The box was crushed too")),
        (False, words("好的亲，这边给您申请退款，运费由我们承担", "Thank you, we will refund you and pay the postage")),
        (True, words("多久能到账？", "When will it arrive?")),
        (False, words("审核通过后 1-3 个工作日原路退回哦", "One to three working days after approval")),
    ]  # fmt: skip


def _bubble(canvas: Canvas, y: float, text: str, *, mine: bool) -> float:
    font, room = font_of(34), 520
    lines: list[str] = []
    line = ""
    for sign in text:
        if font.getlength(line + sign) > room:
            lines, line = [*lines, line], ""
        line += sign
    lines.append(line)
    wide = max(font.getlength(one) for one in lines) + 44
    tall = len(lines) * 48 + 32
    colour: Colour = (149, 236, 105) if mine else (255, 255, 255)
    left = 780 - wide if mine else 120.0
    canvas.shape(rounded(left, y, left + wide, y + tall, 10), colour)
    tip = left + wide if mine else left
    canvas.shape([(tip, y + 26), (tip + (12 if mine else -12), y + 38), (tip, y + 50)], colour)
    _avatar(canvas, y, mine=mine)
    for index, one in enumerate(lines):
        canvas.text((left + 22, y + 18 + index * 48), one, 34, INK)
    return y + max(tall, 76) + 30


def _photo(canvas: Canvas, y: float) -> float:
    """A small picture of a parcel in the chat."""
    frame = rounded(540, y, 780, y + 250, 10)
    canvas.shape(frame, [(188, 176, 160), (140, 128, 112)])
    box = [(580, y + 90), (670, y + 60), (750, y + 92), (744, y + 190), (664, y + 226), (584, y + 186)]
    canvas.shape(box, [shade(CARDBOARD, 0.2), shade(CARDBOARD, -0.3)], angle=60)
    canvas.line([(580, y + 90), (664, y + 124), (750, y + 92)], shade(CARDBOARD, -0.5), 3)
    canvas.line([(664, y + 124), (664, y + 226)], shade(CARDBOARD, -0.5), 3)
    canvas.shape(torn(canvas.rng, [(600, y + 130), (640, y + 138), (646, y + 180), (606, y + 170)], 5, 6), (40, 30, 22))
    _avatar(canvas, y, mine=True)
    return y + 280


def _avatar(canvas: Canvas, y: float, *, mine: bool) -> None:
    """A leaf for the shop, a hill for the buyer: nobody's face."""
    left = 804.0 if mine else 24.0
    tile = rounded(left, y, left + 76, y + 76, 10)
    canvas.shape(tile, [(150, 196, 236), (96, 150, 210)] if mine else [(238, 232, 214), (216, 206, 176)])
    if mine:
        canvas.shape(
            [(left, y + 76), (left + 30, y + 34), (left + 48, y + 54), (left + 58, y + 44), (left + 76, y + 76)],
            (58, 110, 92),
            inside=tile,
        )
    else:
        canvas.shape(
            smooth([(left + 16, y + 58), (left + 24, y + 26), (left + 60, y + 16), (left + 50, y + 52)]), (64, 130, 76)
        )
        canvas.line([(left + 16, y + 60), (left + 48, y + 28)], (40, 90, 52), 3)

"""Goods with a flaw: a shoe, a tea tin, a telephone."""

import math
import random
from collections.abc import Sequence

from .canvas import Canvas, Colour, Point, ellipse, rounded, shade, smooth, turned, words


def table(rng: random.Random) -> Canvas:
    """A table top, in wood or cloth, with light from one side."""
    if rng.random() < 0.6:
        base = rng.choice([(176, 132, 88), (150, 108, 72), (196, 160, 116), (122, 88, 62)])
        canvas = Canvas(rng, [shade(base, 0.16), base, shade(base, -0.2)], angle=rng.choice([60, 120]))
        tilt = rng.uniform(-4, 4)
        canvas.grain(0.17, (170, 3.0), angle=tilt)
        canvas.grain(0.15, (420, 30), angle=tilt)
        for _ in range(rng.randint(1, 2)):
            y = rng.uniform(80, 1150)
            canvas.line([(-20, y), (920, y - math.tan(math.radians(tilt)) * 920)], shade(base, -0.45), 3, blur=1)
    else:
        base = rng.choice([(214, 208, 198), (178, 186, 192), (202, 190, 178)])
        canvas = Canvas(rng, [shade(base, 0.3), base, shade(base, -0.22)], angle=rng.choice([45, 120]))
        canvas.grain(0.16, (3, 1.4))
        canvas.grain(0.16, (1.4, 3))
        canvas.grain(0.16, (260, 200))
    canvas.light((rng.choice([120, 760]), 160), 420, 0.22)
    return canvas


def scuffed_shoe(rng: random.Random, caption: str | None) -> bytes:
    """A trainer from the side with scratches across its toe."""
    canvas = table(rng)
    main: Colour = rng.choice([(52, 74, 110), (178, 58, 52), (66, 68, 72), (216, 210, 200), (70, 104, 84)])
    dx, dy = rng.uniform(-20, 20), rng.uniform(-40, 30)

    def at(points: Sequence[Point]) -> list[Point]:
        return [(x + dx, y + dy) for x, y in points]

    sole = smooth(
        at(
            [
                (96, 742),
                (120, 790),
                (300, 806),
                (520, 812),
                (720, 800),
                (812, 760),
                (822, 716),
                (780, 700),
                (600, 716),
                (400, 706),
                (240, 712),
                (116, 700),
            ]
        )
    )
    upper = smooth(
        at(
            [
                (112, 716),
                (104, 610),
                (118, 500),
                (160, 448),
                (226, 452),
                (290, 492),
                (352, 470),
                (420, 500),
                (520, 570),
                (650, 622),
                (760, 648),
                (808, 694),
                (798, 726),
                (600, 730),
                (380, 726),
                (220, 728),
            ]
        )
    )
    canvas.shadow(sole, 14, 34, 26, 0.6)
    canvas.shadow(sole, 4, 12, 8, 0.5)
    canvas.shape(upper, [shade(main, 0.24), main, shade(main, -0.36)], angle=80)
    canvas.grain(0.22, (2.2, 2.2), upper)
    # Opening and lining, heel and toe pieces.
    opening = smooth(at([(132, 498), (166, 456), (226, 460), (284, 496), (330, 488), (300, 528), (220, 520)]))
    canvas.shape(opening, [(34, 32, 34), (92, 88, 86)], angle=90, inside=upper)
    heel = smooth(at([(104, 720), (98, 600), (112, 540), (170, 560), (196, 650), (206, 726)]))
    canvas.shape(heel, [shade(main, 0.05), shade(main, -0.4)], angle=60, inside=upper)
    toe = smooth(at([(610, 730), (628, 664), (690, 634), (770, 650), (820, 700), (800, 734)]))
    canvas.shape(toe, [shade(main, 0.42), shade(main, 0.06), shade(main, -0.22)], angle=70, inside=upper)
    stripe = (236, 232, 224) if sum(main) < 500 else (60, 62, 68)
    for step in range(2):
        band = smooth(
            at(
                [
                    (250 + step * 84, 724),
                    (330 + step * 84, 640),
                    (372 + step * 84, 560),
                    (404 + step * 84, 566),
                    (372 + step * 84, 650),
                    (300 + step * 84, 724),
                ]
            )
        )
        canvas.shape(band, [stripe, shade(stripe, -0.2)], inside=upper)
    for line in ([(206, 724), (190, 640), (172, 566), (116, 546)], [(606, 728), (626, 668), (690, 636), (768, 650)]):
        seam = smooth(at(line), closed=False)
        canvas.line(seam, shade(main, -0.5), 3, blur=1, inside=upper)
        for x, y in seam[::2]:
            canvas.line([(x + 6, y + 1), (x + 10, y - 1)], shade(main, 0.55), 1.6, opacity=0.8)
    # Laces.
    for step in range(6):
        x, y = 322 + step * 46 + dx, 486 + step * 25 + dy
        canvas.line([(x - 8, y + 30), (x + 48, y - 6)], (20, 20, 24), 13, blur=4, opacity=0.5)
        canvas.line([(x - 8, y + 26), (x + 48, y - 10)], (238, 236, 230), 11)
        canvas.line([(x - 6, y + 22), (x + 46, y - 12)], (255, 255, 255), 3, blur=1)
    canvas.shape(sole, [(246, 244, 238), (222, 218, 208), (172, 166, 156)])
    for x in range(130, 810, 16):
        canvas.line(at([(x, 776), (x + 5, 800)]), (150, 144, 136), 3, blur=1, inside=sole)
    canvas.line(
        smooth(at([(100, 736), (300, 752), (560, 758), (760, 742), (820, 724)]), closed=False), (186, 180, 170), 3
    )
    canvas.shape(smooth(at([(150, 560), (200, 540), (330, 600), (260, 640)])), (255, 255, 255), blur=26, opacity=0.16)
    # The flaw.
    cx, cy = rng.uniform(700, 736) + dx, rng.uniform(676, 692) + dy
    canvas.shape(
        smooth([(cx - 50, cy + 14), (cx - 8, cy - 24), (cx + 46, cy - 2), (cx + 12, cy + 26)]),
        shade(main, 0.7),
        blur=7,
        opacity=0.55,
        inside=upper,
    )
    for _ in range(46):
        x, y, reach = cx + rng.gauss(0, 26), cy + rng.gauss(0, 12), rng.uniform(8, 40)
        tone = (240, 234, 222) if rng.random() < 0.65 else shade(main, -0.65)
        canvas.line(
            [(x, y), (x + reach, y + reach * rng.uniform(0.15, 0.5))],
            tone,
            rng.uniform(1, 2.6),
            opacity=rng.uniform(0.5, 0.95),
            inside=upper,
        )
    canvas.mark((cx + 6, cy + 2), 92, 64)
    return captioned(canvas, caption).photograph(warm=rng.uniform(0, 0.5))


def dented_tin(rng: random.Random, caption: str | None) -> bytes:
    """A round tea tin whose side is pushed in."""
    canvas = table(rng)
    body: Colour = rng.choice([(32, 86, 66), (138, 34, 36), (44, 56, 92), (166, 126, 52)])
    left, right, top, bottom = 232.0, 668.0, 330.0, 930.0
    middle, rx, ry = (left + right) / 2, (right - left) / 2, 54.0
    dent_y, deep = rng.uniform(640, 720), rng.uniform(34, 48)
    side = [(right - deep * math.exp(-(((y - dent_y) / 58) ** 2)), y) for y in range(int(top), int(bottom) + 1, 6)]
    lower = ellipse((middle, bottom), rx, ry, 0, 180)
    outline = [(left, top), *side, *lower[1:], (left, bottom)]
    canvas.shadow([(left, bottom - 60), (right, bottom - 60), *lower], 70, 34, 34, 0.6)
    canvas.shadow(lower, 0, 14, 10, 0.55)
    metal = [
        shade(body, -0.5),
        shade(body, 0.06),
        shade(body, 0.36),
        body,
        shade(body, -0.3),
        shade(body, -0.1),
        shade(body, -0.6),
    ]
    canvas.shape(outline, metal, angle=0)
    canvas.grain(0.12, (1.6, 1.6), outline)
    for y, tall in ((top + 70, 8), (bottom - 56, 8)):
        band = [*ellipse((middle, y), rx, ry, 0, 180), *reversed(ellipse((middle, y + tall), rx, ry, 0, 180))]
        canvas.shape(band, [(120, 92, 36), (246, 216, 138), (196, 152, 70), (110, 84, 34)], angle=0, inside=outline)
    # A paper label around the belly.
    upper, under = ellipse((middle, 500), rx, ry, 20, 160), ellipse((middle, 800), rx, ry, 20, 160)
    label = [*upper, *reversed(under)]
    canvas.shape(
        label,
        [(206, 198, 178), (246, 240, 224), (250, 246, 232), (214, 206, 188), (158, 150, 136)],
        angle=180,
        inside=outline,
    )
    canvas.line(ellipse((middle, 516), rx, ry, 24, 156), shade(body, -0.1), 3, inside=outline)
    canvas.line(ellipse((middle, 784), rx, ry, 24, 156), shade(body, -0.1), 3, inside=outline)
    name = words(rng.choice(["铁观音", "正山小种", "碧螺春", "普洱熟茶"]), "OOLONG")
    tall = 62 if len(name) <= 3 else 50
    if name.isascii():
        canvas.text((middle - 8, 690), name, 64, shade(body, -0.2), bold=True, anchor="mm")
    else:
        for index, sign in enumerate(name):
            canvas.text((middle - 10, 600 + index * tall * 1.1), sign, tall, shade(body, -0.2), bold=True, anchor="mm")
    canvas.text((middle - 8, 816), words("净含量 250 克", "net 250 g"), 22, (90, 84, 74), anchor="mm")
    # The dent: a dark hollow, a bright lower lip, creases.
    x = right - deep - 34
    canvas.shape(ellipse((x + 22, dent_y - 8), 62, 64), (6, 6, 8), blur=18, opacity=0.62, inside=outline)
    canvas.shape(ellipse((x + 2, dent_y + 44), 70, 20), (255, 250, 236), blur=10, opacity=0.55, inside=outline)
    canvas.shape(ellipse((x - 42, dent_y - 4), 12, 56), (255, 252, 240), blur=8, opacity=0.5, inside=outline)
    for way in (-40, -14, 16, 40):
        reach = rng.uniform(60, 104)
        start = (x + 10, dent_y + way * 0.4)
        end = (start[0] - reach, start[1] + way * 1.5)
        canvas.line([start, end], (20, 18, 18), 4, blur=2.4, opacity=0.5, inside=outline)
        canvas.line(
            [(start[0], start[1] + 5), (end[0], end[1] + 5)], (255, 250, 236), 3, blur=1.6, opacity=0.5, inside=outline
        )
    # The lid.
    rim = [*ellipse((middle, top + 34), rx + 6, ry, 0, 180), *ellipse((middle, top - 26), rx + 6, ry, 180, 360)]
    canvas.shape(rim, [shade(part, 0.08) for part in metal], angle=0)
    canvas.line(ellipse((middle, top + 36), rx + 6, ry, 0, 180), shade(body, -0.7), 4, blur=1.5)
    lid = ellipse((middle, top - 26), rx + 6, ry)
    canvas.shape(lid, [shade(body, 0.42), body, shade(body, -0.25)], angle=30)
    canvas.line(ellipse((middle, top - 26), rx - 16, ry - 6), shade(body, -0.35), 4, blur=1)
    canvas.shape(ellipse((middle - 80, top - 36), 70, 14), (255, 255, 250), blur=12, opacity=0.4)
    canvas.shape(
        [(left + 92, top + 30), (left + 122, top + 36), (left + 122, bottom + 30), (left + 92, bottom + 24)],
        (255, 255, 250),
        blur=12,
        opacity=0.26,
        inside=outline,
    )
    if rng.random() < 0.7:
        canvas.mark((x + 24, dent_y + 4), 110, 112)
    return captioned(canvas, caption).photograph(warm=rng.uniform(0.1, 0.6))


def cracked_phone(rng: random.Random, caption: str | None) -> bytes:
    """A telephone lying on a table, its glass broken from one corner."""
    canvas = table(rng)
    middle, tilt = (450.0, 600.0), rng.uniform(-9, 9)
    frame = turned(rounded(222, 130, 678, 1070, 62), middle, tilt)
    glass = turned(rounded(238, 146, 662, 1054, 50), middle, tilt)
    canvas.shadow(frame, 26, 34, 30, 0.65)
    canvas.shadow(frame, 6, 10, 6, 0.5)
    canvas.shape(frame, [(196, 198, 204), (92, 94, 100), (168, 170, 176), (60, 62, 66)], angle=30)
    canvas.shape(glass, (8, 8, 10))
    screen = turned(rounded(250, 158, 650, 1042, 40), middle, tilt)
    sky = rng.choice([
        [(24, 34, 84), (92, 70, 150), (232, 136, 120)], [(12, 56, 74), (40, 128, 134), (186, 214, 170)],
        [(40, 24, 48), (140, 50, 80), (246, 170, 104)],
    ])  # fmt: skip
    canvas.shape(screen, sky, angle=80 + tilt)
    for level, dark in ((760, -0.35), (850, -0.6)):
        hills = smooth(
            [
                (230, level),
                (330, level - rng.uniform(20, 90)),
                (450, level - 10),
                (560, level - rng.uniform(30, 110)),
                (680, level),
            ],
            closed=False,
        )
        canvas.shape(turned([*hills, (680, 1060), (230, 1060)], middle, tilt), shade(sky[1], dark), inside=screen)
    for row in range(2):
        for column in range(4):
            x, y = 292 + column * 88, 780 + row * 120
            icon = turned(rounded(x, y, x + 58, y + 58, 15), middle, tilt)
            tone = rng.choice(
                [(72, 160, 240), (90, 196, 120), (244, 176, 66), (236, 98, 92), (150, 120, 230), (240, 240, 244)]
            )
            canvas.shape(icon, [shade(tone, 0.25), tone], opacity=0.92, inside=screen)
    canvas.shape(turned(ellipse((450, 186), 11, 11), middle, tilt), (4, 4, 6))
    # Cracks: rays from the blow, rings between them.
    blow = turned([(rng.choice([300, 600]), rng.uniform(300, 420))], middle, tilt)[0]
    ways = sorted(rng.uniform(0, math.tau) for _ in range(17))
    rays = [_ray(rng, blow, way, rng.uniform(240, 900)) for way in ways]
    for ray in rays:
        canvas.line([(x + 2, y + 2) for x, y in ray], (0, 0, 0), 3, blur=1, opacity=0.6, inside=glass)
        canvas.line(ray, (226, 234, 238), rng.uniform(1.2, 2.6), opacity=0.9, inside=glass)
        if rng.random() < 0.6:
            branch = _ray(
                rng, ray[len(ray) // 2], ways[rays.index(ray)] + rng.choice([-0.6, 0.6]), rng.uniform(90, 260)
            )
            canvas.line(branch, (210, 220, 226), 1.4, opacity=0.8, inside=glass)
    for radius in (26, 52, 92, 150):
        for first, second in zip(rays, [*rays[1:], rays[0]], strict=True):
            if rng.random() < 0.62:
                a, b = (
                    _along(blow, first, radius * rng.uniform(0.85, 1.15)),
                    _along(blow, second, radius * rng.uniform(0.85, 1.15)),
                )
                canvas.line([a, b], (220, 228, 232), 1.3, opacity=0.8, inside=glass)
                if radius < 100 and rng.random() < 0.5:
                    canvas.shape([blow, a, b], (235, 242, 246), opacity=rng.uniform(0.08, 0.4), inside=glass)
    canvas.shape(ellipse(blow, 22, 20), (245, 248, 250), blur=6, opacity=0.75)
    shine = turned([(250, 158), (430, 158), (250, 700)], middle, tilt)
    canvas.shape(shine, (255, 255, 255), blur=2, opacity=0.10, inside=glass)
    return captioned(canvas, caption).photograph(warm=rng.uniform(0, 0.3))


def _ray(rng: random.Random, start: Point, way: float, reach: float) -> list[Point]:
    path, (x, y), done = [start], start, 0.0
    while done < reach:
        step = rng.uniform(18, 46)
        way += rng.gauss(0, 0.10)
        x, y, done = x + math.cos(way) * step, y + math.sin(way) * step, done + step
        path.append((x, y))
    return path


def _along(start: Point, ray: list[Point], reach: float) -> Point:
    """Return the point of a ray that is `reach` away from its start, or its end."""
    return next((point for point in ray if math.dist(start, point) >= reach), ray[-1])


def captioned(canvas: Canvas, caption: str | None) -> Canvas:
    """Write what the sender wrote across the lower edge."""
    if caption:
        canvas.shape([(0, 1112), (900, 1112), (900, 1200), (0, 1200)], (0, 0, 0), opacity=0.45)
        canvas.text((450, 1156), caption[:40], 34, (255, 255, 255), anchor="mm")
    return canvas

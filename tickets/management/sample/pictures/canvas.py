"""What all sample pictures are drawn with: shapes with gradients and shadows, grain, light and the camera's faults.

Coordinates are those of the finished picture, 900 × 1200; it is drawn larger and scaled down at the end. All chance
comes from the generator that the caller gives, so a seed is a picture.
"""

import io
import math
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TypeAlias

from django.conf import settings
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT = 900, 1200
MAX_BYTES = 120_000
_SCALE = 1.6

Point: TypeAlias = tuple[float, float]
Colour: TypeAlias = tuple[int, int, int]
Fill: TypeAlias = Colour | Sequence[Colour]


class Canvas:
    """A picture in the making."""

    def __init__(self, rng: random.Random, ground: Fill, angle: float = 90) -> None:
        self.rng = rng
        self.image = _gradient((round(WIDTH * _SCALE), round(HEIGHT * _SCALE)), ground, angle)

    def shape(
        self,
        points: Sequence[Point],
        fill: Fill,
        *,
        angle: float = 90,
        blur: float = 0,
        opacity: float = 1,
        inside: Sequence[Point] | None = None,
    ) -> None:
        """Fill a shape with a colour or a gradient along `angle`; `inside` cuts it to another shape."""
        found = self._mask(points, blur)
        if found is None:
            return
        box, mask = found
        if inside is not None:
            other = Image.new("L", mask.size)
            ImageDraw.Draw(other).polygon([(x * _SCALE - box[0], y * _SCALE - box[1]) for x, y in inside], fill=255)
            mask = ImageChops.multiply(mask, other)
        if opacity < 1:
            mask = mask.point(lambda value: round(value * opacity))
        self.image.paste(_gradient(mask.size, fill, angle), box[:2], mask)

    def shadow(self, points: Sequence[Point], dx: float, dy: float, blur: float, opacity: float = 0.5) -> None:
        """Lay a soft shadow of a shape."""
        self.shape([(x + dx, y + dy) for x, y in points], (18, 14, 12), blur=blur, opacity=opacity)

    def line(
        self,
        points: Sequence[Point],
        colour: Colour,
        width: float = 2,
        *,
        blur: float = 0,
        opacity: float = 1,
        inside: Sequence[Point] | None = None,
    ) -> None:
        """Draw a line of even width."""
        margin = width + blur * 3 + 2
        box = _box(points, margin)
        if box is None:
            return
        mask = Image.new("L", (box[2] - box[0], box[3] - box[1]))
        draw = ImageDraw.Draw(mask)
        path = [(x * _SCALE - box[0], y * _SCALE - box[1]) for x, y in points]
        draw.line(path, fill=255, width=max(1, round(width * _SCALE)), joint="curve")
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur * _SCALE))
        if inside is not None:
            other = Image.new("L", mask.size)
            ImageDraw.Draw(other).polygon([(x * _SCALE - box[0], y * _SCALE - box[1]) for x, y in inside], fill=255)
            mask = ImageChops.multiply(mask, other)
        if opacity < 1:
            mask = mask.point(lambda value: round(value * opacity))
        self.image.paste(colour, box[:2], mask)

    def grain(
        self,
        strength: float,
        cell: tuple[float, float] = (1, 1),
        points: Sequence[Point] | None = None,
        angle: float = 0,
    ) -> None:
        """Roughen a shape, or all of it, with noise of cells of this size; long cells make wood and brushed metal."""
        box = (0, 0, *self.image.size) if points is None else _box(points, 0)
        if box is None:
            return
        size = box[2] - box[0], box[3] - box[1]
        reach = size if not angle else (round(math.hypot(*size)),) * 2
        noise = noise_of(self.rng, reach, (cell[0] * _SCALE, cell[1] * _SCALE))
        if angle:
            noise = noise.rotate(angle, Image.Resampling.BILINEAR)
            left, top = (reach[0] - size[0]) // 2, (reach[1] - size[1]) // 2
            noise = noise.crop((left, top, left + size[0], top + size[1]))
        noise = noise.point(lambda value: round(127.5 + (value - 127.5) * strength))
        part = self.image.crop(box)
        rough = ImageChops.overlay(part, Image.merge("RGB", (noise,) * 3))
        if points is None:
            self.image.paste(rough, box[:2])
            return
        mask = Image.new("L", size)
        ImageDraw.Draw(mask).polygon([(x * _SCALE - box[0], y * _SCALE - box[1]) for x, y in points], fill=255)
        self.image.paste(rough, box[:2], mask)

    def text(
        self,
        at: Point,
        words: str,
        size: float,
        colour: Colour = (30, 30, 30),
        *,
        bold: bool = False,
        anchor: str = "la",
    ) -> None:
        """Write one line."""
        font = font_of(round(size * _SCALE), bold=bold)
        ImageDraw.Draw(self.image).text((at[0] * _SCALE, at[1] * _SCALE), words, colour, font, anchor=anchor)

    def put(self, picture: Image.Image, corners: Sequence[Point], *, opacity: float = 1) -> None:
        """Lay a flat picture onto four corners (upper left, upper right, lower right, lower left), in perspective."""
        goal = [(x * _SCALE, y * _SCALE) for x, y in corners]
        left, top = math.floor(min(x for x, _ in goal)), math.floor(min(y for _, y in goal))
        right, bottom = math.ceil(max(x for x, _ in goal)), math.ceil(max(y for _, y in goal))
        goal = [(x - left, y - top) for x, y in goal]
        source = [(0, 0), (picture.width, 0), (picture.width, picture.height), (0, picture.height)]
        turned = picture.convert("RGBA").transform(
            (right - left, bottom - top),
            Image.Transform.PERSPECTIVE,
            _perspective(goal, source),
            Image.Resampling.BICUBIC,
        )
        mask = turned.getchannel("A")
        if opacity < 1:
            mask = mask.point(lambda value: round(value * opacity))
        self.image.paste(turned.convert("RGB"), (left, top), mask)

    def light(self, at: Point, radius: float, strength: float) -> None:
        """Lighten a round place, or darken it when `strength` is negative."""
        colour = (255, 250, 238) if strength > 0 else (10, 8, 8)
        self.shape(ellipse(at, radius, radius), colour, blur=radius * 0.55, opacity=abs(strength))

    def mark(self, at: Point, width: float, height: float) -> None:
        """Ring the flaw in red by hand, as buyers do."""
        path = []
        turn = self.rng.uniform(-0.6, 0.2)
        for step in range(46):
            way = turn + step / 40 * math.tau
            grow = 1 + 0.05 * math.sin(way * 2 + turn) + step * 0.0016
            path.append((at[0] + width * grow * math.cos(way), at[1] + height * grow * math.sin(way)))
        self.line(path, (226, 38, 34), 6)

    def photograph(
        self, *, sharp: float = 0.7, noise: float = 0.10, vignette: float = 0.34, warm: float = 0.0
    ) -> bytes:
        """Finish it as a telephone's camera would: slightly soft, noisy, darker at the edges. Returns a JPEG."""
        image = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        image = image.filter(ImageFilter.GaussianBlur(sharp))
        edge = (
            Image.radial_gradient("L").resize((WIDTH, HEIGHT)).point(lambda value: round(max(0, value - 90) * vignette))
        )
        image.paste((12, 10, 10), (0, 0), edge)
        if warm:
            image = Image.blend(image, ImageChops.multiply(image, Image.new("RGB", image.size, (255, 236, 205))), warm)
        for cell, part in ((1.0, noise), (2.6, noise * 0.8)):
            grains = noise_of(self.rng, image.size, (cell, cell)).point(
                lambda v, part=part: round(127.5 + (v - 127.5) * part)
            )
            image = ImageChops.overlay(image, Image.merge("RGB", (grains,) * 3))
        return as_jpeg(image)

    def screenshot(self) -> bytes:
        """Finish it as a telephone's screen: sharp, without noise. Returns a JPEG."""
        return as_jpeg(self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS))

    def _mask(self, points: Sequence[Point], blur: float) -> tuple[tuple[int, int, int, int], Image.Image] | None:
        box = _box(points, blur * 3 + 2)
        if box is None:
            return None
        mask = Image.new("L", (box[2] - box[0], box[3] - box[1]))
        ImageDraw.Draw(mask).polygon([(x * _SCALE - box[0], y * _SCALE - box[1]) for x, y in points], fill=255)
        return box, mask.filter(ImageFilter.GaussianBlur(blur * _SCALE)) if blur else mask


def as_jpeg(image: Image.Image) -> bytes:
    """Return a JPEG under `MAX_BYTES`."""
    for quality in (84, 76, 68, 58, 46, 34):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= MAX_BYTES:
            break
    return out.getvalue()


def noise_of(rng: random.Random, size: tuple[int, int], cell: tuple[float, float]) -> Image.Image:
    """Return grey noise whose grains have the size of `cell`."""
    small = max(1, math.ceil(size[0] / cell[0])), max(1, math.ceil(size[1] / cell[1]))
    noise = Image.frombytes("L", small, rng.randbytes(small[0] * small[1]))
    return noise if small == size else noise.resize(size, Image.Resampling.BICUBIC)


def ellipse(at: Point, rx: float, ry: float, start: float = 0, end: float = 360, steps: int = 72) -> list[Point]:
    """Return the points of an ellipse or of an arc of it."""
    ways = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(at[0] + rx * math.cos(way), at[1] + ry * math.sin(way)) for way in ways]


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 14) -> list[Point]:
    """Return a soft curve through the points (Catmull-Rom)."""
    count, out = len(points), []
    for index in range(count if closed else count - 1):
        if closed:
            p0, p1, p2, p3 = (points[(index + step) % count] for step in (-1, 0, 1, 2))
        else:
            p0, p1, p2, p3 = (points[min(max(index + step, 0), count - 1)] for step in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            out.append((_between(p0[0], p1[0], p2[0], p3[0], t), _between(p0[1], p1[1], p2[1], p3[1], t)))
    return out if closed else [*out, points[-1]]


def rounded(left: float, top: float, right: float, bottom: float, radius: float) -> list[Point]:
    """Return a rectangle with round corners."""
    corners = [(right - radius, top + radius, 270), (right - radius, bottom - radius, 0),
               (left + radius, bottom - radius, 90), (left + radius, top + radius, 180)]  # fmt: skip
    return [point for x, y, start in corners for point in ellipse((x, y), radius, radius, start, start + 90, 10)]


def turned(points: Sequence[Point], about: Point, degrees: float) -> list[Point]:
    """Return the points turned about one."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    return [
        (
            about[0] + (x - about[0]) * cosine - (y - about[1]) * sine,
            about[1] + (x - about[0]) * sine + (y - about[1]) * cosine,
        )
        for x, y in points
    ]


def torn(rng: random.Random, points: Sequence[Point], rough: float, step: float = 9) -> list[Point]:
    """Return the outline with ragged edges."""
    out = []
    for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True):
        pieces = max(1, round(math.hypot(x2 - x1, y2 - y1) / step))
        for piece in range(pieces):
            t = piece / pieces
            out.append(
                (x1 + (x2 - x1) * t + rng.uniform(-rough, rough), y1 + (y2 - y1) * t + rng.uniform(-rough, rough))
            )
    return out


@cache
def font_file(bold: bool) -> Path | None:
    """Return a font that has Chinese characters: one in static/fonts, else the system's, else none."""
    shipped = sorted((Path(settings.BASE_DIR) / "static" / "fonts").glob("*.[ot]tf"))
    system = Path(f"/usr/share/fonts/opentype/noto/NotoSansCJK-{'Bold' if bold else 'Regular'}.ttc")
    return next((path for path in [*shipped, system] if path.exists()), None)


@cache
def font_of(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return a font of this size, with Latin letters alone where no Chinese one is found."""
    path = font_file(bold)
    if path is None:
        return ImageFont.load_default(size)
    return ImageFont.truetype(str(path), size, index=2 if path.suffix == ".ttc" else 0)


def words(chinese: str, english: str) -> str:
    """Return the Chinese words if they can be written, else the English ones."""
    return english if font_file(False) is None else chinese


def shade(colour: Colour, by: float) -> Colour:
    """Return a colour lightened (`by` > 0) or darkened."""
    goal = 255 if by > 0 else 0
    red, green, blue = (round(part + (goal - part) * abs(by)) for part in colour)
    return red, green, blue


def _box(points: Sequence[Point], margin: float) -> tuple[int, int, int, int] | None:
    """Return the part of the large picture that a shape touches."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    left, top = max(0, math.floor((min(xs) - margin) * _SCALE)), max(0, math.floor((min(ys) - margin) * _SCALE))
    right = min(round(WIDTH * _SCALE), math.ceil((max(xs) + margin) * _SCALE))
    bottom = min(round(HEIGHT * _SCALE), math.ceil((max(ys) + margin) * _SCALE))
    return (left, top, right, bottom) if left < right and top < bottom else None


def _gradient(size: tuple[int, int], fill: Fill, angle: float) -> Image.Image:
    """Return a picture of one colour, or of several along `angle` (0 to the right, 90 down)."""
    if isinstance(fill[0], int):
        return Image.new("RGB", size, tuple(fill))  # type: ignore[arg-type]
    stops: list[Colour] = list(fill)  # type: ignore[arg-type]
    side, cosine, sine = 48, math.cos(math.radians(angle)), math.sin(math.radians(angle))
    reach = (abs(cosine) + abs(sine)) / 2
    pixels = []
    for y in range(side):
        for x in range(side):
            along = ((x / (side - 1) - 0.5) * cosine + (y / (side - 1) - 0.5) * sine) / reach / 2 + 0.5
            place = min(max(along, 0), 1) * (len(stops) - 1)
            index = min(int(place), len(stops) - 2)
            pixels.append(
                tuple(round(a + (b - a) * (place - index)) for a, b in zip(stops[index], stops[index + 1], strict=True))
            )
    small = Image.new("RGB", (side, side))
    small.putdata(pixels)
    return small.resize(size, Image.Resampling.BICUBIC)


def _between(p0: float, p1: float, p2: float, p3: float, t: float) -> float:
    return 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)


def _perspective(goal: Sequence[Point], source: Sequence[Point]) -> list[float]:
    """Return the eight numbers of the projection that takes `goal` to `source` (Gauss elimination)."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(goal, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for column in range(8):
        pivot = max(range(column, 8), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for row in range(8):
            if row != column:
                factor = rows[row][column]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column], strict=True)]
    return [row[8] for row in rows]

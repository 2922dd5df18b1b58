"""Where everything stands: cards below each other, ways out on the right, one rail for each state that is led to.

All ways into a state share its rail, so that there are as many lines as states and not as many as steps. Widths are
estimated, for no font is known; Chinese characters are square.
"""

from dataclasses import dataclass, field

from .scene import Card, Diagram

CARD, LABELS, PAD, GAP = 284, 224, 12, 22
LINE, SMALL, RAIL, PORT = 19, 16, 13, 12
TITLE_SIZE, TEXT_SIZE = 14, 12
NEVER_FIRST = frozenset(",.:;)，。、：；）")
"""What no line begins with."""


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text: where its baseline begins, and what kind it is."""

    x: int
    y: int
    words: str
    kind: str


@dataclass(slots=True)
class Box:
    """A card with its place and lines."""

    card: Card
    y: int
    height: int
    enters: int
    lines: list[Text] = field(default_factory=list)


@dataclass(slots=True)
class Path:
    """A way: from its card at `y` along `rail` to where its target is entered; its words stand on it."""

    source: str
    target: str
    y: int
    rail: int
    enters: int
    lines: list[Text] = field(default_factory=list)


@dataclass(slots=True)
class Drawing:
    """A diagram with the place of everything."""

    width: int
    height: int
    boxes: list[Box]
    paths: list[Path]


def width_of(words: str, size: int) -> float:
    """Estimate how wide a text is."""
    return sum(size if ord(letter) > 0x2E7F else size * 0.54 for letter in words)


def wrap(words: str, size: int, most: float) -> list[str]:
    """Break a text into lines: between words, and between any two Chinese characters but not before punctuation."""
    lines, line = [], ""
    for piece in _pieces(words):
        if line and width_of((line + piece).rstrip(), size) > most:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(words: str) -> list[str]:
    pieces: list[str] = []
    for letter in words:
        wide = ord(letter) > 0x2E7F
        joins = bool(pieces) and (letter in NEVER_FIRST or (not wide and not _breaks_after(pieces[-1][-1])))
        if joins:
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


def _breaks_after(letter: str) -> bool:
    return letter == " " or ord(letter) > 0x2E7F


def place(diagram: Diagram, *, comma: str) -> Drawing:
    """Find a place for everything; `comma` stands between steps that are named together."""
    boxes: dict[str, Box] = {}
    paths: list[Path] = []
    entered = {way.target for way in diagram.ways}
    y = PAD
    for card in diagram.cards:
        box = Box(card, y, 0, y + PAD + 8)
        text_height = _write_card(box, comma)
        port = y + (PAD + 18 if card.state in entered else 2)
        for way in (way for way in diagram.ways if way.source == card.state):
            words = wrap(comma.join(way.labels), TEXT_SIZE, LABELS - PAD)
            port += len(words) * SMALL + PORT
            lines = [
                Text(CARD + 2 * PAD, port - 5 - SMALL * (len(words) - 1 - number), line, "step")
                for number, line in enumerate(words)
            ]
            paths.append(Path(way.source, way.target, port, 0, 0, lines))
        box.height = max(text_height, port - y + PAD if port > y + PAD + 18 else 0)
        boxes[card.state] = box
        y += box.height + GAP
    rails = _rails(boxes, paths)
    for path in paths:
        path.enters = boxes[path.target].enters
        path.rail = PAD + CARD + LABELS + RAIL * (rails[path.target] + 1)
    width = PAD + CARD + LABELS + RAIL * (max(rails.values(), default=0) + 2)
    return Drawing(width, y - GAP + PAD, list(boxes.values()), paths)


def _write_card(box: Box, comma: str) -> int:
    """Write a card's lines and give the height that they need."""
    card, y, most = box.card, box.y + PAD + 2, CARD - 2 * PAD
    for line in wrap(card.label, TITLE_SIZE, most):
        y += LINE if box.lines else 12
        box.lines.append(Text(2 * PAD, y, line, "label"))
    rows = [("code", [card.state]), ("begin", card.begins), ("clock", card.deadlines), ("stay", card.stays)]
    for kind, words in rows if not card.elsewhere else rows[:1]:
        joined = words if kind in ("clock", "code") else [comma.join(words)] if words else []
        for each in joined:
            for number, line in enumerate(wrap(each, TEXT_SIZE, most - (0 if kind == "code" else 16))):
                y += SMALL + (3 if number == 0 else 0)
                indent = 0 if kind == "code" else 16
                box.lines.append(Text(2 * PAD + indent, y, line, kind if number == 0 else f"{kind} more"))
    return y - box.y + PAD


def _rails(boxes: dict[str, Box], paths: list[Path]) -> dict[str, int]:
    """Give each state that is led to a rail, short ones near the cards; two that do not overlap may share one."""
    spans: dict[str, tuple[int, int]] = {}
    for path in paths:
        enters = boxes[path.target].enters
        low, high = spans.get(path.target, (enters, enters))
        spans[path.target] = (min(low, path.y), max(high, path.y))
    taken: list[list[tuple[int, int]]] = []
    rails: dict[str, int] = {}
    for state, (low, high) in sorted(spans.items(), key=lambda item: (item[1][1] - item[1][0], item[1], item[0])):
        free = (number for number, others in enumerate(taken) if all(high + 8 < a or low - 8 > b for a, b in others))
        rails[state] = number = next(free, len(taken))
        if number == len(taken):
            taken.append([])
        taken[number].append((low, high))
    return rails

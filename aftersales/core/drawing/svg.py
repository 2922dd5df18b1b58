"""Diagrams written down as SVG: within a page its sheets colour it; as a file it brings its few colours along."""

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .layout import CARD, PAD, Box, Path, place
from .scene import Diagram

STYLE = """
text{font:12px -apple-system,"Segoe UI","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;fill:#5a6371}
.label{font-size:14px;font-weight:600;fill:#1b212b}.code{font-family:ui-monospace,Consolas,monospace;font-size:11px}
.step{fill:#1b212b}.clock{fill:#96590a}.card{fill:#fff;stroke:#868e9b}
.end .card{fill:#f5f6f8}.end .inner{fill:none;stroke:#868e9b}
.elsewhere .card{stroke-dasharray:4 3}.way{fill:none;stroke:#868e9b}.tip,.sign{fill:#868e9b}.ground{fill:#fff}
""".strip()


def svg(diagram: Diagram, here: str = "") -> SafeString:
    """Give the diagram for a page, with the state `here` and the ways out of it marked."""
    return mark_safe(_svg(diagram, here, "", ""))  # noqa: S308  (every word of it is escaped)


def standalone(diagram: Diagram) -> str:
    """Give the diagram as a file of its own."""
    ground = '<rect class="ground" width="100%" height="100%"/>'
    return _svg(diagram, "", ' xmlns="http://www.w3.org/2000/svg"', f"<style>{STYLE}</style>\n{ground}") + "\n"


def _svg(diagram: Diagram, here: str, names: str, first: str) -> str:
    drawing = place(diagram, comma=_(", "))
    ids = f"machine-{diagram.name}"
    ends = [card.label for card in diagram.cards if card.is_end]
    words = {"states": len(diagram.cards), "ends": _(", ").join(ends) or "–"}
    told = _("%(states)s states; it ends with: %(ends)s. Every step is listed in the table.") % words
    size = f'width="{drawing.width}" height="{drawing.height}" viewBox="0 0 {drawing.width} {drawing.height}"'
    read = f'role="img" aria-labelledby="{ids}-t" aria-describedby="{ids}-d"'
    lines = [
        f'<svg{names} class="machine" {size} {read}>',
        f'<title id="{ids}-t">{escape(diagram.title)}</title>',
        f'<desc id="{ids}-d">{escape(told)}</desc>',
        *([first] if first else []),
    ]
    marked = [path for path in drawing.paths if path.source == here]
    lines += [_path(path, path.source == here) for path in (*(p for p in drawing.paths if p not in marked), *marked)]
    lines += [_box(box, here) for box in drawing.boxes]
    return "\n".join([*lines, "</svg>"])


def _path(path: Path, is_open: bool) -> str:
    edge = PAD + CARD
    down = 4 if path.enters > path.y else -4
    way = (
        f"M{edge} {path.y}H{path.rail - 4}q4 0 4 {down}V{path.enters - down}q0 {down} -4 {down}H{edge + 7}"
        if abs(path.enters - path.y) > 8
        else f"M{edge} {path.y}H{path.rail}V{path.enters}H{edge + 7}"
    )
    tip = f"M{edge} {path.enters}l8 -4v8z"
    texts = "".join(_text(text.x, text.y, text.words, text.kind) for text in path.lines)
    kind = "out open" if is_open else "out"
    return f'<g class="{kind}"><path class="way" d="{way}"/><path class="tip" d="{tip}"/>{texts}</g>'


def _box(box: Box, here: str) -> str:
    card = box.card
    kinds = [("end", card.is_end), ("elsewhere", card.elsewhere), ("here", card.state == here)]
    kind = " ".join(["state", *(name for name, is_so in kinds if is_so)])
    now = ' aria-current="true"' if card.state == here else ""
    parts = [f'<rect class="card" x="{PAD}" y="{box.y}" width="{CARD}" height="{box.height}" rx="6"/>']
    if card.is_end:
        inner = f'x="{PAD + 3}" y="{box.y + 3}" width="{CARD - 6}" height="{box.height - 6}" rx="4"'
        parts.append(f'<rect class="inner" {inner}/>')
    for text in box.lines:
        sign = SIGNS.get(text.kind)
        if sign:
            parts.append(f'<path class="sign {text.kind}" d="{sign.format(x=text.x - 16, y=text.y - 9)}"/>')
        parts.append(_text(text.x, text.y, text.words, text.kind))
    return f'<g class="{kind}"{now}>{"".join(parts)}</g>'


SIGNS = {
    "begin": "M{x} {y}m0 5a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z",
    "clock": "M{x} {y}m0 5a5 5 0 1 0 10 0a5 5 0 1 0 -10 0zm4.4 -3.4h1.2v3.2l2.2 1.3l-.6 1l-2.8 -1.7z",
    "stay": "M{x} {y}m5 0a5 5 0 1 0 5 5h-1.4a3.6 3.6 0 1 1 -3.6 -3.6v2l3.2 -2.7l-3.2 -2.7z",
}
"""Small signs before a line: here it begins, here a clock runs, this changes nothing."""


def _text(x: int, y: int, words: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(words)}</text>'

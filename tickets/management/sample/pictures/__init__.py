"""Pictures for sample data, as buyers, warehouses and agents would attach them: drawn, not photographed.

Nothing here knows a model. No faces, no real brands, names and numbers hidden as on a courier's label.
"""

import random
from collections.abc import Callable

from . import goods, papers

_KINDS: dict[str, Callable[[random.Random, str | None], bytes]] = {
    "torn_box": papers.torn_box,
    "scuffed_shoe": goods.scuffed_shoe,
    "dented_tin": goods.dented_tin,
    "cracked_phone": goods.cracked_phone,
    "courier_label": papers.courier_label,
    "chat_screenshot": papers.chat_screenshot,
}
KINDS = tuple(_KINDS)


def picture(kind: str, seed: int, caption: str | None = None) -> bytes:
    """Return a JPEG of 900 × 1200 below 120 kB; the same for the same kind, seed and caption.

    Raises: KeyError for a kind that is not in `KINDS`.
    """
    draw = _KINDS[kind]
    return draw(random.Random(f"{kind} {seed}"), caption)  # noqa: S311 - a picture, not a secret

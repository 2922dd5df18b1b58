"""The pictures that the sample data use: a few drawn ones, and the other photographs that people take of one thing.

Drawing takes the better part of a second, so it happens in processes beside the loading. Nothing here knows a model.
"""

import io
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager

from PIL import Image, ImageEnhance, ImageOps

from .pictures import KINDS, picture

DRAWN = dict.fromkeys(KINDS, 1) | {"chat_screenshot": 4, "dented_tin": 2, "scuffed_shoe": 2}
CLOSE_UP = (0.16, 0.2, 0.84, 0.8)
Shots = list[bytes]


def shots(kind: str, seed: int) -> Shots:
    """Draw one thing and photograph it four times, near and far, in good light and bad; a screenshot once."""
    whole = picture(kind, seed)
    if kind == "chat_screenshot":
        return [whole]
    with Image.open(io.BytesIO(whole)) as image:
        box = (
            round(image.width * CLOSE_UP[0]),
            round(image.height * CLOSE_UP[1]),
            round(image.width * CLOSE_UP[2]),
            round(image.height * CLOSE_UP[3]),
        )
        close = image.resize(image.size, Image.Resampling.BICUBIC, box)
        dim = ImageEnhance.Color(ImageEnhance.Brightness(image).enhance(0.72)).enhance(0.8).rotate(180)
    return [whole, _jpeg(close), _jpeg(ImageOps.mirror(close)), _jpeg(dim)]


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=72)
    return out.getvalue()


@contextmanager
def drawing(workers: int = 2) -> Iterator[dict[str, list[Future[Shots]]]]:
    """Draw everything in processes beside this one; give what will be there, by kind."""
    # Not forked: this process has a connection to the database and maybe threads.
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        work: dict[str, list[Future[Shots]]] = {kind: [] for kind in KINDS}
        for seed in range(max(DRAWN.values())):
            for kind in sorted(KINDS, key=lambda kind: kind != "chat_screenshot"):
                if seed < DRAWN[kind]:
                    work[kind].append(pool.submit(shots, kind, seed))
        try:
            yield work
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def pick(work: dict[str, list[Future[Shots]]], kind: str, number: int) -> bytes:
    """Give the picture of a kind with this number, waiting until it is drawn; they come round again."""
    things = work[kind]
    seed, shot = number % len(things), number // len(things)
    taken = things[seed].result()
    return taken[shot % len(taken)]

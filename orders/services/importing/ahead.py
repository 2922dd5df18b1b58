"""Work ahead: the next batch is parsed while the database writes the one before."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from django.utils import translation

Item = TypeVar("Item")
_DEPTH = 2


def ahead(items: Callable[[], Iterable[Item]]) -> Iterator[Item]:
    """Give the items of `items()`, which runs in a thread of its own, at most a few items ahead of the caller.

    It speaks the caller's language, must not use the database, and ends when the caller stops asking. What it raises
    is raised here.
    """
    language = translation.get_language() or "en"
    ready: queue.Queue[tuple[Item | None, BaseException | None]] = queue.Queue(_DEPTH)
    stop = threading.Event()

    def offer(entry: tuple[Item | None, BaseException | None]) -> None:
        while not stop.is_set():
            try:
                ready.put(entry, timeout=0.2)
            except queue.Full:
                continue
            return

    def work() -> None:
        try:
            with translation.override(language):
                for item in items():
                    offer((item, None))
                    if stop.is_set():
                        return
        except BaseException as exc:
            offer((None, exc))
        else:
            offer((None, _End()))

    thread = threading.Thread(target=work, name="import-ahead", daemon=True)
    thread.start()
    try:
        while True:
            item, exc = ready.get()
            if isinstance(exc, _End):
                return
            if exc is not None:
                raise exc
            yield item  # type: ignore[misc]
    finally:
        stop.set()
        thread.join()


class _End(Exception):
    """Nothing more comes."""

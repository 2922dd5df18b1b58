"""Pushing to the customer's address: signed forms, three more tries 35 minutes apart where it does not take them."""

import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable

SECONDS = 5.0
RETRIES, APART = 3, 35 * 60.0


def send(url: str, form: dict[str, str]) -> bool:
    """Post a form; say whether it was taken."""
    body = urllib.parse.urlencode(form).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/x-www-form-urlencoded"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            said = json.loads(answer.read(2000))
    except (OSError, ValueError):
        return False
    return isinstance(said, dict) and said.get("result") is True and str(said.get("returnCode")) == "200"


class Pusher:
    """Pushes each form until it is taken or was refused four times; `note` is told what came of every push."""

    def __init__(self, note: Callable[[str, bool], None], speed: float) -> None:
        self.note, self.apart = note, APART / speed

    def push(self, number: str, url: str, form: dict[str, str]) -> None:
        """Push now; if it is not taken, again later, without anybody waiting for it."""
        if not self._try(number, url, form):
            worker = threading.Thread(target=self._again, args=[number, url, form], daemon=True)
            worker.start()

    def _again(self, number: str, url: str, form: dict[str, str]) -> None:
        for _time in range(RETRIES):
            time.sleep(self.apart)
            if self._try(number, url, form):
                return

    def _try(self, number: str, url: str, form: dict[str, str]) -> bool:
        taken = send(url, form)
        self.note(number, taken)
        return taken

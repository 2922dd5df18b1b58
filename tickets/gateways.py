"""Group robots of DingTalk and WeCom: what is posted to them, how it is signed, and what their answers mean.

Both take a POST of JSON at an address that holds the key and answer 200 with an `errcode`, 0 for yes. DingTalk's robots
may have a secret that signs the moment: base64 of HMAC-SHA256 over "milliseconds, line feed, secret", in the address.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs, quote, urlsplit

from django.conf import settings

from aftersales.core.webhooks import outward

DINGTALK, WECOM = "dingtalk", "wecom"
PLACES = {
    DINGTALK: ("oapi.dingtalk.com", "/robot/send", "access_token"),
    WECOM: ("qyapi.weixin.qq.com", "/cgi-bin/webhook/send", "key"),
}
"""Host, path and the parameter that holds the key."""
TOO_FAST = {DINGTALK: frozenset({130101}), WECOM: frozenset({45009})}
MOST_BYTES = 2000
"""Of a text; WeCom takes 2048."""
A_MINUTE = 20
"""Messages that a robot takes in a minute, with either provider."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a message: sent, or why not; `too_fast` where only the pace was wrong."""

    sent: bool
    error: str = ""
    too_fast: bool = False


class RobotGateway(Protocol):
    """Says something in a group."""

    def say(self, *, provider: str, url: str, secret: str, text: str, at_ms: int) -> Answer:
        """Post the text, once; whatever goes wrong is an answer, too."""


def address_fault(provider: str, url: str) -> str:
    """Say what is wrong with a robot's address ("" where nothing is): it must be the provider's own, with a key."""
    host, path, key = PLACES[provider]
    try:
        parts = urlsplit(url)
        netloc = parts.netloc
    except ValueError:
        return "address"
    ours = parts.scheme == "https" and netloc == host
    if not (ours or _is_test(parts.scheme, netloc)) or parts.path != path or parts.fragment:
        return "address"
    given = parse_qs(parts.query).get(key, [])
    plain = url.isascii() and url.isprintable() and " " not in url
    return "" if plain and set(parse_qs(parts.query)) == {key} and len(given) == 1 and given[0].strip() else "address"


def _is_test(scheme: str, netloc: str) -> bool:
    test = settings.AFTERSALES["robots_test_host"]
    return bool(test) and scheme == "http" and netloc == test


def signature(secret: str, at_ms: int) -> str:
    """Sign a moment as DingTalk wants it, ready to stand in an address."""
    digest = hmac.new(secret.encode(), f"{at_ms}\n{secret}".encode(), hashlib.sha256).digest()
    return quote(base64.b64encode(digest), safe="")


class ProvidersGateway:
    """The providers themselves."""

    def say(self, *, provider: str, url: str, secret: str, text: str, at_ms: int) -> Answer:
        """Post the text: to the provider's host alone, whatever the row says. Never within a transaction."""
        if address_fault(provider, url):
            return Answer(sent=False, error="refused: not an address of the provider")
        if provider == DINGTALK and secret:
            url += f"&timestamp={at_ms}&sign={signature(secret, at_ms)}"
        body = {"msgtype": "text", "text": {"content": shortened(text)}}
        post = outward.Post(
            url,
            json.dumps(body, ensure_ascii=False).encode(),
            {"Content-Type": "application/json; charset=utf-8", "User-Agent": "aftersales-robots/1"},
            allow_private=url.startswith("http://"),
        )
        return understood(provider, post.send())


def understood(provider: str, answer: outward.Response) -> Answer:
    """Read an answer: 200 alone is no yes, it needs `errcode` 0."""
    if answer.error or answer.status != 200:
        return Answer(sent=False, error=answer.error or f"HTTP {answer.status}", too_fast=answer.status == 429)
    try:
        said = json.loads(answer.text)
        code = said["errcode"]
    except (ValueError, KeyError, TypeError):
        return Answer(sent=False, error="no errcode in the answer")
    if type(code) is int and code == 0:
        return Answer(sent=True)
    error = f"errcode {code}: {said.get('errmsg', '')}".replace("\x00", "")[:200]
    return Answer(sent=False, error=error, too_fast=isinstance(code, int) and code in TOO_FAST[provider])


def shortened(text: str) -> str:
    """Cut a text to what a robot takes, never within a character."""
    whole = text.encode()
    return text if len(whole) <= MOST_BYTES else whole[: MOST_BYTES - 3].decode(errors="ignore") + "…"


def robot_gateway() -> RobotGateway:
    """Give the way to the groups."""
    return ProvidersGateway()

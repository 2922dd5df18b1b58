"""What campaigns ask for, as far as the workbench says it; the figures themselves are an app above (RPT-2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aftersales.core.auth import Actor


@dataclass(frozen=True, slots=True)
class Limited:
    """One figure of a shop and the most that it may be, in words; `left` more cases break it, 0: it is broken."""

    shop: str
    name: str
    now: str
    limit: str
    left: int
    label: str
    colour: str
    url: str


OfShop = Callable[[int], Mapping[str, Limited]]
Pressing = Callable[[Actor], list[Limited]]
_knowing: list[tuple[OfShop, Pressing]] = []


def thresholds_are_known_by(of_shop: OfShop, pressing: Pressing) -> None:
    """Let an app above tell the limits of a shop by figure, and those that are broken or may be. From the wiring."""
    _knowing[:] = [(of_shop, pressing)]


def limits_of_shop(shop_id: int) -> Mapping[str, Limited]:
    """Give what limits the figures of a shop."""
    return _knowing[0][0](shop_id) if _knowing else {}


def limits_pressing(actor: Actor) -> list[Limited]:
    """Give what is broken or may be by the cases that are open, the worst first."""
    return _knowing[0][1](actor) if _knowing else []


def limit_words(limited: Limited) -> str:
    """Say how a figure stands to its limit: "now 0.08 %, at most 0.10 %, 2 more break it"."""
    said = _("now %(now)s, at most %(limit)s") % {"now": limited.now, "limit": limited.limit}
    if not limited.left:
        return _("%(said)s: over its limit") % {"said": said}
    more = ngettext("%(n)s more breaks it", "%(n)s more break it", limited.left) % {"n": limited.left}
    return _("%(said)s, %(more)s") % {"said": said, "more": more}

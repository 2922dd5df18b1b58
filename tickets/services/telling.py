"""What people choose about their news, and the group robots that supervisors name."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors
from aftersales.core.auth import Actor, grant
from aftersales.core.models import Role, Shop, User
from tickets.gateways import address_fault
from tickets.models import NewsDispatch, NewsKind, NewsPreference, Notification, Robot

from .dispatching import next_digest

ROBOTS = "tickets.manage_robots"
grant(ROBOTS, [Role.SUPERVISOR])
ALWAYS = frozenset({NewsKind.DEADLINE.value})
"""What nobody can do without in the page (TMO-17)."""
MOST = 10
"""Robots of one shop."""
TEST_KEYS = 0
"""The keys of events are above it, those of tests below."""


def news_preference_set(*, user: User, silent: Sequence[str], by_mail: Sequence[str], digest: str) -> NewsPreference:
    """Keep what a person wants to be told where. Deadlines stay in the page (TMO-17).

    Locks: the row. Raises: Invalid for unknown kinds, or a digest without an address to send it to.
    """
    wrong = _kinds_faults("silent", silent) + _kinds_faults("by_mail", by_mail)
    if digest not in NewsPreference.Digest.values:
        wrong.append(errors.FieldError("digest", "invalid_choice", _("Choose how often.")))
    elif digest and not user.email:
        text = _("Your account has no e-mail address: an administrator enters it.")
        wrong.append(errors.FieldError("digest", "no_address", text))
    elif digest and not by_mail:
        wrong.append(errors.FieldError("by_mail", "required", _("Choose what you want to be mailed.")))
    if wrong:
        raise errors.Invalid(errors=wrong)
    with transaction.atomic():
        row, _new = NewsPreference.objects.select_for_update().get_or_create(user=user)
        if digest and not row.digest:  # what came before is no news
            last = Notification.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True).first()
            row.told_up_to = max(row.told_up_to, last or 0)
        row.silent = [kind for kind in dict.fromkeys(silent) if kind not in ALWAYS]
        row.by_mail = list(dict.fromkeys(by_mail))
        if digest != row.digest:
            row.digest, row.next_digest_at = digest, next_digest(digest, clock.now())
        row.save()
    return row


def robot_create(
    *, shop: Shop, actor: Actor, name: str, provider: str, url: str, secret: str, kinds: Sequence[str]
) -> Robot:
    """Tell a group what happens in a shop from now on. Address and secret are kept encrypted and shown to nobody.

    Locks: the shop. Raises: NotFound, Forbidden, Invalid, Conflict `too_many_robots`.
    """
    if not actor.sees(shop.pk):
        raise errors.NotFound()
    actor.require(ROBOTS)
    wrong = _kinds_faults("kinds", kinds)
    if provider not in Robot.Provider.values:
        wrong.append(errors.FieldError("provider", "invalid_choice", _("Choose whose robot it is.")))
    elif len(url) > 500 or address_fault(provider, url):
        text = _("This is no robot's address of this provider; copy it whole from the group's settings.")
        wrong.append(errors.FieldError("url", "invalid_address", text))
    if not kinds:
        wrong.append(errors.FieldError("kinds", "required", _("Choose what the group is told.")))
    if wrong:
        raise errors.Invalid(errors=wrong)
    with transaction.atomic(savepoint=False):
        Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
        if Robot.objects.filter(shop=shop).count() >= MOST:
            most = _("A shop has %(most)s robots at the most; delete one first.") % {"most": MOST}
            raise errors.Conflict(most, code="too_many_robots")
        return Robot.objects.create(
            shop=shop,
            name=name.strip()[:60],
            provider=provider,
            url=url,
            hint=f"{urlsplit(url).hostname} …{url[-4:]}"[:60],
            secret=secret.strip(),
            kinds=list(dict.fromkeys(kinds)),
            created_at=clock.now(),
            created_by=actor.name,
        )


def robot_switch(*, robot: Robot, actor: Actor, active: bool) -> None:
    """Switch a robot on or off; what waits for it is sent once it is on again. Raises: NotFound, Forbidden."""
    _may(robot, actor)
    Robot.objects.filter(pk=robot.pk).update(is_active=active, pause_until=None)


def robot_delete(*, robot: Robot, actor: Actor) -> None:
    """Forget a robot with everything that was for it. Raises: NotFound, Forbidden."""
    _may(robot, actor)
    robot.delete()


def robot_test(*, robot: Robot, actor: Actor, text: str) -> NewsDispatch:
    """Queue a message that says whether the address works; a robot that is off is told once it is on."""
    _may(robot, actor)
    now = clock.now()
    key = TEST_KEYS - int(now.timestamp() * 1_000_000)
    row: NewsDispatch = NewsDispatch.objects.create(robot=robot, key=key, body=text, next_try_at=now, created_at=now)
    return row


def dispatch_again(*, dispatch: NewsDispatch, actor: Actor) -> None:
    """Send what was parked again, as often as anything new. Raises: NotFound, Forbidden, Conflict if not parked."""
    if dispatch.robot is None:
        raise errors.NotFound()
    _may(dispatch.robot, actor)
    again: dict[str, Any] = {"status": "pending", "attempts": 0, "next_try_at": clock.now(), "finished_at": None}
    if not NewsDispatch.objects.filter(pk=dispatch.pk, status="parked").update(**again):
        raise errors.Conflict(_("This message is not parked any more."))


def _may(robot: Robot, actor: Actor) -> None:
    if not actor.sees(robot.shop_id):
        raise errors.NotFound()
    actor.require(ROBOTS)


def _kinds_faults(field: str, kinds: Sequence[str]) -> list[errors.FieldError]:
    unknown = set(kinds) - set(NewsKind.values)
    return [errors.FieldError(field, "invalid_choice", _("Choose from the list."))] if unknown else []

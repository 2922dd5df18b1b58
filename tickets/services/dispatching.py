"""News on its way out of the page: queued as rows, put together into digests, sent by a beat, parked in the end.

At least once: a worker that dies between sending and writing that down lets it be sent again when its lease is over.
Nothing is sent while a transaction is open.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aftersales.core import clock
from aftersales.core.models import OutboxEvent, User
from refunds.models import Refund
from tickets.gateways import A_MINUTE, RobotGateway, robot_gateway
from tickets.models import KIND_OF, NewsDispatch, NewsPreference, Notification, Robot, Ticket
from tickets.selectors.notifications import SAID, notification_rows

log = logging.getLogger(__name__)

PAUSES = tuple(timedelta(seconds=s) for s in (30, 120, 600, 3600, 4 * 3600))
"""How long until a message is tried again; after the last one it is parked."""
LEASE = timedelta(minutes=2)
A_WHILE = timedelta(minutes=1)
AT_ONCE = 20
KEPT = timedelta(days=30)
MOST_IN_DIGEST = 50
MORNING = 9
"""The hour, in Shanghai, of daily digests."""

_CLAIM = """
UPDATE tickets_newsdispatch SET attempts = attempts + 1, next_try_at = %(lease)s, tried_at = %(now)s WHERE id = (
  SELECT n.id FROM tickets_newsdispatch n LEFT JOIN tickets_robot r ON r.id = n.robot_id
  WHERE n.status = 'pending' AND n.next_try_at <= %(now)s
    AND (n.robot_id IS NULL OR (r.is_active AND (r.pause_until IS NULL OR r.pause_until <= %(now)s)
      AND (SELECT count(*) FROM (SELECT 1 FROM tickets_newsdispatch x
        WHERE x.robot_id = r.id AND x.tried_at > %(minute)s LIMIT %(most)s) lately) < %(most)s))
  ORDER BY n.next_try_at, n.id LIMIT 1 FOR UPDATE OF n SKIP LOCKED)
RETURNING id"""


def robots_tell(*, event: OutboxEvent) -> int:
    """Queue an event for the active robots of its shop that want its kind, once each; return how many.

    The words are the shop's language and name no buyer: a group has more members than the case has.
    """
    kind = KIND_OF.get(event.topic)
    robots = list(Robot.objects.filter(shop_id=event.shop_id, is_active=True, kinds__contains=[kind])) if kind else []
    if not robots:
        return 0
    with translation.override(settings.LANGUAGE_CODE):
        text = _event_words(event)
    if not text:
        return 0
    now = clock.now()
    rows = [NewsDispatch(robot=robot, key=event.pk, body=text, next_try_at=now, created_at=now) for robot in robots]
    return len(NewsDispatch.objects.bulk_create(rows, ignore_conflicts=True))


def _event_words(event: OutboxEvent) -> str:
    if event.subject_type == "ticket":
        ticket = Ticket.objects.select_related("shop").filter(pk=event.subject_id).first()
        if ticket is None or ticket.refund_id is not None:
            return ""
        return _told(event.topic, ticket.shop.name, ticket.ticket_no, "tickets:ticket", ticket.get_kind_display())
    requests = Refund.objects.select_related("shop")
    at = {"proposals": event.subject_id} if event.subject_type == "proposal" else {"pk": event.subject_id}
    refund = requests.filter(**at).first()
    if refund is None or event.payload.get("side") == "seller":
        return ""
    kind = f"{refund.get_kind_display()} · {refund.get_status_display()}"
    return _told(event.topic, refund.shop.name, refund.refund_no, "tickets:request_detail", kind)


def _told(topic: str, shop: str, number: str, page: str, about: str) -> str:
    address = f"{settings.PUBLIC_URL}{reverse(page, args=[number])}"
    return f"【{shop}】{SAID[topic]}\n{number} {about}\n{address}"


def digests_make(*, limit: int = 200) -> int:
    """Put together the digests whose time has come and set the next time; return how many have something to say.

    Locks: each preference while its digest is made, past those that another worker has.
    """
    made = 0
    for _number in range(limit):
        with transaction.atomic():
            due = NewsPreference.objects.exclude(digest="").filter(next_digest_at__lte=clock.now())
            one = due.select_for_update(skip_locked=True, of=("self",)).order_by("next_digest_at").first()
            if one is None:
                break
            made += _digest(one)
    return made


def next_digest(digest: str, at: datetime) -> datetime | None:
    """Say when the next digest is due: the next full hour, or the next morning in Shanghai."""
    if digest == NewsPreference.Digest.HOURLY:
        return at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if digest == NewsPreference.Digest.DAILY:
        morning = clock.day_began(at) + timedelta(hours=MORNING)
        return morning if morning > at else morning + timedelta(days=1)
    return None


def _digest(preference: NewsPreference) -> int:
    user, now = preference.user, clock.now()
    preference.next_digest_at = next_digest(preference.digest, now)
    rows = Notification.objects.filter(user=user, pk__gt=preference.told_up_to)
    last = rows.order_by("-pk").values_list("pk", flat=True).first()
    if last is not None:
        preference.told_up_to = last
    preference.save(update_fields=["next_digest_at", "told_up_to"])
    topics = [topic for topic, kind in KIND_OF.items() if kind in preference.by_mail]
    # What was read in the page is no news any more; what is not to be counted there was born read.
    unread = rows.filter(Q(read_at=None) | Q(read_at=F("created_at")), topic__in=topics, pk__lte=last or 0)
    if last is None or not user.is_active or not user.email or not _visible(unread, user).exists():
        return 0
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject, body = _digest_words(_visible(unread, user))
    NewsDispatch.objects.create(user=user, key=last, subject=subject, body=body, next_try_at=now, created_at=now)
    return 1


def _visible(rows: Any, user: User) -> Any:
    """Leave out what is of shops that the person does not see any more."""
    shops = list(user.shops.values_list("pk", flat=True))
    return rows.filter(Q(refund__shop_id__in=shops) | Q(ticket__shop_id__in=shops)) if shops else rows


def _digest_words(news: Any) -> tuple[str, str]:
    found = list(
        news.select_related("refund__order__buyer", "ticket__order__buyer").order_by("-pk")[: MOST_IN_DIGEST + 1]
    )
    more, found = len(found) > MOST_IN_DIGEST, found[:MOST_IN_DIGEST]
    shown = f"{len(found)}+" if more else str(len(found))
    subject = ngettext("After-sales: %(n)s piece of news", "After-sales: %(n)s pieces of news", len(found))
    lines = [subject % {"n": shown}, ""]
    for row in notification_rows(found):
        page = "tickets:ticket" if row["news"].ticket_id else "tickets:request_detail"
        lines += [
            f"· {row['text']} – {row['number']} {row['status']}",
            f"  {settings.PUBLIC_URL}{reverse(page, args=[row['number']])}",
        ]
    if more:
        lines += ["", _("There is more in the page: %(address)s") % {"address": _page("tickets:notifications")}]
    unsubscribe = _("You chose to get this. Change it here: %(address)s") % {"address": _page("tickets:news_settings")}
    return subject % {"n": shown}, "\n".join([*lines, "", unsubscribe])


def _page(name: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name)}"


def send_due(*, gateway: RobotGateway | None = None, limit: int = AT_ONCE) -> int:
    """Send what is due, one after the other, each outside a transaction; return how many were tried.

    A robot gets twenty messages a minute at the most, and rests for one when its provider says that it was too fast.
    """
    way = gateway or robot_gateway()
    for number in range(limit):
        dispatch = _claimed()
        if dispatch is None:
            return number
        _send(dispatch, way)
    return limit


def _claimed() -> NewsDispatch | None:
    now = clock.now()
    values: dict[str, Any] = {"now": now, "lease": now + LEASE, "minute": now - A_WHILE, "most": A_MINUTE}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        found = cursor.fetchone()
    return NewsDispatch.objects.select_related("user", "robot").get(pk=found[0]) if found else None


def _send(dispatch: NewsDispatch, way: RobotGateway) -> None:
    robot = dispatch.robot
    if robot is None:
        _note(dispatch, _mail(dispatch))
        return
    at_ms = int(clock.now().timestamp() * 1000)
    answer = way.say(provider=robot.provider, url=robot.url, secret=robot.secret, text=dispatch.body, at_ms=at_ms)
    if answer.too_fast:
        until = clock.now() + A_WHILE
        Robot.objects.filter(pk=robot.pk).update(pause_until=until)
        mine = NewsDispatch.objects.filter(pk=dispatch.pk, attempts=dispatch.attempts, status="pending")
        mine.update(attempts=F("attempts") - 1, next_try_at=until, error=answer.error[:200])
        return
    _note(dispatch, "" if answer.sent else answer.error or "unknown")


def _mail(dispatch: NewsDispatch) -> str:
    """Mail a digest; return what went wrong. The id is the row's, so that a second copy is known as one."""
    user = dispatch.user
    if user is None or not user.is_active or not user.email:
        return "no address"
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<news-{dispatch.pk}@{host}>", "Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(dispatch.subject, dispatch.body, to=[user.email], headers=headers).send()
    except Exception as problem:  # whatever a mail server or its library may come up with
        log.info("a digest could not be mailed", extra={"dispatch": dispatch.pk})
        return f"{type(problem).__name__}: {problem}".replace("\x00", "")[:200]
    return ""


def _note(dispatch: NewsDispatch, error: str) -> None:
    """Write down what came of a try, unless its lease was over and it is another's by now."""
    now = clock.now()
    mine = NewsDispatch.objects.filter(pk=dispatch.pk, attempts=dispatch.attempts, status="pending")
    if not error:
        mine.update(status="sent", finished_at=now, next_try_at=None, error="")
    elif dispatch.attempts > len(PAUSES):
        mine.update(status="parked", finished_at=now, next_try_at=None, error=error[:200])
        log.warning("news was parked", extra={"dispatch": dispatch.pk, "robot": dispatch.robot_id})
    else:
        mine.update(next_try_at=now + PAUSES[dispatch.attempts - 1], error=error[:200])


def dispatches_expire() -> int:
    """Throw away what was sent or parked a month ago, and what waits that long for a robot that is off."""
    old = clock.now() - KEPT
    gone = Q(finished_at__lt=old) | Q(status="pending", robot__is_active=False, created_at__lt=old)
    deleted, _models = NewsDispatch.objects.filter(gone).delete()
    return deleted

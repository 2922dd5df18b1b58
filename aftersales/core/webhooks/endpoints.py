"""What callers and people do with webhooks: name an address, exchange its secret, try it, send something again."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors
from aftersales.core.auth import BUYER, Actor, grant
from aftersales.core.models import Role, Shop, WebhookDelivery, WebhookEndpoint

from . import messages, outward, sending, signing

MANAGE = "core.manage_webhooks"
grant(MANAGE, [BUYER, Role.SUPERVISOR, Role.ADMIN])
MOST = 10
"""Endpoints of one shop."""
OVERLAP = timedelta(hours=24)
LONGEST_OVERLAP = timedelta(days=7)
KEPT = timedelta(days=30)
KEPT_PARKED = timedelta(days=90)
"""How long a message is kept to be looked at, or sent again: one that was delivered, and one that was parked."""


def endpoint_create(
    *, shop: Shop, actor: Actor, url: str, types: Sequence[str], description: str = ""
) -> WebhookEndpoint:
    """Send what happens in a shop to an address, from now on. Its `secret` is to be shown once.

    Locks: the shop. Raises: NotFound, Forbidden, Invalid (address, types), Conflict `too_many_webhooks`.
    """
    if not actor.sees(shop.pk):
        raise errors.NotFound()
    actor.require(MANAGE)
    _check(url, types)
    with transaction.atomic(savepoint=False):
        Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
        if WebhookEndpoint.objects.filter(shop=shop).count() >= MOST:
            text = _("A shop has %(most)s webhooks at the most; delete one first.") % {"most": MOST}
            raise errors.Conflict(text, code="too_many_webhooks")
        return WebhookEndpoint.objects.create(
            shop=shop,
            url=url,
            types=list(dict.fromkeys(types)),
            description=description,
            secret=signing.new_secret(),
            created_at=clock.now(),
            created_by=actor.name,
        )


def endpoint_change(
    *,
    endpoint: WebhookEndpoint,
    actor: Actor,
    url: str | None = None,
    types: Sequence[str] | None = None,
    description: str | None = None,
    is_active: bool | None = None,
) -> WebhookEndpoint:
    """Change an endpoint; what waits goes to the new address, at once where it was switched on. Raises: Invalid."""
    actor.require(MANAGE)
    _check(endpoint.url if url is None else url, endpoint.types if types is None else types)
    with transaction.atomic(savepoint=False):
        row = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
        row.url = row.url if url is None else url
        row.types = row.types if types is None else list(dict.fromkeys(types))
        row.description = row.description if description is None else description
        if is_active is not None:
            row.is_active, row.stopped_why = is_active, ""
        if url is not None or is_active:
            row.pause_until, row.failures, row.failing_since = None, 0, None
        row.save()
        return row


def endpoint_delete(*, endpoint: WebhookEndpoint, actor: Actor) -> None:
    """Forget an endpoint with everything that was for it."""
    actor.require(MANAGE)
    endpoint.delete()


def secret_rotate(*, endpoint: WebhookEndpoint, actor: Actor, overlap: timedelta = OVERLAP) -> WebhookEndpoint:
    """Make a new secret; for `overlap` the old one signs, too, so that the receiver can follow. Raises: Invalid."""
    actor.require(MANAGE)
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        text = _("Both secrets are valid for seven days at the most.")
        raise errors.Invalid(errors=[errors.FieldError("overlap_hours", "out_of_range", text)])
    with transaction.atomic(savepoint=False):
        row = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
        row.previous_secret, row.previous_until = row.secret, clock.now() + overlap
        row.secret = signing.new_secret()
        row.save(update_fields=["secret", "previous_secret", "previous_until"])
        return row


def endpoint_ping(*, endpoint: WebhookEndpoint, actor: Actor) -> WebhookDelivery:
    """Queue a message of the type `ping`, to see whether an address works."""
    actor.require(MANAGE)
    message = messages.Message(messages.PING, "", {"webhook_id": endpoint.pk, "by": actor.name})
    row = messages.delivery(endpoint, f"msg_{uuid.uuid4().hex}", message, "webhook", endpoint.pk, clock.now())
    row.save()
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(pause_until=None)
    return row


def delivery_redeliver(*, delivery: WebhookDelivery, actor: Actor) -> WebhookDelivery:
    """Send a message again, with the same id and body, for another three days if it must be.

    Locks: the message. Raises: Conflict `still_on_its_way`.
    """
    actor.require(MANAGE)
    with transaction.atomic(savepoint=False):
        row = WebhookDelivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
        if row.status == WebhookDelivery.Status.PENDING:
            raise errors.Conflict(_("This message is still on its way."), code="still_on_its_way")
        now = clock.now()
        row.status, row.attempts, row.since, row.next_try_at, row.finished_at = "pending", 0, now, now, None
        row.save(update_fields=["status", "attempts", "since", "next_try_at", "finished_at"])
        WebhookEndpoint.objects.filter(pk=row.endpoint_id).update(pause_until=None)
        return row


def deliveries_expire(*, limit: int = 5_000) -> int:
    """Throw away what was delivered a month ago or parked three months ago; return how many.

    What waits for an endpoint that is switched off is parked once its three days are over, like everything else.
    """
    now = clock.now()
    rows = WebhookDelivery.objects
    unsent = rows.filter(status="pending", endpoint__is_active=False, since__lt=now - sending.GIVE_UP).values("pk")
    rows.filter(pk__in=unsent[:limit], status="pending").update(
        status="parked", finished_at=now, next_try_at=None, error="switched off"
    )
    old = [key for kept in expired(now) for key in kept.values_list("pk", flat=True)[:limit]]
    deleted, _models = rows.filter(pk__in=old[:limit]).delete()
    return deleted


def expired(now: datetime) -> list[QuerySet[WebhookDelivery]]:
    """Give what is kept no longer, each part by an index of its own."""
    rows = WebhookDelivery.objects
    return [
        rows.filter(status="delivered", finished_at__lt=now - KEPT),
        rows.filter(status="parked", finished_at__lt=now - KEPT_PARKED),
    ]


def _check(url: str, types: Sequence[str]) -> None:
    wrong = []
    try:
        outward.address_checked(url, allow_private=settings.AFTERSALES["webhooks_allow_private"])
    except outward.Refused:
        text = _("Give an address of a public host that begins with https://.")
        wrong.append(errors.FieldError("url", "invalid_address", text))
    text = _(
        "Types are *, refund.*, exchange.*, dispute.*, payout.*, order.*, ticket.*"
        " or one of theirs, such as refund.agreed."
    )
    wrong += [
        errors.FieldError(f"types[{index}]", "unknown_type", text)
        for index, pattern in enumerate(types)
        if not messages.is_type(pattern)
    ]
    if not types:
        wrong.append(errors.FieldError("types", "required", text))
    if wrong:
        raise errors.Invalid(errors=wrong)

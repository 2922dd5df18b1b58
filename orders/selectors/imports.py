"""Imports as a person may see them."""

from uuid import UUID

from django.db.models import Q, QuerySet

from aftersales.core import auth, errors
from aftersales.core.auth import Actor
from aftersales.core.models import Role
from orders.models import ImportRun

IMPORT_ORDERS = "orders.import_orders"
auth.grant(IMPORT_ORDERS, {Role.SUPERVISOR, Role.ADMIN})


def imports_visible(actor: Actor) -> QuerySet[ImportRun]:
    """Give the runs of the actor's shops, and his own. Raises: Forbidden."""
    actor.require(IMPORT_ORDERS)
    rows = ImportRun.objects.select_related("shop", "user")
    if actor.shop_ids is None:
        return rows
    return rows.filter(Q(shop_id__in=sorted(actor.shop_ids)) | Q(user_id=actor.user_id))


def import_get_for(actor: Actor, run_id: UUID) -> ImportRun:
    """Return one run. Raises: Forbidden, NotFound."""
    run = imports_visible(actor).filter(run_id=run_id).first()
    if run is None:
        raise errors.NotFound()
    return run

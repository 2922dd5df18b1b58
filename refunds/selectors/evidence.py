"""Evidence as a person or program may see it."""

from django.db.models import Q, QuerySet

from aftersales.core import errors
from aftersales.core.auth import BUYER, Actor
from refunds.models.evidence import Evidence, Side


def evidence_visible(actor: Actor) -> QuerySet[Evidence]:
    """Return the files of the actor's shops: all attached ones, of the others only those that its own side sent.

    What staff sent without naming a shop is seen by its sender until it is attached.
    """
    ours = [Side.BUYER] if actor.kind == BUYER else [Side.SELLER, Side.WAREHOUSE, Side.PLATFORM]
    attached = Q(refund__isnull=False) if actor.kind == BUYER else Q(attached_at__isnull=False)
    of_shops = Q() if actor.shop_ids is None else Q(shop_id__in=sorted(actor.shop_ids))
    own = Q(shop=None, actor_kind=actor.kind, actor_id=actor.id)
    return Evidence.objects.filter(of_shops & (attached | Q(side__in=ours)) | own)


def evidence_get_for(actor: Actor, evidence_id: str) -> Evidence:
    """Return one file. Raises: NotFound if it does not exist for this actor. One query."""
    evidence = evidence_visible(actor).filter(evidence_id=evidence_id).first()
    if evidence is None:
        raise errors.NotFound()
    return evidence

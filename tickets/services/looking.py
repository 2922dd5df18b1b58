"""Who has which case before him, so that two do not do the same work (TKT-1)."""

from datetime import timedelta

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from tickets.models import Looking
from tickets.selectors import looking as selectors

KEPT = timedelta(minutes=10)


def looking_note(*, actor: Actor, number: str, typing: bool = False) -> Looking:
    """Write down that somebody has a request or a ticket before him, and whether he is typing there.

    Raises: NotFound for what he does not see.
    """
    assert actor.user_id is not None, "only members of staff have a page"
    found = selectors.case_of(actor, number)
    if found is None:
        raise errors.NotFound()
    shop_id, twin = found
    at = clock.now()
    row = Looking(
        user_id=actor.user_id,
        shop_id=shop_id,
        number=number,
        twin=twin,
        seen_at=at,
        typed_at=at if typing else None,
    )
    fields = ["seen_at", "twin", *(["typed_at"] if typing else [])]
    Looking.objects.bulk_create([row], update_conflicts=True, unique_fields=["user", "number"], update_fields=fields)
    return row


def looks_expire() -> int:
    """Throw away what nobody looks at any more; return how many."""
    return Looking.objects.filter(seen_at__lt=clock.now() - KEPT).delete()[0]

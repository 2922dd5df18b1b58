"""Who is at the desk, and the tickets that are given to him by themselves (TKT-1)."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from aftersales.core.models import Role, User
from tickets.models import DeskAgent, Presence
from tickets.selectors import assigning as selectors
from tickets.states import TicketKind

from .ticketing import refund_assign

BATCH = 200
MOST = 1_000
ASSIGNMENT = Actor.system("assignment")
STEADY_SECONDS = 20


def presence_set(*, actor: Actor, presence: str) -> DeskAgent:
    """Say that one is present, away or off duty. Raises: Forbidden for who is no agent, Invalid."""
    user_id = _agent(actor)
    if presence not in Presence.values:
        raise errors.Invalid(errors=[errors.FieldError("presence", "not_a_choice", _("Choose one of the states."))])
    at = clock.now()
    values = {"presence": presence, "by_itself": False, "since": at, "seen_at": at}
    with transaction.atomic():
        # The row is locked, so that a worker who chooses him sees it before or after, never in between.
        agent, _new = DeskAgent.objects.select_for_update(no_key=True).get_or_create(pk=user_id, defaults=values)
        if agent.presence != presence or agent.by_itself:
            DeskAgent.objects.filter(pk=user_id).update(**values)
    cache.delete(selectors.presence_key(user_id))
    return DeskAgent.objects.get(pk=user_id)


def presence_renew(*, actor: Actor) -> None:
    """Take a sign of life: who was away by itself is back. Written at most every twenty seconds."""
    user_id = _agent(actor)
    if not cache.add(f"tickets:alive:{user_id}", 1, STEADY_SECONDS):
        return
    at = clock.now()
    DeskAgent.objects.filter(pk=user_id).update(seen_at=at)
    back = DeskAgent.objects.filter(pk=user_id, by_itself=True)
    if back.update(presence=Presence.PRESENT, by_itself=False, since=at):
        cache.delete(selectors.presence_key(user_id))


def presence_expire() -> int:
    """Let those be away who gave no sign of life for the policy's time; return how many."""
    quiet = DeskAgent.objects.filter(presence=Presence.PRESENT, seen_at__lt=selectors.quiet_before())
    gone = list(quiet.values_list("pk", flat=True)[:MOST])
    changed = quiet.filter(pk__in=gone).update(presence=Presence.AWAY, by_itself=True, since=clock.now())
    cache.delete_many([selectors.presence_key(user_id) for user_id in gone])
    return changed


def skills_set(
    *, user: User, actor: Actor, kinds: Sequence[str], shops: Sequence[int], most_open: int | None
) -> DeskAgent:
    """Say what an agent can do and how much he takes; empty: everything, and as the policy says.

    Raises: Forbidden for who is no supervisor, NotFound for somebody of other shops, Invalid.
    """
    if actor.role != Role.SUPERVISOR:
        raise errors.Forbidden()
    if not selectors.agents_of(actor).filter(pk=user.pk).exists():
        raise errors.NotFound()
    wrong = []
    if set(kinds) - set(TicketKind.values):
        wrong.append(errors.FieldError("kinds", "not_a_choice", _("There is no such kind of ticket.")))
    if any(not actor.sees(shop_id) for shop_id in shops):
        wrong.append(errors.FieldError("shops", "not_a_choice", _("There is no such shop.")))
    if most_open is not None and not 0 <= most_open <= MOST:
        text = _("The limit lies between 0 and %(most)s.") % {"most": MOST}
        wrong.append(errors.FieldError("most_open", "out_of_bounds", text))
    if wrong:
        raise errors.Invalid(errors=wrong)
    at = clock.now()
    values = {"kinds": list(kinds), "shops": list(shops), "most_open": most_open}
    agent, _new = DeskAgent.objects.update_or_create(
        pk=user.pk, defaults=values, create_defaults={**values, "since": at, "seen_at": at}
    )
    return agent


def tickets_assign(*, most: int = BATCH) -> int:
    """Give what nobody owns to agents who are present, the most urgent first; return how many were given.

    Each in a transaction of its own; several workers share the work, and what a person has in hand just now is passed
    over. What nobody can take stays, and with it the rest of its shop and kind until the next call.
    Locks: the request, the agents who could have it by key, the ticket. Emits: ticket.assigned.
    """
    given, hopeless = 0, set[selectors.Group]()
    shop_ids = selectors.shops_assigned()
    if not shop_ids or not selectors.agents_present().exists():
        return 0
    for _number in range(most):
        outcome = _give_next(shop_ids, hopeless)
        if outcome is None:
            break
        given += outcome
    return given


def _give_next(shop_ids: Collection[int], hopeless: set[selectors.Group]) -> int | None:
    """Give one ticket: 1 if it went, 0 if nobody can take it, None if there is nothing left."""
    with transaction.atomic():
        rows = selectors.unowned(shop_ids, hopeless).select_related("ticket").order_by("ticket__due_at", "ticket__pk")
        refund = rows.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
        if refund is None:
            return None
        kind = refund.ticket.kind
        able = list(selectors.can_do(selectors.agents_present(), refund.shop_id, kind).values_list("pk", flat=True))
        # Whoever gives something to one of them waits here, and then counts what was given in the meantime.
        rows_of_agents = selectors.agents_present().filter(pk__in=able).order_by("pk").select_related("user")
        agents = list(rows_of_agents.select_for_update(of=("self",), no_key=True))
        choice = selectors.chosen(agents, selectors.loads([agent.pk for agent in agents]), refund.shop_id)
        if choice is None:
            hopeless.add((refund.shop_id, kind))
            return 0
        owner = next(agent.user for agent in agents if agent.pk == choice.user_id)
        why = asdict(choice) | {"to": str(owner)[:60]}
        refund_assign(refund=refund, actor=ASSIGNMENT, assignee=owner, note=json.dumps(why, ensure_ascii=False))
        return 1


def _agent(actor: Actor) -> int:
    if actor.role != Role.AGENT or actor.user_id is None:
        raise errors.Forbidden()
    return actor.user_id

"""Trying every cell of a state machine: each standing × action × outcome × role × own or other shop.

The tests write down, apart from the edge table that runs, what is possible from where and by whom. Here every other
cell is tried too, and must be refused with the right error before anything is written.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction

from aftersales.core import errors, transitions
from aftersales.core.auth import Actor
from aftersales.core.models import LogEntry, OutboxEvent, Role, Shop
from tests import factories

STAFF = (*Role.values, "buyer")
EVERYBODY = (*STAFF, "platform", "system")
_WRITES = re.compile(r"\b(INSERT INTO|UPDATE \"?\w+\"? |DELETE FROM|TRUNCATE|nextval)", re.IGNORECASE)


@dataclass(frozen=True)
class People:
    """Somebody of every role, of the shop and of another one."""

    ours: dict[str, Actor]
    theirs: dict[str, Actor]


def people(shop: Shop) -> People:
    """Hire everybody, here and in another shop."""
    other = factories.make_shop()
    ours = {role: factories.staff(role, shop) for role in Role.values} | {"buyer": factories.buyer(shop)}
    ours |= {"platform": Actor.platform(), "system": Actor.system()}
    theirs = {role: factories.staff(role, other) for role in Role.values} | {"buyer": factories.buyer(other)}
    return People(ours, theirs)


@contextmanager
def nothing_written() -> Iterator[None]:
    """Fail when a statement that changes anything is sent, even one that is rolled back."""
    sent: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if _WRITES.search(sql.replace("FOR NO KEY UPDATE", "").replace("FOR UPDATE", "")):
            sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield
    assert not sent, f"written all the same: {sent[0]}"


@contextmanager
def undone() -> Iterator[None]:
    """Try something, and have it not happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def split(cell: str) -> tuple[str, str]:
    """Read `decision:buyer` as action and outcome."""
    action, _colon, outcome = cell.partition(":")
    return action, outcome


def cells_of(machine: Any) -> list[str]:
    """List every action with every outcome that the table knows, and two that it does not."""
    known = {f"{edge.action}:{edge.outcome}".rstrip(":") for edge in machine.edges if edge.source}
    return [*sorted(known), "no_such_action", f"{min(known).partition(':')[0]}:no_such_outcome"]


def expected_error(machine: Any, subject: Any, role: str, cell: str) -> type[errors.Problem]:
    """Say how a cell that is not possible must be refused: 403 for the wrong role, else 409."""
    action, outcome = split(cell)
    if role not in machine.roles_of.get(action, ()):
        return errors.Forbidden
    edge = machine.edge(subject, action, outcome)
    return errors.Forbidden if edge is not None and role not in edge.who else errors.TransitionNotAllowed


def try_all(
    binding: transitions.Binding,
    pk: int,
    allowed: Mapping[str, tuple[str, str]],
    everybody: People,
    details: Mapping[str, dict[str, Any]],
) -> int:
    """Try every cell on one subject; `allowed` is cell → (target, roles). Returns how many cells were tried.

    What is possible is done and undone. What is not is tried on one locked copy, which must stay as it is.
    """
    machine = binding.machine
    [subject] = binding.lock([pk], False)
    tried = 0
    for cell in cells_of(machine):
        target, who = allowed.get(cell, ("", ""))
        for role in EVERYBODY:
            tried += 1
            here = f"{subject.status} {cell} by {role}"
            given = details.get(cell, {})
            if role in who.split():
                with undone():
                    _works(binding, subject, cell, everybody.ours[role], given, target, here)
            else:
                error = expected_error(machine, subject, role, cell)
                _refused(binding, subject, cell, everybody.ours[role], given, error, here)
            if role in everybody.theirs:
                tried += 1
                _refused(binding, subject, cell, everybody.theirs[role], given, errors.NotFound, f"{here} elsewhere")
    return tried


def _works(
    binding: transitions.Binding, subject: Any, cell: str, actor: Actor, given: Any, target: str, here: str
) -> None:
    action, outcome = split(cell)
    news = OutboxEvent.objects.count()
    moved = transitions.apply(
        binding, subject.pk, action, outcome=outcome, actor=actor, version=subject.version, **given
    )
    stored = binding.model._default_manager.get(pk=subject.pk)
    assert (moved.status, stored.status) == (target, target), here
    assert (moved.version, stored.version) == (subject.version + 1, subject.version + 1), here
    rows = LogEntry.objects.filter(
        subject_type=binding.machine.name, subject_id=subject.pk, version__gt=subject.version
    )
    [row] = rows
    assert (row.from_status, row.to_status, row.action) == (subject.status, target, cell.replace(":", "_")), here
    assert (row.actor_kind, row.actor_id, row.actor_name) == (actor.kind, actor.id, actor.name), here
    assert OutboxEvent.objects.count() >= news, here


def _refused(
    binding: transitions.Binding,
    subject: Any,
    cell: str,
    actor: Actor,
    given: Any,
    error: type[errors.Problem],
    here: str,
) -> None:
    action, outcome = split(cell)
    refusal, before = None, vars(subject).copy()
    with nothing_written(), pytest.MonkeyPatch.context() as patch:
        patch.setitem(binding.__dict__, "lock", lambda ids, skip_locked: [subject])
        try:
            transitions.apply(binding, subject.pk, action, outcome=outcome, actor=actor, **given)
        except errors.Problem as problem:
            refusal = problem
    transaction.set_rollback(False)  # nothing was written, so there is nothing to undo
    assert refusal is not None, f"{here} was possible"
    assert type(refusal) is error, f"{here}: {refusal!r}"
    assert vars(subject) == before, here
    if error is errors.TransitionNotAllowed:
        assert (refusal.extra["status_now"], refusal.code) == (subject.status, "transition_not_allowed"), here


def actions_open_to(binding: transitions.Binding, pk: int, actor: Actor) -> set[str]:
    """Give the actions that the page and the API offer."""
    [subject] = binding.lock([pk], False)
    listed = transitions.allowed_actions(binding.machine, subject, actor)
    return {entry["action"] for entry in listed if entry["allowed"]}

"""The one place where a status changes.

`apply` takes one subject one step along its edge table: lock, may this actor, is the version right, is the step
possible, prepare, transition, save, log row, deadlines, event, follow-ups; all in the caller's transaction and
without a call to the outside. `apply_batch` does the same for many subjects whose time has come, through the same
functions and with the very same rows. `create_many` and `create` bring subjects into being, logged alike.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from . import clock, deadlines, errors, events
from .auth import Actor, grant
from .bulk import Batch, allocate
from .machine import Edge, Machine, WhyNot
from .models import LogEntry
from .steps import Step

Subject = TypeVar("Subject", bound="Any")
Prepare = Callable[..., str | None]
FollowUp = Callable[[list["Step"]], None]
_LOG_COLUMNS = (
    "subject_type subject_id version shop_id at actor_kind actor_id actor_name"
    " action from_status to_status note changes"
).split()


@dataclass(frozen=True)
class Binding:
    """What a machine needs to move rows of a model.

    `lock(ids, skip_locked)` returns the subjects, locked in the one fixed order (the order's row, then its requests,
    then payments). `prepare[action](subject, actor=…, at=…, **details)` checks the rules that need the details and
    sets fields; what it returns is added to the log's note. `stamp(step)` sets what follows from the new status alone.
    `saved` are the fields that are written beside status and version, `number` is the field by which people call a
    subject. `entered[status](steps)` and `taken[action](steps)` do what must follow, set-based.
    """

    machine: Machine
    model: type[models.Model]
    lock: Callable[[Sequence[int], bool], list[Any]]
    prepare: Mapping[str, Prepare] = field(default_factory=dict)
    entered: Mapping[str, tuple[FollowUp, ...]] = field(default_factory=dict)
    taken: Mapping[str, tuple[FollowUp, ...]] = field(default_factory=dict)
    saved: tuple[str, ...] = ()
    number: str = "pk"
    stamp: Callable[[Step], None] | None = None

    def __post_init__(self) -> None:
        bindings[self.machine.name] = self
        label, name = self.model._meta.app_label, self.model._meta.model_name
        for action, roles in self.machine.roles_of.items():
            grant(f"{label}.{action}_{name}", roles)

    @cached_property
    def attnames(self) -> dict[str, str]:
        """For each field that a step may write, the attribute that holds its value."""
        fields = {field.name: field.attname for field in self.model._meta.concrete_fields}
        return {name: fields[name] for name in ("status", "version", "updated_at", *self.saved)}

    def changed(self, steps: list[Step]) -> list[str]:
        """Give the fields that at least one of the steps changed."""
        return [
            name
            for name, attname in self.attnames.items()
            if name == "status" or any(step.was[attname] != getattr(step.subject, attname) for step in steps)
        ]


bindings: dict[str, Binding] = {}
_joined: dict[str, tuple[FollowUp, ...]] = {}


def join(machine: str, follow_up: FollowUp) -> None:
    """Let an app above take part in every step of a machine, in the step's own transaction. Called from the wiring.

    For what must never disagree with the subject, not even for the moment until news is heard; everything else listens
    to an event. `follow_up(steps)` runs under the subjects' locks, set-based like the binding's own.
    """
    if follow_up not in _joined.get(machine, ()):
        _joined[machine] = (*_joined.get(machine, ()), follow_up)


def _plain(value: Any) -> Any:
    """Give a JSON value; moments in UTC, whatever zone a caller gave them in."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def snapshot(binding: Binding, subject: Any) -> dict[str, Any]:
    """Give the fields that the log must be able to give back, as JSON values."""
    return {name: _plain(getattr(subject, name)) for name in binding.machine.tracked}


def why_not(machine: Machine, subject: Any, actor: Actor, action: str, outcome: str | None = None) -> WhyNot | None:
    """Say why `actor` cannot take `action` on `subject` now, or None when he can (in at least one way)."""
    if actor.role not in machine.roles_of.get(action, frozenset()):
        return WhyNot("", errors.Forbidden.title)
    edges = [e for e in machine.edges_now(subject, action) if outcome is None or e.outcome == outcome]
    if not edges:
        text = _("Not possible while the state is “%(state)s”.") % {"state": machine.labels[subject.status]}
        return WhyNot("", text)
    mine = [edge for edge in edges if actor.role in edge.who]
    if not mine:
        return WhyNot("", errors.Forbidden.title)
    first: WhyNot | None = None
    for edge in mine:
        stop = next((found for guard in edge.guards if (found := guard(subject, actor))), None)
        if stop is None:
            return None
        first = first or stop
    return first


def allowed_actions(machine: Machine, subject: Any, actor: Actor) -> list[dict[str, Any]]:
    """List the actions of this actor's role, each with whether it is possible now and, if not, why."""
    listed: list[dict[str, Any]] = []
    for action, roles in machine.offered.items():
        concerns = machine.only_for.get(action)
        if actor.role not in roles or (concerns is not None and not concerns(subject)):
            continue
        stop = why_not(machine, subject, actor, action)
        entry: dict[str, Any] = {"action": action, "allowed": stop is None}
        if stop is not None:
            entry["why_not"] = str(stop.text)
            if stop.rule:
                entry["rule"] = stop.rule
        listed.append(entry)
    return listed


def _refusal(machine: Machine, subject: Any, actor: Actor, stop: WhyNot) -> errors.Problem:
    extra: dict[str, Any] = {"rule": stop.rule} if stop.rule else {}
    return errors.TransitionNotAllowed(
        stop.text,
        status_now=subject.status,
        status_label=str(machine.labels[subject.status]),
        allowed_actions=[entry["action"] for entry in allowed_actions(machine, subject, actor) if entry["allowed"]],
        **extra,
    )


def _choose(binding: Binding, subject: Any, actor: Actor, action: str, outcome: str, version: int | None) -> Edge:
    """Find the edge, or raise: unseen shop 404, role 403, stale version 412, state or guard 409."""
    machine = binding.machine
    if not actor.sees(subject.shop_id):
        raise errors.NotFound()
    if actor.role not in machine.roles_of.get(action, frozenset()):
        raise errors.Forbidden()
    if version is not None and version != subject.version:
        raise errors.StaleVersion(
            version=subject.version,
            status_now=subject.status,
            status_label=str(machine.labels[subject.status]),
        )
    edge = machine.edge(subject, action, outcome)
    if edge is not None and actor.role not in edge.who:
        raise errors.Forbidden()
    stop = why_not(machine, subject, actor, action, outcome)
    if edge is None or stop is not None:
        raise _refusal(machine, subject, actor, stop or WhyNot("", errors.Conflict.title))
    return edge


def _begin(binding: Binding, subject: Any, edge: Edge, actor: Actor, at: datetime, note: str = "") -> Step:
    was = {name: copy(subject.__dict__[name]) for name in binding.attnames.values()}
    return Step(subject, edge, actor, at, note, snapshot(binding, subject), was)


def _move(binding: Binding, step: Step, details: dict[str, Any]) -> None:
    """Prepare and transition one subject in memory."""
    subject, edge = step.subject, step.edge
    prepare = binding.prepare.get(edge.name) or binding.prepare.get(edge.action)
    if prepare is not None:
        step.note += prepare(subject, actor=step.actor, at=step.at, **details) or ""
    # The edge was chosen before `prepare` changed the fields that its condition looks at.
    getattr(subject, edge.name)(edge)
    subject.version += 1
    subject.updated_at = step.at
    if binding.stamp is not None:
        binding.stamp(step)


def _log_row(binding: Binding, step: Step) -> tuple[Any, ...]:
    after = snapshot(binding, step.subject)
    changes = {name: value for name, value in after.items() if step.before.get(name, ...) != value}
    return (
        binding.machine.name,
        step.subject.pk,
        step.subject.version,
        step.subject.shop_id,
        step.at,
        step.actor.kind,
        step.actor.user_id or step.actor.client_id,
        step.actor.name,
        step.edge.name,
        step.edge.source,
        step.subject.status,
        step.note,
        changes,
    )


def _write(binding: Binding, steps: list[Step], *, created: bool = False, batch: Batch | None = None) -> None:
    """Write the subjects, their log rows, deadlines and events; then do what follows from them."""
    batch = batch or Batch()
    plan = deadlines.plan(binding.machine, steps, created=created)
    if created:
        batch.insert_objects(binding.model, [step.subject for step in steps])
    else:
        columns = binding.changed(steps)
        names = [binding.attnames[column] for column in columns]
        rows = [(step.subject.pk, *(getattr(step.subject, name) for name in names)) for step in steps]
        batch.update(binding.model, columns, rows)
    batch.insert(LogEntry, _LOG_COLUMNS, [_log_row(binding, step) for step in steps])
    events.add_to(batch, [_news(binding, step) for step in steps if step.edge.event])
    plan.join(batch)
    batch.run()
    plan.follow()
    _follow(binding, steps)


def _news(binding: Binding, step: Step) -> events.News:
    subject = step.subject
    payload = {"status": subject.status, "from": step.edge.source, "version": subject.version, **step.news}
    return events.News(step.edge.event, binding.machine.name, subject.pk, subject.shop_id, payload)


def _follow(binding: Binding, steps: list[Step]) -> None:
    def groups(key: Callable[[Step], str], table: Mapping[str, tuple[FollowUp, ...]]) -> None:
        for name, follow_ups in table.items():
            chosen = [step for step in steps if key(step) == name]
            for follow_up in follow_ups if chosen else ():
                follow_up(chosen)

    groups(lambda step: step.edge.action, binding.taken)
    groups(lambda step: step.subject.status if step.subject.status != step.edge.source else "", binding.entered)
    for joined in _joined.get(binding.machine.name, ()):
        joined(steps)


def apply(
    binding: Binding,
    pk: int,
    action: str,
    *,
    actor: Actor,
    outcome: str = "",
    version: int | None = None,
    note: str = "",
    **details: Any,
) -> Any:
    """Take the subject `pk` one step and return it.

    Locks: the subject by the binding's order of locks, until the caller's transaction ends. Emits: the edge's event.
    Raises: NotFound (missing or of an unseen shop), Forbidden, StaleVersion, TransitionNotAllowed, and what the
    action's `prepare` raises. After an exception the object in memory is void; nothing was written. RFD-8.
    """
    with transaction.atomic(savepoint=False):
        locked = binding.lock([pk], False)
        if not locked:
            raise errors.NotFound()
        subject = locked[0]
        edge = _choose(binding, subject, actor, action, outcome, version)
        step = _begin(binding, subject, edge, actor, clock.now(), note)
        _move(binding, step, details)
        _write(binding, [step])
        return subject


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What came of a batch: subjects moved, ids left alone because somebody holds them, ids refused and why."""

    moved: list[Any]
    busy: list[int]
    refused: dict[int, str]


def apply_batch(
    binding: Binding, pks: Iterable[int], action: str, *, actor: Actor, outcome: str = "", note: str = ""
) -> BatchResult:
    """Take many subjects the same step, without details, at set-based speed.

    Subjects whose lock is held by somebody are left alone, never waited for. One that its rules refuse does not stop
    the others. Runs in the caller's transaction. TMO-16, TMO-18.
    """
    wanted = list(pks)
    at = clock.now()
    steps: list[Step] = []
    refused: dict[int, str] = {}
    with transaction.atomic(savepoint=False):
        locked = binding.lock(wanted, True)
        for subject in locked:
            try:
                edge = _choose(binding, subject, actor, action, outcome, None)
                step = _begin(binding, subject, edge, actor, at, note)
                _move(binding, step, {})
            except errors.Problem as problem:
                refused[subject.pk] = str(problem.detail)
            else:
                steps.append(step)
        if steps:
            _write(binding, steps)
    seen = {subject.pk for subject in locked}
    return BatchResult([step.subject for step in steps], [pk for pk in wanted if pk not in seen], refused)


def create_many(
    binding: Binding,
    subjects: Sequence[Subject],
    *,
    actor: Actor,
    action: str,
    note: str = "",
    outcome: str = "",
    batch: Batch | None = None,
) -> Sequence[Subject]:
    """Bring subjects into being along the edge from "" that leads to the status that each carries.

    Allocates the keys of those that have none, writes them with log rows, deadlines and events in one statement, in
    which `batch` goes along. Raises Forbidden when the actor's role may not create them.
    """
    at = clock.now()
    steps: list[Step] = []
    new = iter(allocate(binding.model, missing) if (missing := sum(one.pk is None for one in subjects)) else ())
    for subject in subjects:
        ways = binding.machine.by_step.get((action, outcome, ""), ())
        edge = next((edge for edge in ways if edge.target == subject.status), None)
        if edge is None or actor.role not in edge.who:
            raise errors.Forbidden()
        if subject.pk is None:
            subject.pk = next(new)
        subject.version, subject.updated_at = 1, at
        steps.append(Step(subject, edge, actor, at, note, {}, {}))
    with transaction.atomic(savepoint=False):
        _write(binding, steps, created=True, batch=batch)
    return subjects


def create(
    binding: Binding,
    subject: Subject,
    *,
    actor: Actor,
    action: str,
    note: str = "",
    outcome: str = "",
    batch: Batch | None = None,
) -> Subject:
    """Bring one subject into being; see `create_many`."""
    return create_many(binding, [subject], actor=actor, action=action, note=note, outcome=outcome, batch=batch)[0]

"""Drafts and versions of the playbook: what is in force, who may change it, what differs, what the database keeps."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import translation

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from aftersales.core.models import Role
from tests import factories
from tests.checks import sql
from tickets import services
from tickets.models import PlaybookVersion
from tickets.selectors import playbook
from tickets.selectors.playbook import current
from tickets.selectors.playbook.default import RULES
from tickets.selectors.playbook.differing import differences

from .playbook_cases import case

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 6, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh():
    current.forget()
    with translation.override("en"):
        yield
    current.forget()


@pytest.fixture
def frozen():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def boss() -> Actor:
    return factories.staff(Role.SUPERVISOR)


def changed(name: str = "return-seven-day", **fields: Any) -> list[dict[str, Any]]:
    rules = copy.deepcopy(RULES)
    next(rule for rule in rules if rule["id"] == name).update(fields)
    return rules


def drafted(boss: Actor, rules: list[dict[str, Any]] | None = None, **given: Any) -> PlaybookVersion:
    draft = services.draft_start(actor=boss, **given)
    return services.draft_save(draft=draft, actor=boss, rules=rules or changed(action="contact"), version=1)


def published(boss: Actor, rules: list[dict[str, Any]] | None = None, **given: Any) -> PlaybookVersion:
    draft = drafted(boss, rules)
    return services.draft_publish(draft=draft, actor=boss, version=draft.version, **given)


def recommended() -> tuple[str, int | None]:
    found = playbook.recommend(playbook.in_force(), case())
    return found.rule.action, found.version


# --- What is in force -------------------------------------------------------------------------------------------------


def test_until_something_is_published_the_programs_own_holds(boss):
    assert recommended() == ("agree", None)
    drafted(boss)
    assert recommended() == ("agree", None), "a draft changes nothing"


def test_a_version_holds_from_its_moment_on_and_not_before(frozen, boss):
    published(boss, effective_at=NOW + timedelta(days=1))
    assert recommended() == ("agree", None)
    assert playbook.in_force(at=NOW + timedelta(days=1)).version == 1
    frozen.move_to(NOW + timedelta(days=1))
    assert recommended() == ("contact", 1), "by the clock alone"


@pytest.mark.usefixtures("frozen")
def test_the_later_of_two_holds_and_a_withdrawn_one_never(boss):
    published(boss)
    later = published(boss, changed(action="wait"), effective_at=NOW + timedelta(days=2))
    assert (later.number, playbook.in_force(at=NOW + timedelta(days=3)).version) == (2, 2)
    services.version_withdraw(playbook_version=later, actor=boss)
    assert playbook.in_force(at=NOW + timedelta(days=3)).version == 1


def test_one_that_this_program_cannot_read_is_left_out(frozen, boss, caplog):
    """As after an upgrade that knows a condition no more: what held before goes on."""
    first = published(boss)
    frozen.shift(timedelta(seconds=1))
    second = PlaybookVersion.objects.get()
    second.pk, second.number, second.rules = None, 2, changed(when={"moon": ["full"]})
    second.published_at = second.effective_at = clock.now()
    second.save(force_insert=True)
    current.forget()
    assert playbook.in_force().version == first.number
    assert "cannot be read" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_it_is_read_once_and_asked_for_without_a_query(boss, django_assert_num_queries):
    published(boss)
    with django_assert_num_queries(2):
        playbook.in_force()
    with django_assert_num_queries(0):
        playbook.in_force()
    current._shared = None
    with django_assert_num_queries(1):
        playbook.in_force()


@pytest.mark.django_db(transaction=True)
def test_what_is_not_committed_is_seen_by_its_own_transaction_only(boss):
    with transaction.atomic():
        published(boss)
        assert recommended() == ("contact", 1)
        transaction.set_rollback(True)
    assert recommended() == ("agree", None)


# --- Changing it ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.SUPERVISOR])
def test_only_a_supervisor_changes_it(role: str, boss):
    draft, planned = drafted(boss), published(boss, effective_at=clock.now() + timedelta(days=1))
    actor = factories.staff(role)
    for change in (
        lambda: services.draft_start(actor=actor),
        lambda: services.draft_save(draft=draft, actor=actor, rules=RULES, version=2),
        lambda: services.draft_publish(draft=draft, actor=actor, version=2),
        lambda: services.draft_discard(draft=draft, actor=actor),
        lambda: services.version_withdraw(playbook_version=planned, actor=actor),
    ):
        with pytest.raises(errors.Forbidden):
            change()
    assert list(PlaybookVersion.objects.values_list("version", "withdrawn_at")) == [(2, None), (2, None)]


def test_a_supervisor_of_some_shops_does_not_change_what_holds_for_all():
    with pytest.raises(errors.Forbidden, match="all shops"):
        services.draft_start(actor=factories.staff(Role.SUPERVISOR, factories.make_shop()))


def test_a_draft_may_say_nonsense_but_must_be_readable(boss):
    draft = services.draft_start(actor=boss)
    hidden = [*changed()[:-1], {**RULES[0], "id": "again"}, RULES[-1]]
    saved = services.draft_save(draft=draft, actor=boss, rules=hidden, version=1)
    assert [fault.code for fault in playbook.faults(saved.rules)] == ["double"]
    with pytest.raises(errors.Invalid) as caught:
        services.draft_save(draft=draft, actor=boss, rules=changed(action="shout"), version=2)
    place = next(
        place for place, (old, new) in enumerate(zip(RULES, changed(action="shout"), strict=True)) if old != new
    )
    assert [(fault.field, fault.code) for fault in caught.value.errors] == [(f"rules.{place}.action", "unknown")]
    assert PlaybookVersion.objects.get().version == 2


def test_what_is_wrong_is_not_published(boss):
    draft = drafted(boss, [*RULES[:-1], {**RULES[0], "id": "again"}, RULES[-1]])
    with pytest.raises(errors.Invalid) as caught:
        services.draft_publish(draft=draft, actor=boss, version=2)
    assert [fault.code for fault in caught.value.errors] == ["double"]
    assert PlaybookVersion.objects.get().is_draft
    assert recommended() == ("agree", None)


def test_it_is_not_published_for_the_past_nor_twice_nor_over_a_colleagues_change(frozen, boss):
    draft = drafted(boss)
    with pytest.raises(errors.Invalid) as caught:
        services.draft_publish(draft=draft, actor=boss, version=2, effective_at=NOW - timedelta(seconds=1))
    assert [fault.code for fault in caught.value.errors] == ["in_the_past"]
    with pytest.raises(errors.StaleVersion):
        services.draft_publish(draft=draft, actor=boss, version=1)
    services.draft_publish(draft=draft, actor=boss, version=2)
    with pytest.raises(errors.Conflict):
        services.draft_publish(draft=draft, actor=boss, version=2)
    with pytest.raises(errors.Conflict):
        services.draft_save(draft=draft, actor=boss, rules=RULES, version=2)
    with pytest.raises(errors.Conflict):
        services.draft_discard(draft=draft, actor=boss)
    other = drafted(boss)
    with pytest.raises(errors.Conflict, match="same moment"):
        services.draft_publish(draft=other, actor=boss, version=2)
    assert PlaybookVersion.objects.filter(published_at=None).get() == other


def test_what_is_in_force_is_not_withdrawn_and_no_draft_begins_with_a_draft(boss):
    version = published(boss)
    with pytest.raises(errors.Conflict):
        services.version_withdraw(playbook_version=version, actor=boss)
    with pytest.raises(errors.Conflict):
        services.draft_start(actor=boss, source=drafted(boss))
    assert services.draft_start(actor=boss, source=version).rules == version.rules


# --- What the database keeps ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tickets_playbookversion SET rules = '[]'",
        "UPDATE tickets_playbookversion SET effective_at = effective_at + interval '1 day'",
        "UPDATE tickets_playbookversion SET published_at = NULL, published_by_id = NULL, effective_at = NULL,"
        " number = NULL",
        "DELETE FROM tickets_playbookversion",
        "TRUNCATE tickets_playbookversion CASCADE",
    ],
)
def test_what_was_published_is_never_rewritten(boss, statement: str):
    version = published(boss)
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match=r"stays as it is|append-only"), transaction.atomic():
        sql(statement)
    assert PlaybookVersion.objects.get() == version


# --- What differs -----------------------------------------------------------------------------------------------------


def said(rules: list[dict[str, Any]]) -> list[tuple[str, str, tuple[str, ...]]]:
    found = differences(playbook.read(RULES), playbook.read(rules))
    return [(one.kind, one.id, one.texts) for one in found]


def test_a_change_is_said_in_words():
    rules = changed(
        "missing-lost",
        when={
            "kind": ["refund_only"],
            "goods_status": ["not_received"],
            "shipped_days": {"least": 20},
            "insured": True,
        },
        action="contact",
        postage="seller",
    )
    assert said(rules) == [
        (
            "changed",
            "missing-lost",
            (
                "condition removed: after shipment",
                "condition added: return freight insured",
                "condition: Since shipping: at least 15 days → Since shipping: at least 20 days",
                "recommends: Agree → Contact the buyer first",
                "postage: — → The seller pays the return postage",
            ),
        )
    ]


def test_rules_that_come_go_and_move_are_named():
    rules = copy.deepcopy(RULES)
    lost = rules.pop(next(place for place, rule in enumerate(rules) if rule["id"] == "missing-lost"))
    rules.insert(0, {**lost, "id": "new-one"})
    rules.insert(3, moved := rules.pop(10))
    assert [(kind, name) for kind, name, _texts in said(rules)] == [
        ("added", "new-one"),
        ("moved", moved["id"]),
        ("removed", "missing-lost"),
    ]
    assert said(copy.deepcopy(RULES)) == []

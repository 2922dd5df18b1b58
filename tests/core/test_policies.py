"""Policy settings: what is defined, what is in force when and for whom, and how it is changed."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from aftersales.core import clock, errors, policies
from aftersales.core.auth import Actor
from aftersales.core.models import PolicyVersion, Role, Shop, User
from aftersales.core.policies import HOUR

NOW = datetime(2026, 11, 20, 6, 2, tzinfo=UTC)
KEY = "deadline.TMO-1"


@pytest.fixture(autouse=True)
def _fresh_figures():
    policies.forget()
    yield
    policies.forget()


@pytest.fixture
def frozen():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def shop(db):
    return Shop.objects.create(code="demo", name="Demo")


@pytest.fixture
def other_shop(db):
    return Shop.objects.create(code="other", name="Other")


@pytest.fixture
def supervisor(db):
    return Actor.for_user(User.objects.create_user("boss", role=Role.SUPERVISOR))


# --- What is in force


@pytest.mark.usefixtures("frozen")
def test_a_new_figure_holds_from_its_moment_on_and_not_before(supervisor):
    policies.set(key=KEY, value=timedelta(hours=24), effective_at=NOW + timedelta(days=1), actor=supervisor)
    assert policies.get(KEY) == timedelta(hours=48)
    assert policies.get(KEY, at=NOW + timedelta(days=1, microseconds=-1)) == timedelta(hours=48)
    assert policies.get(KEY, at=NOW + timedelta(days=1)) == timedelta(hours=24)


def test_a_figure_comes_into_force_by_the_clock_alone(frozen, supervisor):
    policies.set(key=KEY, value=24 * HOUR, effective_at=NOW + timedelta(days=1), actor=supervisor)
    assert policies.get(KEY) == timedelta(hours=48)
    frozen.move_to(NOW + timedelta(days=1))
    assert policies.get(KEY) == timedelta(hours=24)


def test_the_past_stays_readable_after_a_change(frozen, supervisor):
    for hours in (24, 36, 12):
        policies.set(key=KEY, value=hours * HOUR, actor=supervisor)
        frozen.shift(timedelta(days=1))
    read = [policies.get(KEY, at=NOW + timedelta(days=day, hours=1)) for day in (-1, 0, 1, 2)]
    assert read == [timedelta(hours=hours) for hours in (48, 24, 36, 12)]


@pytest.mark.usefixtures("frozen")
def test_a_shop_s_own_figure_wins_over_a_general_one_however_old(supervisor, shop, other_shop):
    policies.set(key=KEY, value=24 * HOUR, shop=shop, actor=supervisor)
    policies.set(key=KEY, value=36 * HOUR, effective_at=NOW + timedelta(days=1), actor=supervisor)
    later = NOW + timedelta(days=2)
    assert policies.get(KEY, shop_id=shop.pk, at=later) == timedelta(hours=24)
    assert policies.get(KEY, shop_id=other_shop.pk, at=later) == timedelta(hours=36)
    assert policies.get(KEY, at=later) == timedelta(hours=36)
    assert policies.explain(KEY, shop_id=shop.pk, at=later).origin == "shop"
    assert policies.explain(KEY, shop_id=other_shop.pk, at=later).origin == "general"
    assert policies.explain(KEY, at=NOW).origin == "default"


def test_a_figure_taken_back_lets_the_shop_follow_the_general_one(frozen, supervisor, shop):
    policies.set(key=KEY, value=36 * HOUR, actor=supervisor)
    policies.set(key=KEY, value=24 * HOUR, shop=shop, actor=supervisor)
    frozen.shift(timedelta(hours=1))
    policies.set(key=KEY, value=None, shop=shop, actor=supervisor)
    assert policies.get(KEY, shop_id=shop.pk) == timedelta(hours=36)
    assert policies.get(KEY, shop_id=shop.pk, at=NOW) == timedelta(hours=24)
    policies.set(key=KEY, value=None, actor=supervisor)
    assert policies.get(KEY, shop_id=shop.pk) == timedelta(hours=48)


@pytest.mark.usefixtures("frozen")
def test_explaining_says_value_and_since_when(supervisor):
    policies.set(key="payout.agent_limit", value=80_00, actor=supervisor)
    figure = policies.explain("payout.agent_limit")
    assert (figure.value, figure.stored, figure.origin, figure.since) == (8000, 8000, "general", NOW)


@pytest.mark.django_db
def test_a_version_that_no_longer_fits_its_definition_is_left_out(caplog):
    now = clock.now()
    PolicyVersion.objects.create(key=KEY, value="two days", effective_at=now, created_at=now)
    PolicyVersion.objects.create(key="gone.setting", value=1, effective_at=now, created_at=now)
    assert policies.get(KEY) == timedelta(hours=48)
    assert [record.policy for record in caplog.records] == [KEY]


def test_typed_readers_give_what_their_name_says(db):
    assert policies.duration(KEY) == timedelta(hours=48)
    assert policies.number("dispute.refusals_before_offer") == 3
    assert policies.flag("refund.void_required") is True


# --- The snapshot


@pytest.mark.django_db
def test_asking_again_costs_no_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        policies.get(KEY)
    with django_assert_num_queries(0):
        for known in policies.definitions():
            policies.get(known.key, shop_id=7)


def test_where_nothing_is_read_the_defaults_hold(supervisor, django_assert_num_queries):
    """For whoever reasons without a database: whatever was set is not looked at, and afterwards it is again."""
    policies.set(key="deadline.TMO-5", value=timedelta(days=9), actor=supervisor)
    policies.forget()
    with django_assert_num_queries(0), policies.as_defined():
        assert policies.duration("deadline.TMO-5") == timedelta(days=7)
        with policies.as_defined():
            pass
        assert policies.duration("deadline.TMO-5") == timedelta(days=7)
    with pytest.raises(KeyError), policies.as_defined():
        raise KeyError
    assert policies.duration("deadline.TMO-5") == timedelta(days=9)


@pytest.mark.django_db
def test_another_process_s_change_is_seen_when_the_snapshot_is_old(monkeypatch):
    assert policies.get(KEY) == timedelta(hours=48)
    now = clock.now()
    PolicyVersion.objects.create(key=KEY, value=24 * HOUR, effective_at=now, created_at=now)
    assert policies.get(KEY) == timedelta(hours=48)
    monkeypatch.setattr("aftersales.core.policies.snapshot.FRESH_SECONDS", 0)
    assert policies.get(KEY) == timedelta(hours=24)
    assert policies.FRESH_SECONDS <= 5


def test_a_change_that_is_rolled_back_was_seen_by_its_own_transaction_only(supervisor, django_assert_num_queries):
    assert policies.get(KEY) == timedelta(hours=48)
    with transaction.atomic():
        policies.set(key=KEY, value=24 * HOUR, actor=supervisor)
        assert policies.get(KEY) == timedelta(hours=24)
        with django_assert_num_queries(0):
            policies.get(KEY)
        transaction.set_rollback(True)
    assert policies.get(KEY) == timedelta(hours=48)


@pytest.mark.django_db(transaction=True)
def test_a_committed_change_is_seen_at_once():
    policies.get(KEY)
    policies.set(key=KEY, value=24 * HOUR, actor=Actor.system("test"))
    assert policies.get(KEY) == timedelta(hours=24)
    assert connection.run_on_commit == []


# --- Changing


@pytest.mark.usefixtures("frozen")
def test_a_version_keeps_who_when_and_why(supervisor, shop):
    version = policies.set(key=KEY, value=timedelta(hours=24), shop=shop, actor=supervisor, note="double eleven")
    row = PolicyVersion.objects.get()
    assert row == version
    assert (row.key, row.shop, row.value, row.effective_at, row.created_at, row.created_by_id, row.note) == (
        *(KEY, shop, 86400, NOW, NOW, supervisor.user_id, "double eleven"),
    )


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"value": 30}, "value", "too_small"),
        ({"value": timedelta(seconds=7200.5)}, "value", "not_a_number"),
        ({"effective_at": NOW - timedelta(seconds=1)}, "effective_at", "in_the_past"),
        ({"note": "x" * 301}, "note", "too_long"),
    ],
)
def test_a_wrong_change_names_the_field_and_writes_nothing(supervisor, given, field, code):
    with pytest.raises(errors.Invalid) as caught:
        policies.set(**({"key": KEY, "value": 24 * HOUR, "actor": supervisor} | given))
    assert [(fault.field, fault.code) for fault in caught.value.errors] == [(field, code)]
    assert not PolicyVersion.objects.exists()


def test_all_faults_are_told_at_once(frozen, supervisor):
    with pytest.raises(errors.Invalid) as caught:
        policies.set(key=KEY, value="x", effective_at=NOW - timedelta(days=1), note="x" * 301, actor=supervisor)
    assert [fault.field for fault in caught.value.errors] == ["value", "effective_at", "note"]


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize("of_shop", [False, True])
def test_two_versions_never_begin_at_one_moment(supervisor, shop, of_shop):
    given = {"key": KEY, "actor": supervisor, "shop": shop if of_shop else None}
    policies.set(**given, value=24 * HOUR)
    with pytest.raises(errors.Conflict) as caught:
        policies.set(**given, value=36 * HOUR)
    assert caught.value.code == "policy_version_exists"
    assert policies.get(KEY, shop_id=shop.pk) == timedelta(hours=24)
    assert PolicyVersion.objects.count() == 1


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.SUPERVISOR])
def test_only_supervisors_change_policies(db, role):
    actor = Actor.for_user(User.objects.create_user("somebody", role=role))
    with pytest.raises(errors.Forbidden):
        policies.set(key=KEY, value=24 * HOUR, actor=actor)
    assert not PolicyVersion.objects.exists()


def test_a_supervisor_of_one_shop_changes_this_shop_s_figures_only(shop, other_shop):
    user = User.objects.create_user("boss of demo", role=Role.SUPERVISOR)
    user.shops.add(shop)
    actor = Actor.for_user(user)
    policies.set(key=KEY, value=24 * HOUR, shop=shop, actor=actor)
    with pytest.raises(errors.Forbidden):
        policies.set(key=KEY, value=24 * HOUR, actor=actor)
    with pytest.raises(errors.NotFound):
        policies.set(key=KEY, value=24 * HOUR, shop=other_shop, actor=actor)
    assert PolicyVersion.objects.get().shop == shop


def test_a_coming_version_can_be_withdrawn_and_stays_on_record(frozen, supervisor):
    version = policies.set(key=KEY, value=24 * HOUR, effective_at=NOW + timedelta(days=1), actor=supervisor)
    policies.withdraw(version_id=version.pk, actor=supervisor)
    frozen.shift(timedelta(days=2))
    assert policies.get(KEY) == timedelta(hours=48)
    row = policies.history(KEY).get()
    assert (row.withdrawn_at, row.withdrawn_by_id) == (NOW, supervisor.user_id)


def test_after_a_withdrawal_another_version_may_begin_at_that_moment(frozen, supervisor):
    begins = NOW + timedelta(days=1)
    first = policies.set(key=KEY, value=24 * HOUR, effective_at=begins, actor=supervisor)
    policies.withdraw(version_id=first.pk, actor=supervisor)
    policies.set(key=KEY, value=36 * HOUR, effective_at=begins, actor=supervisor)
    assert policies.get(KEY, at=begins) == timedelta(hours=36)


@pytest.mark.parametrize("seconds", [0, 5])
def test_a_version_in_force_or_about_to_be_is_not_withdrawn(frozen, supervisor, seconds):
    version = policies.set(key=KEY, value=24 * HOUR, effective_at=NOW + timedelta(seconds=seconds), actor=supervisor)
    with pytest.raises(errors.Conflict) as caught:
        policies.withdraw(version_id=version.pk, actor=supervisor)
    assert caught.value.code == "policy_version_in_force"
    version.refresh_from_db()
    assert version.withdrawn_at is None


def test_a_version_is_withdrawn_once_by_those_who_may(frozen, supervisor, shop):
    version = policies.set(key=KEY, value=24 * HOUR, effective_at=NOW + timedelta(days=1), actor=supervisor)
    agent = Actor.for_user(User.objects.create_user("agent", role=Role.AGENT))
    with pytest.raises(errors.Forbidden):
        policies.withdraw(version_id=version.pk, actor=agent)
    policies.withdraw(version_id=version.pk, actor=supervisor)
    with pytest.raises(errors.Conflict):
        policies.withdraw(version_id=version.pk, actor=supervisor)
    with pytest.raises(errors.NotFound):
        policies.withdraw(version_id=0, actor=supervisor)


@pytest.mark.parametrize(
    "columns",
    [
        {"effective_at": NOW - timedelta(seconds=1)},
        {"withdrawn_at": NOW},
    ],
)
def test_the_database_refuses_versions_of_the_past_and_late_withdrawals(db, columns):
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.create(**({"key": KEY, "value": 1, "effective_at": NOW, "created_at": NOW} | columns))


def test_history_lists_one_owner_s_versions_latest_first_in_one_query(
    frozen, supervisor, shop, django_assert_num_queries
):
    for hours in (24, 36):
        policies.set(key=KEY, value=hours * HOUR, actor=supervisor)
        policies.set(key=KEY, value=hours * HOUR + 60, shop=shop, actor=supervisor)
        frozen.shift(timedelta(hours=1))
    with django_assert_num_queries(1):
        assert [(row.value, row.created_by.username) for row in policies.history(KEY)] == [
            (36 * HOUR, "boss"),
            (24 * HOUR, "boss"),
        ]
    assert [row.value for row in policies.history(KEY, shop)] == [36 * HOUR + 60, 24 * HOUR + 60]

"""The settings that exist: keys, defaults, bounds and shapes, each with the rule that it comes from."""

from datetime import UTC, datetime, timedelta

import pytest

from aftersales.core import errors, policies
from aftersales.core.policies import DAY, HOUR

NOW = datetime(2026, 11, 20, 6, 2, tzinfo=UTC)
KEY = "deadline.TMO-1"

TMO = {
    "deadline.TMO-1": timedelta(hours=48),
    "deadline.TMO-2": timedelta(days=5),
    "deadline.TMO-3": timedelta(days=3),
    "deadline.TMO-4": timedelta(days=5),
    "deadline.TMO-5": timedelta(days=7),
    "deadline.TMO-6": timedelta(days=10),
    "deadline.TMO-6.surface": timedelta(days=30),
    "deadline.TMO-7": timedelta(days=7),
    "deadline.TMO-8": timedelta(days=15),
    "deadline.TMO-9": timedelta(hours=168),
    "deadline.TMO-10": timedelta(days=10),
    "deadline.TMO-10.virtual": timedelta(days=3),
    "deadline.TMO-10.surface": timedelta(days=30),
    "deadline.TMO-11": timedelta(days=3),
    "deadline.TMO-11.addition": timedelta(hours=24),
    "deadline.TMO-12": 7,
    "deadline.TMO-13.seller": timedelta(days=5),
    "deadline.TMO-13.buyer_returns": timedelta(days=7),
    "deadline.TMO-13.seller_receives": timedelta(days=10),
    "deadline.TMO-13.seller_ships": timedelta(days=3),
    "deadline.TMO-13.buyer_receives": timedelta(days=10),
    "deadline.TMO-14": timedelta(days=7),
    "deadline.TMO-15": timedelta(hours=48),
    "warning.TMO-17.first": timedelta(hours=24),
    "warning.TMO-17.second": timedelta(hours=4),
}
OTHERS = {
    "order.extension_days": 3,
    "order.extension_days_exchange": 7,
    "refund.void_required": True,
    "refund.bundle_kept_price": "share",
    "dispute.waiting_before_intervention": timedelta(days=15),
    "dispute.refusals_before_offer": 3,
    "payout.red_after": 3,
    "insurance.pays_within": timedelta(hours=72),
    "insurance.exchange_window": timedelta(days=90),
    "insurance.first_weight_limit": 2600,
}


@pytest.fixture(autouse=True)
def _fresh_figures():
    policies.forget()
    yield
    policies.forget()


@pytest.mark.django_db
@pytest.mark.parametrize(("key", "value"), (TMO | OTHERS).items())
def test_without_a_version_the_default_of_the_rule_book_holds(key, value):
    """TMO-1 TMO-2 TMO-3 TMO-4 TMO-5 TMO-6 TMO-7 TMO-8 TMO-9 TMO-10 TMO-11 TMO-12 TMO-13 TMO-14 TMO-15 TMO-17 ORD-6
    RFD-1 RFD-7 AMT-3 PAY-6 FRI-1 FRI-2"""
    assert policies.get(key) == value
    assert type(policies.get(key)) is type(value)


@pytest.mark.parametrize("known", policies.definitions(), ids=lambda known: known.key)
def test_every_definition_is_complete_and_its_default_is_allowed(known):
    assert known.faults(known.default) == []
    assert known.rules
    assert str(known.label)
    assert str(known.group)
    assert known.encode(known.decode(known.default)) == known.default
    assert known.words(known.default)


def test_figures_have_bounds_choices_their_choices_and_tables_a_shape():
    for known in policies.definitions():
        if known.kind in ("duration", "workdays", "integer", "money"):
            assert known.minimum is not None, known.key
            assert known.maximum is not None, known.key
        assert bool(known.choices) == (known.kind == "choice"), known.key
        assert (known.shape is not None) == (known.kind == "json"), known.key


def test_a_key_that_does_not_exist_is_not_found():
    with pytest.raises(errors.NotFound, match=r"deadline\.TMO-99"):
        policies.get("deadline.TMO-99")


def test_a_key_is_defined_once_and_with_an_allowed_default():
    known = policies.definition(KEY)
    policies.register(known)
    with pytest.raises(ValueError, match="twice"):
        policies.register(policies.PolicyDefinition(KEY, "integer", 1, ("X",), "", "", minimum=0, maximum=2))
    with pytest.raises(ValueError, match="default is wrong"):
        policies.register(policies.PolicyDefinition("x", "integer", 3, ("X",), "", "", minimum=0, maximum=2))
    assert policies.definition(KEY) is known


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        (KEY, "48", "not_a_number"),
        (KEY, True, "not_a_number"),
        (KEY, 1.5, "not_a_number"),
        (KEY, HOUR - 1, "too_small"),
        (KEY, 91 * DAY, "too_large"),
        ("deadline.TMO-9", 168 * HOUR - 1, "too_small"),
        ("deadline.TMO-14", 7 * DAY + 1, "too_large"),
        ("records.kept", 3 * 365 * DAY, "too_small"),
        ("refund.void_required", 1, "not_a_boolean"),
        ("refund.bundle_kept_price", "free", "not_a_choice"),
        ("arrival.hotline", 95188, "not_a_text"),
        ("payout.agent_limit", -1, "too_small"),
    ],
)
def test_wrong_kinds_and_values_outside_of_the_bounds_are_faults(key, value, code):
    """LAW-1 LAW-2 LAW-7 PAY-3"""
    assert [fault.code for fault in policies.definition(key).faults(value)] == [code]


@pytest.mark.parametrize(
    ("key", "value", "fields"),
    [
        ("member.levels", {}, ["value"]),
        ("member.levels", [3], ["value.0"]),
        ("member.levels", [{"level": "V1"}], ["value.0.pays_percent"]),
        ("member.levels", [{"level": " ", "pays_percent": 0}], ["value.0.level", "value.0.pays_percent"]),
        ("member.levels", [{"level": "V", "pays_percent": 9, "x": 1}], ["value.0.x"]),
        ("member.levels", [{"level": "V", "pays_percent": 9}] * 2, ["value.1.level"]),
        ("member.levels", [{"level": "V", "pays_percent": True}], ["value.0.pays_percent"]),
        ("inspection.checks", [{"category": "x", "known_by": ["*"], "checks": ["smell"]}], ["value.0.checks"]),
        ("payout.postage", [dict.fromkeys(("first_g", "first_fen", "step_g", "step_fen"), 1)], ["value.0.regions"]),
        ("arrival.channels", [], ["value"]),
        ("warranty.rules", [{"category": "x", "known_by": ["x"], "return_days": 1, "exchange_days": 1}], None),
    ],
)
def test_faults_of_tables_name_row_and_column(key, value, fields):
    """ORD-8 PAY-3 ARR-1 WAR-1"""
    assert [fault.field for fault in policies.definition(key).faults(value)] == (
        fields or ["value.0.main_unit_only", "value.0.repair_months"]
    )


def test_a_table_without_one_of_its_names_is_a_fault():
    """ARR-1"""
    known = policies.definition("arrival.channels")
    value = known.decode(known.default)
    del value["other"]
    value["cash"] = {}
    assert [(fault.field, fault.code) for fault in known.faults(value)] == [
        ("value.other", "required"),
        ("value.cash", "unknown"),
    ]


@pytest.mark.django_db
def test_a_table_that_was_read_can_be_changed_without_changing_the_policy():
    policies.get("member.levels").clear()
    assert len(policies.get("member.levels")) == 4

"""What is wrong with a playbook is named: where, in words, and which rule is in the way."""

import random
import time
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from refunds.states import Reason
from tickets.selectors import playbook
from tickets.selectors.playbook import Facts, regions
from tickets.selectors.playbook.questions import Number
from tickets.selectors.playbook.regions import Space

from .playbook_cases import ANY_CASE, left_of


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def rule(name: str, when: dict[str, Any], action: str = "contact", **given: Any) -> dict[str, Any]:
    return {
        "id": name,
        "title": {"zh": name, "en": name},
        "when": when,
        "steps": [{"zh": "看", "en": "look"}],
        "action": action,
        "rests_on": ["DEC-1"],
        **given,
    }


END = rule("end", {})


def said(*rules: Any) -> list[tuple[str, str, str]]:
    return [(fault.field, fault.code, str(fault.detail)) for fault in playbook.faults([*rules, END])]


def codes(*rules: Any) -> list[tuple[str, str]]:
    return [(field, code) for field, code, _detail in said(*rules)]


# --- Rules that are never reached -------------------------------------------------------------------------------------


def test_a_rule_that_an_earlier_one_covers_is_named_with_it():
    wide = rule("wide", {"kind": ["refund_only", "return_refund"], "amount_fen": {"most": 5000}})
    narrow = rule("narrow", {"kind": ["return_refund"], "amount_fen": {"least": 100, "most": 5000}, "hot_seller": True})
    assert said(wide, narrow) == [
        (
            "rules.1.when",
            "shadowed",
            "This rule can never be reached: all of its cases are taken by rule 1 “wide”.",
        )
    ]
    assert said(narrow, wide) == []


def test_a_rule_that_several_cover_together_is_named_with_all_of_them_and_no_other():
    rules = (
        rule("dispute", {"in_dispute": True}),
        rule("small", {"reason": ["quality"], "amount_fen": {"most": 4999}}),
        rule("large", {"reason": ["quality"], "amount_fen": {"least": 5000}}),
        rule("quality", {"reason": ["quality"], "phase": ["onsale"]}),
    )
    assert said(*rules) == [
        (
            "rules.3.when",
            "shadowed",
            "This rule can never be reached: all of its cases are taken by rule 2 “small”; rule 3 “large”.",
        )
    ]
    gap = rule("large", {"reason": ["quality"], "amount_fen": {"least": 5001}})
    assert said(*rules[:2], gap, rules[3]) == [], "one fen is left"


def test_what_cannot_be_is_not_counted_as_reached():
    """APP-4: before shipment nothing was received, so these two take all there is."""
    rules = (
        rule("missing", {"goods_status": ["not_received"]}),
        rule("early", {"before_shipment": True}),
    )
    assert codes(*rules) == [("rules.1.when", "shadowed")]


def test_the_unknown_is_left_over_by_a_yes_and_a_no():
    rules = (
        rule("in-time", {"in_time": True}),
        rule("over", {"in_time": False}),
        rule("seven", {"reason": ["seven_day"]}),
    )
    assert said(*rules) == []
    assert codes(*rules[:2], rule("signed", {"parcel": ["signed"]})) == [("rules.2.when", "shadowed")]


# --- Rules that contradict --------------------------------------------------------------------------------------------


def test_the_same_conditions_with_another_recommendation_contradict():
    first = rule("first", {"reason": ["quality", "damaged"]}, "agree")
    second = rule("second", {"reason": ["damaged", "quality"]}, "contact")
    assert said(first, second) == [
        (
            "rules.1.when",
            "contradiction",
            "The same conditions as rule 1 “first”, which recommends “Agree”, not “Contact the buyer first”.",
        )
    ]
    assert codes(first, rule("third", {"reason": ["damaged", "quality"]}, "agree")) == [("rules.1.when", "double")]


def test_conditions_that_say_nothing_do_not_hide_a_contradiction():
    first = rule("first", {"reason": ["quality"]}, "agree")
    second = rule("second", {"reason": ["quality"], "phase": ["onsale", "aftersale"], "refusals": {"least": 0}})
    assert codes(first, second) == [("rules.1.when", "contradiction")]


# --- Cases that cannot be ---------------------------------------------------------------------------------------------

IMPOSSIBLE = [
    ({"kind": ["return_refund"], "goods_status": ["not_received"], "hot_seller": True}, "APP-2"),
    ({"before_shipment": True, "goods_status": ["received"]}, "APP-2"),
    ({"before_shipment": True, "kind": ["return_refund"]}, "APP-4"),
    ({"before_shipment": True, "phase": ["aftersale"]}, "APP-4"),
    ({"kind": ["refund_only"], "reason": ["seven_day"]}, "APP-3"),
    ({"kind": ["repair"]}, "APP-1"),
    ({"before_shipment": True, "status": ["SELLER_REFUSE_BUYER"]}, "RFD-1"),
    ({"kind": ["refund_only"], "return_state": ["passed"]}, "RFD-4"),
    ({"parcel": ["under_way"], "signed_days": {"most": 3}}, "APP-4"),
]


@pytest.mark.parametrize(("when", "rule_id"), IMPOSSIBLE)
def test_an_impossible_combination_is_named_with_the_rule_that_forbids_it(when: dict[str, Any], rule_id: str):
    """APP-1…4, RFD-1, RFD-4."""
    [(field, code, text)] = said(rule("never", when))
    assert (field, code) == ("rules.0.when", "impossible")
    assert text.endswith(f"({rule_id}).")
    assert "hot seller" not in text, "what has no part in it is left out"


def test_a_refusal_before_shipment_is_named():
    """RFD-1, LAW-5."""
    assert codes(rule("no", {"reason": ["other"]}, "refuse")) == [("rules.0.action", "unlawful")]
    assert codes(rule("no", {"reason": ["other"], "before_shipment": False}, "refuse")) == []


def test_the_last_rule_must_fit_everything():
    found = playbook.faults([rule("only", {"reason": ["quality"]})])
    assert [(fault.field, fault.code) for fault in found] == [("rules.0.when", "no_end")]


# --- The shape --------------------------------------------------------------------------------------------------------

WRONG = [
    ([], "rules", "not_a_list"),
    ("x", "rules", "not_a_list"),
    (["x"], "rules.0", "not_an_object"),
    ([END, END], "rules.1.id", "twice"),
    ([rule("Not An Id", {})], "rules.0.id", "not_an_id"),
    ([rule("a", {"colour": ["red"]})], "rules.0.when.colour", "unknown"),
    ([rule("a", {"reason": ["boredom"]})], "rules.0.when.reason", "unknown"),
    ([rule("a", {"reason": []})], "rules.0.when.reason", "not_a_list"),
    ([rule("a", {"reason": "quality"})], "rules.0.when.reason", "not_a_list"),
    ([rule("a", {"reason": ["quality", "quality"]})], "rules.0.when.reason", "twice"),
    ([rule("a", {"category": [3]})], "rules.0.when.category", "not_a_list"),
    ([rule("a", {"hot_seller": "yes"})], "rules.0.when.hot_seller", "not_a_boolean"),
    ([rule("a", {"amount_fen": 5})], "rules.0.when.amount_fen", "not_bounds"),
    ([rule("a", {"amount_fen": {"least": 1.5}})], "rules.0.when.amount_fen", "not_a_number"),
    ([rule("a", {"amount_fen": {"least": 9, "most": 3}})], "rules.0.when.amount_fen", "empty"),
    ([rule("a", {"amount_fen": {"least": -1}})], "rules.0.when.amount_fen", "out_of_range"),
    ([rule("a", {}, "shout")], "rules.0.action", "unknown"),
    ([rule("a", {}, None)], "rules.0.action", "unknown"),  # type: ignore[arg-type]
    ([rule("a", [])], "rules.0.when", "not_an_object"),  # type: ignore[arg-type]
    ([rule("a", {}, reply="poem")], "rules.0.reply", "unknown"),
    ([rule("a", {}, postage="nobody")], "rules.0.postage", "unknown"),
    ([rule("a", {}, signs=["x"])], "rules.0.signs.0", "unknown"),
    ([rule("a", {}, signs="x")], "rules.0.signs", "not_a_list"),
    ([rule("a", {}, steps=[])], "rules.0.steps", "not_a_list"),
    ([rule("a", {}, steps=["x"])], "rules.0.steps.0", "not_an_object"),
    ([rule("a", {}, steps=[{"zh": "看", "en": " "}])], "rules.0.steps.0.en", "not_a_text"),
    ([rule("a", {}, steps=[{"zh": "看"}])], "rules.0.steps.0.en", "required"),
    ([rule("a", {}, steps=[{"zh": "看", "en": "x", "look": "moon"}])], "rules.0.steps.0.look", "unknown"),
    ([rule("a", {}, title={"zh": "a", "en": "a" * 61})], "rules.0.title.en", "not_a_text"),
    ([rule("a", {}, rests_on=[])], "rules.0.rests_on", "not_a_list"),
    ([rule("a", {}, rests_on=["because"])], "rules.0.rests_on.0", "not_a_rule_id"),
    ([rule("a", {}, colour="red")], "rules.0.colour", "unknown"),
    ([{key: value for key, value in END.items() if key != "steps"}], "rules.0.steps", "required"),
]


@pytest.mark.parametrize(("stored", "field", "code"), WRONG)
def test_what_is_wrong_is_said_with_its_place(stored: Any, field: str, code: str):
    assert [(fault.field, fault.code) for fault in playbook.faults(stored)] == [(field, code)]


def test_rules_that_are_too_intricate_are_not_guessed_about(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(regions, "MOST_EFFORT", 10)
    monkeypatch.setattr(regions, "LEAST_EFFORT", 10)
    rules = [rule(f"r{n}", {"amount_fen": {"least": n * 10, "most": n * 10 + 5}}) for n in range(30)]
    assert codes(*rules)[-1] == ("rules.30.when", "too_intricate")


def test_two_hundred_rules_that_overlap_everywhere_are_judged_within_seconds():
    """A page shows what is wrong while somebody waits; before the search looked for one case, this took minutes."""
    chance = random.Random(3)
    keys = ["reason", "pictures", "refusals", "buyer_requests", "signed_days", "hot_seller", "insured", "attempt"]

    def wish(key: str) -> Any:
        if key == "reason":
            return chance.sample(Reason.values, chance.randint(1, 8))
        if key in ("hot_seller", "insured"):
            return chance.random() < 0.5
        least = chance.randint(1, 20)
        return {"least": least, "most": least + chance.randint(0, 20)}

    rules = [rule(f"r{n}", {key: wish(key) for key in chance.sample(keys, 2)}) for n in range(199)]
    started = time.process_time()
    found = playbook.faults([*rules, END])
    assert time.process_time() - started < 20
    assert {fault.code for fault in found} <= {"shadowed", "double", "too_intricate"}


# --- The judgement is exact -------------------------------------------------------------------------------------------


def wishes() -> st.SearchStrategy[dict[str, Any]]:
    """Conditions of a few questions whose answers hang together, so that rules often cover each other."""
    bounds = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda pair: {"least": min(pair), "most": max(pair)})
    reasons = [Reason.QUALITY, Reason.SEVEN_DAY, Reason.OTHER, Reason.INVOICE]
    possible = {
        "kind": st.lists(st.sampled_from(["refund_only", "return_refund"]), min_size=1, unique=True),
        "goods_status": st.lists(st.sampled_from(["received", "not_received"]), min_size=1, unique=True),
        "reason": st.lists(st.sampled_from([reason.value for reason in reasons]), min_size=1, unique=True),
        "before_shipment": st.booleans(),
        "in_time": st.booleans(),
        "pictures": bounds,
        "category": st.lists(st.sampled_from(["tea", "shoes"]), min_size=1, unique=True),
    }
    return st.fixed_dictionaries({}, optional=possible)  # type: ignore[arg-type]


@settings(max_examples=150)
@given(st.lists(wishes(), min_size=1, max_size=6), st.lists(ANY_CASE, min_size=30, max_size=30))
def test_a_rule_is_called_unreachable_exactly_when_no_possible_case_reaches_it(
    conditions: list[dict[str, Any]], cases: list[Facts]
):
    stored = [rule(f"r{place}", when) for place, when in enumerate(conditions)] + [END]
    dead = {
        int(fault.field.split(".")[1])
        for fault in playbook.faults(stored)
        if fault.code in ("shadowed", "double", "contradiction", "impossible")
    }
    book = playbook.read(stored)
    space = Space([each.when for each in book.rules])
    for place, each in enumerate(book.rules):
        left = left_of(space, space.cases(each.when), [space.box(earlier.when) for earlier in book.rules[:place]])
        assert (not left) is (place in dead)
        for box in left[:3]:
            assert playbook.recommend(book, space.example(box)).rule is each
    for facts in cases:
        if is_possible(space, facts):
            assert book.rules.index(playbook.recommend(book, facts).rule) not in dead


def is_possible(space: Space, facts: Facts) -> bool:
    """Whether the case lies in one of the possible boxes, judged by the samples that stand for its facts."""

    def bit(key: str) -> int:
        fact = getattr(facts, key)
        known = space.samples[key]
        if isinstance(playbook.QUESTIONS[key], Number) and fact is not None:
            fact = max(sample for sample in known if sample is not None and sample <= fact)
        if key in ("category", "shop") and fact not in known:
            fact = "…"
        return 1 << known.index(fact)

    return any(all(bits & bit(key) for key, bits in box.items()) for box in space.possible)

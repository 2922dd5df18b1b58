"""The playbook that comes with the program: every row of domain.md §6 for its case, one answer for every other."""

import copy
import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given

from tickets.selectors import playbook
from tickets.selectors.playbook import Facts
from tickets.selectors.playbook.default import RULES
from tickets.selectors.playbook.regions import Space

from .playbook_cases import ANY_CASE, case, kept, left_of, missing, unshipped

DEFAULT = playbook.read(RULES)
DOMAIN = (Path(__file__).resolve().parents[2] / "docs" / "domain.md").read_text()

LATE = '… with reason "not shipped in time" or "out of stock"'
# Row of the table in domain.md §6, its case, the rule that must be found, what it recommends.
TABLE: list[tuple[str, Facts, str, str]] = [
    ("before shipment, any reason", unshipped(), "unshipped", "wait"),
    ("before shipment, any reason", unshipped(reason="invoice"), "unshipped", "wait"),
    ("before shipment, any reason", unshipped(voided=True), "unshipped-voided", "agree"),
    (LATE, unshipped(reason="not_shipped_in_time"), "unshipped-late", "contact"),
    (LATE, unshipped(reason="out_of_stock"), "unshipped-late", "contact"),
    (LATE, unshipped(reason="out_of_stock", voided=True), "unshipped-voided", "agree"),
    ("refund only + not received", missing(), "missing", "contact"),
    ("refund only + not received", missing(shipped_days=6), "missing-stalled", "trace"),
    ("refund only + not received", missing(shipped_days=15), "missing-lost", "agree"),
    ("refund only + not received", missing(reason="lost_or_empty", parcel="no_number"), "missing-number", "trace"),
    ("refund only + not received", missing(parcel="signed", signed_days=2, in_time=True), "missing-signed", "trace"),
    ("refund only + not received", missing(reason="no_longer_wanted"), "missing-unwanted", "contact"),
    ("refund only + not received", missing(reason="not_shipped_in_time"), "missing-late", "guide"),
    ("refund only + invoice", kept("invoice"), "kept-invoice", "contact"),
    ("refund only + damaged", kept("damaged"), "kept-damaged-no-picture", "contact"),
    ("refund only + damaged", kept("damaged", pictures=2), "kept-damaged-unpacking", "agree"),
    ("refund only + damaged", kept("damaged", pictures=2, signed_days=5), "kept-damaged-wrong-kind", "guide"),
    ("refund only + damaged", kept("damaged", pictures=1, signed_days=5, full_amount=False), "kept-damaged", "contact"),
    ("refund only + not as described", kept("not_as_described"), "kept-not-as-described", "contact"),
    ("refund only + postage", kept("postage"), "kept-postage", "guide"),
    ("return + seven-day no reason", case(), "return-seven-day", "agree"),
    ("return + seven-day no reason", case(in_time=False, signed_days=9), "return-seven-day-over", "refuse"),
    ("return + not as described / quality", case(reason="not_as_described"), "return-quality", "contact"),
    ("return + not as described / quality", case(reason="quality"), "return-quality", "contact"),
    ("aftersale request, any", case(phase="aftersale", reason="quality"), "aftersale", "contact"),
    ("aftersale request, any", kept("other", phase="aftersale"), "aftersale", "contact"),
    ("aftersale request, any", case(phase="aftersale"), "aftersale-seven-day", "agree"),
    ("aftersale request, any", case(phase="aftersale", given_before=True), "aftersale-given-before", "contact"),
]


@pytest.mark.parametrize(("row", "facts", "rule", "action"), TABLE)
def test_every_row_of_the_table_is_found_for_its_case(row: str, facts: Facts, rule: str, action: str):
    """DEC: domain.md §6."""
    found = playbook.recommend(DEFAULT, facts)
    assert (found.rule.id, found.rule.action) == (rule, action)


def test_no_row_of_the_table_is_without_a_case():
    section = DOMAIN.split("## 6.")[1].split("## 7.")[0]
    rows = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| ")]
    assert set(rows[2:]) == {row for row, *_rest in TABLE}


AROUND = [
    (case(in_dispute=True), "in-dispute", "settle"),
    (case(status="WAIT_SYSTEM_TRANSFER"), "money-under-way", "wait"),
    (case(status="WAIT_BUYER_RETURN_GOODS"), "return-agreed", "wait"),
    (case(status="WAIT_SELLER_CONFIRM_GOODS", return_state="sent"), "return-sent", "inspect"),
    (case(status="WAIT_SELLER_CONFIRM_GOODS", return_state="passed"), "return-arrived", "agree"),
    (case(status="WAIT_SELLER_CONFIRM_GOODS", return_state="failed"), "return-failed", "refuse"),
    (case(status="SELLER_REFUSE_BUYER", refusals=1), "refused", "wait"),
    (case(refusals=3), "refused-thrice", "escalate"),
    (case(reason="counterfeit"), "counterfeit", "escalate"),
    (kept("wrong_or_missing"), "kept-missing-items", "contact"),
    (case(reason="damaged", pictures=1), "return-ours", "agree"),
    (case(reason="ordered_by_mistake"), "return-mind-in-time", "agree"),
    (case(reason="ordered_by_mistake", seven_day_goods=False), "return-mind", "contact"),
    (case(reason="other"), "anything-else", "contact"),
]


@pytest.mark.parametrize(("facts", "rule", "action"), AROUND)
def test_what_stands_around_the_table_is_found_too(facts: Facts, rule: str, action: str):
    """DEC-1, RFD-3…7, DIS-5, RET-2, MIS-1."""
    found = playbook.recommend(DEFAULT, facts)
    assert (found.rule.id, found.rule.action) == (rule, action)


@given(ANY_CASE)
def test_any_case_finds_exactly_one_recommendation_and_always_the_same(facts: Facts):
    found = playbook.recommend(DEFAULT, facts)
    assert found == playbook.recommend(playbook.read(copy.deepcopy(RULES)), replace(facts))
    before = DEFAULT.rules[: DEFAULT.rules.index(found.rule)]
    assert found.rule.fits(facts)
    assert not any(rule.fits(facts) for rule in before)
    assert all(rule.fits(facts) and rule.when for rule in found.also)


def test_nothing_is_wrong_with_it():
    assert playbook.faults(RULES) == []


def test_every_rule_is_the_recommendation_of_some_possible_case():
    rules = DEFAULT.rules
    space = Space([rule.when for rule in rules])
    for place, rule in enumerate(rules):
        left = left_of(space, space.cases(rule.when), [space.box(earlier.when) for earlier in rules[:place]])
        facts = space.example(left[0])
        assert playbook.recommend(DEFAULT, facts).rule == rule, rule.id


def test_it_rests_on_rules_that_exist():
    known = set(re.findall(r"\b[A-Z]{3}-\d+\b", DOMAIN))
    named = {name for rule in DEFAULT.rules for name in rule.rests_on}
    assert named - known == set()


def test_both_languages_are_written():
    texts = [rule.title for rule in DEFAULT.rules] + [step.words for rule in DEFAULT.rules for step in rule.steps]
    assert [words for words in texts if not re.search(r"[一-鿿]", words.zh) or re.search(r"[一-鿿]", words.en)] == []
    with translation.override("zh-hans"):
        assert str(DEFAULT.by_id["return-seven-day"].title) == "退货退款 · 七天无理由"
    with translation.override("en"):
        assert str(DEFAULT.by_id["return-seven-day"].title) == "Return · seven days without reason"


def test_a_condition_on_what_nobody_knows_does_not_hold():
    unknown = case(in_time=None, signed_days=None, parcel="under_way")
    assert playbook.recommend(DEFAULT, unknown).rule.id == "return-seven-day-unsigned"


def test_further_rules_that_fit_are_named_and_the_last_resort_is_not():
    found = playbook.recommend(DEFAULT, case(phase="aftersale"))
    assert [rule.id for rule in found.also] == ["aftersale", "return-seven-day", "return-seven-day-unsigned"]


def test_why_says_the_conditions_in_words():
    with translation.override("en"):
        assert DEFAULT.by_id["missing-lost"].why() == [
            "Kind: Refund only",
            "after shipment",
            "Goods status: Not received",
            "Since shipping: at least 15 days",
        ]
        assert DEFAULT.by_id["kept-damaged-no-picture"].why()[-1] == "Pictures of the buyer: 0"
        assert DEFAULT.by_id["unshipped-late"].why()[1] == "Reason: Not shipped in time or Out of stock"
        assert DEFAULT.by_id["anything-else"].why() == ["no other rule fits"]

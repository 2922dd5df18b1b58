"""Findings that make goods not intact, by category, and what they are worth as a ground (DEC-4, LAW-1, LAW-2)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from aftersales.core import clock, errors, policies
from aftersales.core.models import LogEntry, Role
from orders.models import Order
from refunds import services
from refunds.models import Inspection, InspectionLine, Refund
from refunds.selectors.inspection import findings_for
from refunds.services import Found, LineAsk, lawful
from refunds.states.grounds import broken_in
from refunds.states.inspection import NAMES, SHOWS, Check, Finding, not_intact
from tests import factories
from tests.helpers import refused, unchanged
from tests.refunds.standings import photo, send_back
from tests.rest import problem, staff_caller

pytestmark = pytest.mark.django_db

CLOTHES = "tags_removed worn washed stained"
ELECTRONICS = "activated serial_changed scratched accessories_missing"


def back(category: str = "tea", reason: str = "seven_day", **line: Any) -> Refund:
    """One unit on its way back."""
    goods = factories.line(**{"category": category, "goods_no": "", **line})
    return send_back(factories.make_return(factories.make_order(None, goods, sign=True), reason=reason))


def inspect(
    refund: Refund,
    *found: Found,
    role: str = Role.WAREHOUSE,
    passed: bool = False,
    words: str = "见照片",
    lines: Sequence[Found] | None = (),
) -> Refund:
    return services.refund_receive(
        refund=refund,
        actor=factories.staff(role),
        passed=passed,
        findings=words,
        evidence_ids=[photo(refund.shop, "warehouse")],
        found=None if lines is None else found,
    )


def refusal_of(refund: Refund) -> str:
    """What the buyer was told last."""
    text: str = refund.messages.order_by("-pk").values_list("text", flat=True)[0]
    return text


# --- What can be found of which goods ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "listed"),
    [
        ("shoes", CLOTHES),
        ("女装/连衣裙", CLOTHES),
        ("箱包", CLOTHES),
        ("女鞋/短靴", CLOTHES),
        ("茶叶/绿茶", "seal_opened"),
        ("茶具", "damaged parts_missing"),
        ("Phone", ELECTRONICS),
        ("家电/电饭煲", ELECTRONICS),
        ("美妆/口红", "seal_opened"),
        ("tea", "seal_opened"),
        ("garden", "damaged parts_missing"),
        ("", "damaged parts_missing"),
    ],
)
def test_the_findings_are_those_of_the_category(category: str, listed: str) -> None:
    """LAW-1: the first row that knows the beginning of the category."""
    order = factories.make_order(None, factories.line(category=category, goods_no=""))
    assert findings_for(order.lines.get(), order.shop_id) == tuple(listed.split())


def test_unpacking_is_no_finding_and_no_shop_can_make_it_one() -> None:
    """LAW-2: the list is closed, and packaging is not in it."""
    assert not [name for name in Finding.values if "pack" in name or "tried" in name]
    assert Check.PACKAGING not in SHOWS.values()
    assert Check.PACKAGING not in NAMES
    row = {"category": "all", "known_by": ["*"], "findings": ["unpacked"]}
    boss = factories.staff(Role.SUPERVISOR)
    with unchanged(), pytest.raises(errors.Problem):
        policies.set(key="inspection.findings", value=[row], shop=factories.make_shop(), actor=boss)


def test_every_finding_has_a_name_in_both_languages() -> None:
    names = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            names[language] = [str(one.label) for one in Finding]
            assert len(set(names[language])) == len(Finding)
    assert not set(names["en"]) & set(names["zh-hans"])


def test_a_shop_lists_what_counts_for_its_goods() -> None:
    """DEC-4: what is not listed is not taken, what is listed is."""
    refund = back("garden")
    boss = factories.staff(Role.SUPERVISOR)
    row = {"category": "all", "known_by": ["*"], "findings": ["stained"]}
    policies.set(key="inspection.findings", value=[row], shop=refund.shop, actor=boss)
    policies.forget()
    with unchanged(), refused(errors.RuleViolation, "RET-2") as info:
        inspect(refund, Found("1", findings=("damaged",)))
    assert [fault.field for fault in info.value.errors] == ["lines.1.findings"]
    assert inspect(refund, Found("1", findings=("stained",))).status == "SELLER_REFUSE_BUYER"
    policies.forget()


# --- What is written down ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "said", "findings", "out_of_order"),
    [
        ("shoes", {"findings": ("worn", "tags_removed")}, ["tags_removed", "worn"], {"tags", "clean"}),
        ("shoes", {"faults": ("tags",)}, ["tags_removed"], {"tags"}),
        ("shoes", {"faults": ("clean",)}, [], {"clean"}),
        ("shoes", {"faults": ("packaging",)}, [], {"packaging"}),
        ("shoes", {"faults": ("sealed",)}, [], {"sealed"}),
        ("phone", {"findings": ("serial_changed",)}, ["serial_changed"], set()),
        (
            "phone",
            {"faults": ("unused", "accessories")},
            ["activated", "accessories_missing"],
            {"unused", "accessories"},
        ),
        ("tea", {"faults": ("sealed",)}, ["seal_opened"], {"sealed"}),
        ("garden", {"faults": ("accessories",)}, [], {"accessories"}),
        ("tea", {"found": 0, "findings": ("seal_opened",)}, [], set()),
    ],
)
def test_a_finding_and_its_check_are_said_once(
    category: str, said: dict[str, Any], findings: list[str], out_of_order: set[str]
) -> None:
    """RET-2, LAW-1: named where the category lists it, in the order of the list; nothing lies where nothing came."""
    inspect(back(category), Found("1", **said), passed=True)
    line = InspectionLine.objects.get()
    assert line.findings == findings
    assert {name for name, fine in line.checks.items() if not fine} == out_of_order


@pytest.mark.parametrize(
    ("line", "stands"),
    [
        ({}, False),
        ({"findings": ["worn"]}, True),
        ({"wrong_goods": True}, True),
        ({"found": 1}, True),
        ({"found": 3}, False),
        ({"damage": "buyer"}, True),
        ({"damage": "transit"}, False),
        ({"damage": "making"}, False),
        ({"damage": "unknown"}, False),
        ({"checks": {"packaging": False, "gifts": False, "manual": False, "invoice": False}}, False),
    ],
)
def test_what_makes_a_line_not_intact(line: dict[str, Any], stands: bool) -> None:
    """LAW-1, LAW-3: not the packing, a gift or the invoice."""
    whole = {"findings": [], "wrong_goods": False, "found": 2, "expected": 2, "damage": "", "checks": {}}
    assert not_intact(whole | line) is stands


# --- What it is worth as a ground -------------------------------------------------------------------------------------

NAMED: list[tuple[str, dict[str, Any], bool]] = [
    ("shoes", {"findings": ("tags_removed",)}, True),
    ("shoes", {"findings": ("washed", "stained")}, True),
    ("phone", {"findings": ("activated",)}, True),
    ("phone", {"findings": ("scratched",)}, True),
    ("tea", {"faults": ("sealed",)}, True),
    ("美妆", {"findings": ("seal_opened",)}, True),
    ("garden", {"findings": ("parts_missing",)}, True),
    ("shoes", {"faults": ("packaging",)}, False),
    ("shoes", {"faults": ("sealed",)}, False),
    ("phone", {"faults": ("packaging", "manual", "gifts")}, False),
    ("tea", {}, False),
    ("tea", {"damage": "transit"}, False),
    ("tea", {"damage": "buyer"}, True),
    ("tea", {"found": 0}, True),
    ("tea", {"wrong_goods": True}, True),
]


@pytest.mark.parametrize(("category", "said", "lawful_ground"), NAMED)
def test_a_seven_day_return_fails_on_a_listed_finding_only(
    category: str, said: dict[str, Any], lawful_ground: bool
) -> None:
    """DEC-4, LAW-1, LAW-2: by the bench and by an agent at the desk."""
    refund = back(category)
    if lawful_ground:
        assert inspect(refund, Found("1", **said)).status == "SELLER_REFUSE_BUYER"
        return
    for role in (Role.WAREHOUSE, Role.AGENT):
        with unchanged(), refused(errors.RuleViolation, "LAW-2") as info:
            inspect(refund, Found("1", **said), role=role)
        assert (info.value.code, info.value.extra["predicted"]["decided_for"]) == ("needs_supervisor", "buyer")


def test_an_inspection_without_lines_names_nothing() -> None:
    """DEC-4: words alone are no listed finding."""
    with unchanged(), refused(errors.RuleViolation, "LAW-2"):
        inspect(back(), lines=None, words="已拆封，不能二次销售")


def test_a_supervisor_fails_it_all_the_same_and_the_rule_is_kept() -> None:
    """DEC-4: with the step, for the desk; the buyer reads the words alone."""
    refund = inspect(back("shoes"), Found("1", faults=("packaging",)), role=Role.SUPERVISOR, words="鞋盒压坏")
    row = LogEntry.objects.get(subject_type="refund", subject_id=refund.pk, action__startswith="receive")
    assert (broken_in(row.note), refusal_of(refund)) == (["LAW-2"], "鞋盒压坏")


@pytest.mark.parametrize("reason", ["quality", "not_as_described"])
def test_a_fault_that_is_not_confirmed_fails_without_a_finding(reason: str) -> None:
    """LAW-4 is another claim: whether the goods are intact is not what is asked."""
    assert inspect(back(reason=reason), Found("1")).status == "SELLER_REFUSE_BUYER"


def test_the_time_over_the_shop_is_free() -> None:
    """LAW-5, TMO-9."""
    refund = back()
    Order.objects.filter(pk=refund.order_id).update(signed_at=clock.now() - timedelta(days=30))
    assert inspect(refund, Found("1")).status == "SELLER_REFUSE_BUYER"


def test_one_line_of_several_is_enough() -> None:
    """DEC-4."""
    goods = (factories.line(), factories.line(line_no="2"))
    order = factories.make_order(None, *goods, sign=True)
    refund = send_back(factories.make_return(order, lines=(LineAsk("1", 1), LineAsk("2", 1))))
    assert inspect(refund, Found("2", findings=("seal_opened",))).status == "SELLER_REFUSE_BUYER"


def asks_again(refund: Refund) -> Refund:
    """The buyer asks again after the inspection, so that an agent answers."""
    buyer = factories.buyer(refund.shop)
    return services.refund_modify(refund=refund, actor=buyer, changes={"description": "请再看看"})


GROUNDS = ("inspection_failed", "not_fit_for_resale", "damaged_by_buyer")


@pytest.mark.parametrize(("category", "said", "lawful_ground"), NAMED)
def test_the_desk_refuses_on_what_the_bench_found(category: str, said: dict[str, Any], lawful_ground: bool) -> None:
    """DEC-4: the same table; where a supervisor let it fail, an agent has no ground of it."""
    refund = asks_again(inspect(back(category), Found("1", **said), role=Role.SUPERVISOR))
    found = {ground: lawful.judge(refund, ground) for ground in GROUNDS}
    assert {ground: broken.rule if broken else "" for ground, broken in found.items()} == dict.fromkeys(
        GROUNDS, "" if lawful_ground else "LAW-2"
    )


def test_before_the_bench_has_seen_the_goods_the_evidence_speaks() -> None:
    """DEC-4, RFD-5: what the buyer's own pictures show may be refused on; the last inspection counts afterwards."""
    assert lawful.judge(factories.make_return(), "not_fit_for_resale") is None
    refund = asks_again(inspect(back("shoes"), Found("1", findings=("worn",))))
    assert lawful.judge(refund, "not_fit_for_resale") is None
    Inspection.objects.create(refund=refund, passed=True, inspector_name="仓库", created_at=clock.now())
    broken = lawful.judge(Refund.objects.get(pk=refund.pk), "not_fit_for_resale")
    assert broken is not None
    assert (broken.rule, broken.wins) == ("LAW-2", "buyer")


def test_the_finding_is_named_in_the_refusal() -> None:
    """DEC-4: by the bench as by the desk, once, in the reader's words."""
    with translation.override("zh-hans"):
        refund = inspect(back("shoes"), Found("1", findings=("worn", "tags_removed")), words="鞋底磨损")
        assert refusal_of(refund) == "鞋底磨损\n验货发现：吊牌已去除、有穿着痕迹。"
        refund = services.refund_refuse(
            refund=asks_again(refund),
            actor=factories.staff(),
            reason="inspection_failed",
            message="吊牌已去除，无法退货",
            evidence_ids=[photo(refund.shop)],
        )
        assert refusal_of(refund) == "吊牌已去除，无法退货\n验货发现：有穿着痕迹。"


def test_another_ground_names_no_finding() -> None:
    refund = asks_again(inspect(back("shoes"), Found("1", findings=("worn",))))
    services.refund_refuse(
        refund=refund, actor=factories.staff(), reason="abuse", message="三次调包", evidence_ids=[photo(refund.shop)]
    )
    assert refusal_of(refund) == "三次调包"


# --- Over REST --------------------------------------------------------------------------------------------------------


def test_over_rest_a_finding_is_named_and_given() -> None:
    """LAW-1, LAW-2."""
    refund, bench = back("shoes"), staff_caller(Role.WAREHOUSE)
    url = f"/refunds/{refund.refund_no}/receive"
    body = {"result": "fail", "findings": "见照片", "evidence": [photo(refund.shop, "warehouse")]}
    with unchanged():
        unpacked = {**body, "lines": [{"line_no": "1", "faults": ["packaging"]}]}
        problem(bench.post(url, unpacked), 422, "needs_supervisor", "LAW-2")
        unknown = {**body, "lines": [{"line_no": "1", "findings": ["unpacked"]}]}
        problem(bench.post(url, unknown), 422, "invalid")
    done = bench.post(url, {**body, "lines": [{"line_no": "1", "findings": ["washed"]}]}).json()
    assert (done["status"], done["inspection"]["lines"][0]["findings"]) == ("SELLER_REFUSE_BUYER", ["washed"])
    assert done["inspection"]["lines"][0]["checks"]["clean"] is False

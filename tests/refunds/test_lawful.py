"""The lawful-refusal guard, ground by ground, written by hand from domain.md (DEC-2, DEC-4, LAW-1, 2, 4, 5, TMO-9)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import translation

from aftersales.core import clock, errors, policies
from aftersales.core.models import LogEntry, Role
from orders.models import Order, OrderLine
from refunds import services
from refunds.api import examples
from refunds.models import Inspection, Refund
from refunds.services import LineAsk, lawful
from refunds.states import Reason, RefusalReason, grounds
from tests import factories
from tests.helpers import refused, unchanged
from tests.refunds.standings import photo, receive, send_back
from tests.rest import fields, problem, shop_caller, staff_caller

pytestmark = pytest.mark.django_db
Make = Callable[[], Refund]


def signed(days: int) -> Callable[[Refund], Refund]:
    """The parcel turns out to have been signed for so many days ago."""

    def change(refund: Refund) -> Refund:
        Order.objects.filter(pk=refund.order_id).update(signed_at=clock.now() - timedelta(days=days))
        return refund

    return change


def seven_days() -> Refund:
    return factories.make_return()


def excluded() -> Refund:
    """Made to order after all: registered wrongly, and seen later."""
    refund = seven_days()
    OrderLine.objects.filter(order=refund.order_id).update(seven_day_return=False)
    return refund


def bundle_in_part() -> Refund:
    """One line of two is sold without the seven-day return."""
    lines = (factories.line(), factories.line(line_no="2", seven_day_return=False))
    order = factories.make_order(None, *lines, sign=True)
    return factories.make_return(order, reason="no_longer_wanted", lines=(LineAsk("1", 1), LineAsk("2", 1)))


def failed() -> Refund:
    """The inspection failed, and the buyer asks again with other words."""
    refund = receive(send_back(seven_days()), passed=False)
    buyer = factories.buyer(refund.shop)
    return services.refund_modify(refund=refund, actor=buyer, changes={"description": "请再看看"})


def a_return(reason: str) -> Make:
    return lambda: factories.make_return(reason=reason)


def money(reason: str, **more: str) -> Make:
    return lambda: factories.make_refund(
        factories.make_order(sign=True), goods_status="received", reason=reason, **more
    )


def not_received() -> Refund:
    return factories.make_refund(factories.make_order(ship=True), reason="not_received")


def settled() -> Refund:
    """A sum beside the request was agreed on and is to be paid."""
    refund = a_return("quality")()
    payout = factories.make_payout(refund=refund)
    services.payout_submit(payout=payout, actor=factories.staff())
    return refund


NO_REASON = {
    "wrong_kind": "LAW-1",
    "wrong_reason": "LAW-1",
    "not_fit_for_resale": "",
    "damaged_by_buyer": "",
    "past_period": "TMO-9",
    "excluded_goods": "LAW-1",
    "insufficient_evidence": "LAW-1",
    "goods_not_returned": "LAW-2",
    "inspection_failed": "RET-2",
    "under_way": "LAW-1",
    "agreed_otherwise": "DEC-4",
    "abuse": "",
    "other": "LAW-1",
}
FAULT = {
    "wrong_kind": "",
    "wrong_reason": "",
    "not_fit_for_resale": "LAW-4",
    "damaged_by_buyer": "",
    "past_period": "LAW-4",
    "excluded_goods": "LAW-4",
    "insufficient_evidence": "",
    "goods_not_returned": "LAW-2",
    "inspection_failed": "RET-2",
    "under_way": "LAW-4",
    "agreed_otherwise": "DEC-4",
    "abuse": "",
    "other": "LAW-4",
}
NEVER_CAME = dict.fromkeys(RefusalReason.values, "DIS-3") | {
    "wrong_kind": "",
    "wrong_reason": "",
    "under_way": "",
    "agreed_otherwise": "DEC-4",
    "abuse": "",
}
FREE = dict.fromkeys(RefusalReason.values, "")

CASES: dict[str, tuple[Make, dict[str, str]]] = {
    "seven days, in time": (seven_days, NO_REASON),
    "seven days, in time to the day": (lambda: signed(7)(seven_days()), NO_REASON),
    "seven days, over": (lambda: signed(9)(seven_days()), FREE),
    "seven days, sent back": (lambda: send_back(seven_days()), NO_REASON | {"goods_not_returned": ""}),
    "seven days, inspection failed": (failed, NO_REASON | {"inspection_failed": ""}),
    "no longer wanted, in time": (a_return("no_longer_wanted"), NO_REASON),
    "ordered by mistake, over": (lambda: signed(9)(a_return("ordered_by_mistake")()), FREE),
    "excluded goods": (excluded, FREE),
    "some of it excluded": (bundle_in_part, NO_REASON),
    "exchange without a reason": (lambda: factories.make_exchange(reason="seven_day"), NO_REASON),
    "quality": (a_return("quality"), FAULT),
    "quality, long after": (lambda: signed(60)(a_return("quality")()), FAULT),
    "quality, sent back": (lambda: send_back(a_return("quality")()), FAULT | {"goods_not_returned": ""}),
    "quality, settled beside": (settled, FAULT | {"agreed_otherwise": ""}),
    "not as described, money": (money("not_as_described"), FAULT),
    "counterfeit": (
        money("counterfeit"),
        FAULT | {"damaged_by_buyer": "LAW-4", "insufficient_evidence": "LAW-4"},
    ),
    "not received, under way": (not_received, NEVER_CAME | {"insufficient_evidence": "DIS-3"}),
    "not received, signed for": (
        lambda: signed(1)(not_received()),
        NEVER_CAME | {"insufficient_evidence": "", "under_way": "LOG-6"},
    ),
    "invoice": (money("invoice"), FREE),
    "price difference": (money("price_difference"), FREE),
}


def refuse(refund: Refund, ground: str, role: str = Role.AGENT, **says: object) -> Refund:
    return services.refund_refuse(
        refund=refund,
        actor=factories.staff(role),
        reason=ground,
        message="吊牌已剪",
        evidence_ids=[photo(refund.shop)],
        **says,  # type: ignore[arg-type]
    )


class Undo(Exception):
    """Takes back what was let pass."""


def rule_broken(refund: Refund, ground: str, role: str = Role.AGENT, **says: object) -> tuple[str, str]:
    """The rule and the code with which it is refused to refuse, empty where it is done; undone either way."""
    try:
        with transaction.atomic():
            refuse(refund, ground, role, **says)
            raise Undo
    except Undo:
        return "", ""
    except errors.RuleViolation as problem:
        return problem.rule, problem.code


def test_every_ground_stands_in_the_table() -> None:
    """DEC-4: nobody adds a ground or a reason without saying what it is worth."""
    for _make, table in CASES.values():
        assert set(table) == set(RefusalReason.values)
    assert not set(grounds.CLAIMS) & grounds.WITHOUT_REASON
    assert set(grounds.BOUNDS) == set(grounds.Claim) - {grounds.Claim.FREE}
    decided = set(grounds.CLAIMS) | grounds.WITHOUT_REASON
    assert {reason.value for reason in Reason if reason not in decided} == {
        "postage",
        "invoice",
        "not_shipped_in_time",
        "out_of_stock",
        "price_difference",
        "other",
    }


@pytest.mark.parametrize("case", CASES)
def test_an_agent_refuses_on_lawful_grounds_only(case: str) -> None:
    """DEC-4, LAW-1, LAW-4, LAW-5."""
    make, table = CASES[case]
    refund = make()
    found = {ground: rule_broken(refund, ground) for ground in table}
    assert found == {ground: (rule, rule and "needs_supervisor") for ground, rule in table.items()}


@pytest.mark.parametrize("case", CASES)
def test_a_supervisor_may_refuse_all_the_same_but_says_so(case: str) -> None:
    """DEC-4: the same table; what needs a supervisor needs the word of one, too."""
    make, table = CASES[case]
    refund = make()
    silent = {ground: rule_broken(refund, ground, Role.SUPERVISOR) for ground in table}
    assert silent == {ground: (rule, rule and "despite_law_required") for ground, rule in table.items()}
    said = {"despite_law": True, "despite_note": "买家三次调包"}
    assert {rule_broken(refund, ground, Role.SUPERVISOR, **said) for ground in table} == {("", "")}


def test_nothing_is_written_when_an_agent_may_not_refuse() -> None:
    """LAW-1, LAW-5: not even where he says that he does it despite the law."""
    refund = seven_days()
    photos, agent = [photo(refund.shop)], factories.staff()
    with unchanged(), refused(errors.RuleViolation, "LAW-1") as info:
        services.refund_refuse(
            refund=refund,
            actor=agent,
            reason="other",
            message="已拆封，不退",
            evidence_ids=photos,
            despite_law=True,
            despite_note="就是不退",
        )
    problem = info.value
    assert (problem.status, problem.code) == (422, "needs_supervisor")
    assert problem.extra["predicted"] == {
        "decided_for": "buyer",
        "figures": ["dispute_rate", "intervention_rate"],
    }
    assert [(error.field, error.code) for error in problem.errors] == [("reason", "needs_supervisor")]
    with translation.override("en"):
        assert str(problem.detail).endswith("Only a supervisor can refuse like this.")


def test_that_it_was_unpacked_is_no_ground() -> None:
    """LAW-2: there is no such word in the list, and what stands for it needs a supervisor."""
    assert not [value for value in RefusalReason.values if "pack" in value or "open" in value]
    assert rule_broken(seven_days(), "other") == ("LAW-1", "needs_supervisor")


@pytest.mark.parametrize("hours", [168, 240])
def test_the_time_is_the_shops_own_where_it_promises_more(hours: int) -> None:
    """TMO-9, DEC-4: "the shop's own promise" binds like the law."""
    refund = signed(9)(seven_days())
    if hours != 168:
        boss = factories.staff(Role.SUPERVISOR)
        policies.set(key="deadline.TMO-9", value=timedelta(hours=hours), shop=refund.shop, actor=boss)
    assert rule_broken(refund, "past_period")[0] == ("" if hours == 168 else "TMO-9")


@pytest.mark.parametrize(("late", "ground"), [(timedelta(seconds=-1), "TMO-9"), (timedelta(0), "")])
def test_the_seven_days_end_to_the_second(late: timedelta, ground: str) -> None:
    """TMO-9: 168 hours from 00:00 of the day after signing, in Shanghai; the first second after them is past."""
    refund = seven_days()
    Order.objects.filter(pk=refund.order_id).update(signed_at=datetime(2026, 11, 1, 15, 59, 59, tzinfo=UTC))
    until = datetime(2026, 11, 8, 16, 0, tzinfo=UTC)  # signed on the 1st in Shanghai: the 2nd 00:00 and seven days
    Refund.objects.filter(pk=refund.pk).update(created_at=until + late)
    assert rule_broken(refund, "past_period")[0] == ground
    assert rule_broken(refund, "other")[0] == ("LAW-1" if ground else "")


def test_a_supervisors_word_is_kept_with_the_rule_it_breaks() -> None:
    """DEC-2, DEC-4, RFD-8: in the log for the desk; the shop's front-end reads what the buyer was told."""
    refund = seven_days()
    said = {"buyer_phoned": True, "despite_law": True, "despite_note": "  买家三次\n调包 "}
    refuse(refund, "other", Role.SUPERVISOR, **said)
    row = LogEntry.objects.get(subject_type="refund", subject_id=refund.pk, action="refuse")
    assert row.note == "吊牌已剪\n§ DEC-2\n§ LAW-1 买家三次 调包"
    ours = staff_caller().get(f"/refunds/{refund.refund_no}").json()["history"]
    shops = shop_caller(refund.shop).get(f"/refunds/{refund.refund_no}").json()["history"]
    assert (ours[-1]["note"], shops[-1]["note"]) == (row.note, "吊牌已剪")


def test_a_supervisor_says_why() -> None:
    """DEC-4."""
    refund = seven_days()
    for why in ("", "  ", "x"):
        assert rule_broken(refund, "other", Role.SUPERVISOR, despite_law=True, despite_note=why)[0] == "DEC-4"


def test_a_lawful_refusal_breaks_no_rule_whatever_is_said() -> None:
    """DEC-4: a supervisor who ticks too much is not recorded as breaking anything."""
    refund = seven_days()
    refuse(refund, "not_fit_for_resale", Role.SUPERVISOR, despite_law=True, despite_note="以防万一")
    assert LogEntry.objects.get(subject_type="refund", subject_id=refund.pk, action="refuse").note == "吊牌已剪"


def test_what_was_failed_by_the_warehouse_needs_no_supervisor() -> None:
    """RET-2: the inspection is the ground, and it is the warehouse's step."""
    refund = receive(send_back(seven_days()), passed=False)
    assert (refund.status, refund.refused_as) == ("SELLER_REFUSE_BUYER", "inspection_failed")


def test_the_last_inspection_counts() -> None:
    """RET-2: one that passed after all takes the ground away; goods that were received are not missing (LAW-2)."""
    refund = failed()
    assert lawful.judge(refund, "inspection_failed") is None
    Inspection.objects.create(refund=refund, passed=True, inspector_name="仓库", created_at=clock.now())
    broken = lawful.judge(refund, "inspection_failed")
    assert broken is not None
    assert (broken.rule, broken.wins) == ("RET-2", "buyer")
    missing = lawful.judge(refund, "goods_not_returned")
    assert missing is not None
    assert missing.rule == "LAW-2"


def test_without_the_facts_the_guard_would_let_lies_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: a guard that does not look at what is so is caught by the table."""
    monkeypatch.setattr("refunds.services.lawful.FACTS", {})
    refund = seven_days()
    passed = {ground for ground in NO_REASON if rule_broken(refund, ground) == ("", "")}
    assert passed - {ground for ground, rule in NO_REASON.items() if not rule} == {
        "past_period",
        "excluded_goods",
        "goods_not_returned",
        "inspection_failed",
        "agreed_otherwise",
    }


# --- Over REST --------------------------------------------------------------------------------------------------------


def test_over_rest_an_agent_is_told_what_it_would_cost() -> None:
    """DEC-4, LAW-1: 422 with the rule, whatever an agent claims; a lawful ground goes through as before."""
    refund, agent = seven_days(), staff_caller()
    url, files = f"/refunds/{refund.refund_no}/refuse", {"evidence": [photo(refund.shop)]}
    with unchanged():
        for body in ({"reason": "other"}, {"reason": "wrong_reason", "despite_law": True, "despite_note": "就是"}):
            answer = problem(agent.post(url, {**body, **files, "message": "不退"}), 422, "needs_supervisor", "LAW-1")
            assert fields(answer) == {("reason", "needs_supervisor")}
            assert set(answer) >= set(examples.NOT_LAWFUL) - {"type"}
            assert answer["predicted"] == examples.NOT_LAWFUL["predicted"]
        untrue = {"reason": "past_period", "message": "过期", **files}
        problem(agent.post(url, untrue), 422, "needs_supervisor", "TMO-9")
    lawful = {"reason": "not_fit_for_resale", "message": "吊牌已剪", "buyer_phoned": True, **files}
    body = agent.post(url, lawful).json()
    assert (body["status"], body["history"][-1]["note"]) == ("SELLER_REFUSE_BUYER", "吊牌已剪\n§ DEC-2")


def test_over_rest_a_supervisor_says_so_and_why() -> None:
    """DEC-4."""
    refund, boss = seven_days(), staff_caller(Role.SUPERVISOR)
    url = f"/refunds/{refund.refund_no}/refuse"
    body = examples.REFUSE_DESPITE | {"evidence": [photo(refund.shop)]}
    with unchanged():
        problem(boss.post(url, body | {"despite_law": False}), 422, "despite_law_required", "LAW-1")
        silent = problem(boss.post(url, body | {"despite_note": ""}), 422, "rule_violation", "DEC-4")
        assert fields(silent) == {("despite_note", "required")}
        problem(boss.post(url, body | {"despite_law": "perhaps"}), 422, "invalid")
    done = boss.post(url, body).json()
    assert (done["status"], done["refusal_reason"]) == ("SELLER_REFUSE_BUYER", "other")
    assert done["history"][-1]["note"].endswith("\n§ DEC-2\n§ LAW-1 三次寄回的都不是本店商品")
    assert done["messages"][-1]["text"] == body["message"]


def test_a_stale_version_or_the_wrong_role_is_said_first() -> None:
    """RFD-8: the guard is part of the step, after who may and whether it is still the same."""
    refund = seven_days()
    url, body = f"/refunds/{refund.refund_no}/refuse", {"reason": "other"}
    with unchanged():
        problem(staff_caller().post(url, body, HTTP_IF_MATCH='"9"'), 412, "stale_version")
        problem(staff_caller(Role.WAREHOUSE).post(url, body), 403, "forbidden")

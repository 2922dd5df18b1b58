"""Figures by increments: facts, sums, the fold, and the recount that finds what is wrong (RPT-1)."""

import random
from collections import Counter
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from aftersales.core import clock, sweeps
from aftersales.core.models import LogEntry, Role
from logistics.models import Claim
from logistics.services import claims
from orders.models import Order
from refunds import services as refunds
from refunds.models import Dispute, Payout, Refund
from refunds.states import OPEN_STATES, REFUND
from reports import services
from reports.models import DaySum, Fact, Mark, Sum
from reports.states import CHARTED
from tests import factories

pytestmark = pytest.mark.django_db
QUALITY = {"quality", "not_as_described", "damaged", "counterfeit"}


def some_history(seed: int) -> None:
    """Orders of two shops, with requests agreed, refused, cancelled and brought to the platform, and payments."""
    luck, shops = random.Random(seed), [factories.make_shop(), factories.make_shop()]
    for _each in range(8):
        with clock.at(clock.now() - timedelta(hours=luck.randrange(24 * 9))):
            one_case(luck, luck.choice(shops))


def one_case(luck: random.Random, shop) -> None:
    order, agent = factories.make_order(shop, sign=True), factories.staff()
    course = luck.choice(["none", "agree", "refuse", "cancel", "dispute", "payout", "claim"])
    if course == "payout":
        refunds.payout_submit(payout=factories.make_payout(order), actor=factories.staff())
    elif course == "claim":
        claim = factories.submitted_claim(factories.make_claim(factories.make_order(shop, ship=True)))
        claim = claims.claim_accept(claim=claim, actor=agent)
        claims.claim_record_payment(claim=claim, actor=factories.staff(Role.FINANCE), amount_fen=10000, reference="B-1")
    elif course != "none":
        reason = luck.choice(["quality", "other"])
        refund = factories.make_refund(order, goods_status="received", reason=reason)
        with clock.at(clock.now() + timedelta(minutes=luck.randrange(2000))):
            one_request(course, refund, agent)


def one_request(course: str, refund: Refund, agent) -> None:
    if course == "agree":
        factories.pay(refunds.refund_agree(refund=refund, actor=agent))
    elif course == "cancel":
        refunds.refund_cancel(refund=refund, actor=factories.buyer(refund.shop))
    else:
        photo = factories.make_evidence(refund.shop, actor=agent)
        refund = refunds.refund_refuse(
            refund=refund,
            actor=agent,
            reason="insufficient_evidence",
            message="No picture shows it",
            evidence_ids=[photo],
        )
        if course == "dispute":
            refunds.refund_intervene(refund=refund, actor=factories.buyer(refund.shop), text="It is broken")


def slow_count() -> Counter[tuple]:
    """Count in Python, over the models, what the sums should be: how many, and how much, by day, shop and measure."""
    found: Counter[tuple] = Counter()

    def add(at, row, measure, amount=0):
        if at is not None:
            key = (clock.shanghai_day(at), row.shop_id, measure)
            found[(*key, "facts")] += 1
            found[(*key, "amount")] += amount

    for order in Order.objects.all():
        add(order.paid_at, order, "order_paid", order.paid_fen)
    for refund in Refund.objects.select_related("turned_from"):
        for at, measure, amount in facts_of(refund):
            add(at, refund, measure, amount)
    for dispute in Dispute.objects.all():
        if dispute.status in ("decided_buyer", "decided_partial"):
            add(dispute.decided_at, dispute, "lost")
    for payout in Payout.objects.all():
        add(payout.paid_at, payout, "payout_paid", payout.amount_fen)
    for claim in Claim.objects.all():
        add(claim.submitted_at, claim, "claim_made", claim.amount_fen)
        add(claim.paid_at, claim, "claim_paid", claim.recovered_fen)
    return Counter({key: value for key, value in found.items() if value})


def facts_of(refund: Refund):
    log = list(LogEntry.objects.filter(subject_type="refund", subject_id=refund.pk).order_by("version"))
    dispute = Dispute.objects.filter(refund=refund).order_by("created_at").first()
    if refund.turned_from is None:
        yield refund.created_at, "asked", 0
    if refund.status == "SUCCESS":
        yield refund.finished_at, "refunded", refund.refunded_fen
        if refund.reason in QUALITY:
            yield refund.finished_at, "quality", refund.refunded_fen
    if refund.status in ("SUCCESS", "EXCHANGE_SUCCESS"):
        began = (refund.turned_from or refund).created_at
        yield refund.finished_at, "completed", int((refund.finished_at - began).total_seconds())
        if dispute is None and not any(e.action == "agree" and e.actor_kind == "system" for e in log):
            yield refund.finished_at, "alone", 0
    decisions = [e for e in log if e.action in ("agree", "refuse")]
    if decisions:
        yield decisions[0].at, "decided", int((decisions[0].at - refund.created_at).total_seconds())
        if decisions[0].action == "refuse":
            yield decisions[0].at, "refused", 0
    if dispute is not None:
        yield dispute.created_at, "intervened", 0


def kept() -> Counter[tuple]:
    found: Counter[tuple] = Counter()
    for row in Sum.objects.all():
        found[(row.day, row.shop_id, row.measure, "facts")] += row.facts
        found[(row.day, row.shop_id, row.measure, "amount")] += row.amount
    return Counter({key: value for key, value in found.items() if value})


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sums_are_what_a_slow_count_says_after_any_history(seed):
    """RPT-1: whatever happened, and in how many folds it was taken up."""
    some_history(seed)
    services.figures_fold(limit=7)
    some_history(seed + 100)
    assert services.figures_fold_all()
    assert kept() == slow_count()
    assert kept()
    assert services.figures_check() == []


def test_folding_again_changes_nothing_and_a_mark_twice_counts_once():
    """RPT-1: a fold is the same however often a case was marked."""
    order = factories.make_order()
    Mark.objects.create(subject_kind="order", subject_id=order.pk)
    services.figures_fold_all()
    before = kept()
    Mark.objects.create(subject_kind="order", subject_id=order.pk)
    assert services.figures_fold_all() == 1
    assert kept() == before == slow_count()
    assert services.figures_fold_all() == 0


def test_after_a_crash_the_marks_are_still_there(monkeypatch):
    """RPT-1: marks, facts and sums change together."""
    factories.make_order()
    marks = Mark.objects.count()
    replace = services._replace

    def crash(*given):
        replace(*given)
        raise RuntimeError("the machine went off")

    monkeypatch.setattr(services, "_replace", crash)
    with pytest.raises(RuntimeError):
        services.figures_fold()
    assert Mark.objects.count() == marks
    assert not Sum.objects.exists()
    assert not DaySum.objects.exists()
    monkeypatch.undo()
    services.figures_fold_all()
    assert kept() == slow_count()


def test_rows_written_past_the_services_count_too():
    """RPT-1: marks come from the database."""
    order = factories.make_order()
    services.figures_fold_all()
    Order.objects.filter(pk=order.pk).update(paid_at=clock.now() - timedelta(days=4))
    services.figures_fold_all()
    assert kept() == slow_count()


def test_a_changed_case_leaves_its_old_sum():
    """RPT-1: the request that was decided is counted under who decided it, not under nobody any more."""
    refund = factories.make_refund(factories.make_order(sign=True), goods_status="received")
    services.figures_fold_all()
    assert Sum.objects.get(measure="asked").agent_id == 0
    agent = factories.staff()
    refunds.refund_refuse(
        refund=refund,
        actor=agent,
        reason="insufficient_evidence",
        message="No picture shows it",
        evidence_ids=[factories.make_evidence(refund.shop, actor=agent)],
    )
    services.figures_fold_all()
    assert Sum.objects.get(measure="asked").agent_id == agent.user_id
    assert Fact.objects.filter(subject_kind="refund").exclude(measure__in=CHARTED).count() == 3


@pytest.mark.parametrize("wrong", [{"facts": 2}, {"amount": 1}])
def test_a_wrong_sum_is_found_and_repaired(wrong, capsys):
    """RPT-1: the check finds what was planted."""
    factories.make_order()
    services.figures_fold_all()
    call_command("figures_recount")
    Sum.objects.filter(measure="order_paid").update(**wrong)
    with pytest.raises(CommandError, match="1 sums differ"):
        call_command("figures_recount", "--check")
    call_command("figures_recount", "--repair")
    call_command("figures_recount", "--check")
    assert "agree with a recount" in capsys.readouterr().out
    assert kept() == slow_count()


def test_a_sum_of_nothing_that_exists_is_found():
    """RPT-1: too much is as wrong as too little."""
    shop = factories.make_shop()
    Sum.objects.create(day=clock.shanghai_day(clock.now()), shop=shop, measure="asked", agent_id=0, amount=0, facts=1)
    assert len(services.figures_check()) == 1


def detailed() -> Counter[tuple]:
    """Count in Python what the sums of days should be of what charts alone are told: by day, shop, measure and key."""
    found: Counter[tuple] = Counter()
    late = {(rule.state, rule.action) for rule in REFUND.deadlines if rule.against_shop}
    for refund in Refund.objects.select_related("turned_from"):
        first: dict[tuple[str, str], datetime] = {}
        for entry in LogEntry.objects.filter(subject_type="refund", subject_id=refund.pk).order_by("version"):
            if entry.from_status != entry.to_status:
                first.setdefault(("step", f"{entry.from_status}>{entry.to_status}"), entry.at)
            if entry.actor_kind == "system" and (entry.from_status, entry.action) in late:
                first.setdefault(("late", entry.from_status), entry.at)
        if refund.status in OPEN_STATES:
            first["open", refund.status] = (refund.turned_from or refund).created_at
        facts = {measure for _at, measure, _amount in facts_of(refund)}
        if refund.turned_from is None:
            first["asked", f"{refund.created_at.astimezone(clock.SHANGHAI):%H}"] = refund.created_at
            stages = {"decided": {"decided", "completed"}, "completed": {"completed"}, "alone": {"alone"}}
            first |= {("reached", stage): refund.created_at for stage, any_of in stages.items() if facts & any_of}
        for at, measure, seconds in facts_of(refund):
            if measure == "decided":
                limits = {"4h": 4, "12h": 12, "24h": 24, "48h": 48}
                first["decided", next((key for key, h in limits.items() if seconds < h * 3600), "more")] = at
        for (measure, key), at in first.items():
            found[clock.shanghai_day(at), refund.shop_id, measure, key] += 1
    return found


@pytest.mark.parametrize("seed", [4, 5])
def test_sums_of_days_are_what_a_slow_count_says_after_any_history(seed):
    """RPT-1: for every axis, and for the clock's steps too."""
    some_history(seed)
    services.figures_fold(limit=7)
    some_history(seed + 100)
    refund = factories.make_refund(factories.make_order(sign=True), goods_status="received")
    with clock.at(clock.now() + timedelta(days=9)):
        sweeps.sweep()
    assert Refund.objects.get(pk=refund.pk).status != "WAIT_SELLER_AGREE"
    services.figures_fold_all()
    rows = DaySum.objects.filter(axis="detail").values_list("day", "shop", "measure", "key", "facts")
    assert Counter({row[:4]: row[4] for row in rows}) == detailed()
    assert {row[2] for row in rows} >= {"asked", "decided", "late", "step", "reached"}
    whole = Counter()
    for row in DaySum.objects.filter(axis=""):
        whole[row.day, row.shop_id, row.measure, "facts"] += row.facts
        whole[row.day, row.shop_id, row.measure, "amount"] += row.amount
    charted = {"open", "late", "step", "reached"}
    assert Counter({key: value for key, value in whole.items() if value and key[2] not in charted}) == slow_count()
    assert services.figures_check() == []


def test_a_wrong_sum_of_a_day_is_found_and_repaired():
    """RPT-1: the check looks at both tables."""
    factories.make_order()
    services.figures_fold_all()
    DaySum.objects.update(facts=7)
    assert [row[3] for row in services.figures_check()] == [""]
    services.figures_repair()
    assert services.figures_check() == []
    assert DaySum.objects.get().facts == 1


def test_a_sum_of_nothing_is_taken_away_without_reading_the_others():
    """RPT-1: the fold finds empty sums by an index."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for table in ("sum", "daysum"):
            cursor.execute(f"EXPLAIN DELETE FROM reports_{table} WHERE facts = 0 AND amount = 0")
            assert "_of_nothing" in str(cursor.fetchall())


def test_figures_of_before_charts_are_taken_up():
    """RPT-1: the migration sums up what is there, and the fold works the requests out again."""
    some_history(6)
    services.figures_fold_all()
    Fact.objects.filter(measure__in=CHARTED).delete()
    Fact.objects.update(detail="")
    DaySum.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(import_module("reports.migrations.0003_chart_facts").FILL)
    services.figures_fold_all()
    assert services.figures_check() == []


def test_lost_disputes_paid_payouts_and_exchanges_turned_into_refunds_are_recounted_alike():
    """RPT-1: the sums equal a recount and a slow count; what an exchange turned into is not asked again."""
    shop, supervisor = factories.make_shop(), factories.staff(Role.SUPERVISOR)
    for outcome in ("buyer", "seller"):
        refund = factories.make_refund(factories.make_order(shop, sign=True), goods_status="received", reason="quality")
        one_request("dispute", refund, factories.staff())
        refunds.refund_decide(refund=refund, actor=supervisor, outcome=outcome, text="As the pictures show")
    payout = refunds.payout_send(
        payout=factories.approved(factories.make_payout(factories.make_order(shop, sign=True)))
    )
    refunds.payout_confirm(payout=payout, actor=factories.staff(Role.FINANCE), reference="B-1")
    with clock.at(clock.now() - timedelta(days=2)):
        exchange = factories.make_exchange(factories.make_order(shop, sign=True), reason="quality")
        exchange = refunds.refund_agree(refund=exchange, actor=factories.staff())
    turned = refunds.exchange_to_refund(refund=exchange, actor=factories.staff())
    services.figures_fold_all()
    call_command("figures_recount", "--check")
    assert kept() == slow_count()
    counts = Counter(Fact.objects.values_list("measure", flat=True))
    asked = Fact.objects.filter(measure="asked")
    assert counts["lost"] == counts["payout_paid"] == 1
    assert asked.count() == 3
    assert not asked.filter(subject_id=turned.pk).exists()

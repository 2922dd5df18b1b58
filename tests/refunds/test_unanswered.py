"""Money of which nobody knows what came: never paid a second time by one person's word (PAY-9, RFD-3)."""

import contextlib
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from aftersales.core import clock, errors, events
from aftersales.core.auth import Actor
from aftersales.core.models import LogEntry
from refunds import services, tasks
from refunds.gateways import Outcome
from refunds.models import Payout, RefundPayment
from refunds.services.payouts import sending
from tests import factories
from tests.checks import all_is_well, sql
from tests.core.test_guards import forbidden

from .alipay_world import installed
from .racing import race, winners

KINDS = ["refund", "transfer"]
LONG_AFTER = timedelta(days=31)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("alipay")


@pytest.fixture
def gateway(home, settings):
    with installed(settings, home) as (gateway, _url):
        for held in (gateway.trades, gateway.refunds, gateway.transfers, gateway.journal):
            held.clear()
        yield gateway


def moved(gateway):
    return [row["amount_fen"] for row in gateway.journal if row["kind"] != "trade"]


def let_it_happen(gateway):
    with gateway.lock:
        gateway.waiting.release()


def after(row):
    return type(row).objects.get(pk=row.pk)


def worked():
    while events.deliver():
        continue
    for job in (tasks.payments_send, tasks.payouts_send, tasks.payments_follow, tasks.payouts_follow):
        job()


def unanswered(gateway, kind, fault="late:60s"):
    """Money that the provider was told to move, and of which it said nothing."""
    gateway.faults[:] = [fault]
    if kind == "transfer":
        row = factories.approved(factories.make_payout())
    else:
        refund = factories.make_refund()
        gateway.register_trade(refund.order.order_no, refund.order.paid_fen)
        services.refund_void(refund=refund, actor=factories.staff())
        services.refund_agree(refund=refund, actor=factories.staff())
        row = RefundPayment.objects.get(refund=refund)
    worked()
    assert after(row).status in ("sending", "sent", "unknown")
    return after(row)


def test_one_person_cannot_have_an_unanswered_payout_sent_under_a_new_number(gateway):
    """PAY-9: the provider pays late what it was told first; a second number would pay it twice."""
    payout, finance = unanswered(gateway, "transfer"), factories.staff("finance")
    with contextlib.suppress(errors.Problem):
        services.payout_fail(payout=payout, actor=finance, failure="no answer for a day")
        services.payout_send_again(payout=after(payout), actor=finance)
        worked()
    let_it_happen(gateway)
    assert moved(gateway) == [payout.amount_fen]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_found_after_the_time_is_not_sent_again(gateway, kind):
    """PAY-9: the provider may have forgotten the number by then; a person has to look."""
    row = unanswered(gateway, kind, "cut_before")
    with time_machine.travel(clock.now() + LONG_AFTER):
        worked()
        worked()
    assert moved(gateway) == []
    assert (after(row).status, after(row).ask_at) == ("unknown", None)


def proof(row):
    return [factories.make_evidence(row.shop, purpose="receipt")]


def machine_of(row):
    return "payout" if isinstance(row, Payout) else "payment"


def step(row, name):
    kind = machine_of(row)
    return lambda **given: getattr(services, f"{kind}_{name}")(**{kind: after(row)}, **given)


@pytest.mark.parametrize("kind", KINDS)
def test_two_people_with_a_proof_give_it_up(gateway, kind):
    """PAY-9, RFD-3: one reports with a proof and words, the provider is asked once more, another one agrees."""
    row = unanswered(gateway, kind, "cut_before")
    finance, boss = factories.staff("finance"), factories.staff("supervisor")
    with pytest.raises(errors.TransitionNotAllowed):
        step(row, "fail")(actor=finance, failure="no answer for a day")
    with pytest.raises(errors.TransitionNotAllowed):
        step(row, "accept_unmoved")(actor=boss, reason="ok")
    with pytest.raises(errors.Invalid):
        step(row, "report_unmoved")(actor=finance, reason="not there", evidence_ids=[])
    with pytest.raises(errors.Invalid):
        step(row, "report_unmoved")(actor=finance, reason=" ", evidence_ids=proof(row))
    with pytest.raises(errors.Forbidden):
        step(row, "report_unmoved")(actor=factories.staff(), reason="not there", evidence_ids=proof(row))
    step(row, "report_unmoved")(actor=finance, reason="not there", evidence_ids=proof(row))
    gateway.faults[:] = ["error_after"]
    with pytest.raises(errors.TransitionNotAllowed) as early:
        step(row, "accept_unmoved")(actor=boss, reason="ok")
    assert early.value.extra["rule"] == "PAY-9"
    with time_machine.travel(clock.now() + timedelta(seconds=1)):
        gateway.faults[:] = ["cut_before", "cut_before"]
        worked()
    with pytest.raises(errors.TransitionNotAllowed):
        step(row, "accept_unmoved")(actor=finance, reason="my own word")
    with pytest.raises(errors.Invalid):
        step(row, "accept_unmoved")(actor=boss, reason="")
    failed = step(row, "accept_unmoved")(actor=boss, reason="looked at the entries")
    assert (failed.status, failed.failure, failed.ask_at) == ("failed", "looked at the entries", None)
    log = LogEntry.objects.filter(subject_type=machine_of(row), subject_id=row.pk, action__endswith="unmoved")
    assert [(one.actor_id, one.note) for one in log.order_by("version")] == [
        (finance.user_id, "not there"),
        (boss.user_id, "looked at the entries"),
    ]
    all_is_well()


def test_what_moved_after_all_is_held_and_not_sent_under_a_new_number(gateway):
    """PAY-9: two people were wrong; before the second sending the provider is asked about the first number."""
    payout, finance = unanswered(gateway, "transfer"), factories.staff("finance")
    factories.given_up(payout)
    let_it_happen(gateway)
    services.payout_send_again(payout=after(payout), actor=finance)
    worked()
    held = after(payout)
    assert (held.status, held.attempt, held.fault) == ("failed", 1, "us")
    assert payout.payout_no in held.failure
    reference = gateway.journal[-1].get("reference", "2026")
    paid = services.payout_confirm(payout=held, actor=finance, reference=reference)
    assert (paid.status, moved(gateway)) == ("paid", [payout.amount_fen])
    all_is_well()


def test_while_the_provider_says_nothing_of_the_first_number_the_second_waits(gateway):
    """PAY-9."""
    payout = unanswered(gateway, "transfer")
    factories.given_up(payout)
    services.payout_send_again(payout=after(payout), actor=factories.staff("finance"))
    gateway.faults[:] = ["error_after"] * 3
    worked()
    assert (after(payout).status, after(payout).attempt, moved(gateway)) == ("approved", 1, [])


def test_sent_again_after_two_people_and_an_answer_it_is_paid_once(gateway):
    """PAY-9: "not found" is the third word that it takes."""
    payout = unanswered(gateway, "transfer", "cut_before")
    factories.given_up(payout)
    services.payout_send_again(payout=after(payout), actor=factories.staff("finance"))
    worked()
    assert (after(payout).status, after(payout).attempt, moved(gateway)) == ("paid", 2, [payout.amount_fen])
    all_is_well()


def test_nothing_else_is_paid_for_the_same_while_one_has_no_answer(gateway):
    """PAY-7, PAY-9: not with a supervisor's reason, and not what waited for approval before."""
    boss = factories.staff("supervisor")
    payee = services.PayeeData("alipay", "13800001234", "李雷")
    order = factories.make_order(sign=True)
    first = factories.make_payout(order)
    wanted = {"purpose": first.purpose, "amount_fen": 300, "payee": payee, "second_reason": "买家再次寄回"}
    second = services.payout_open(order=order, actor=boss, **wanted)
    second = services.payout_submit(payout=second, actor=boss)
    gateway.faults[:] = ["late:60s"]
    factories.approved(first)
    worked()
    assert after(first).status in ("sending", "unknown")
    for refused in (
        lambda: services.payout_open(order=order, actor=boss, **wanted),
        lambda: services.payout_approve(payout=second, actor=factories.staff("finance")),
    ):
        with pytest.raises(errors.RuleViolation) as stop:
            refused()
        assert stop.value.extra["rule"] == "PAY-9"
    approve = (
        "UPDATE refunds_payout SET status = 'approved', approved_by_id = %s, approved_at = now(),"
        " approved_fen = amount_fen, approved_payee_id = payee_id, version = version + 1 WHERE id = %s"
    )
    other = factories.make_user("finance")
    forbidden(approve, other.pk, second.pk, says="nobody knows what came of another one")


@pytest.mark.parametrize("kind", KINDS)
def test_by_sql_too_nobody_gives_it_up_alone(gateway, kind):
    """PAY-9: not with a log row of one's own either; and a number is new only from one sending to the next."""
    row, finance = unanswered(gateway, kind), factories.make_user("finance")
    row = step(row, "report_unmoved")(actor=Actor.for_user(finance), reason="not there", evidence_ids=proof(row))
    table, log = type(row)._meta.db_table, LogEntry.objects.filter(subject_type=machine_of(row), subject_id=row.pk)
    last = log.latest("version")
    fake = {
        field.attname: getattr(last, field.attname) for field in LogEntry._meta.concrete_fields if field.attname != "id"
    }
    fake |= {"version": row.version + 1, "from_status": row.status, "to_status": "failed", "action": "accept_unmoved"}

    def by_hand(action, target):
        with transaction.atomic():
            LogEntry.objects.create(**fake | {"action": action, "to_status": target})
            sql(f"UPDATE {table} SET status = %s, version = version + 1, ask_at = NULL WHERE id = %s", target, row.pk)

    for action in ("accept_unmoved", "fail"):
        with pytest.raises(IntegrityError, match="alone"):
            by_hand(action, "failed")
    with pytest.raises(IntegrityError, match="paid or has failed"):
        by_hand("send_again", "approved" if kind == "transfer" else "promised")
    if kind == "transfer":
        forbidden(f"UPDATE {table} SET attempt = 2 WHERE id = %s", row.pk, says="its number stays")
    assert after(row).status == "unknown"


def test_who_reports_and_who_agrees_race_the_answer(gateway):
    """PAY-9: whoever comes first, it is paid once, and nobody is told two things."""
    finance, boss = factories.staff("finance"), factories.staff("supervisor")
    for _round in range(3):
        payout = unanswered(gateway, "transfer", "cut_after")
        step(payout, "report_unmoved")(actor=finance, reason="not there", evidence_ids=proof(payout))
        Payout.objects.filter(pk=payout.pk).update(ask_at=None)
        now = Payout.objects.select_related("payee", "order").get(pk=payout.pk)
        came = race(
            answer=lambda now=now: sending._take_note(now, Outcome("done", reference="R-1")),
            **{
                f"agree {number}": lambda now=now: services.payout_accept_unmoved(
                    payout=now, actor=boss, reason="looked", version=now.version
                )
                for number in range(4)
            },
        )
        assert len(winners(came)) == 1
        if after(payout).status == "failed":
            services.payout_send_again(payout=after(payout), actor=finance)
            worked()
        assert after(payout).attempt == 1
        assert sum(line["no"].startswith(payout.payout_no) for line in gateway.journal) == 1
    all_is_well()

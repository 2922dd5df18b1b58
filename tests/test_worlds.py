"""The state machines explored together: nothing is wrong with those that run, and whatever is planted is found.

Every control plants one fault into a copy of a table, or into what follows from a step, and names the check that must
see it, in words, with the shortest way to it.
"""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from aftersales import worlds
from aftersales.core import errors
from aftersales.core.machine import DeadlineRule, Edge, WhyNot
from aftersales.worlds import proving
from aftersales.worlds.state import Trade
from orders.models import Order
from orders.states import ORDER
from refunds import services
from refunds.states import DISPUTE, PAYMENT, REFUND
from refunds.states.exchange import return_here
from tests import factories
from tests.helpers import refused
from tests.refunds.standings import agree

RECEIVED = Trade("WAIT_BUYER_CONFIRM_GOODS", 1, "a")
REGISTERED = "front-end: register WAIT_BUYER_CONFIRM_GOODS, 1 line, a left"
REFUND_ASKED = (REGISTERED, "buyer: apply for refund_only, 2 of 2")
RETURN_ASKED = (REGISTERED, "buyer: apply for return_refund, 2 of 2")
EXCHANGE_ASKED = (REGISTERED, "buyer: apply for exchange")
STUCK = "if buyer and agents stay away, this never ends"


def without_edges(machine, *gone):
    """Take the edges away that begin and act like this: (action, source)."""
    kept = tuple(edge for edge in machine.edges if (edge.action, edge.source) not in gone)
    assert len(kept) < len(machine.edges)
    return replace(machine, edges=kept)


def without_deadline(machine, rule, state):
    kept = tuple(one for one in machine.deadlines if (one.rule, one.state) != (rule, state))
    assert len(kept) < len(machine.deadlines)
    return replace(machine, deadlines=kept)


def with_edge(machine, *edge, **more):
    return replace(machine, edges=(*machine.edges, Edge(*edge, **more)))


def found_in(orders=(RECEIVED,), **machines):
    """Explore over other machines; give what is found by check and words, each with its trace."""
    report = worlds.prove(worlds.Machines(**machines), orders=orders)
    return {(finding.check, finding.says): finding.trace for finding in report.findings}


@pytest.fixture(scope="module")
def report():
    return worlds.prove()


def test_the_machines_that_run_never_get_stuck_and_pay_once(report):
    """RFD-3, RFD-8, EXC-1, DIS-1, TMO-16, ORD-6, AMT-2: no dead end, every wait is kept, every edge can be taken."""
    assert report.findings == ()
    assert report.edges == sum(len(machine.edges) for machine in (ORDER, REFUND, DISPUTE, PAYMENT))
    assert report.states > 15_000
    assert report.moves > 150_000


def test_it_is_the_same_every_time():
    assert worlds.prove(orders=[RECEIVED]) == worlds.prove(orders=[RECEIVED])


def test_the_database_is_not_asked(report):
    """Without the mark of a test with a database every query would have raised."""
    assert report.states


def test_nothing_is_known_to_be_weak(report):
    assert report.known == ()


@pytest.mark.django_db
def test_goods_that_were_paid_back_in_full_are_not_sent_again():
    """AMT-1: found by the exploration, since nobody could have turned such a reship into a refund (EXC-1)."""
    two = (factories.line(quantity=1), factories.line(line_no="2"))
    order = factories.make_order(None, *two, sign=True)
    factories.pay(agree(factories.make_refund(order, goods_status="received", reason="quality")))
    order = Order.objects.get(pk=order.pk)
    with refused(errors.RuleViolation, "AMT-1"):
        factories.make_reship(order, goods_status="received", reason="damaged")


def test_a_weakness_that_is_mended_must_be_taken_off_the_list(monkeypatch):
    never = proving.Known(frozenset({"no dead end"}), "nothing of the kind", lambda state: True)
    monkeypatch.setattr(proving, "KNOWN", (*proving.KNOWN, never))
    [finding] = worlds.prove().findings
    assert str(finding) == "known weaknesses: mended, take it off: nothing of the kind"


# --- What is planted is found -----------------------------------------------------------------------------------------


def test_a_deadline_that_is_missing():
    """TMO-5: an agreed return that the buyer never sends."""
    found = found_in(refund=without_deadline(REFUND, "TMO-5", "WAIT_BUYER_RETURN_GOODS"))
    assert found == {
        ("somebody acts", "nothing makes the request go on from WAIT_BUYER_RETURN_GOODS"): (
            *RETURN_ASKED,
            "agent: agree",
        ),
        ("it ends by itself", f"{STUCK}: WAIT_BUYER_CONFIRM_GOODS + WAIT_SELLER_AGREE"): RETURN_ASKED,
    }


def test_an_exchange_that_is_never_sent_back():
    """TMO-13, EXC-4: neither before the replacement left nor after it."""
    without = without_deadline(REFUND, "TMO-13", "EXCHANGE_WAIT_BUYER_RETURN_GOODS")
    found = found_in(refund=without_deadline(without, "EXC-4", "EXCHANGE_WAIT_BUYER_CONFIRM_GOODS"))
    words = "nothing makes the request go on from EXCHANGE_"
    assert found["somebody acts", f"{words}WAIT_BUYER_RETURN_GOODS"] == (*EXCHANGE_ASKED, "agent: agree")
    assert found["somebody acts", f"{words}WAIT_BUYER_CONFIRM_GOODS"] == (
        *EXCHANGE_ASKED,
        "agent: agree (to be sent first)",
        "buyer: return_shipment",
        "agent: ship_replacement",
    )


def test_an_edge_out_of_an_end():
    """RFD-3: nothing takes a success back."""
    edge = ("cancel", "SUCCESS", "CLOSED", frozenset({"buyer"}), "refund.closed")
    found = found_in(refund=with_edge(REFUND, *edge))
    assert found["nothing leaves an end", "refund cancel leads from SUCCESS to CLOSED"] == (
        *REFUND_ASKED,
        "agent: agree",
        "system: send",
        "provider: the money moves",
        "system: confirm payment",
    )


def test_an_edge_out_of_a_decided_dispute():
    found = found_in(dispute=with_edge(DISPUTE, "withdraw", "decided_buyer", "withdrawn", frozenset({"buyer"}), ""))
    assert found == {
        ("nothing leaves an end", "dispute withdraw leads from decided_buyer to withdrawn"): (
            *REFUND_ASKED,
            "agent: refuse",
            "buyer: intervention",
            "supervisor: decision buyer",
        )
    }


def test_a_payment_that_nothing_brings_on():
    """PAY-9: its outcome is unknown, and nobody can write down what it was."""
    found = found_in(payment=without_edges(PAYMENT, ("fail", "unknown"), ("confirm", "unknown")))
    way = (*REFUND_ASKED, "agent: agree", "system: send", "system: lose_track")
    after = "WAIT_BUYER_CONFIRM_GOODS + WAIT_SYSTEM_TRANSFER + payment unknown"
    moved = (*way[:-1], "provider: the money moves", way[-1])  # else two people give it up
    assert found == {
        ("somebody acts", "nobody looks after a payment that is unknown"): way,
        ("no dead end", f"nothing can end any more: {after}"): moved,
        ("it ends by itself", f"{STUCK}: {after}"): moved,
        ("money arrives", f"this payment can never be done and its request a success: {after}"): moved,
    }


def test_an_edge_that_pays_twice():
    """AMT-2, RFD-3: what was agreed is agreed again."""
    edge = ("modify", "WAIT_SYSTEM_TRANSFER", "WAIT_SELLER_AGREE", frozenset({"buyer"}), "refund.modified")
    found = found_in(refund=with_edge(REFUND, *edge))
    assert found["money is kept", "2 payments for one request"] == (
        REGISTERED,
        "buyer: apply for refund_only, 2 of 2, kept",
        "agent: agree (1 of 2)",
        "buyer: modify (refund_only, 1 of 2)",
        "agent: agree",
    )


def test_money_that_is_made_good_though_it_moved():
    """RFD-3: a payment that may have moved is confirmed, never paid by hand as well."""
    edge = ("lose_track", "sent", "failed", frozenset({"system"}), "payment.failed", "early")
    without = without_edges(PAYMENT, ("lose_track", "sent"))
    found = found_in(payment=replace(with_edge(without, *edge[:5]), actions=PAYMENT.actions))
    assert found["money is kept", "the buyer got the money twice"] == (
        *REFUND_ASKED,
        "agent: agree",
        "system: send",
        "provider: the money moves",
        "system: lose_track",
        "finance: make good another way",
    )


def test_a_deadline_whose_step_is_refused():
    """TMO-16: it runs, and when it is over nothing happens."""
    late = tuple(replace(one, action="expire") if one.rule == "TMO-6" else one for one in REFUND.deadlines)
    found = found_in(refund=replace(REFUND, deadlines=late))
    assert found["deadlines can act", "TMO-6 runs in WAIT_SELLER_CONFIRM_GOODS, but cannot expire"] == (
        *RETURN_ASKED,
        "agent: agree",
        "buyer: return_shipment",
    )


def test_a_dispute_that_nobody_can_decide():
    """DIS-2."""
    without = without_edges(DISPUTE, ("decide", "requested"))
    found = found_in(dispute=without)
    way = (*REFUND_ASKED, "agent: refuse", "buyer: intervention")
    assert found["somebody acts", "nobody can decide the dispute"] == way


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ("CLOSED", "the order counts 1 open requests, there are 0"),
        ("WAIT_SYSTEM_TRANSFER", "money was agreed, but no payment promised"),
        ("SUCCESS", "2 promised on the order, 0 by payments"),
        ("EXCHANGE_TO_REFUND", "an exchange turned into no refund, or into several"),
    ],
)
def test_what_should_follow_and_does_not(entered, words, monkeypatch):
    """ORD-6, RFD-3, AMT-2, EXC-1."""
    kept = services.REFUND.entered[entered][1:] if entered == "SUCCESS" else ()
    if entered == "EXCHANGE_TO_REFUND":
        kept = services.REFUND.entered[entered][:1]
    monkeypatch.setitem(services.REFUND.entered, entered, kept)
    assert words in {says for _check, says in found_in()}


def test_a_follow_up_that_the_world_does_not_know_stops_it(monkeypatch):
    def surprise(steps):
        raise AssertionError

    monkeypatch.setitem(services.REFUND.entered, "CLOSED", (surprise,))
    with pytest.raises(KeyError, match="surprise"):
        found_in()


def test_an_edge_that_can_never_be_taken():
    def never(subject, actor):
        return WhyNot("", "never")

    more = with_edge(ORDER, "sign", "WAIT_BUYER_PAY", "WAIT_BUYER_PAY", frozenset({"buyer"}), "", guards=(never,))
    [finding] = worlds.prove(worlds.Machines(order=more)).findings
    assert str(finding) == "every edge is taken: never taken: order sign: WAIT_BUYER_PAY → WAIT_BUYER_PAY"


def test_time_that_goes_on_although_the_replacement_is_not_there():
    """LOG-6, TMO-13: the clock would count as received what the buyer denies having."""
    rule, state = "TMO-13", "EXCHANGE_WAIT_BUYER_CONFIRM_GOODS"
    blind = without_deadline(without_deadline(REFUND, rule, state), "LOG-6", state)
    always = DeadlineRule(rule, state, "confirm_received", "deadline.TMO-13.buyer_receives", return_here)
    found = found_in(refund=replace(blind, deadlines=(*blind.deadlines, always)))
    says = ("nothing is received by time alone", "the clock counts a replacement as received that is denied")
    assert found[says][-1].endswith(": replacement_denied")


# --- The command ------------------------------------------------------------------------------------------------------


def test_the_command_counts_and_ends_well(report, monkeypatch):
    monkeypatch.setattr(worlds, "prove", lambda: report)
    out = StringIO()
    call_command("explore", stdout=out)
    seen = f"after-sale: {report.states} states, {report.moves} moves, {report.edges} edges"
    assert out.getvalue().startswith(seen)
    assert "\npayout: " in out.getvalue()
    assert "Known and not mended" not in out.getvalue()


def test_the_command_ends_with_one_and_shows_the_way(monkeypatch):
    found = worlds.prove(
        worlds.Machines(refund=without_deadline(REFUND, "TMO-5", "WAIT_BUYER_RETURN_GOODS")), orders=[RECEIVED]
    )
    monkeypatch.setattr(worlds, "prove", lambda: found)
    out = StringIO()
    with pytest.raises(CommandError, match="2 findings") as info:
        call_command("explore", stdout=out)
    assert info.value.returncode == 1
    assert f"somebody acts: nothing makes the request go on from WAIT_BUYER_RETURN_GOODS\n    1. {REGISTERED}\n" in (
        out.getvalue()
    )

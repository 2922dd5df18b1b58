"""The payout explored: nobody pays alone, nothing is paid twice or left lying; and what is planted is found."""

from dataclasses import replace

import pytest

from aftersales import worlds
from aftersales.core.machine import Edge
from refunds.states import PAYOUT
from refunds.states.payout import within_limit

GIVEN_UP = (
    "agent: open",
    "agent: submit",
    "first finance: approve",
    "system: send",
    "first finance: report_unmoved",
    "first finance: accept_unmoved",
)
ASKED = ("agent: open", "agent: submit", "first finance: approve")


def found_in(*edges, **more):
    machine = replace(PAYOUT, edges=edges or PAYOUT.edges, **more)
    return {finding.says: finding.trace for finding in worlds.prove_payouts(machine).findings}


def changed(action, source, **changes):
    return [
        replace(edge, **changes) if (edge.action, edge.source) == (action, source) else edge for edge in PAYOUT.edges
    ]


def test_nobody_pays_alone_and_nothing_is_paid_twice_or_left_lying():
    """PAY-3, PAY-5, PAY-6, PAY-9: whatever five people, the sweep and the provider do."""
    report = worlds.prove_payouts()
    assert report.findings == ()
    assert report.edges == len(PAYOUT.edges)
    assert report.states > 3000


def test_a_change_that_leaves_the_approval_is_found():
    """PAY-5: whatever was approved is not any more once it is changed."""
    found = found_in(*changed("edit", "approved", target="approved"))
    assert found["approved without a second person (PAY-5)"] == (*ASKED, "agent: edit")


@pytest.mark.parametrize(
    ("guards", "words", "way"),
    [
        (
            (within_limit,),
            "approved without a second person (PAY-5)",
            ("first finance: open", "agent: submit", "first finance: approve"),
        ),
        (
            PAYOUT.by_source["approve", "pending_approval"][0].guards[:1],
            "approved beyond the limit without a supervisor (PAY-3)",
            ("agent: open beyond the limit", "agent: submit", "first finance: approve"),
        ),
    ],
)
def test_a_guard_that_is_missing_is_found(guards, words, way):
    assert found_in(*changed("approve", "pending_approval", guards=guards))[words] == way


def test_money_that_can_be_sent_again_is_found():
    """PAY-9: what was paid is not sent a second time."""
    again = Edge("send_again", "paid", "approved", frozenset({"finance"}), "payout.approved")
    found = found_in(*PAYOUT.edges, again)
    paid = (*ASKED, "system: send", "provider: the money is moved", "first finance: confirm")
    assert found["send_again leads out of paid"] == paid
    assert found["approved, and the money is moved (PAY-9)"] == (*paid, "first finance: send_again")


def test_an_outcome_that_nobody_can_write_down_is_found():
    without = [edge for edge in PAYOUT.edges if edge.source != "unknown" or edge.action == "mark_late"]
    found = found_in(*without)
    way = (*ASKED, "system: send", "first finance: report_unmoved")
    assert found == {
        "nobody looks after a payout that is unknown": way,
        "nothing can end any more: payout unknown": way,
        "never taken: payout confirm: failed → paid": (),
        "never taken: payout hold: approved → failed": (),
    }


def test_an_edge_that_can_never_be_taken_is_found():
    never = Edge("reject", "draft", "rejected", frozenset({"warehouse"}), "payout.rejected")
    assert found_in(*PAYOUT.edges, never) == {"never taken: payout reject: draft → rejected": ()}


def test_one_person_who_gives_up_what_has_no_answer_is_found():
    """PAY-9: the second person is what stands between a late success and a second payment."""
    found = found_in(*changed("accept_unmoved", "unknown", guards=()))
    assert found["failed without a report by somebody else (PAY-9)"] == GIVEN_UP

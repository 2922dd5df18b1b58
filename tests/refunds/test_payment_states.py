"""Every cell of the payment's and the dispute's state machines (RFD-3, DIS-1)."""

import pytest

from aftersales.core import errors, transitions
from aftersales.core.auth import Actor
from refunds import services
from refunds.gateways import Outcome
from refunds.models import Dispute, Refund, RefundPayment
from refunds.states import DISPUTE, PAYMENT
from tests import factories
from tests.cells import EVERYBODY, cells_of, nothing_written, people, try_all, undone
from tests.checks import all_is_well, shared_world
from tests.helpers import refused
from tests.refunds.standings import agree, cancel, dispute, lose, photo

pytestmark = pytest.mark.django_db

MONEY = "finance system"
PAYMENTS = {
    "promised": {"send": ("sent", "system")},
    "sent": {"lose_track": ("unknown", "system"), "fail": ("failed", MONEY), "confirm": ("done", MONEY)},
    "unknown": {
        "fail": ("failed", MONEY),
        "confirm": ("done", MONEY),
        "report_unmoved": ("unknown", "finance"),
        "accept_unmoved": ("failed", "finance supervisor"),
    },
    "failed": {"send_again": ("promised", "finance"), "confirm": ("done", "finance")},
    "done": {},
}
SIDES = "buyer agent supervisor warehouse system"
UNDECIDED = {
    "decide:buyer": ("decided_buyer", "supervisor platform"),
    "decide:seller": ("decided_seller", "supervisor platform"),
    "decide:partial": ("decided_partial", "supervisor platform"),
    "settle": ("settled", "buyer agent supervisor system"),
    "withdraw": ("withdrawn", SIDES),
}
DISPUTES = {
    "requested": UNDECIDED
    | {
        "add_evidence": ("requested", "buyer agent supervisor"),
        "close_evidence": ("deciding", "system"),
        "mark_overdue": ("requested", "system"),
    },
    "deciding": UNDECIDED | {"mark_overdue": ("deciding", "system")},
    "settled": {},
    "decided_buyer": {},
    "decided_seller": {},
    "decided_partial": {},
    "withdrawn": {},
}
DETAILS = {
    "send": {"asks": False},
    "confirm": {"reference": "R-1"},
    "fail": {"failure": "no such account"},
    "accept_unmoved": {"failure": "not in the account's entries"},
    "decide:buyer": {"text": "so"},
    "decide:seller": {"text": "so"},
    "decide:partial": {"text": "so"},
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A payment and a dispute in every state."""
    with shared_world(django_db_blocker):
        shop = factories.make_shop()
        everybody = people(shop)
        supervisor = everybody.ours["supervisor"]
        payments, disputes = {}, {}
        for state in PAYMENTS:
            refund = agree(factories.make_refund(factories.make_order(shop, ship=True)))
            payment = RefundPayment.objects.get(refund=refund)
            if state != "promised":
                services.payment_send(payment=payment)
            if state == "unknown":
                transitions.apply(services.PAYMENT, payment.pk, "lose_track", actor=everybody.ours["system"])
                transitions.apply(services.PAYMENT, payment.pk, "report_unmoved", actor=factories.staff("finance"))
                RefundPayment.objects.filter(pk=payment.pk).update(ask_at=None)  # as asked since
            if state == "failed":
                services.payment_fail(payment=payment, actor=everybody.ours["finance"], failure="no")
            if state == "done":
                services.payment_confirm(payment=payment, actor=everybody.ours["finance"], reference="R-2")
            payments[state] = payment.pk
        for state in DISPUTES:
            refund = factories.make_refund(factories.make_order(shop, sign=True), goods_status="received")
            refund = services.refund_refuse(
                refund=refund, actor=supervisor, reason="abuse", message="No", evidence_ids=[photo(shop)]
            )
            refund = dispute(refund)
            disputes[state] = Dispute.objects.get(refund=refund).pk
            if state == "withdrawn":
                cancel(refund)
            elif state == "settled":
                services.refund_settle(refund=refund, actor=supervisor, amount_fen=1)
            elif state == "deciding":
                transitions.apply(services.DISPUTE, disputes[state], "close_evidence", actor=Actor.system())
            elif state != "requested":
                outcome = state.removeprefix("decided_")
                services.refund_decide(refund=refund, actor=supervisor, outcome=outcome, text="so", amount_fen=1)
        all_is_well()
        yield payments, disputes, everybody


@pytest.mark.parametrize("state", PAYMENTS)
def test_every_cell_of_a_payment(world, state):
    payments, _disputes, everybody = world
    tried = try_all(services.PAYMENT, payments[state], PAYMENTS[state], everybody, DETAILS)
    assert tried == len(cells_of(PAYMENT)) * (len(EVERYBODY) + len(everybody.theirs))


@pytest.mark.parametrize("state", DISPUTES)
def test_every_cell_of_a_dispute(world, state):
    _payments, disputes, everybody = world
    tried = try_all(services.DISPUTE, disputes[state], DISPUTES[state], everybody, DETAILS)
    assert tried == len(cells_of(DISPUTE)) * (len(EVERYBODY) + len(everybody.theirs))


def test_failed_payment_is_made_good_by_finance(world):
    """RFD-3: a failed payment goes to finance, who pays another way; only then is the request a success."""
    payments, _disputes, everybody = world
    payment = RefundPayment.objects.get(pk=payments["failed"])
    assert payment.refund.status == "WAIT_SYSTEM_TRANSFER"
    with nothing_written(), refused(errors.Forbidden):
        services.payment_confirm(payment=payment, actor=everybody.ours["system"], reference="R-9")
    proof = {"evidence_ids": [photo(payment.shop)], "buyer_confirmed": True}
    for missing, field in (("evidence_ids", "evidence"), ("buyer_confirmed", "buyer_confirmed")):
        with nothing_written(), refused(errors.Invalid) as info:
            some = {name: value for name, value in proof.items() if name != missing}
            services.payment_confirm(payment=payment, actor=everybody.ours["finance"], reference="R-9", **some)
        assert [error.field for error in info.value.errors] == [field]
    with undone():
        services.payment_confirm(payment=payment, actor=everybody.ours["finance"], reference=" R-9 ", **proof)
        assert RefundPayment.objects.get(pk=payment.pk).reference == "R-9"
        assert Refund.objects.get(pk=payment.refund_id).status == "SUCCESS"
        all_is_well()


def test_payment_needs_a_reference_and_is_confirmed_once(world):
    payments, _disputes, everybody = world
    sent = RefundPayment.objects.get(pk=payments["sent"])
    with nothing_written(), refused(errors.Invalid) as info:
        services.payment_confirm(payment=sent, actor=everybody.ours["finance"], reference="  ")
    assert [error.field for error in info.value.errors] == ["reference"]
    done = RefundPayment.objects.get(pk=payments["done"])
    with nothing_written(), refused(errors.TransitionNotAllowed):
        services.payment_confirm(payment=done, actor=everybody.ours["finance"], reference="R-3")
    with nothing_written(), refused(errors.TransitionNotAllowed):
        services.payment_send(payment=done)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("unknown", "unknown"), ("failed", "failed"), ("done", "done"), ("waiting", "sent"), (OSError, "unknown")],
)
def test_answer_of_the_gateway_is_written_down(world, monkeypatch, outcome, status):
    """RFD-3, PAY-4: no answer is a state, and asking is not sending again."""
    payments, _disputes, _everybody = world
    asked = []

    class Gateway:
        answers = True

        def refund(self, request):
            asked.append(("refund", request.payment_no, RefundPayment.objects.get(pk=payments["promised"]).status))
            if outcome is OSError:
                raise OSError
            return Outcome(outcome, reference="G-1", message="why")

        def query(self, request):
            asked.append(("query", request.payment_no, ""))
            return Outcome("done", reference="G-2")

    monkeypatch.setattr("refunds.services.payments.gateway_for", lambda name: Gateway())
    payment = RefundPayment.objects.get(pk=payments["promised"])
    with undone():
        after = services.payment_send(payment=payment)
        assert after.status == status
        assert asked == [("refund", payment.payment_no, "sent")]  # the row said "sent" before the call
        with refused(errors.Problem):
            services.payment_send(payment=payment)
        assert len(asked) == 1
        if status in ("unknown", "sent"):
            assert services.payment_follow(payment=after).status == "done"
            assert asked[1:] == [("query", payment.payment_no, "")]
        all_is_well()


def test_lost_payment_stays_with_finance():
    refund = agree(factories.make_refund(factories.make_order(ship=True)))
    lose(refund)
    assert Refund.objects.get(pk=refund.pk).status == "WAIT_SYSTEM_TRANSFER"
    assert RefundPayment.objects.get(refund=refund).failure == "account closed"

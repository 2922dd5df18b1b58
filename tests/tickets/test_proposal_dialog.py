"""The answer to a proposal goes to the one that was read, not to the one that has taken its place (DIS-5)."""

import pytest

from aftersales.core.models import Role
from refunds import services
from refunds.models import Proposal, Refund, RefundPayment
from tests import factories

from .request_pages import signed_in
from .test_request_actions import opened, sent

pytestmark = pytest.mark.django_db


def offer(refund: Refund, fen: int) -> Proposal:
    buyer = factories.buyer(refund.shop)
    return services.proposal_make(refund=refund, actor=buyer, kind="amount", amount_fen=fen)


@pytest.mark.parametrize("answer", ["accept_proposal", "decline_proposal"])
def test_a_counter_offer_under_an_open_dialog_is_not_answered_unseen(answer: str) -> None:
    order = factories.make_order(sign=True)
    refund = factories.make_refund(order, goods_status="received", reason="quality")
    read = offer(refund, 1000)
    client, _user = signed_in(Role.AGENT)
    body, _form = opened(client, refund, answer)
    assert f'name="number" value="{read.number}"' in body
    new = offer(refund, 9000)
    stale = sent(client, refund, answer, number=read.number)
    assert stale.status_code in (409, 412)
    assert (Proposal.objects.get(pk=new.pk).status, RefundPayment.objects.count()) == ("open", 0)
    assert sent(client, refund, answer, number=new.number).status_code == 204
    paid = list(RefundPayment.objects.values_list("amount_fen", flat=True))
    assert paid == ([9000] if answer == "accept_proposal" else [])

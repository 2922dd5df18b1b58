"""Payouts in the sample data: opened by the desk, approved by finance or the supervisor, paid, failed, late, lost."""

from collections.abc import Callable

from aftersales.core import clock, transitions
from aftersales.core.auth import Actor
from refunds import services as refunds
from refunds.models import Payout
from refunds.selectors import postage
from refunds.services import PayeeData
from refunds.states import PayoutPurpose

from . import text
from .case import Case

NOTES = {
    PayoutPurpose.RETURN_POSTAGE: (
        "质量问题，退回运费由店铺承担，底单见附件。",
        "发错货，买家垫付的运费，2–3 天到账已告知。",
    ),
    PayoutPurpose.GOODWILL: ("破损补偿，买家同意不退货。", "等待时间太长，主管同意补偿。"),
    PayoutPurpose.PRICE_DIFFERENCE: ("降价补差，活动价截图见聊天。",),
    PayoutPurpose.OVERPAID_POSTAGE: ("购物车多收一次运费。",),
}
REJECTED = "运费险已经理赔，不重复打款。"


def open_out(case: Case, purpose: str, *, submit: bool = True) -> None:
    """Let the agent open a payout for the request, to the buyer's Alipay account, and submit it."""
    order = case.order
    amount = {
        PayoutPurpose.RETURN_POSTAGE: postage.table_fen(order, postage.weight_g(list(order.lines.all()))),
        PayoutPurpose.OVERPAID_POSTAGE: order.postage_fen,
    }.get(PayoutPurpose(purpose), case.rng.choice([300, 500, 800, 1000, 2000]))
    payout = refunds.payout_open(
        order=order,
        refund=case.refund,
        actor=case.agent,
        purpose=purpose,
        amount_fen=amount,
        payee=PayeeData("alipay", case.buyer.receiver["phone"], case.buyer.receiver["name"]),
        note=case.rng.choice(NOTES[PayoutPurpose(purpose)]),
        evidence_ids=case.album.send(("courier_label",), actor=case.agent, shop=case.stage.shop, purpose="receipt")
        if purpose == PayoutPurpose.RETURN_POSTAGE
        else (),
    )
    if submit:
        refunds.payout_submit(payout=payout, actor=case.agent)


def approve(case: Case) -> None:
    """Let finance approve it, or the supervisor what is beyond finance's limit; the job sends it."""
    payout = _last(case)
    actor = case.cast.supervisor if payout.needs_supervisor else case.cast.finance
    refunds.payout_approve(payout=payout, actor=actor)


def confirm(case: Case) -> None:
    """Let finance write down the reference."""
    reference = f"{clock.shanghai_day(clock.now()):%Y%m%d}1107{case.rng.randrange(10**12):012d}"
    refunds.payout_confirm(payout=_last(case), actor=case.cast.finance, reference=reference)


def fail(case: Case) -> None:
    """Let the money come back: account and name do not belong together."""
    failure = case.rng.choice(text.PAYMENT_FAILURES)
    refunds.payout_fail(payout=_last(case), actor=case.cast.finance, failure=failure, fault="payee")


def lose(case: Case) -> None:
    """Let the provider not answer."""
    transitions.apply(refunds.payouts.PAYOUT, _last(case).pk, "lose_track", actor=Actor.system("payouts"))


def reject(case: Case) -> None:
    """Let the supervisor reject it."""
    refunds.payout_reject(payout=_last(case), actor=case.cast.supervisor, reason=REJECTED)


def _last(case: Case) -> Payout:
    payout: Payout = Payout.objects.filter(order=case.order).order_by("-pk")[0]
    return payout


WORDS: dict[str, Callable[[Case, str], object]] = {
    "draft_out": lambda case, more: open_out(case, more, submit=False),
    "open_out": lambda case, more: open_out(case, more),
    "approve_out": lambda case, more: approve(case),
    "paid_out": lambda case, more: confirm(case),
    "fail_out": lambda case, more: fail(case),
    "lose_out": lambda case, more: lose(case),
    "reject_out": lambda case, more: reject(case),
}

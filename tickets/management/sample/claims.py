"""Courier claims in the sample data: drafted, stamped, with the carrier, rejected, appealed, paid, given up (CLM)."""

from collections.abc import Callable

from aftersales.core import clock
from logistics.models import Claim
from logistics.services import claims
from logistics.states.claim import PICTURED, ClaimCause

from .case import Case

WHY = {
    ClaimCause.LOST: ("物流停滞多日，快递客服确认丢件。", "显示签收，买家与驿站均未见到包裹，网点承认丢失。"),
    ClaimCause.DAMAGED: ("外箱压扁，内物破损，买家拍照反馈。", "外箱破洞、胶带二次粘贴，商品受损。"),
    ClaimCause.STOLEN_FROM: ("出库重量正常，派送重量偏低，外箱有拆封痕迹。",),
    ClaimCause.SHORT: ("封箱完好，派件称重少于出库重量。",),
    ClaimCause.LATE: ("中转错分，派送晚了十余天，买家拒收。",),
}
REJECTED = "收件人当面签收，未提出异议。"
APPEAL = "补充驿站监控截图：签收时外箱已破损。"
GIVEN_UP = "超过快递的索赔时限，申诉未果。"


def draft(case: Case, cause: str) -> None:
    """Let the agent draft a claim for all that was in the last parcel."""
    parcel = case.order.parcels.filter(direction="out").order_by("-pk")[0]
    lines = [line for line in case.order.lines.order_by("pk") if line.line_no in parcel.line_nos]
    shop = case.stage.shop
    claims.claim_draft(
        parcel=parcel,
        actor=case.agent,
        cause=cause,
        lines=[claims.LineClaim(line.line_no, line.quantity) for line in lines],
        note=case.rng.choice(WHY[ClaimCause(cause)]),
        evidence_ids=case.album.send(("torn_box", "courier_label"), actor=case.agent, shop=shop, purpose="claim")
        if cause in PICTURED
        else (),
    )


def stamp(case: Case) -> None:
    """Let finance stamp it."""
    claims.claim_stamp(claim=_last(case), actor=case.cast.finance)


def submit(case: Case) -> None:
    """Let the warehouse take the original over and give it to the carrier."""
    claim = claims.claim_hand_over(claim=_last(case), actor=case.cast.finance)
    number = f"SP{clock.shanghai_day(clock.now()):%m%d}{case.rng.randrange(10**6):06d}"
    claims.claim_submit(claim=claim, actor=case.cast.warehouse, carrier_reference=number)


def pay(case: Case, part: float) -> None:
    """Let finance write down what came, all or a part."""
    claim = _last(case)
    reference = f"{clock.shanghai_day(clock.now()):%Y%m%d}8801{case.rng.randrange(10**10):010d}"
    amount = claim.accepted_fen or claim.amount_fen
    claims.claim_record_payment(
        claim=claim, actor=case.cast.finance, amount_fen=max(round(amount * part), 1), reference=reference
    )


def _last(case: Case) -> Claim:
    claim: Claim = Claim.objects.filter(order=case.order).order_by("-pk")[0]
    return claim


WORDS: dict[str, Callable[[Case, str], object]] = {
    "claim": draft,
    "stamp": lambda case, more: stamp(case),
    "hand_in": lambda case, more: claims.claim_hand_over(claim=_last(case), actor=case.cast.finance),
    "submit": lambda case, more: submit(case),
    "accepted": lambda case, more: claims.claim_accept(claim=_last(case), actor=case.agent),
    "rejected": lambda case, more: claims.claim_reject(claim=_last(case), actor=case.agent, reason=REJECTED),
    "appeal": lambda case, more: claims.claim_appeal(claim=_last(case), actor=case.agent, reason=APPEAL),
    "recover": lambda case, more: pay(case, float(more or 1)),
    "give_up": lambda case, more: claims.claim_write_off(
        claim=_last(case), actor=case.cast.supervisor, reason=GIVEN_UP
    ),
    "take_back": lambda case, more: claims.claim_withdraw(
        claim=_last(case), actor=case.agent, reason="包裹已找到，继续派送。"
    ),
}

"""Complaints in the sample data: recorded, replied to, handed up, called malicious, settled (CMP-1)."""

from collections.abc import Callable

from complaints import services
from complaints.models import Complaint
from complaints.states import ComplaintStatus, Problem

from .case import Case

TEXTS = (
    (Problem.QUALITY, "收到的商品有质量问题，联系商家一直推脱，要求退货退款。"),
    (Problem.DESCRIPTION, "实物与页面描述不一致，商家拒绝处理。"),
    (Problem.LOGISTICS, "说好当天发货，拖了好几天，催了也不回复。"),
    (Problem.SERVICE, "客服态度差，说话不耐烦，要求道歉。"),
    (Problem.REFUND, "已经退货，商家迟迟不退款。"),
    (Problem.PROMISE, "承诺赠送的礼品没有给，商家不认账。"),
)
REPLIES = (
    "已联系买家核实情况并致歉，同意按平台规则办理退货退款，运费由我方承担。",
    "经核查，商品与页面描述一致，质检报告已上传；已向买家说明，并提供七天无理由退货。",
    "订单已按约定时间发货，物流记录已上传；已就沟通不及时向买家致歉。",
)
AGREED = "双方协商一致：补发新品并补偿 50 元，买家同意撤销投诉。"
WHY_UP = "买家要求十倍赔偿，超出客服权限。"
WHY_MALICIOUS = "聊天中以差评和投诉要挟返现，同一照片在多家店铺使用。"
NOT_MALICIOUS = "买家诉求合理，按普通投诉处理。"


def _complain(case: Case, source: str) -> None:
    """Let the agent record what the source wants to know."""
    problem, words = case.rng.choice(TEXTS)
    number = f"{source[:2].upper()}{case.rng.randrange(10**10):010d}"
    services.complaint_file(
        order=case.order, actor=case.agent, source=source, problem=problem, text=words, reference=number
    )


def _reply(case: Case, more: str) -> None:
    services.complaint_reply(complaint=_last(case), actor=case.agent, text=case.rng.choice(REPLIES))


def _judge(case: Case, more: str) -> None:
    """Let the supervisor say whether it is malicious."""
    complaint, supervisor = _last(case), case.cast.supervisor
    if more == "yes":
        services.complaint_confirm(complaint=complaint, actor=supervisor)
    else:
        services.complaint_refuse(complaint=complaint, actor=supervisor, reason=NOT_MALICIOUS)


def _settle(case: Case, more: str) -> None:
    complaint = _last(case)
    actor = case.cast.supervisor if complaint.status == ComplaintStatus.ESCALATED else case.agent
    services.complaint_settle(complaint=complaint, actor=actor, settlement=AGREED, amount_fen=5000)


def _last(case: Case) -> Complaint:
    """Give the order's last complaint."""
    complaint: Complaint = Complaint.objects.filter(order=case.order.pk).order_by("-pk")[0]
    return complaint


def _do(step: Callable[..., Complaint], case: Case, **more: object) -> None:
    step(complaint=_last(case), actor=case.agent, **more)


WORDS: dict[str, Callable[[Case, str], None]] = {
    "complain": _complain,
    "reply_complaint": _reply,
    "judge_malicious": _judge,
    "settle_complaint": _settle,
    "complaint_up": lambda case, more: _do(services.complaint_escalate, case, reason=WHY_UP),
    "call_malicious": lambda case, more: _do(services.complaint_accuse, case, reasons=WHY_MALICIOUS),
    "end_complaint": lambda case, more: _do(services.complaint_close, case, result=more),
    "drop_complaint": lambda case, more: _do(services.complaint_withdraw, case, note="买家已撤诉"),
}

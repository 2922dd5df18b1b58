"""Tickets opened by hand in the sample data: the words in which they are told (TKT)."""

from collections.abc import Callable
from datetime import timedelta

from aftersales.core import clock
from aftersales.core.auth import Actor
from orders.models import Order
from tickets import services as tickets
from tickets.models import Task, Ticket, TicketNote
from tickets.states import Priority, TicketKind, WaitingFor

from .case import Case

K, W = TicketKind, WaitingFor
BROUGHT: dict[str, tuple[str, str]] = {
    K.REFUND: ("问退款走到哪一步了，支付宝没看到", "查退款进度，回复买家"),
    K.EXCHANGE: ("想换大一码，问有没有货", "问仓库库存，回电买家"),
    K.LOGISTICS: ("物流停在转运中心三天没动", "联系快递催件"),
    K.MISSING: ("说赠品没收到，主件没问题", "请仓库核对出库称重和监控"),
    K.NOT_ARRIVED: ("退款显示成功，银行卡没到账", "请财务查打款流水"),
    K.OVERPAID_POSTAGE: ("两单合并发货，多付了一份运费", "核对运费模板，申请打款"),
    K.COMPLAINT: ("投诉客服态度，要求主管回电", "主管今天内回电"),
    K.INVOICE: ("要公司抬头的增值税发票", "问清税号，转财务开票"),
    K.WARRANTY: ("用了四个月充不进电，问保修", "请买家拍视频，判断是否寄检"),
    K.OTHER: ("问同款礼盒什么时候补货", "问运营到货时间，回复买家"),
}
"""What a buyer brings, and what the agent writes down as the next step."""
AWAITED: dict[str, tuple[str, float]] = {
    W.BUYER: ("等买家发照片和快递面单", 30),
    W.WAREHOUSE: ("仓库查监控和称重记录", 6),
    W.CARRIER: ("快递回复包裹位置", 24),
    W.FINANCE: ("财务查流水，给打款回执", 12),
    W.SUPERVISOR: ("主管回电买家", 3),
    W.PLATFORM: ("等平台小二回复投诉", 40),
}
"""What is waited for, and for how many hours."""
CALLS = ("电话里说明天中午再联系。", "没接，晚上再打一次。", "已解释处理时间，买家表示可以等。")
CHATS = ("旺旺上发了凭证，买家已读。", "买家催了一次，已安抚。")
REPLIES = ("亲，已经帮您登记并催促处理，今天之内给您答复，请放心。", "您好，情况已核实，马上为您处理，给您添麻烦了。")
PROMISES = ("明天 12 点前回电", "今天补发赠品并告知单号", "查到流水后截图给买家")
HANDED = "已联系过一次快递，答应买家今天给结果，请接着跟。"
SOLVED: dict[str, str] = {
    K.LOGISTICS: "快递已恢复派送，买家确认收到。",
    K.INVOICE: "电子发票已发到买家邮箱。",
    K.MISSING: "赠品已补发，单号已告知。",
    K.NOT_ARRIVED: "银行退回重新入账，买家确认到账。",
    K.COMPLAINT: "主管已致歉并回电，买家撤诉。",
}


def _last(case: Case) -> Ticket:
    """Give the ticket that was opened last and goes on, or the one that was solved last."""
    rows = Ticket.objects.filter(order=case.order, refund=None, merged_into=None).order_by("pk")
    found: Ticket = rows[0]
    return found


def _owner(case: Case) -> Actor:
    owner = _last(case).owner
    return Actor.for_user(owner) if owner is not None else case.agent


def _open(case: Case, more: str) -> None:
    kind, _slash, priority = more.partition("/")
    title, step = BROUGHT[kind]
    order = Order.objects.select_related("shop").get(pk=case.order.pk)
    tickets.ticket_open(
        order=order, actor=case.agent, kind=kind, title=title, next_step=step, priority=priority or Priority.NORMAL
    )


def _plan(case: Case, more: str) -> None:
    due = clock.now() + timedelta(hours=10)
    tickets.ticket_plan(
        ticket=_last(case), actor=_owner(case), next_step="晚上再查一次物流，没动就申请追件", due_at=due
    )


def _wait(case: Case, more: str) -> None:
    step, hours = AWAITED[more]
    due = clock.now() + timedelta(hours=hours)
    tickets.ticket_wait(ticket=_last(case), actor=_owner(case), waiting_for=more, next_step=step, due_at=due)


def _said(case: Case, form: str, texts: tuple[str, ...]) -> None:
    said = case.rng.choice(texts)
    tickets.ticket_note(
        ticket=_last(case), actor=_owner(case), text=said, form=form, reached=not said.startswith("没接")
    )


def _promise(case: Case, more: str) -> None:
    due = clock.now() + timedelta(hours=16)
    tickets.ticket_promise(ticket=_last(case), actor=_owner(case), what=case.rng.choice(PROMISES), due_at=due)


def _kept(case: Case, more: str) -> None:
    for task in Task.objects.filter(ticket=_last(case), done_at=None):
        tickets.task_done(task=task, actor=_owner(case))


def _hand_over(case: Case, more: str) -> None:
    ticket = _last(case)
    other = next(case.cast.users[name] for name in ("agent", "agent2") if case.cast.users[name].pk != ticket.owner_id)
    tickets.tickets_hand_over(tickets=[(ticket, None)], actor=_owner(case), owner=other, notes={}, note=HANDED)


def _solve(case: Case, more: str) -> None:
    ticket = _last(case)
    tickets.ticket_resolve(ticket=ticket, actor=_owner(case), resolution=SOLVED[ticket.kind])


def _reopen(case: Case, more: str) -> None:
    tickets.ticket_reopen(ticket=_last(case), actor=_owner(case), next_step="买家说还没收到，查补发单号")


def _merge(case: Case, more: str) -> None:
    double = Ticket.objects.filter(order=case.order, refund=None).latest("pk")
    tickets.ticket_merge(ticket=double, into=_last(case), actor=case.agent)


def _double(case: Case, more: str) -> None:
    order = Order.objects.select_related("shop").get(pk=case.order.pk)
    tickets.ticket_open(
        order=order, actor=case.agent, kind=K.LOGISTICS, title="又来问包裹到哪了", next_step="查物流回复"
    )


F = TicketNote.Form
WORDS: dict[str, Callable[[Case, str], object]] = {
    "tk": _open,
    "tk_plan": _plan,
    "tk_wait": _wait,
    "tk_back": lambda case, more: tickets.ticket_take_up(ticket=_last(case), actor=_owner(case)),
    "tk_note": lambda case, more: _said(case, F.NOTE, CHATS),
    "tk_call": lambda case, more: _said(case, F.PHONE, CALLS),
    "tk_chat": lambda case, more: _said(case, F.CHAT, CHATS),
    "tk_reply": lambda case, more: tickets.ticket_reply(
        ticket=_last(case), actor=_owner(case), text=case.rng.choice(REPLIES)
    ),
    "tk_promise": _promise,
    "tk_kept": _kept,
    "tk_over": _hand_over,
    "tk_solve": _solve,
    "tk_reopen": _reopen,
    "tk_close": lambda case, more: tickets.ticket_close(ticket=_last(case), actor=_owner(case)),
    "tk_double": _double,
    "tk_merge": _merge,
}

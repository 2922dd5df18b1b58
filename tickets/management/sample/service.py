"""Service in the sample data: faults reported, engineers sent, repairs quoted and paid, phones tested (SVC, WAR-2)."""

from collections.abc import Callable
from datetime import timedelta

from aftersales.core import clock
from aftersales.core.auth import Actor
from aftersales.core.models import Role, User
from service import services
from service.models import ServiceFile, ServiceSheet
from service.services.moving import QuoteLine
from service.states import Finding, How, PaidBy, Way

from .case import Case

FAULTS = (
    "屏幕不亮，按键无反应，充电时有震动。",
    "充电半小时仍不开机，换过充电器也一样。",
    "通话时对方听不到声音，重启后无改善。",
    "使用中自动关机，机身发热。",
)
QUOTED = (QuoteLine("parts", "屏幕总成", 1, 48_000), QuoteLine("labour", "更换屏幕", 1, 8_000))
TRAVEL = QuoteLine("travel", "市区上门", 1, 3_000)
BUYER = "买家本人"


def _report(case: Case, way: str, *, emergency: bool = False) -> None:
    """Let the agent record a fault of the order's first line; an accessory has the seller's year like its phone."""
    line = case.order.lines.order_by("id")[0]
    line.order = case.order
    if not ServiceFile.objects.filter(order_line=line, unit=1).exists():
        services.file_open(line=line, actor=case.agent, months=12)
    services.sheet_file(
        line=line, actor=case.agent, text=case.rng.choice(FAULTS), way=way or Way.VISIT, is_emergency=emergency
    )


def _send(case: Case, more: str) -> None:
    """Send the warehouse's engineer in the afternoon, or the agent himself."""
    user = User.objects.filter(role=Role.AGENT if more == "agent" else Role.WAREHOUSE, is_active=True)
    engineer = user.order_by("pk")[0]
    visit = clock.now() + timedelta(hours=3)
    services.sheet_assign(sheet=_last(case), actor=case.agent, engineer=engineer.username, visit_at=visit)


def _engineer(case: Case) -> Actor:
    engineer = _last(case).engineer
    assert engineer is not None
    return Actor.for_user(engineer)


def _go(case: Case, more: str) -> None:
    services.sheet_set_out(sheet=_last(case), actor=_engineer(case))


def _free(case: Case, more: str) -> None:
    services.sheet_approve_free(sheet=_last(case), actor=case.cast.supervisor)


def _bill(case: Case, more: str) -> None:
    services.sheet_bill(sheet=_last(case), actor=case.cast.supervisor)


def _quote(case: Case, more: str) -> None:
    lines = [*QUOTED, TRAVEL]
    services.sheet_quote(sheet=_last(case), actor=_engineer(case), diagnosis="屏幕碎裂，排线受损", lines=lines)


def _pay(case: Case, more: str) -> None:
    """Take what was quoted, and say whether an invoice is wanted."""
    sheet, engineer = _last(case), _engineer(case)
    sheet = services.sheet_pay(sheet=sheet, actor=engineer, paid_fen=sheet.quoted_fen or 0, paid_by=PaidBy.WECHAT)
    services.sheet_finish(sheet=sheet, actor=engineer, invoice_wanted=more == "invoice")


def _send_back(case: Case, more: str) -> None:
    words = {"work": "更换主板，测试正常后寄回", "freight_in_fen": 1500, "freight_out_fen": 1200}
    services.sheet_send_back(sheet=_last(case), actor=case.agent, **words)  # type: ignore[arg-type]


def _last(case: Case) -> ServiceSheet:
    """Give the order's last sheet."""
    sheet: ServiceSheet = ServiceSheet.objects.filter(order=case.order.pk).order_by("-pk")[0]
    return sheet


def _do(step: Callable[..., ServiceSheet], case: Case, **more: object) -> None:
    step(sheet=_last(case), actor=case.agent, **more)


def _second_hand(case: Case, more: str) -> None:
    """Open the file of a shop sample that was sold without a warranty."""
    line = case.order.lines.order_by("id")[0]
    line.order = case.order
    services.file_open(line=line, actor=case.agent, months=0, contract_no=f"样机-{case.order.order_no[-6:]}")


WORDS: dict[str, Callable[[Case, str], None]] = {
    "sample_sold": _second_hand,
    "fault": _report,
    "fault_now": lambda case, more: _report(case, more, emergency=True),
    "sv_phone": lambda case, more: _do(services.sheet_solve, case, work="电话指导买家强制重启，已恢复正常"),
    "sv_send": _send,
    "sv_go": _go,
    "sv_ask_free": lambda case, more: _do(services.sheet_ask_free, case, reason="老客户，样机故障，建议免费上门"),
    "sv_free": _free,
    "sv_bill": _bill,
    "sv_quote": _quote,
    "sv_accept": lambda case, more: _do(services.sheet_accept, case, by=BUYER, how=How.PHONE),
    "sv_repair": lambda case, more: _do(services.sheet_repair, case, diagnosis="排线松动", work="更换排线并测试"),
    "sv_pay": _pay,
    "sv_archive": lambda case, more: _do(services.sheet_archive, case),
    "sv_terms": lambda case, more: _do(services.sheet_accept_terms, case, by=BUYER, how=How.CHAT),
    "sv_expect": lambda case, more: _do(services.sheet_expect, case),
    "sv_receive": lambda case, more: _do(services.sheet_receive, case),
    "sv_find": lambda case, more: _do(
        services.sheet_find, case, finding=more or Finding.CONFIRMED, diagnosis="检测记录已上传"
    ),
    "sv_back": _send_back,
    "sv_cancel": lambda case, more: _do(services.sheet_cancel, case, reason="买家说已恢复正常"),
}
"""What a story may say of service."""

"""Invoices in the sample data: asked for, sent back, issued, told, reversed (INV-1)."""

from collections.abc import Callable

from aftersales.core import clock
from invoices import selectors, services
from invoices.models import Invoice
from invoices.states import TitleKind

from .case import Case

# The number is the one that GB 32100-2015 itself gives as an example; the companies are made up.
COMPANIES = (("示例茶业有限公司", "91350100M000100Y43"), ("示例贸易有限公司", "91350100M000100Y43"))
PEOPLE = ("个人",)
QUESTION = "抬头与税号对不上，请与买家核对营业执照上的全称。"
WHY_RED = "退货退款，冲红后按余额重开。"


def _ask(case: Case, more: str) -> None:
    """Let the agent register what the buyer wants."""
    kind = TitleKind.COMPANY if more == "company" else TitleKind.PERSONAL
    title, tax_no = case.rng.choice(COMPANIES) if more == "company" else (PEOPLE[0], "")
    services.invoice_request(order=case.order, actor=case.agent, title_kind=kind, title=title, tax_no=tax_no)


def _issue(case: Case, more: str) -> None:
    number = f"{clock.shanghai_day(clock.now()):%y}352000{case.rng.randrange(10**12):012d}"
    services.invoice_issue(invoice=_last(case), actor=case.cast.finance, number=number)


def _tell(case: Case, more: str) -> None:
    invoice = _last(case)
    services.invoice_tell(invoice=invoice, actor=case.agent, text=selectors.reply_for(invoice))


def _reverse(case: Case, more: str) -> None:
    invoice = _last(case)
    number = str(int(invoice.number) + 1)
    services.invoice_reverse(invoice=invoice, actor=case.cast.finance, red_number=number, reason=WHY_RED)


def _last(case: Case) -> Invoice:
    """Give the order's last invoice."""
    invoice: Invoice = Invoice.objects.filter(order=case.order.pk).order_by("-pk")[0]
    return invoice


WORDS: dict[str, Callable[[Case, str], None]] = {
    "invoice": _ask,
    "issue_invoice": _issue,
    "tell_invoice": _tell,
    "red_invoice": _reverse,
    "ask_invoice": lambda case, more: _do(services.invoice_send_back, case, actor=case.cast.finance, question=QUESTION),
    "mend_invoice": lambda case, more: _do(services.invoice_correct, case, actor=case.agent, note="已与买家核对"),
    "drop_invoice": lambda case, more: _do(services.invoice_withdraw, case, actor=case.agent, note="买家不需要了"),
}


def _do(step: Callable[..., Invoice], case: Case, **more: object) -> None:
    step(invoice=_last(case), **more)

"""The provider's bill against the books: what does not fit is found, by kind, once, and nothing is invented (PAY-9)."""

import csv
import io
import zipfile
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from aftersales.core import errors
from aftersales.core.models import Role
from refunds import gateways, services, tasks
from refunds.management.alipay_server import Gateway
from refunds.models import Bill, Difference, LedgerEntry, RefundPayment
from refunds.services.reconciling import days as reconciling
from refunds.services.reconciling.comparing import Ours, compare
from refunds.services.reconciling.reading import Line, bill_lines
from tests import factories

from .alipay_world import running

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=SHANGHAI)
HEAD = "账务流水号 业务流水号 商户订单号 发生时间 收入金额(+元) 支出金额(-元) 业务类型 备注".split()
N = 5_000


def row(number, trade, out="1.00", kind="交易退款", *, came="0.00", at="2026-11-20 12:00:00", serial=None):
    return [serial or f"S{number}", number, trade, at, came, f"-{out}" if out else "", kind, ""]


def bill_of(rows, *, encoding="gb18030", packed=True):
    text = io.StringIO()
    text.write("#支付宝账务明细查询\n")
    table = csv.writer(text)
    table.writerow(HEAD)
    table.writerows(rows)
    text.write("#导出结束\n")
    raw = text.getvalue().encode(encoding)
    if not packed:
        return raw
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("20261120_汇总.csv", b"#")
        archive.writestr("20261120_账务明细.csv", raw)
    return out.getvalue()


def booked(order, numbers, *, at=NOON, fen=100):
    """Book movements as the services do, without their payments."""
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            movement=f"test:{number}",
            account=account,
            amount_fen=amount,
            shop=order.shop,
            order=order,
            number=number,
            reference="R",
            booked_at=at,
        )
        for number in numbers
        for account, amount in (("given:refund", fen), ("provider:alipay", -fen))
    )


def compared(content, day=DAY):
    finance = factories.staff(Role.FINANCE)
    bill = services.bill_keep(day=day, content=content, source="upload", actor=finance)
    services.bills_compare()
    return Bill.objects.get(pk=bill.pk)


def found():
    rows = Difference.objects.filter(gone_at=None).order_by("kind", "number")
    return [(row.kind, row.number) for row in rows]


def test_twelve_planted_kinds_in_ten_thousand_lines_are_found_and_none_is_invented():
    order = factories.make_order(sign=True)
    trade = order.order_no
    plain = [f"RP{number:06d}" for number in range(2 * N - 20)]
    planted = ["AMOUNT", "DOUBLE", "TRADE", "WAY", "GONE"]
    booked(order, plain + planted)
    booked(order, ["EDGE"], at=NOON - timedelta(hours=12, minutes=1))
    waiting = factories.approved(factories.make_payout(order))
    lines = [row(number, trade) for number in plain]
    lines += [
        row("AMOUNT", trade, "2.00"),
        row("DOUBLE", trade),
        row("DOUBLE", trade, serial="S2"),
        row("TRADE", "SOMEBODY-ELSES"),
        row("WAY", trade, "", came="1.00"),
        row("EDGE", trade, at="2026-11-20 00:00:30"),
        row("", trade, "0.05", kind="收费", serial="FEE-1"),
        row("HAND-1", trade, "3.00"),
        row("ALIEN-1", "UNKNOWN-TRADE", "4.00"),
        row(waiting.payout_no, waiting.payout_no, "12.00", kind="转账"),
        row("X-1", trade, kind="新业务"),
        row("BENT", trade, "1.0.0"),
        row("IN-1", trade, "", kind="在线支付", came="216.00"),
    ]
    bill = compared(bill_of(lines))
    assert (bill.status, bill.lines) == ("compared", len(lines))
    assert len(lines) > 9_990
    assert found() == [
        ("amount", "AMOUNT"),
        ("day_edge", "EDGE"),
        ("double", "DOUBLE"),
        ("fee", "FEE-1"),
        ("foreign_refund", "HAND-1"),
        ("garbled", f"#{len(lines) - 1}"),
        ("missing_here", "ALIEN-1"),
        ("missing_there", "GONE"),
        ("other_trade", "TRADE"),
        ("status", waiting.payout_no),
        ("unknown_kind", "X-1"),
        ("wrong_way", "WAY"),
    ]
    assert {kind for kind, _number in found()} == set(Difference.Kind.values)
    amount = Difference.objects.get(kind="amount")
    assert (amount.here_fen, amount.there_fen, amount.order) == (100, 200, order)
    assert Difference.objects.get(kind="status").payout == waiting


def test_compared_again_nothing_is_doubled_and_what_is_gone_settled_by_itself():
    order = factories.make_order(sign=True)
    booked(order, ["A", "B"])
    compared(bill_of([row("A", order.order_no)]))
    assert found() == [("missing_there", "B")]
    compared(bill_of([row("A", order.order_no)]))
    assert Difference.objects.count() == 1
    compared(bill_of([row("A", order.order_no), row("B", order.order_no)]))
    assert found() == []
    assert Difference.objects.get().gone_at is not None


def test_what_stands_in_the_next_day_s_bill_is_not_missing():
    order = factories.make_order(sign=True)
    booked(order, ["LATE"], at=datetime(2026, 11, 20, 23, 59, 58, tzinfo=SHANGHAI))
    compared(bill_of([row("LATE", order.order_no, at="2026-11-21 00:00:01")]), DAY + timedelta(days=1))
    compared(bill_of([]))
    assert found() == [("day_edge", "LATE")]


def test_finance_resolves_with_a_reason_and_it_stays_resolved():
    order = factories.make_order(sign=True)
    booked(order, ["A"], fen=100)
    content = bill_of([row("A", order.order_no, "9.00")])
    compared(content)
    difference = Difference.objects.get()
    for role, reason, problem in (
        (Role.SUPERVISOR, "x", errors.Forbidden),
        (Role.FINANCE, "  ", errors.Invalid),
    ):
        with pytest.raises(problem):
            services.difference_resolve(difference=difference, actor=factories.staff(role), reason=reason)
    services.difference_resolve(difference=difference, actor=factories.staff(Role.FINANCE), reason="手工多退，已追回")
    compared(content)
    kept = Difference.objects.get()
    assert (kept.resolution, kept.gone_at) == ("手工多退，已追回", None)
    with pytest.raises(errors.Conflict):
        services.difference_resolve(difference=kept, actor=factories.staff(Role.FINANCE), reason="again")


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_a_bill_is_read_as_it_comes(packed, encoding):
    [line] = bill_lines(bill_of([row("A", "T", "1,234.50")], encoding=encoding, packed=packed))
    assert (line.number, line.trade, line.out_fen, line.wrong) == ("A", "T", 123450, "")
    assert line.at == NOON


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"a,b\n1,2\n", b"\xff\xfe\xfd\x00\x81"])
def test_what_is_no_bill_is_said(content):
    with pytest.raises(errors.Invalid):
        bill_lines(content)


def test_a_bill_that_cannot_be_read_says_why_and_holds_nobody_up():
    order = factories.make_order(sign=True)
    booked(order, ["A"])
    finance = factories.staff(Role.FINANCE)
    broken = services.bill_keep(day=DAY - timedelta(days=3), content=b"a,b\n", source="upload", actor=finance)
    compared(bill_of([row("A", order.order_no)]))
    broken = Bill.objects.get(pk=broken.pk)
    assert (broken.status, "账务流水号" in broken.error) == ("refused", True)


@given(st.lists(st.tuples(st.sampled_from("ABCDEFGH"), st.integers(1, 500)), max_size=8, unique_by=lambda one: one[0]))
def test_books_that_say_what_the_bill_says_have_no_difference(movements):
    lines = [
        Line(n, f"S{n}", number, f"T{number}", NOON, 0, fen, "交易退款") for n, (number, fen) in enumerate(movements)
    ]
    ours = {number: Ours(number, f"T{number}", fen, NOON, "booked") for number, fen in movements}
    assert compare(DAY, lines, ours, []) == []
    for number, _fen in movements:
        rest = [line for line in lines if line.number != number]
        assert [one.kind for one in compare(DAY, rest, ours, [])] == ["missing_there"]


def test_days_that_were_not_fetched_are_due_once_their_bill_is_there(settings):
    assert services.days_to_fetch() == []
    settings.AFTERSALES = settings.AFTERSALES | {"refund_gateway": "alipay"}
    early, later = NOON.replace(hour=9, minute=29), NOON.replace(hour=9, minute=30)
    with time_machine.travel(early, tick=False):
        assert services.days_to_fetch()[-1] == DAY - timedelta(days=2)
    with time_machine.travel(later, tick=False):
        due = services.days_to_fetch()
        assert (due[-1], len(due)) == (DAY - timedelta(days=1), reconciling.CATCH_UP)
        services.bill_keep(day=due[0], content=b"x", source="upload", actor=factories.staff(Role.FINANCE))
        assert services.days_to_fetch() == due[1:]


@pytest.mark.django_db(transaction=True)
def test_fetched_from_the_provider_a_day_of_its_own_movements_fits(tmp_path, settings, capsys):
    """End to end: what the client paid, the gateway's own bill says, too."""
    gateway = Gateway(tmp_path)
    with running(gateway) as url:
        settings.AFTERSALES = settings.AFTERSALES | {"refund_gateway": "alipay", "payout_gateway": "alipay"}
        settings.ALIPAY = settings.ALIPAY | {
            "gateway_url": url,
            "app_id": "2026000000000000",
            "private_key_file": str(tmp_path / "app.pem"),
            "public_key_file": str(tmp_path / "gateway.pub.pem"),
        }
        gateways._alipay.cache_clear()
        refund = factories.make_refund()
        gateway.register_trade(refund.order.order_no, refund.order.paid_fen)
        services.refund_void(refund=refund, actor=factories.staff())
        services.refund_agree(refund=refund, actor=factories.staff())
        services.payment_send(payment=RefundPayment.objects.get(refund=refund))
        services.payout_send(payout=factories.approved(factories.make_payout()))
        gateway.refund({"out_trade_no": refund.order.order_no, "out_request_no": "HAND", "refund_amount": "0.00"})
        day = datetime.now(SHANGHAI).date()
        call_command("reconcile", "--day", f"{day}")
        assert [kind for kind, _number in found()] == ["foreign_refund"]
        assert "foreign_refund: 1" in capsys.readouterr().out
        tasks.bills_fetch()
    gateways._alipay.cache_clear()
    with pytest.raises(CommandError):
        call_command("reconcile", "--day", "2026-11-01")

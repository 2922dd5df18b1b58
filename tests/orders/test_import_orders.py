"""The import as a whole: the command, what it writes, what it leaves alone, and the result file."""

import csv
import io
from dataclasses import replace

import pytest
import time_machine
from django.core.management import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.core import clock, errors, invariants, money
from aftersales.core.auth import Actor
from aftersales.core.models import Deadline, LogEntry, OutboxEvent, Shop
from orders.models import Buyer, Order, OrderLine
from orders.services import importing, order_register
from orders.services.importing import amounts
from orders.services.registering import LineData, OrderData
from tests.factories import staff

from .export_files import (
    FakeOrder,
    Row,
    Variant,
    export,
    line_headers,
    line_rows,
    order_headers,
    order_rows,
    orders,
    write,
)
from .import_runs import NOW, do, everything, one, reasons, run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop() -> Shop:
    return Shop.objects.create(code="demo", name="演示店")


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_orders_come_in_and_a_second_run_changes_nothing(tmp_path, kind):
    made = list(orders(60))
    list_path, detail_path = export(tmp_path, made, Variant(kind=kind))
    assert "60" in run(list_path, detail_path)
    assert reasons(list_path) == []
    assert Order.objects.count() == LogEntry.objects.count() == OutboxEvent.objects.count() == 60
    assert OrderLine.objects.count() == sum(len(order.lines) for order in made)
    for order in Order.objects.prefetch_related("lines"):
        assert sum(line.paid_share_fen for line in order.lines.all()) + order.postage_fen == order.paid_fen  # AMT-1
    assert invariants.check() == []
    before = everything()
    with time_machine.travel("2026-11-23T09:00:00+08:00", tick=False):
        summary = do(tmp_path, made, Variant(kind=kind))
    assert (summary.new, summary.changed, summary.unchanged, summary.rejected) == (0, 0, 60, 0)
    assert everything() == before


def test_the_rows_are_those_of_a_registration(tmp_path, shop):
    """ORD-1, ORD-2, TMO-15: column by column, except for keys and what only one of the two ways is told."""
    fake = one("WAIT_SELLER_SEND_GOODS")
    do(tmp_path, [fake])
    imported = Order.objects.get()
    lines = tuple(
        LineData(
            line_no=line.line_no,
            title=line.title,
            unit_price_fen=line.unit_price_fen,
            quantity=line.quantity,
            discount_fen=line.discount_fen,
            goods_no=line.goods_no,
            sku=line.sku,
            seven_day_return=True,
            paid_share_fen=line.paid_share_fen,
        )
        for line in imported.lines.all()
    )
    data = OrderData(
        order_no="registered",
        buyer_id=fake.nick,
        buyer_nick=fake.nick,
        paid_fen=fake.paid,
        postage_fen=fake.postage,
        lines=lines,
        paid_at=imported.paid_at,
        created_at=imported.created_at,
        receiver={
            "name": imported.receiver_name,
            "phone": imported.receiver_phone,
            "region": imported.receiver_region,
            "address": imported.receiver_address,
        },
        seller_memo=imported.seller_memo,
    )
    registered, new = order_register(shop=shop, data=data, actor=Actor.system("import"))
    assert new

    def rows(model, order, *keys):
        kinds = {Order: {"pk": order.pk}, OrderLine: {"order": order.pk}}
        found = model.objects.filter(**kinds.get(model, {"subject_type": "order", "subject_id": order.pk})).order_by(
            "pk"
        )
        return [{k: v for k, v in row.items() if k not in ("id", *keys)} for row in found.values()]

    assert rows(Order, imported, "order_no") == rows(Order, registered, "order_no")
    assert rows(OrderLine, imported, "order_id") == rows(OrderLine, registered, "order_id")
    for model in (LogEntry, Deadline, OutboxEvent):
        assert rows(model, imported, "subject_id") == rows(model, registered, "subject_id")
        assert len(rows(model, imported)) == 1


def test_wrong_rows_are_reported_and_the_others_go_in(tmp_path):
    made = list(orders(10, seed=3))
    variant = Variant(guard="none")
    heads, lines = list(order_rows(made, variant)), list(line_rows(made, variant))
    heads[1]["订单状态"] = "外星人劫持"
    heads[2]["总金额"] = "0.01"
    heads.append(dict(heads[3]))
    lines = [line for line in lines if line["主订单编号"] != made[4].no]
    lines.append(lines[0] | {"主订单编号": "777", "子订单编号": "777"})
    list_path = write(tmp_path / "ExportOrderList1.csv", order_headers(variant), heads, variant)
    detail_path = write(tmp_path / "ExportOrderDetailList1.csv", line_headers(variant), lines, variant)
    assert "6" in run(list_path, detail_path)

    def guarded(order: FakeOrder) -> str:
        return f"'{order.no}"

    line = [row.count("\n") for row in [order.memo for order in made]]  # a memo of two lines moves the rest down
    at = [2 + n + sum(line[:n]) for n in range(11)]
    assert sorted(reasons(list_path)) == sorted(
        [
            ("ExportOrderList1.csv", str(at[3]), guarded(made[3]), "订单编号", "duplicate_order"),
            ("ExportOrderList1.csv", str(at[10]), guarded(made[3]), "订单编号", "duplicate_order"),
            ("ExportOrderDetailList1.csv", str(len(lines) + 1), "777", "主订单编号", "order_missing"),
            ("ExportOrderList1.csv", str(at[1]), guarded(made[1]), "订单状态", "unknown_status"),
            ("ExportOrderList1.csv", str(at[2]), guarded(made[2]), "总金额", "amounts_differ"),
            ("ExportOrderList1.csv", str(at[4]), guarded(made[4]), "订单编号", "no_lines"),
        ]
    )
    assert set(Order.objects.values_list("order_no", flat=True)) == {made[n].no for n in (0, 5, 6, 7, 8, 9)}


def test_a_missing_column_stops_the_import_before_anything_is_written(tmp_path):
    list_path, detail_path = export(tmp_path, orders(3), Variant(missing=("订单付款时间", "购买数量")))
    with pytest.raises(CommandError, match="订单付款时间"):
        run(list_path, detail_path)
    assert not Order.objects.exists()
    assert not list_path.with_name(f"{list_path.stem}.result.csv").exists()


def test_what_the_platform_gave_back_cannot_be_asked_for_again(tmp_path):
    """AMT-2."""
    fake = one("WAIT_BUYER_CONFIRM_GOODS")
    first, second = fake.lines
    refunded = replace(fake, lines=[replace(first, refunded=first.paid), second])
    do(tmp_path, [refunded])
    order = Order.objects.get()
    assert (order.paid_fen, order.refunded_fen) == (fake.paid - first.paid, 0)
    assert [line.left_fen for line in order.lines.all()] == [0, second.paid]
    assert money.yuan(first.paid) in order.notes.get().text
    assert do(tmp_path, [refunded]).unchanged == 1


def test_a_buyer_is_found_by_nick_and_kept(tmp_path, shop):
    known = Buyer.objects.create(shop=shop, buyer_id="b-1001", nick="茶友小李")
    Buyer.objects.create(shop=shop, buyer_id="老王", nick="小王")
    made = [replace(order, nick=nick) for order, nick in zip(orders(3), ("茶友小李", "新客", "老王"), strict=True)]
    do(tmp_path, made)
    assert Order.objects.get(order_no=made[0].no).buyer == known
    assert set(Buyer.objects.values_list("buyer_id", "nick")) == {
        ("b-1001", "茶友小李"),
        ("老王", "小王"),
        ("新客", "新客"),
        ("nick:老王", "老王"),
    }


def test_the_shop_must_be_known(tmp_path, shop):
    other = Shop.objects.create(code="other", name="另一店")
    strange = Variant(shop_name="没有的店")
    assert do(tmp_path, list(orders(2)), strange).rejected == 2
    list_path, detail_path = export(tmp_path, orders(2), strange)
    run(list_path, detail_path, "--shop", "other")
    assert list(Order.objects.values_list("shop", flat=True)) == [other.pk, other.pk]
    list_path, detail_path = export(tmp_path, orders(2), Variant(missing=("店铺名称", "店铺Id")))
    with pytest.raises(CommandError, match="店铺名称"):
        run(list_path, detail_path)
    with pytest.raises(CommandError, match="demo"):
        run(list_path, detail_path, "--shop", "nowhere")
    assert "2" in run(list_path, detail_path, "--shop", "demo")
    assert Order.objects.filter(shop=shop).count() == 2


def test_an_actor_imports_into_his_own_shops_only(tmp_path, shop):
    Shop.objects.create(code="other", name="另一店")
    supervisor = staff("supervisor", shop)
    assert do(tmp_path, list(orders(2)), Variant(shop_name="另一店"), actor=supervisor).rejected == 2
    assert do(tmp_path, list(orders(2)), actor=supervisor).new == 2
    assert set(LogEntry.objects.values_list("actor_id", flat=True)) == {supervisor.user_id}


def test_the_result_file_holds_no_formula(tmp_path):
    variant = Variant(guard="none")
    made = list(orders(4, single=True))
    heads = list(order_rows(made, variant))
    evil = ["=cmd|'/C calc'!A0", "+1", "@SUM(A1)", "-2+3"]
    for head, text in zip(heads, evil, strict=True):
        head["订单编号"] = text
        head["订单状态"] = text
    list_path = write(tmp_path / "ExportOrderList1.csv", order_headers(variant), heads, variant)
    detail_path = write(
        tmp_path / "ExportOrderDetailList1.csv", line_headers(variant), line_rows(made, variant), variant
    )
    run(list_path, detail_path)
    raw = list_path.with_name("ExportOrderList1.result.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    for row in csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")):
        assert len(row) == 6
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_the_result_file_never_overwrites_what_is_imported(tmp_path):
    list_path, detail_path = export(tmp_path, orders(1))
    with pytest.raises(CommandError):
        run(list_path, detail_path, "--result", str(detail_path))
    with pytest.raises(CommandError, match=r"nothing\.csv"):
        run(tmp_path / "nothing.csv", detail_path)


def test_a_row_that_only_the_database_refuses_does_not_take_others_with_it(tmp_path, monkeypatch):
    def without_check(self, lines) -> None:
        return None

    made = list(orders(5))

    def settle(self, lines):
        bad = self.record.values["order_no"] == made[2].no
        return amounts.Settled(1, 2 if bad else 0, 0, [0] * len(lines), [1] * len(lines))

    monkeypatch.setattr(amounts.OrderAmounts, "check", without_check)
    monkeypatch.setattr(amounts.OrderAmounts, "settle", settle)
    summary = do(tmp_path, made)
    assert (summary.new, summary.rejected) == (4, 1)
    assert [row[4] for row in reasons(tmp_path / "ExportOrderList202611221200.csv")] == ["database_refused"]


def test_the_number_of_statements_does_not_grow_with_the_orders(tmp_path):
    def statements(count: int, first: int) -> int:
        made = list(orders(count, first=first))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            do(tmp_path, made)
        return len(queries)

    statements(1, 100)
    assert statements(400, 10_000_000) <= statements(5, 20_000) + 2


def test_no_bar_is_drawn_where_the_output_is_no_terminal(tmp_path, capfd):
    list_path, detail_path = export(tmp_path, orders(3))
    run(list_path, detail_path)
    captured = capfd.readouterr()
    assert captured.err == ""
    assert "\x1b" not in captured.out


def test_progress_is_told_from_start_to_end(tmp_path):
    told: list[tuple[str, int, int]] = []
    do(tmp_path, list(orders(5)), progress=lambda *each: told.append(each))
    assert [stage for stage, done, total in told if done == total] == ["orders", "lines", "import"]


def test_moments_that_the_export_does_not_tell_count_from_now(tmp_path):
    do(tmp_path, [one("TRADE_FINISHED")])
    order = Order.objects.get()
    assert order.finished_at == clock.now()
    assert order.created_at < order.paid_at < order.finished_at


def test_a_refused_file_says_so_as_a_problem(tmp_path):
    list_path, detail_path = export(tmp_path, orders(1), Variant(missing=("订单状态",)))
    with pytest.raises(errors.Invalid) as caught:
        importing.orders_import(
            orders=list_path, lines=detail_path, result=tmp_path / "r.csv", actor=Actor.system("import")
        )
    rows: list[Row] = [{"field": error.field, "code": error.code} for error in caught.value.errors]
    assert rows[0] == {"field": "订单状态", "code": "missing"}

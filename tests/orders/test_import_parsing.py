"""Rows into orders: what the cells mean, what does not add up, and what was paid for each line (AMT-1)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.services.importing import cells
from orders.services.importing.columns import LINES, ORDERS
from orders.services.importing.parsing import ImportedOrder, Parser, Shops
from orders.services.importing.reading import Row
from orders.services.importing.records import File
from orders.services.importing.staging import RawOrder

HEADERS = {column.field: column.headers[0] for column in ORDERS.columns}
PARSER = Parser(
    File("list.csv", ORDERS, HEADERS, {"order_no": 64, "receiver_name": 20, "buyer_nick": 64}),
    File("detail.csv", LINES, {c.field: c.headers[0] for c in LINES.columns}, {"line_no": 64, "title": 20}),
    Shops({"demo": 1, "other": 2}, {"演示店": 1, "另一店": 2}),
)
ORDER = {
    "order_no": "1930679858170647",
    "buyer_nick": "茶友小李",
    "status": "买家已付款，等待卖家发货",
    "goods": "208.00",
    "postage": "8.00",
    "total": "216.00元",
    "paid": "216.00",
    "paid_at": "2026-11-01 10:00:00",
    "created_at": "2026/11/1 9:58",
    "shop_name": "演示店",
    "receiver_name": "李雷",
    "address": "四川省 成都市 锦江区 红星路 二段70号(610021)",
}
LINE = {"line_no": "1", "title": "铁观音", "price": "108.00", "quantity": "2"}


def row(sheet, values: dict[str, str], line: int = 2, fault: str = "") -> Row:
    assert values.keys() <= set(sheet.fields)
    return Row(line, [values.get(name, "") for name in sheet.fields], fault)


def parse(order: dict[str, str] | None = None, *lines: dict[str, str], parser: Parser = PARSER):
    rows = [row(LINES, LINE | line, n) for n, line in enumerate(lines or ({},), 2)]
    return parser.parse(RawOrder(row(ORDERS, ORDER | (order or {})), rows))


def parsed(order: dict[str, str] | None = None, *lines: dict[str, str], parser: Parser = PARSER) -> ImportedOrder:
    made = parse(order, *lines, parser=parser)
    assert isinstance(made, ImportedOrder), made
    return made


def faults(order: dict[str, str] | None = None, *lines: dict[str, str], parser: Parser = PARSER):
    made = parse(order, *lines, parser=parser)
    assert isinstance(made, list), made
    return [(fault.file, fault.line, fault.column, fault.code) for fault in made]


def shares(order: ImportedOrder) -> list[int]:
    return [line.paid_share_fen for line in order.lines]


def test_an_order_is_read_as_it_will_be_stored():
    order = parsed(
        {"mobile": "13800000000", "memo": "送样品一包"}, {"sku": "清香", "goods_no": "", "outer_no": "TGY-250"}
    )
    assert order.status == "WAIT_SELLER_SEND_GOODS"
    assert (order.shop_id, order.buyer_nick) == (1, "茶友小李")
    assert (order.paid_fen, order.postage_fen) == (21600, 800)
    assert order.paid_at == datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
    assert order.created_at == datetime(2026, 11, 1, 1, 58, tzinfo=UTC)
    assert (order.receiver_region, order.receiver_address) == ("四川省成都市锦江区", "红星路 二段70号")
    assert (order.receiver_phone, order.seller_memo) == ("13800000000", "送样品一包")
    (line,) = order.lines
    assert (line.goods_no, line.sku, line.unit_price_fen, line.quantity) == ("TGY-250", "清香", 10800, 2)
    assert (line.discount_fen, line.paid_share_fen, line.shipped) == (800, 20800, False)


def test_an_address_in_four_columns():
    order = parsed(
        {"province": "上海", "city": "上海市", "district": "浦东新区", "street": "张江镇", "address": "碧波路690号"}
    )
    assert (order.receiver_region, order.receiver_address) == ("上海上海市浦东新区", "张江镇 碧波路690号")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("等待买家付款", "WAIT_BUYER_PAY"),
        ("买家已付款，等待卖家发货", "WAIT_SELLER_SEND_GOODS"),
        ("买家已付款,等待卖家发货", "WAIT_SELLER_SEND_GOODS"),
        ("卖家部分发货", "SELLER_CONSIGNED_PART"),
        ("卖家已发货，等待买家确认", "WAIT_BUYER_CONFIRM_GOODS"),
        ("卖家已发货, 等待买家确认", "WAIT_BUYER_CONFIRM_GOODS"),
        ("交易成功", "TRADE_FINISHED"),
        ("交易关闭", "TRADE_CLOSED"),
    ],
)
def test_states_are_translated(text, code):
    assert cells.status(text) == code


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2016/5/23 22:02", datetime(2016, 5, 23, 14, 2, tzinfo=UTC)),
        ("2016-05-23 22:02:11", datetime(2016, 5, 23, 14, 2, 11, tzinfo=UTC)),
        ("2026-01-01 00:00:00", datetime(2025, 12, 31, 16, 0, tzinfo=UTC)),
    ],
)
def test_times_are_beijing(text, moment):
    assert cells.moment(text) == moment


@pytest.mark.parametrize(
    "text", ["2016-13-01 00:00:00", "2016-05-23", "yesterday", "0001-01-01 00:00:00", "1.5", "2016-02-30 1:00"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(cells.BadCell) as caught:
        cells.moment(text)
    assert caught.value.code == "bad_time"


@pytest.mark.parametrize(
    ("order", "line", "expected"),
    [
        ({"status": "交易火爆"}, {}, ("list.csv", 2, "订单状态", "unknown_status")),
        ({"status": ""}, {}, ("list.csv", 2, "订单状态", "empty")),
        ({"paid": "二百"}, {}, ("list.csv", 2, "买家实际支付金额", "bad_amount")),
        ({"paid": "-216.00"}, {}, ("list.csv", 2, "买家实际支付金额", "bad_amount")),
        ({"paid": "216.005"}, {}, ("list.csv", 2, "买家实际支付金额", "bad_amount")),
        ({"paid": ""}, {}, ("list.csv", 2, "买家实际支付金额", "empty")),
        ({"paid_at": "2026-11-31 10:00:00"}, {}, ("list.csv", 2, "订单付款时间", "bad_time")),
        ({"paid_at": ""}, {}, ("list.csv", 2, "订单付款时间", "empty")),
        ({"order_no": "1.93068E+15"}, {}, ("list.csv", 2, "订单编号", "digits_lost")),
        ({"order_no": "19 30"}, {}, ("list.csv", 2, "订单编号", "bad_number")),
        ({"buyer_nick": ""}, {}, ("list.csv", 2, "买家会员名", "empty")),
        ({"receiver_name": "很长的名字" * 5}, {}, ("list.csv", 2, "收货人姓名", "too_long")),
        ({"shop_name": "没有的店"}, {}, ("list.csv", 2, "店铺名称", "unknown_shop")),
        ({}, {"quantity": "0"}, ("detail.csv", 2, "购买数量", "bad_quantity")),
        ({}, {"quantity": "一"}, ("detail.csv", 2, "购买数量", "bad_quantity")),
        ({}, {"quantity": "1.5"}, ("detail.csv", 2, "购买数量", "bad_quantity")),
        ({}, {"price": "x"}, ("detail.csv", 2, "价格", "bad_amount")),
        ({}, {"title": ""}, ("detail.csv", 2, "标题", "empty")),
        ({"total": "217.00"}, {}, ("list.csv", 2, "总金额", "amounts_differ")),
        ({"paid": "216.01"}, {}, ("list.csv", 2, "买家实际支付金额", "amounts_differ")),
        ({"paid": "7.99"}, {}, ("list.csv", 2, "买家实际支付金额", "amounts_differ")),
        ({"goods": "216.01", "total": "224.01"}, {}, ("list.csv", 2, "买家应付货款", "amounts_differ")),
        ({"quantity": "3"}, {}, ("list.csv", 2, "宝贝总数量", "units_differ")),
        ({"status": "等待买家付款"}, {}, ("list.csv", 2, "买家实际支付金额", "amounts_differ")),
        (
            {},
            {"refund_status": "退款成功", "refunded": "216.01"},
            ("list.csv", 2, "买家实际支付金额", "amounts_differ"),
        ),
    ],
)
def test_what_is_wrong_rejects_the_order_with_the_place(order, line, expected):
    """AMT-1 where amounts contradict each other."""
    assert faults(order, line) == [expected]


def test_everything_that_is_wrong_is_named_at_once():
    assert faults({"status": "?", "postage": "x"}, {"price": ""}, {"quantity": "-1", "line_no": "1"}) == [
        ("list.csv", 2, "订单状态", "unknown_status"),
        ("list.csv", 2, "买家应付邮费", "bad_amount"),
        ("detail.csv", 2, "价格", "empty"),
        ("detail.csv", 3, "子订单编号", "duplicate_line"),
        ("detail.csv", 3, "购买数量", "bad_quantity"),
    ]


def test_an_order_without_details_is_rejected():
    made = PARSER.parse(RawOrder(row(ORDERS, ORDER), []))
    assert [(fault.line, fault.code) for fault in made] == [(2, "no_lines")]


def test_a_line_that_cannot_be_read_rejects_the_whole_order():
    made = PARSER.parse(RawOrder(row(ORDERS, ORDER), [row(LINES, LINE), row(LINES, LINE, 3, "unreadable")]))
    assert [(fault.file, fault.line, fault.code) for fault in made] == [("detail.csv", 3, "unreadable_row")]


def test_the_named_shop_is_taken_and_another_one_refused():
    named = Parser(PARSER.orders, PARSER.lines, Shops({"demo": 1, "other": 2}, {"演示店": 1, "另一店": 2}, named=1))
    assert parsed({"shop_name": "旧店名"}, parser=named).shop_id == 1
    assert parsed({"shop_name": ""}, parser=named).shop_id == 1
    assert faults({"shop_name": "另一店"}, parser=named) == [("list.csv", 2, "店铺名称", "other_shop")]
    assert parsed({"shop_name": "", "shop_id": "other"}).shop_id == 2


def test_lines_without_numbers_are_numbered_in_order():
    order = parsed({"goods": "", "total": "", "paid": "440.00"}, {"line_no": ""}, {"line_no": ""})
    assert [line.line_no for line in order.lines] == ["1", "2"]


def test_shares_go_by_price_times_quantity_to_the_fen():
    """AMT-1: largest remainder; 100.00 over 1 : 1 : 1 of a line price of 50.00."""
    three = ({"line_no": str(n), "price": "50.00", "quantity": "1"} for n in range(3))
    order = parsed({"goods": "100.00", "postage": "0.00", "total": "", "paid": "100.00"}, *three)
    assert shares(order) == [3334, 3333, 3333]
    assert [line.discount_fen for line in order.lines] == [1666, 1667, 1667]


def test_shares_are_the_platforms_where_it_gives_them_and_they_add_up():
    """AMT-1."""
    lines = (
        {"line_no": "1", "payable": "100.00", "paid": "90.00"},
        {"line_no": "2", "payable": "108.00", "paid": "118.00"},
    )
    assert shares(parsed({}, *lines)) == [9000, 11800]


def test_line_payments_with_the_postage_in_them_are_weights():
    """AMT-1: 54.00 and 162.00 are the 216.00 with the postage, so the goods share 208.00 like that."""
    lines = ({"line_no": "1", "paid": "54.00"}, {"line_no": "2", "paid": "162.00"})
    assert shares(parsed({}, *lines)) == [5200, 15600]


def test_line_payments_that_do_not_add_up_are_not_used():
    """AMT-1."""
    lines = (
        {"line_no": "1", "payable": "100.00", "paid": "1.00"},
        {"line_no": "2", "payable": "108.00", "paid": "2.00"},
    )
    assert shares(parsed({}, *lines)) == [10000, 10800]


def test_an_unpaid_order_keeps_what_is_to_be_paid_and_a_closed_one_nothing():
    waiting = parsed({"status": "等待买家付款", "paid": "0.00", "paid_at": ""})
    assert (waiting.paid_fen, waiting.postage_fen, waiting.paid_at, shares(waiting)) == (21600, 800, None, [20800])
    closed = parsed({"status": "交易关闭", "paid": "0.00", "paid_at": ""})
    assert (closed.paid_fen, closed.postage_fen, closed.paid_at, shares(closed)) == (0, 0, None, [0])


def test_what_the_platform_gave_back_before_is_taken_off():
    """AMT-2: it cannot be asked for again. It comes off its own line first, then the postage, then what is left."""
    order = parsed({}, {"refund_status": "退款成功", "refunded": "210.00"})
    assert (order.paid_fen, order.postage_fen, order.refunded_fen, shares(order)) == (600, 600, 21000, [0])
    lines = ({"line_no": "1", "refund_status": "退款成功", "refunded": "150.00"}, {"line_no": "2"})
    order = parsed({}, *lines)
    assert (order.paid_fen, order.postage_fen, order.refunded_fen, shares(order)) == (6600, 0, 15000, [0, 6600])
    order = parsed({}, {"refund_status": "没有申请退款", "refunded": "无退款申请"})
    assert order.refunded_fen == 0


def test_the_list_price_of_new_files_need_not_add_up():
    headers = HEADERS | {"paid": "买家实付金额"}
    parser = Parser(File("list.csv", ORDERS, headers, {"order_no": 64}), PARSER.lines, PARSER.shops)
    assert parsed({"total": "240.00"}, parser=parser).paid_fen == 21600


def test_lines_of_a_partly_shipped_order_are_shipped_one_by_one():
    lines = (
        {"line_no": "1", "status": "卖家已发货，等待买家确认"},
        {"line_no": "2", "status": "买家已付款，等待卖家发货"},
    )
    order = parsed({"status": "卖家部分发货"}, *lines)
    assert [line.shipped for line in order.lines] == [True, False]


AMOUNTS = st.integers(0, 5_000_000)


@given(
    lines=st.lists(st.tuples(AMOUNTS, st.integers(1, 99)), min_size=1, max_size=8),
    postage=AMOUNTS,
    kept=st.fractions(0, 1),
    off=st.fractions(0, 1),
)
def test_shares_and_postage_add_up_to_what_was_paid(lines, postage, kept, off):
    """AMT-1, for any prices and any discount."""

    def yuan(fen: int) -> str:
        return f"{fen // 100}.{fen % 100:02d}"

    goods = int(sum(price * quantity for price, quantity in lines) * kept)
    paid = postage + int(goods * off)
    order = parsed(
        {"goods": yuan(goods), "postage": yuan(postage), "total": yuan(goods + postage), "paid": yuan(paid)},
        *({"line_no": str(n), "price": yuan(p), "quantity": str(q)} for n, (p, q) in enumerate(lines)),
    )
    assert sum(shares(order)) + order.postage_fen == order.paid_fen == paid
    assert all(0 <= line.discount_fen <= line.unit_price_fen * line.quantity for line in order.lines)

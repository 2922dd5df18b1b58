"""Files into rows: encodings, guards, headers, spreadsheets, and rows that cannot be read."""

from pathlib import Path

import openpyxl
import pytest

from aftersales.core.errors import Invalid
from orders.services.importing.columns import LINES, ORDERS
from orders.services.importing.reading import Row, Table, clean, encoding_of
from orders.services.importing.staging import Staging

from .export_files import Variant, export, orders

MINIMAL = "订单编号,买家会员名,订单状态,买家应付邮费,买家实际支付金额,订单付款时间"


def read(path: Path, sheet=ORDERS) -> list[Row]:
    with Table(path, sheet) as table:
        return list(table.rows())


def cell(row: Row, name: str, sheet=ORDERS) -> str:
    return row.cells[sheet.fields.index(name)]


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "ExportOrderList1.csv"
    path.write_bytes(text.encode(encoding))
    return path


VARIANTS = {
    "gbk": Variant(encoding="gbk"),
    "gb18030": Variant(encoding="gb18030"),
    "utf-8": Variant(encoding="utf-8"),
    "utf-8 with a mark": Variant(encoding="utf-8-sig"),
    "old details": Variant(detail="old"),
    "quotes": Variant(guard="quote"),
    "tabs": Variant(guard="tab"),
    "no guards": Variant(guard="none"),
    "spaces in headers": Variant(spaced_headers=True),
    "more columns": Variant(extra=("打款商家金额", "确认收货时间备注", "某新列")),
    "blank lines": Variant(blank_lines=True),
    "spreadsheet": Variant(kind="xlsx"),
    "spreadsheet with guards": Variant(kind="xlsx", guard="none", spaced_headers=True),
}


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS.keys())
def test_every_variant_gives_the_same_rows(tmp_path, variant):
    made = list(orders(30))
    list_path, detail_path = export(tmp_path, made, variant)
    rows = read(list_path)
    assert [cell(row, "order_no") for row in rows] == [order.no for order in made]
    assert [cell(row, "buyer_nick") for row in rows] == [order.nick for order in made]
    assert [cell(row, "memo") for row in rows] == [order.memo.removeprefix("'") for order in made]
    assert [cell(row, "mobile") for row in rows] == [order.mobile for order in made]
    assert not any(row.fault for row in rows)
    details = read(detail_path, LINES)
    expected = [(order.no, line.title, line.sku) for order in made for line in order.lines]
    assert [tuple(cell(row, n, LINES) for n in ("order_no", "title", "sku")) for row in details] == expected
    numbers = (
        [line.sub_no for order in made for line in order.lines] if variant.detail == "new" else [""] * len(expected)
    )
    assert [cell(row, "line_no", LINES) for row in details] == numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('="1930679858170647"', "1930679858170647"),
        ("'1930679858170647", "1930679858170647"),
        ("\t1930679858170647", "1930679858170647"),
        (" 1930679858170647\t", "1930679858170647"),
        ("\ufeff订单编号 ", "订单编号"),
        ("'null", ""),
        ("null", ""),
        ("　买家　", "买家"),
        ('=""', ""),
        ("=1+1", "=1+1"),
        ("-5", "-5"),
    ],
)
def test_guards_are_taken_off(text, value):
    assert clean(text) == value


def test_a_row_is_named_by_the_line_on_which_it_starts(tmp_path):
    path = written(tmp_path, f'{MINIMAL},订单备注\n1,a,x,0,0,,"one\ntwo\nthree"\n\n2,b,x,0,0,,\n')
    assert [(row.line, cell(row, "memo")) for row in read(path)] == [(2, "one\ntwo\nthree"), (6, "")]


def test_columns_are_found_by_name_wherever_they_stand(tmp_path):
    path = written(tmp_path, "".join(reversed(MINIMAL.split(",")[0])) + "x," + ",".join(reversed(MINIMAL.split(","))))
    with Table(path, ORDERS) as table:
        assert table.headers["order_no"] == "订单编号"
    path.write_text(",".join(reversed(MINIMAL.split(","))) + "\n2016/5/23 22:02,5,1,交易成功,nick,77\n")
    assert cell(read(path)[0], "order_no") == "77"


def test_missing_columns_are_all_named(tmp_path):
    path, _detail = export(tmp_path, orders(2), Variant(missing=("订单状态", "买家实际支付金额", "宝贝种类")))
    with pytest.raises(Invalid) as caught:
        read(path)
    assert caught.value.code == "missing_columns"
    assert [error.field for error in caught.value.errors] == ["订单状态", "买家实际支付金额"]
    assert "订单状态" in str(caught.value.detail)
    assert path.name in str(caught.value.detail)


def test_swapped_files_are_noticed(tmp_path):
    list_path, detail_path = export(tmp_path, orders(2))
    with pytest.raises(Invalid, match="价格"):
        read(list_path, LINES)
    with pytest.raises(Invalid, match="买家会员名"):
        read(detail_path, ORDERS)


def test_a_needed_column_that_comes_twice_is_refused(tmp_path):
    with pytest.raises(Invalid) as caught:
        read(written(tmp_path, f"{MINIMAL},订单状态\n"))
    assert caught.value.code == "column_twice"


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old excel", "订单编号".encode("utf-16"), b"PK\x03\x04no archive"],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(tmp_path, content):
    path = tmp_path / "ExportOrderList1.csv"
    path.write_bytes(content)
    with pytest.raises(Invalid) as caught:
        read(path)
    assert path.name in str(caught.value.detail)


def test_a_line_of_another_encoding_spoils_its_row_alone(tmp_path):
    path = tmp_path / "list.csv"
    lines = [f"{MINIMAL}\n".encode("gb18030")]
    for n in range(3):
        lines.append(f"{n},买家{n},交易成功,0.00,5.00,2016/5/23 22:02\n".encode("utf-8" if n == 1 else "gb18030"))
    path.write_bytes(b"".join(lines[:2]) + b"1,\xff\xff,x,0,0,\n" + lines[3])
    rows = read(path)
    assert [bool(row.fault) for row in rows] == [False, True, False]
    assert rows[1].line == 3
    assert cell(rows[1], "order_no") == "1"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_encoding_is_that_of_the_header_and_of_most_lines(encoding):
    other = "utf-8" if encoding == "gb18030" else "gb18030"
    block = f"{MINIMAL}\n1,李雷\n2,韩梅梅\n".encode(encoding) + "3,张伟明\n".encode(other)
    assert encoding_of(block) == encoding


def test_a_block_that_ends_within_a_character_does_not_mislead():
    block = (f"{MINIMAL}\n" + "一二三四五六七,八九十\n" * 20_000).encode()
    assert encoding_of(block[: 256 * 1024 + 1]) == "utf-8"


def test_more_cells_than_columns_are_a_fault_unless_they_are_empty(tmp_path):
    path = written(tmp_path, f"{MINIMAL}\n1,a,x,0,0,,,,\n2,a,b,x,0,0,2016/5/23 22:02\n")
    assert [bool(row.fault) for row in read(path)] == [False, True]


def test_an_open_quotation_mark_is_reported_and_what_follows_is_not_taken_for_orders(tmp_path):
    path = written(tmp_path, f'{MINIMAL}\n1,"a,x,0,0,\n2,b,x,0,0,\n"3,c,x,0,0,\n4,d,x,0,0,\n')
    rows = read(path)
    assert rows[0].line == 2
    assert "2" not in [cell(row, "order_no") for row in rows]
    assert cell(rows[-1], "order_no") == "4"


def test_numbers_of_a_spreadsheet_read_as_the_text_would(tmp_path):
    from datetime import datetime

    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    book.active.append(MINIMAL.split(","))
    book.active.append([1930679858170647, "a", "交易成功", 8.1, 0.1 + 0.2, datetime(2016, 5, 23, 22, 2)])  # noqa: DTZ001
    book.active.append([123456789012345, "b", "交易成功", 0, 12, None])
    book.save(path)
    first, second = read(path)
    assert list(first.cells[:3]) == ["1.93067985817065E+15", "a", "交易成功"]
    assert [cell(first, n) for n in ("postage", "paid", "paid_at")] == ["8.1", "0.3", "2016-05-23 22:02:00"]
    assert [cell(second, n) for n in ("order_no", "postage", "paid")] == ["123456789012345", "0", "12"]
    assert second.line == 3


def test_staging_brings_lines_to_their_orders_whatever_their_order(tmp_path):
    order_rows = [Row(n, [no], "") for n, no in enumerate(("a", "b", "a", "", "c"), 2)]
    line_rows = [Row(n, [no], "") for n, no in enumerate(("c", "b", "x", "c", "", "a"), 2)]
    with Staging(["order_no"], ["order_no"]) as staging:
        assert staging.add_orders(order_rows) == 5
        assert staging.add_lines(line_rows) == 6
        assert [(row.line, first) for row, first in staging.twice()] == [(2, 2), (4, 2)]
        assert [row.line for row in staging.nameless()] == [5]
        assert [row.line for row in staging.orphans()] == [4, 6]
        batches = [
            [(raw.row.cells[0], [line.line for line in raw.lines]) for raw in batch] for batch in staging.batches(2)
        ]
    assert batches == [[("b", [3])], [], [("c", [2, 5])]]

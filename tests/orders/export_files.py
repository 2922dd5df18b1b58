"""Writes export files as the seller centre does, in every variant that is known, from orders that are made up.

`orders(n)` makes orders, `order_rows` and `line_rows` spell them as a file of a variant would, `write` writes a file;
`export` does all of it. Rows are dictionaries by header, so that a test can spoil them before they are written.
"""

import csv
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter

Row = dict[str, str]

ORDER_HEADERS = (
    "订单编号,买家会员名,买家支付宝账号,支付单号,支付详情,买家应付货款,买家应付邮费,买家支付积分,总金额,返点积分,"
    "买家实际支付金额,买家实际支付积分,订单状态,买家留言,收货人姓名,{address},运送方式,联系电话,联系手机,订单创建时间,"
    "订单付款时间,宝贝标题,宝贝种类,物流单号,物流公司,订单备注,宝贝总数量,店铺Id,店铺名称,订单关闭原因,卖家服务费,"
    "买家服务费,发票抬头,是否手机订单,分阶段订单信息,特权订金订单id,定金排名,修改后的sku,修改后的收货地址,异常信息,"
    "天猫卡券抵扣,集分宝抵扣,是否是O2O交易"
)
ADDRESS = {"one": "收货地址", "four": "收货省份,收货市,收货区,收货地址"}
LINE_HEADERS = {
    "old": "订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码",
    "new": "子订单编号,主订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码,支付单号,"
    "买家应付货款,买家实际支付金额,退款状态,退款金额,订单创建时间,订单付款时间",
}
STATUS_TEXT = {
    "WAIT_BUYER_PAY": "等待买家付款",
    "WAIT_SELLER_SEND_GOODS": "买家已付款，等待卖家发货",
    "SELLER_CONSIGNED_PART": "卖家部分发货",
    "WAIT_BUYER_CONFIRM_GOODS": "卖家已发货，等待买家确认",
    "TRADE_FINISHED": "交易成功",
    "TRADE_CLOSED": "交易关闭",
}
GOODS = (
    ("铁观音 清香型 250g", "TGY-250", "口味:清香;包装:罐装", 10800),
    ("安溪铁观音 浓香型 500g", "TGY-500", "口味:浓香;包装:礼盒", 25900),
    ("紫砂壶 西施 200ml", "ZSH-200", "颜色分类:原矿紫泥", 36800),
    ("茶漏 不锈钢, 加密", "CL-01", "", 990),
    ('功夫茶具"六君子"', "GF-6", "颜色分类:鸡翅木", 4550),
    ("普洱茶饼 357g\t熟茶", "PE-357", "年份:2018", 12333),
)
PLACES = (
    ("四川省", "成都市", "锦江区", "红星路二段70号3栋2单元501", "610021"),
    ("上海", "上海市", "浦东新区", "张江镇 碧波路690号", "201203"),
    ("新疆维吾尔自治区", "乌鲁木齐市", "天山区", "光明路1号", "830002"),
    ("广东省", "深圳市", "南山区", "科技园南区R2-A座", "518057"),
)
NEWEST = datetime(2026, 11, 20, 21, 30)  # noqa: DTZ001 (as the clock on a wall in Beijing shows it)


@dataclass
class FakeLine:
    """A line as the platform knows it; amounts in fen."""

    sub_no: str
    title: str
    code: str
    sku: str
    price: int
    quantity: int
    payable: int
    paid: int
    refunded: int = 0


@dataclass
class FakeOrder:
    """An order as the platform knows it; amounts in fen, times as Beijing's clock shows them."""

    no: str
    nick: str
    status: str
    postage: int
    created: datetime
    paid_at: datetime | None
    place: tuple[str, str, str, str, str]
    name: str
    mobile: str
    memo: str
    lines: list[FakeLine] = field(default_factory=list)

    @property
    def goods(self) -> int:
        return sum(line.payable for line in self.lines)

    @property
    def paid(self) -> int:
        return sum(line.paid for line in self.lines) + (self.postage if self.paid_at else 0)


@dataclass(frozen=True)
class Variant:
    """One way in which the seller centre, or a spreadsheet after it, writes the files."""

    kind: str = "csv"
    encoding: str = "gb18030"
    detail: str = "new"
    address: str = "one"
    guard: str = "equals"
    slash_times: bool = False
    yuan: bool = False
    spaced_headers: bool = False
    extra: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    blank_lines: bool = False
    western_comma: bool = False
    shop_name: str = "演示店"
    shop_id: str = "0"


def orders(count: int, *, seed: int = 1, first: int = 1930679858170647001, single: bool = False) -> Iterator[FakeOrder]:
    """Make `count` orders, the newest first as in the real files; the same seed makes the same ones."""
    rnd = random.Random(seed)
    states = list(STATUS_TEXT)
    for n in range(count):
        status = rnd.choices(states, (3, 20, 2, 25, 45, 5))[0]
        created = NEWEST - timedelta(minutes=7 * n % 80_000, seconds=n % 60)
        paid = status not in ("WAIT_BUYER_PAY", "TRADE_CLOSED")
        postage = rnd.choice((0, 0, 600, 800, 1000))
        order = FakeOrder(
            no=str(first + n * 977),
            nick=rnd.choice(("茶友小李", "tb", "紫砂控_", "爱喝茶的猫")) + str(rnd.randrange(max(count * 2 // 3, 1))),
            status=status,
            postage=postage,
            created=created,
            paid_at=created + timedelta(minutes=2) if paid else None,
            place=rnd.choice(PLACES),
            name=rnd.choice("李王张刘陈杨赵黄") + rnd.choice(("雷", "梅", "伟", "静怡")),
            mobile=f"1{rnd.randrange(3_000_000_000, 9_999_999_999)}",
            memo=rnd.choice(("", "", "", "送样品一包", "发顺丰\n周末送", "=1+1 小心")),
        )
        for position in range(1 if single else rnd.choices((1, 2, 3, 4), (55, 25, 13, 7))[0]):
            title, code, sku, price = rnd.choice(GOODS)
            quantity = rnd.choices((1, 2, 5), (80, 15, 5))[0]
            payable = price * quantity - rnd.choice((0, 0, 0, 800, 137)) * (price > 1000)
            taken = rnd.choice((0, 0, 0, 55)) if paid else payable
            sub_no = order.no if position == 0 else str(first + n * 977 + position)
            order.lines.append(FakeLine(sub_no, title, code, sku, price, quantity, payable, payable - taken))
        yield order


def _yuan(fen: int, variant: Variant) -> str:
    return f"{fen // 100}.{fen % 100:02d}" + ("元" if variant.yuan else "")


def _time(moment: datetime | None, variant: Variant) -> str:
    if moment is None:
        return ""
    if variant.slash_times:
        return f"{moment.year}/{moment.month}/{moment.day} {moment.hour}:{moment.minute:02d}"
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _guarded(number: str, variant: Variant) -> str:
    return {"equals": f'="{number}"', "quote": f"'{number}", "tab": f"\t{number}", "none": number}[variant.guard]


def _status(code: str, variant: Variant) -> str:
    text = STATUS_TEXT[code]
    return text.replace("，", ",") if variant.western_comma else text


def order_headers(variant: Variant) -> list[str]:
    """Give the header of the list in a variant."""
    names = ORDER_HEADERS.format(address=ADDRESS[variant.address]).split(",")
    return [name for name in (*names, *variant.extra) if name not in variant.missing]


def line_headers(variant: Variant) -> list[str]:
    """Give the header of the details in a variant."""
    return [n for n in (*LINE_HEADERS[variant.detail].split(","), *variant.extra) if n not in variant.missing]


def order_rows(made: Iterable[FakeOrder], variant: Variant) -> Iterator[Row]:
    """Spell orders as rows of the list."""
    for order in made:
        province, city, district, street, post = order.place
        if variant.address == "one":
            address = {"收货地址": f"{province} {city} {district} {street}({post})"}
        else:
            address = {"收货省份": province, "收货市": city, "收货区": district, "收货地址": street}
        yield {
            "订单编号": _guarded(order.no, variant),
            "买家会员名": order.nick,
            "买家应付货款": _yuan(order.goods, variant),
            "买家应付邮费": _yuan(order.postage, variant),
            "买家支付积分": "0",
            "总金额": _yuan(order.goods + order.postage, variant),
            "返点积分": "0",
            "买家实际支付金额": _yuan(order.paid, variant),
            "订单状态": _status(order.status, variant),
            "买家留言": "null",
            "收货人姓名": order.name,
            **address,
            "运送方式": "快递",
            "联系电话": "'null" if variant.guard == "quote" else "",
            "联系手机": _guarded(order.mobile, variant),
            "订单创建时间": _time(order.created, variant),
            "订单付款时间": _time(order.paid_at, variant),
            "宝贝标题": "，".join(line.title for line in order.lines),
            "宝贝种类": str(len(order.lines)),
            "订单备注": order.memo,
            "宝贝总数量": str(sum(line.quantity for line in order.lines)),
            "店铺Id": variant.shop_id,
            "店铺名称": variant.shop_name,
            "订单关闭原因": "买家未付款" if order.status == "TRADE_CLOSED" else "订单未关闭",
            "是否手机订单": "手机订单",
            **dict.fromkeys(variant.extra, "x"),
        }


def line_rows(made: Iterable[FakeOrder], variant: Variant) -> Iterator[Row]:
    """Spell orders as rows of the details."""
    for order in made:
        for line in order.lines:
            yield {
                "订单编号": _guarded(order.no, variant),
                "子订单编号": _guarded(line.sub_no, variant),
                "主订单编号": _guarded(order.no, variant),
                "标题": line.title,
                "价格": _yuan(line.price, variant),
                "购买数量": str(line.quantity),
                "外部系统编号": line.code,
                "商品属性": line.sku,
                "套餐信息": "",
                "备注": "null",
                "订单状态": _status(order.status, variant),
                "商家编码": line.code,
                "买家应付货款": _yuan(line.payable, variant),
                "买家实际支付金额": _yuan(line.paid, variant),
                "退款状态": "退款成功" if line.refunded else "没有申请退款",
                "退款金额": _yuan(line.refunded, variant) if line.refunded else "无退款申请",
                "订单创建时间": _time(order.created, variant),
                "订单付款时间": _time(order.paid_at, variant),
                **dict.fromkeys(variant.extra, "x"),
            }


def write(path: Path, headers: list[str], rows: Iterable[Mapping[str, str]], variant: Variant) -> Path:
    """Write one file of a variant; cells that a row does not name are empty."""
    shown = [f"{name} " if variant.spaced_headers and n % 3 == 1 else name for n, name in enumerate(headers)]
    table = ([row.get(name, "") for name in headers] for row in rows)
    if variant.kind == "xlsx":
        with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
            sheet = book.add_worksheet("sheet1")
            for n, cells in enumerate((shown, *table)):
                for column, cell in enumerate(cells):
                    sheet.write_string(n, column, cell)
        return path
    with path.open("w", encoding=variant.encoding, newline="") as file:
        # The real files do not quote ="…"; csv would, so both spellings come about.
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(shown)
        for n, cells in enumerate(table):
            if variant.blank_lines and n % 4 == 0:
                file.write("\r\n" if n % 8 == 0 else "," * (len(headers) - 1) + "\r\n")
            if (
                variant.guard == "equals"
                and n % 2
                and not any(set(cell) & set('\n,"') for cell in cells if not cell.startswith('="'))
            ):
                file.write(",".join(cells) + "\r\n")
            else:
                writer.writerow(cells)
    return path


def export(folder: Path, made: Iterable[FakeOrder], variant: Variant | None = None) -> tuple[Path, Path]:
    """Write both files of the orders and return their paths."""
    variant = variant or Variant()
    made = list(made)
    stamp = f"202611221200.{variant.kind}"
    return (
        write(folder / f"ExportOrderList{stamp}", order_headers(variant), order_rows(made, variant), variant),
        write(folder / f"ExportOrderDetailList{stamp}", line_headers(variant), line_rows(made, variant), variant),
    )

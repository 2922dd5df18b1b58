"""The columns of the two files that the seller centre exports, by header name. Data only.

Columns grew over the years and differ by shop type, so each field lists every name that it has had, newest meaning
first. A header is used once: fields are matched in the order in which they stand here, so 订单编号 is the order in old
detail files and the line in those that have 主订单编号 beside it.
"""

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Column:
    """A field of ours, the headers it may stand under, and whether an order can be imported without it."""

    field: str
    headers: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True)
class Sheet:
    """One of the two files: what it is called and the columns that are read from it."""

    name: str
    columns: tuple[Column, ...]

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The names of our fields, in the order in which rows give their cells."""
        return tuple(column.field for column in self.columns)


ORDERS = Sheet(
    "ExportOrderList",
    (
        Column("order_no", ("订单编号",), required=True),
        Column("buyer_nick", ("买家会员名", "买家会员名称", "买家昵称"), required=True),
        Column("status", ("订单状态",), required=True),
        Column("goods", ("买家应付货款",)),
        Column("postage", ("买家应付邮费",), required=True),
        Column("total", ("总金额",)),
        Column("paid", ("买家实际支付金额", "买家实付金额"), required=True),
        Column("paid_at", ("订单付款时间",), required=True),
        Column("created_at", ("订单创建时间",)),
        Column("receiver_name", ("收货人姓名", "收货人")),
        Column("address", ("收货地址", "收货详细地址", "详细地址")),
        Column("province", ("收货省份", "收货省")),
        Column("city", ("收货市", "收货城市")),
        Column("district", ("收货区", "收货区县", "收货区/县")),
        Column("street", ("收货街道", "收货镇/街道")),
        Column("phone", ("联系电话",)),
        Column("mobile", ("联系手机",)),
        Column("memo", ("订单备注", "商家备注", "卖家备注")),
        Column("quantity", ("宝贝总数量", "商品总数量")),
        Column("shipping", ("运送方式",)),
        Column("shipped_at", ("发货时间",)),
        Column("finished_at", ("确认收货时间",)),
        Column("shop_id", ("店铺Id", "店铺ID", "店铺id")),
        Column("shop_name", ("店铺名称",)),
    ),
)

LINES = Sheet(
    "ExportOrderDetailList",
    (
        Column("order_no", ("主订单编号", "订单编号"), required=True),
        Column("line_no", ("子订单编号", "订单编号")),
        Column("title", ("标题", "商品标题", "宝贝标题"), required=True),
        Column("price", ("价格", "商品价格"), required=True),
        Column("quantity", ("购买数量",), required=True),
        Column("item_id", ("商品ID", "商品Id", "商品id", "宝贝ID")),
        Column("outer_no", ("外部系统编号",)),
        Column("goods_no", ("商家编码",)),
        Column("sku", ("商品属性",)),
        Column("bundle", ("套餐信息",)),
        Column("payable", ("买家应付货款",)),
        Column("paid", ("买家实际支付金额", "买家实付金额")),
        Column("status", ("订单状态",)),
        Column("refund_status", ("退款状态",)),
        Column("refunded", ("退款金额",)),
    ),
)

"""A bill in the sample data: a day of Alipay's with a fee, a refund made by hand, and a sum that nobody here knows."""

from datetime import datetime, timedelta

from aftersales.core import clock
from orders.models import Order
from refunds import services as refunds

from .cast import Cast

HEAD = "账务流水号,业务流水号,商户订单号,发生时间,收入金额(+元),支出金额(-元),业务类型,备注"


def reconciled(cast: Cast, end: datetime) -> None:
    """Let finance upload the bill of the day before and have it compared."""
    day = clock.shanghai_day(end) - timedelta(days=1)
    order = Order.objects.filter(shop=cast.stages[0].shop, paid_fen__gt=5000).order_by("-pk")[3]
    lines = (
        f"9001,SF{day:%m%d}01,{order.order_no},{day} 10:12:40,,-15.00,交易退款,客服后台补偿",
        f"9002,TX{day:%m%d}77,TX{day:%m%d}77,{day} 16:03:11,,-200.00,转账,",
        f"9003,,{order.order_no},{day} 23:59:59,,-3.20,服务费,软件服务费",
    )
    content = "\n".join([f"#支付宝账务明细查询 {day}", HEAD, *lines, "#导出结束", ""]).encode("gb18030")
    with clock.at(end):
        refunds.bill_keep(day=day, content=content, source="upload", actor=cast.finance)
        refunds.bills_compare()

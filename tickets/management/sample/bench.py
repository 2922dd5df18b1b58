"""What lies on the bench of the sample data: goods found line by line, parcels that nobody claims (RET-2, RET-3)."""

from datetime import datetime, timedelta

from aftersales.core import clock
from logistics import services as logistics
from refunds.models import Refund
from refunds.selectors.inspection import findings_for
from refunds.services import Found

from .cast import Cast

FAULTS = {"tea": ("packaging",), "shoes": ("packaging",), "phones": ("packaging",)}
UNCLAIMED = (
    (30, "YT7704418230915", "yuantong", "短靴一双，无小票", "无主-01", "周小姐", "13712346688"),
    (6, "", "", "铁观音一罐，面单被雨水浸湿看不清", "无主-02", "", ""),
)


def found(refund: Refund, group: str, *, passed: bool) -> list[Found]:
    """Say of each line what lay in the parcel."""
    lines = refund.lines.select_related("order_line")
    if passed:
        return [Found(one.order_line.line_no, location=f"A-{one.pk % 40 + 1:02d}") for one in lines]
    return [
        Found(
            one.order_line.line_no,
            faults=FAULTS[group],
            findings=findings_for(one.order_line, refund.shop_id)[:1],
            damage="buyer",
        )
        for one in lines
    ]


def unclaimed(cast: Cast, end: datetime) -> None:
    """Put two parcels aside: one that can be read, one that cannot."""
    for hours, number, carrier, contents, shelf, sender, phone in UNCLAIMED:
        with clock.at(end - timedelta(hours=hours)):
            logistics.unclaimed_record(
                shop=cast.stages[0].shop,
                actor=cast.warehouse,
                tracking_no=number,
                carrier=carrier,
                contents=contents,
                shelf=shelf,
                sender_name=sender,
                sender_phone=phone,
            )

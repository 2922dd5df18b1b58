"""Parcels that need someone, one for each reason, made by the services that everybody uses."""

from datetime import timedelta

from aftersales.core import clock
from aftersales.core.models import Role, Shop
from logistics import services
from logistics.models import Attention, Parcel
from orders.models import Order
from refunds import services as refunds
from refunds.models import Refund
from tests import factories

NUMBER = "YT1234567890123"


def outward(shop: Shop | None = None) -> Parcel:
    """A parcel that has just left, and that a service is asked about."""
    order: Order = factories.make_order(shop, ship=True)
    services.subscriptions_open()
    return order.parcels.get()


def scanned(parcel: Parcel, code: str, text: str = "") -> Parcel:
    """The parcel after a scan that happened just now."""
    scan = services.Scan(clock.now(), code, text or f"scan {code}")
    return services.scans_record(parcel=parcel, scans=[scan], source="kuaidi100")


def sent_back(number: str = NUMBER, order: Order | None = None) -> Refund:
    """A return whose number the buyer gave just now."""
    refund = refunds.refund_agree(refund=factories.make_return(order), actor=factories.staff())
    buyer = factories.buyer(refund.shop)
    refund = services.return_shipment_record(refund=refund, actor=buyer, carrier="yuantong", tracking_no=number)
    services.subscriptions_open()
    return refund


def back(refund: Refund) -> Parcel:
    """The parcel of a return."""
    parcel: Parcel = refund.parcels.get(direction="return", superseded_at=None)
    return parcel


def sent_first(order: Order | None = None) -> Refund:
    """An exchange whose replacement went before the return is here."""
    refund = factories.make_exchange(order)
    refunds.refund_agree(refund=refund, actor=factories.staff(), ships_first=True)
    buyer = factories.buyer(refund.shop)
    services.return_shipment_record(refund=refund, actor=buyer, carrier="shunfeng", tracking_no="SF1234567890123")
    warehouse = factories.staff(Role.WAREHOUSE)
    return services.replacement_record(
        refund=refund, actor=warehouse, carrier="yuantong", tracking_no="YT7777777777777", scan_seen=True
    )


def denied(parcel: Parcel) -> Parcel:
    """A parcel that was signed for, and whose buyer says that he has not got it."""
    return services.parcel_deny(parcel=scanned(parcel, "301"), actor=factories.staff())


def found() -> list[tuple[str, int]]:
    """What is on the list: reason and parcel."""
    return sorted(Attention.objects.filter(ended_at=None).values_list("reason", "parcel"))


def ends() -> list[tuple[str, str]]:
    """What has gone from the list, and how."""
    return sorted(Attention.objects.exclude(ended_at=None).values_list("reason", "ended_as"))


HOURS, DAYS = timedelta(hours=1), timedelta(days=1)

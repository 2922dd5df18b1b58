"""What has to be known before a replacement leaves (EXC-4)."""

from logistics.models import Parcel
from logistics.states import Direction, ParcelStatus
from refunds.models import Refund
from refunds.states import ExchangeStatus


def leaves_before_a_scan(refund: Refund) -> bool:
    """Say whether the replacement would go while no scan says that the return is on its way; one query at most."""
    first = refund.ships_first and refund.received_at is None
    if not first or refund.status != ExchangeStatus.WAIT_SELLER_CONFIRM_GOODS:
        return False
    back = Parcel.objects.filter(refund=refund, direction=Direction.RETURN, last_scan_at__isnull=False)
    return not back.exclude(status=ParcelStatus.SUPERSEDED).exists()

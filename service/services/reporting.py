"""A call about a fault: the file is looked up or opened, and a sheet begins (SVC-1, SVC-2)."""

from django.db import transaction
from django.utils.translation import gettext_lazy

from aftersales.core import calendar, clock, errors, policies, transitions
from aftersales.core.auth import Actor
from aftersales.core.bulk import allocate_numbered
from orders.models import OrderLine
from service.models import ServiceFile, ServiceSheet
from service.selectors.warranty import in_warranty
from service.services.files import file_open, invalid
from service.services.machine import SERVICE
from service.states import SERVICE as MACHINE
from service.states import Charge, SheetStatus, Way


def sheet_file(
    *,
    line: OrderLine,
    actor: Actor,
    text: str,
    unit: int = 1,
    way: str = Way.VISIT,
    is_emergency: bool = False,
    contact_name: str = "",
    contact_phone: str = "",
    address: str = "",
) -> ServiceSheet:
    """Report a fault of a unit; its file is opened where there is none, and says whether the warranty runs.

    A response is due by the policy: today or on the next working day (SVC-3). An emergency begins without the rest,
    which is made up later (SVC-4). Emits: service.filed. Raises: NotFound, Forbidden, Invalid (way, words, unit).
    """
    order = line.order
    if not actor.sees(order.shop_id):
        raise errors.NotFound()
    if actor.role not in MACHINE.roles_of["file"]:
        raise errors.Forbidden()
    if way not in Way.values:
        raise invalid("way", "invalid_choice", gettext_lazy("Choose one of the list."))
    if not text.strip():
        raise invalid("text", "required", gettext_lazy("Please fill this in."))
    at = clock.now()
    with transaction.atomic(savepoint=False):
        file = ServiceFile.objects.select_related("order_line__order").filter(order_line=line, unit=unit).first()
        file = file or file_open(line=line, actor=actor, unit=unit)
        [(key, number)] = allocate_numbered(ServiceSheet, 1, sequence="service_sheet_no")
        sheet = ServiceSheet(
            pk=key,
            sheet_no=f"SR{clock.shanghai_day(at):%Y%m%d}{number:06d}",
            shop_id=order.shop_id,
            order=order,
            file=file,
            status=SheetStatus.REPORTED,
            way=way,
            text=text.strip(),
            is_emergency=is_emergency,
            is_incomplete=is_emergency,
            contact_name=contact_name.strip() or order.receiver_name,
            contact_phone=contact_phone.strip() or order.receiver_phone,
            address=address.strip() or f"{order.receiver_region} {order.receiver_address}".strip(),
            charge=Charge.WARRANTY if in_warranty(file) else Charge.OPEN,
            respond_due_at=calendar.add_workdays(at, policies.number("service.respond_within", shop_id=order.shop_id)),
            filed_by=actor.name,
            created_at=at,
        )
        return transitions.create(SERVICE, sheet, actor=actor, action="file")

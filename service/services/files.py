"""Opening service files: by hand, by itself when goods are signed for, or with the first call about them (SVC-1)."""

from datetime import date, timedelta

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, F, Func, OuterRef
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import clock, errors, policies
from aftersales.core.auth import Actor
from aftersales.core.bulk import allocate_numbered
from aftersales.core.models import Shop
from orders.models import Order, OrderLine
from service.models import MONTHS_MOST, ServiceFile
from service.selectors.warranty import repairs_of, until
from service.states import FIELD, SaleType
from surveys import services as surveys
from surveys.models import Survey
from surveys.states import SubjectKind
from warranty.selectors import entitling

USUAL_MONTHS = 12
"""What a contract says that says nothing else, where the category of the goods has no rule either."""
AT_ONCE = 500
"""So many files are looked at in one go when warranties that end soon are sought."""
TOGETHER = timedelta(days=90)
"""Warranties of one order that end within so much are one call."""
LONGEST_REPAIR = timedelta(days=366)
"""By so much days in repair may have moved the end of a warranty."""
MOST_UNITS = 50
"""Of a line with more units files are opened by hand, as calls come."""


_ENDS = Func(
    Coalesce("accepted_on", TruncDate("order_line__order__signed_at", tzinfo=clock.SHANGHAI)),
    F("months"),
    template="(%(expressions)s))::date",
    arg_joiner=" + make_interval(months => ",
    output_field=models.DateField(),
)
"""When a warranty ends that no repair has moved."""


def usual_months(line: OrderLine, shop_id: int) -> int | None:
    """Give the months of warranty that the rules of the line's category say; None where they have none."""
    rules = entitling.rules_by_category(shop_id).get(entitling.category_of(line, shop_id))
    return rules.repair_months if rules else None


def file_open(
    *,
    line: OrderLine,
    actor: Actor,
    unit: int = 1,
    sale_type: str = SaleType.CONSUMER,
    months: int | None = None,
    contract_no: str = "",
    accepted_on: date | None = None,
) -> ServiceFile:
    """Open the file of a unit, once; without months from the contract the category's rule says them.

    Raises: NotFound, Forbidden, Invalid (unit, kind of sale, months, day, a file that is there).
    """
    order = line.order
    if not actor.sees(order.shop_id):
        raise errors.NotFound()
    if actor.kind == "staff" and actor.role not in FIELD:
        raise errors.Forbidden()
    if sale_type not in SaleType.values:
        raise invalid("sale_type", "invalid_choice", gettext_lazy("Choose one of the list."))
    if not 1 <= unit <= line.quantity:
        raise invalid("unit", "invalid", _("The line has %(n)d units.") % {"n": line.quantity})
    if months is None:
        usual = usual_months(line, order.shop_id)
        months = USUAL_MONTHS if usual is None else usual
    if not 0 <= months <= MONTHS_MOST:
        raise invalid("months", "out_of_range", _("At most %(n)d months.") % {"n": MONTHS_MOST})
    _check_day(accepted_on, order)
    [(key, number)] = allocate_numbered(ServiceFile, 1, sequence="service_file_no")
    at = clock.now()
    file = ServiceFile(
        pk=key,
        file_no=f"SF{clock.shanghai_day(at):%Y%m%d}{number:06d}",
        shop_id=order.shop_id,
        order_line=line,
        unit=unit,
        sale_type=sale_type,
        contract_no=contract_no.strip(),
        months=months,
        accepted_on=accepted_on,
        opened_by=actor.name,
        opened_at=at,
    )
    try:
        with transaction.atomic():
            file.save(force_insert=True)
    except IntegrityError as clash:
        if "service_file_of_unit" not in str(clash):
            raise
        there = gettext_lazy("This unit has its file already.")
        raise invalid("unit", "not_unique", there) from clash
    return file


def file_accept(*, file: ServiceFile, actor: Actor, accepted_on: date) -> ServiceFile:
    """Note on which day the goods were accepted, from which the warranty counts then; said once (SVC-1).

    Locks: the file. Raises: NotFound, Forbidden, Invalid (a day that cannot be), Conflict where it is said already.
    """
    if not actor.sees(file.shop_id):
        raise errors.NotFound()
    if actor.role not in FIELD:
        raise errors.Forbidden()
    _check_day(accepted_on, file.order_line.order)
    with transaction.atomic(savepoint=False):
        held = ServiceFile.objects.select_for_update(of=("self",)).select_related("order_line__order").get(pk=file.pk)
        if held.accepted_on is not None:
            raise errors.Conflict(_("The day of acceptance is recorded already."))
        held.accepted_on = accepted_on
        held.save(update_fields=["accepted_on"])
        return held


def files_open_for(order: Order) -> int:
    """Open the files of what the buyer signed for, where its category has a warranty; return how many. Runs twice.

    Units that have a file keep it.
    """
    actor, opened = Actor.system("service"), 0
    for line in order.lines.order_by("id"):
        line.order = order
        if not usual_months(line, order.shop_id) or line.quantity > MOST_UNITS:
            continue
        there = set(ServiceFile.objects.filter(order_line=line).values_list("unit", flat=True))
        for unit in range(1, line.quantity + 1):
            if unit not in there:
                file_open(line=line, actor=actor, unit=unit)
                opened += 1
    return opened


def invalid(field: str, code: str, text: object) -> errors.Invalid:
    """Make the error of one field."""
    return errors.Invalid(errors=[errors.FieldError(field, code, text)])  # type: ignore[arg-type]


def _check_day(day: date | None, order: Order) -> None:
    if day is None:
        return
    if day > clock.shanghai_day(clock.now()):
        raise invalid("accepted_on", "in_future", gettext_lazy("That day has not come yet."))
    if day < clock.shanghai_day(order.created_at):
        raise invalid("accepted_on", "too_early", gettext_lazy("That is before the order was placed."))


def warranties_ending() -> int:
    """Have buyers called whose warranty ends within the policy's days; gives how many (SAT-3).

    Of the files of an order that end together one is called for. Doing it twice calls nobody twice. A transaction for
    each call. Emits: survey.created.
    """
    return sum(_ending_in(shop_id) for shop_id in Shop.objects.order_by("pk").values_list("pk", flat=True))


def _ending_in(shop_id: int) -> int:
    today = clock.shanghai_day(clock.now())
    last = today + policies.duration("survey.warranty_ends_in", shop_id=shop_id)
    asked = Survey.objects.filter(
        subject_kind=SubjectKind.FILE, order=OuterRef("order_line__order"), created_at__gt=clock.now() - TOGETHER
    )
    rows = ServiceFile.objects.filter(~Exists(asked), shop=shop_id, months__gt=0).alias(ends=_ENDS)
    rows = rows.filter(ends__gte=today - LONGEST_REPAIR, ends__lte=last).select_related("order_line__order__shop")
    found, after = 0, 0
    while files := list(rows.filter(pk__gt=after).order_by("pk")[:AT_ONCE]):
        repairs = repairs_of([file.pk for file in files])
        ending: dict[int, ServiceFile] = {}
        for file in files:
            end = until(file, repairs[file.pk])
            if end is not None and today <= end <= last:
                ending.setdefault(file.order_line.order_id, file)
        for one in ending.values():
            found += surveys.warranty_ends(file_no=one.file_no, order=one.order_line.order) is not None
        after = files[-1].pk
    return found

"""The whole way from two files to the database and the result file."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from django.utils.translation import gettext as _

from aftersales.core.auth import Actor
from aftersales.core.errors import Invalid
from aftersales.core.models import Shop
from orders.models import Order, OrderLine

from .ahead import ahead
from .columns import LINES, ORDERS
from .parsing import ImportedOrder, Parser, Shops
from .reading import Row, Table
from .records import Fault, File
from .report import Report
from .staging import Staging
from .writing import write

BATCH = 2_000
Progress = Callable[[str, int, int], None]
"""Is told the stage ("orders", "lines", "import"), how much of it is done and how much there is."""


@dataclass(slots=True)
class Summary:
    """How many orders were new, changed, as they were, and rejected; and the rows of the result file."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    faults: int = 0


def orders_import(
    *,
    orders: Path,
    lines: Path,
    result: Path,
    actor: Actor,
    shop: Shop | None = None,
    progress: Progress = lambda stage, done, total: None,
) -> Summary:
    """Import the orders of an `ExportOrderList` and its `ExportOrderDetailList`; wrong rows go to `result`.

    Both files are read to the end before anything is written; then batches of orders, each in a transaction of its
    own, so that an import that was cut off is finished by running it again. Without `shop` each row must name a shop
    that `actor` sees. Emits: order.registered and the events of steps taken on known orders.
    Raises: Invalid for a file that cannot be read or lacks columns, before anything is written.
    """
    summary = Summary()
    with ExitStack() as stack:
        order_table = stack.enter_context(Table(orders, ORDERS))
        line_table = stack.enter_context(Table(lines, LINES))
        parser = _parser(order_table, line_table, shop, actor)
        staging = stack.enter_context(Staging(ORDERS.fields, LINES.fields))
        total = staging.add_orders(_watched(order_table, "orders", progress))
        staging.add_lines(_watched(line_table, "lines", progress))
        report = stack.enter_context(Report(result))
        spoilt: set[str] = set()
        for fault in parser.misplaced(staging.twice(), staging.nameless(), staging.orphans()):
            report.add(fault)
            spoilt.add(f"{fault.code}:{fault.order_no or fault.line}")
        summary.rejected = sum(1 for key in spoilt if not key.startswith("order_missing:"))
        done = 0
        for made in ahead(lambda: ([parser.parse(raw) for raw in batch] for batch in staging.batches(BATCH))):
            _settle(made, summary, actor, parser.orders, report)
            done = min(done + BATCH, total)
            progress("import", done, total)
        summary.faults = report.rows
    return summary


def _settle(
    made: list[ImportedOrder | list[Fault]], summary: Summary, actor: Actor, file: File, report: Report
) -> None:
    """Write what is right of a batch, report what is not, and count both."""
    outcome = write([each for each in made if isinstance(each, ImportedOrder)], actor=actor, file=file)
    refused = [each for each in made if isinstance(each, list)]
    summary.new += outcome.new
    summary.changed += outcome.changed
    summary.unchanged += outcome.unchanged
    summary.rejected += len(refused) + len(outcome.faults)
    for fault in (*chain.from_iterable(refused), *outcome.faults):
        report.add(fault)


def _watched(table: Table, stage: str, progress: Progress) -> Iterator[Row]:
    size = table.path.stat().st_size
    for number, row in enumerate(table.rows()):
        if number % BATCH == 0:
            progress(stage, min(table.progress, size), size)
        yield row
    progress(stage, size, size)


def _parser(orders: Table, lines: Table, shop: Shop | None, actor: Actor) -> Parser:
    if shop is None and not {"shop_name", "shop_id"} & orders.headers.keys():
        raise Invalid(
            _("%(file)s has neither 店铺名称 nor 店铺Id: say which shop it is for.") % {"file": orders.path.name},
            code="shop_unknown",
        )
    seen = actor.visible(Shop.objects.all(), "pk").values_list("pk", "code", "name")
    names: dict[str, int] = {}
    for pk, _code, name in seen:
        names[name] = 0 if name in names else pk  # a name that two shops have says nothing
    return Parser(
        File(orders.path.name, ORDERS, orders.headers, _limits(_ORDER_LIMITS, Order)),
        File(lines.path.name, LINES, lines.headers, _limits(_LINE_LIMITS, OrderLine)),
        Shops({code: pk for pk, code, _name in seen}, names, shop.pk if shop else None),
    )


_ORDER_LIMITS = {
    "order_no": "order_no",
    "receiver_name": "receiver_name",
    "mobile": "receiver_phone",
    "phone": "receiver_phone",
    "region": "receiver_region",
    "address": "receiver_address",
}
_LINE_LIMITS = {
    "line_no": "line_no",
    "title": "title",
    "sku": "sku",
    "item_id": "item_id",
    "goods_no": "goods_no",
    "outer_no": "goods_no",
    "bundle": "bundle",
}
_NICK = 64


def _limits(columns: dict[str, str], model: type[Order] | type[OrderLine]) -> dict[str, int]:
    limits = {name: getattr(model._meta.get_field(column), "max_length", None) for name, column in columns.items()}
    return {name: most for name, most in limits.items() if most is not None} | {"buyer_nick": _NICK}

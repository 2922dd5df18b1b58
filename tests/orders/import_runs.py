"""How the tests run an import, and look at what came of it."""

import csv
import io
from dataclasses import replace
from pathlib import Path

from django.core.management import call_command

from aftersales.core.auth import Actor
from aftersales.core.models import Deadline, LogEntry, OutboxEvent
from orders.models import Buyer, Order, OrderLine
from orders.services import importing

from .export_files import FakeOrder, Variant, export, orders

NOW = "2026-11-22T12:00:00+08:00"


def run(list_path: Path, detail_path: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("import_orders", str(list_path), str(detail_path), *options, stdout=out)
    return out.getvalue()


def reasons(list_path: Path) -> list[tuple[str, ...]]:
    """File, row, order, column and code of each reason in the result file."""
    with list_path.with_name(f"{list_path.stem}.result.csv").open(encoding="utf-8-sig", newline="") as file:
        return [tuple(row[:5]) for row in list(csv.reader(file))[1:]]


def do(tmp_path: Path, made: list[FakeOrder], variant: Variant | None = None, **options) -> importing.Summary:
    list_path, detail_path = export(tmp_path, made, variant)
    result = list_path.with_name(f"{list_path.stem}.result.csv")
    actor = options.pop("actor", Actor.system("import"))
    return importing.orders_import(orders=list_path, lines=detail_path, result=result, actor=actor, **options)


def everything() -> dict[str, list]:
    models = (Order, OrderLine, Buyer, LogEntry, Deadline, OutboxEvent)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def one(status: str, **fields) -> FakeOrder:
    """The first made-up order that has a status, with two lines."""
    found = next(order for order in orders(500) if order.status == status and len(order.lines) == 2)
    return replace(found, **fields)

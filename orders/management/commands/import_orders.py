"""`manage.py import_orders`: orders from the seller centre's export files, on the command line."""

import gc
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from aftersales.core.auth import Actor
from aftersales.core.errors import Problem
from aftersales.core.models import Shop
from orders.services import importing


class Command(BaseCommand):
    """Reads the two files, imports what is right and writes what is wrong to the result file."""

    help = (
        "Import the orders of an ExportOrderList and its ExportOrderDetailList (.csv in GB18030 or UTF-8, or .xlsx). "
        "What is right goes in, every wrong row is in the result file with its reason; a second run changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the two files and the options."""
        parser.add_argument("list", type=Path, metavar="LIST", help="the ExportOrderList file")
        parser.add_argument("detail", type=Path, metavar="DETAIL", help="the ExportOrderDetailList file")
        parser.add_argument(
            "--shop", metavar="CODE", help="the shop of all rows; needed where the rows name none we know"
        )
        parser.add_argument("--result", type=Path, metavar="FILE", help="the result file (LIST.result.csv)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the import; the exit status is 0 when the files could be read, whether or not rows were wrong."""
        orders, lines = options["list"], options["detail"]
        result = options["result"] or orders.with_name(f"{orders.stem}.result.csv")
        for path in (orders, lines):
            if not path.is_file():
                raise CommandError(_("There is no file %(path)s.") % {"path": path})
            if result.exists() and result.samefile(path):
                raise CommandError(_("The result file would overwrite %(path)s.") % {"path": path})
        gc.disable()  # rows without cycles, by the hundred thousand: to look for some takes a sixth of the time
        try:
            with ExitStack() as stack:
                summary = importing.orders_import(
                    orders=orders,
                    lines=lines,
                    result=result,
                    actor=Actor.system("import"),
                    shop=_shop(options["shop"]),
                    progress=_bar(stack, orders, lines),
                )
        except Problem as problem:
            raise CommandError(str(problem.detail)) from problem
        except OSError as exc:
            raise CommandError(f"{exc.filename}: {exc.strerror}") from exc
        finally:
            gc.enable()
        self.stdout.write(
            _("%(new)d new, %(changed)d changed, %(unchanged)d unchanged, %(rejected)d rejected.")
            % {
                "new": summary.new,
                "changed": summary.changed,
                "unchanged": summary.unchanged,
                "rejected": summary.rejected,
            }
        )
        if summary.faults:
            text = _("%(rows)d reasons in %(path)s") % {"rows": summary.faults, "path": result}
            self.stdout.write(self.style.WARNING(text))


def _shop(code: str | None) -> Shop | None:
    if code is None:
        return None
    shop = Shop.objects.filter(code=code).first()
    if shop is None:
        known = ", ".join(Shop.objects.values_list("code", flat=True)) or "–"
        raise CommandError(_("There is no shop “%(code)s”; there are: %(known)s") % {"code": code, "known": known})
    return shop


def _bar(stack: ExitStack, orders: Path, lines: Path) -> importing.Progress:
    """Show a progress bar on a terminal, and nothing where the output goes elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        return lambda stage, done, total: None
    bar = stack.enter_context(
        Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
        )
    )
    names = {"orders": orders.name, "lines": lines.name, "import": _("Importing")}
    tasks = {stage: bar.add_task(name, total=None, start=False) for stage, name in names.items()}

    def show(stage: str, done: int, total: int) -> None:
        bar.start_task(tasks[stage])
        bar.update(tasks[stage], completed=done, total=total)

    return show

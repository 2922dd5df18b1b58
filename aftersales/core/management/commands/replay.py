"""Compare every row that has a status with its log."""

from argparse import ArgumentParser
from contextlib import ExitStack
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from aftersales.core import replay
from aftersales.core.models import Shop
from aftersales.core.transitions import bindings


class Command(BaseCommand):
    """Replay the log and list every field that the rows have otherwise; ends with 1 when there is one."""

    help = "Recompute every present state from the append-only log and list what differs. Reads only; any time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to replay."""
        parser.add_argument("--type", action="append", choices=sorted(bindings), default=[], help="may be repeated")
        parser.add_argument("--shop", metavar="CODE", help="only this shop's")
        parser.add_argument("--limit", type=int, default=100, help="show at most so many differences (default 100)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay one type after the other."""
        types = options["type"] or sorted(bindings)
        shop_id = self._shop(options["shop"])
        found = 0
        with ExitStack() as stack:
            progress = self._bar(stack, types, shop_id)
            for one in replay.differences(types, shop_id=shop_id, progress=progress):
                found += 1
                if found <= options["limit"]:
                    self.stdout.write(str(one))
        if found:
            raise CommandError(f"{found} differences between rows and log.", returncode=1)
        if options["verbosity"]:
            self.stdout.write(f"Rows and log agree: {', '.join(types)}.")

    def _shop(self, code: str | None) -> int | None:
        if code is None:
            return None
        shop = Shop.objects.filter(code=code).first()
        if shop is None:
            raise CommandError(f"There is no shop “{code}”.")
        return shop.pk

    def _bar(self, stack: ExitStack, types: list[str], shop_id: int | None) -> Any:
        """Show a progress bar on a terminal, and nothing where the output goes elsewhere."""
        console = Console(stderr=True)
        if not console.is_terminal:
            return None
        columns = (TextColumn("{task.description:8}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        bar = stack.enter_context(Progress(*columns, console=console))
        tasks = {name: bar.add_task(name, total=replay.subjects(name, shop_id=shop_id)) for name in types}
        return lambda name, count: bar.advance(tasks[name], count)

"""List the policy settings with their defaults and what is in force."""

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime
from django.utils.text import Truncator
from rich.console import Console
from rich.table import Table

from aftersales.core import clock, policies
from aftersales.core.models import Shop

SHORT = 48
"""What is shown of a value that is a text; `--json` gives all of it."""


class Command(BaseCommand):
    """Show what holds, for one shop or in general, now or at another time; changes nothing."""

    help = "List the policy settings: key, default and the value in force. Reads only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a shop, a time, a form of output and the beginning of keys."""
        parser.add_argument("prefix", nargs="?", default="", help="only keys that begin so, such as deadline.TMO-6")
        parser.add_argument("--shop", metavar="CODE", help="what holds for this shop")
        parser.add_argument("--at", metavar="TIME", help="what holds then, such as 2026-11-11T00:00+08:00")
        parser.add_argument("--changed", action="store_true", help="only what differs from the default")
        parser.add_argument("--json", action="store_true", help="for programs: values in their stored form")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the table."""
        at = _moment(options["at"])
        shop_id = _shop_id(options["shop"])
        rows = [
            (known, policies.explain(known.key, shop_id=shop_id, at=at))
            for known in policies.definitions()
            if known.key.startswith(options["prefix"])
        ]
        if options["changed"]:
            rows = [(known, figure) for known, figure in rows if figure.stored != known.default]
        if options["json"]:
            self.stdout.write(json.dumps([_as_data(*row) for row in rows], ensure_ascii=False, indent=2))
        else:
            self._print(rows)

    def _print(self, rows: list[tuple[policies.PolicyDefinition, policies.Figure]]) -> None:
        table = Table("key", "rules", "default", "in force", "from", "meaning", box=None, pad_edge=False)
        for known, figure in rows:
            origin: str = figure.origin
            if figure.since is not None:
                origin += f" {figure.since.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
            table.add_row(
                *(known.key, " ".join(known.rules), _short(known, known.default)),
                *(_short(known, figure.stored), origin, str(known.label)),
            )
        # Wide enough for every line: what is piped on is not to be broken or cut.
        console = Console(width=400, markup=False, highlight=False, color_system=None)
        with console.capture() as capture:
            console.print(table)
        self.stdout.write("\n".join(line.rstrip() for line in capture.get().splitlines()))


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"{text} is not a time such as 2026-11-11T00:00+08:00")
    return found if found.tzinfo else found.replace(tzinfo=clock.SHANGHAI)


def _shop_id(code: str | None) -> int | None:
    if code is None:
        return None
    shop = Shop.objects.filter(code=code).first()
    if shop is None:
        raise CommandError(f"There is no shop {code}.")
    return shop.pk


def _short(known: policies.PolicyDefinition, stored: Any) -> str:
    words = f"({len(stored)} rows)" if known.kind == "json" else known.words(stored)
    return Truncator(words).chars(SHORT)


def _as_data(known: policies.PolicyDefinition, figure: policies.Figure) -> dict[str, Any]:
    return {
        "key": known.key,
        "kind": known.kind,
        "rules": list(known.rules),
        "label": str(known.label),
        "default": known.default,
        "minimum": known.minimum,
        "maximum": known.maximum,
        "value": figure.stored,
        "origin": figure.origin,
        "since": figure.since and figure.since.isoformat(),
    }

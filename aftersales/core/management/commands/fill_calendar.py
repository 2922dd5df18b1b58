"""Fill the calendar of working days from the libraries."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aftersales.core import calendar, errors


class Command(BaseCommand):
    """Fill the years that deadlines may ask for, or those given; running it again changes nothing."""

    help = "Fill the calendar of mainland-China working days. Days entered by hand are kept; may be run at any time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a range of years."""
        first, last = calendar.needed_years()
        parser.add_argument("--from", dest="first", type=int, metavar="YEAR", help=f"first year (default {first - 1})")
        parser.add_argument("--to", dest="last", type=int, metavar="YEAR", help=f"last year (default {last})")

    def handle(self, *args: Any, first: int | None, last: int | None, **options: Any) -> None:
        """Fill and say what was done."""
        needed_first, needed_last = calendar.needed_years()
        first = min(needed_first - 1, last or needed_first - 1) if first is None else first
        last = max(needed_last, first) if last is None else last
        try:
            filled = calendar.fill(first, last)
        except errors.Problem as error:
            raise CommandError(str(error.detail)) from error
        if options["verbosity"]:
            self.stdout.write(f"{first} to {last}: {filled.created} days added, {filled.changed} changed.")
        for year in filled.provisional:
            self.stderr.write(
                self.style.WARNING(
                    f"{year} is provisional: its make-up workdays are not announced, or not known to this release."
                )
            )

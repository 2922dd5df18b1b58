"""Hold the figures against a recount of every case, or work them out anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports import services


class Command(BaseCommand):
    """Check unless told to repair."""

    help = "Compare the sums of the figures with a recount of every case; --repair works them out anew (RPT-1)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what is to be done."""
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--check", action="store_true", help="compare only; this is the default")
        what.add_argument("--repair", action="store_true", help="work out every fact and sum anew")

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        """Say what was found; differences are an error."""
        if repair:
            self.stdout.write(f"{services.figures_repair()} facts")
            return
        different = services.figures_check()
        for row in different:
            self.stdout.write(" ".join(str(value) for value in row))
        if different:
            raise CommandError(f"{len(different)} sums differ from the recount")
        self.stdout.write("The figures agree with a recount.")

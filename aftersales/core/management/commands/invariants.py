"""Check what must always hold."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aftersales.core import invariants


class Command(BaseCommand):
    """Say for every rule whether it holds; ends with 1 when one does not."""

    help = "Check what must always hold (I1 to I11), and list what breaks it. Reads only; may be run at any time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the rules to check and how much to show."""
        parser.add_argument("rules", nargs="*", metavar="RULE", help="short names such as I2; all without")
        parser.add_argument("--limit", type=int, default=20, help="at most so many violations of each (default 20)")

    def handle(self, *args: Any, rules: list[str], limit: int, **options: Any) -> None:
        """Check one view after the other."""
        known = invariants.invariants(*(rule.upper() for rule in rules))
        if not known:
            raise CommandError("There is no such rule.")
        broken = 0
        for rule in known:
            found = [one for one in invariants.check(rule.code, limit=limit) if one.view == rule.view]
            broken += len(found)
            mark = self.style.ERROR("broken") if found else self.style.SUCCESS("holds ")
            if found or options["verbosity"]:
                self.stdout.write(f"{mark}  {rule.code:6} {rule.says}")
            for one in found:
                self.stdout.write(f"        {one.subject_type} {one.subject_id}: {one.detail}")
        if broken:
            raise CommandError(f"{broken} violations.", returncode=1)

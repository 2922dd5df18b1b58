"""`manage.py explore`: come into every state of an after-sale, without a database, and check what must hold there."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aftersales import worlds


class Command(BaseCommand):
    """Prints how much was seen and every finding with the shortest way to it; ends with 1 when there is one."""

    help = "Explore the state machines together and check that nothing gets stuck, is paid twice or can never happen."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Explore and report."""
        began = time.monotonic()
        report = worlds.prove()
        took = time.monotonic() - began
        self.stdout.write(
            f"{report.states} states, {report.moves} moves, {report.edges} edges of the tables, {took:.1f} seconds"
        )
        for finding in report.known if options["verbosity"] else ():
            self.stdout.write(self.style.WARNING(f"known, {finding}"))
        for finding in report.findings:
            self.stdout.write(self.style.ERROR(str(finding)))
        if report.findings:
            raise CommandError(f"{len(report.findings)} findings.", returncode=1)

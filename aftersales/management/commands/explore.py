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
        findings = 0
        for name, prove in (("after-sale", worlds.prove), ("payout", worlds.prove_payouts)):
            began = time.monotonic()
            report = prove()
            took = time.monotonic() - began
            self.stdout.write(
                f"{name}: {report.states} states, {report.moves} moves, {report.edges} edges, {took:.1f} seconds"
            )
            if options["verbosity"] and report.known:
                self._tell_known(report)
            for finding in report.findings:
                self.stdout.write(self.style.ERROR(str(finding)))
            findings += len(report.findings)
        if findings:
            raise CommandError(f"{findings} findings.", returncode=1)

    def _tell_known(self, report: worlds.Report) -> None:
        """Say what is known to be weak, and the ways that lead there."""
        for known in worlds.KNOWN:
            self.stdout.write(self.style.WARNING(f"Known and not mended: {known.says}."))
        for finding in report.known:
            self.stdout.write(str(finding))

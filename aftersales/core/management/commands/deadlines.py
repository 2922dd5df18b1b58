"""`manage.py deadlines`: let everything that is due act now, or list what will act by itself until a moment."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from aftersales.core import clock, sweeps, transitions
from aftersales.core.models import Deadline


class Command(BaseCommand):
    """Runs what is due (TMO-18), or lists it with --dry-run."""

    help = "Let every due deadline act; with --dry-run list what would act by itself until --as-of."

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the options."""
        parser.add_argument("--dry-run", action="store_true", help="list, change nothing")
        parser.add_argument("--as-of", metavar="TIME", help="RFC 3339 moment instead of now")
        parser.add_argument("--limit", type=int, default=200, help="rows listed by --dry-run")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run or list."""
        as_of = self._moment(options["as_of"])
        if options["dry_run"]:
            self._list(as_of, options["limit"])
            return
        if as_of > clock.now() and not settings.DEMO:
            raise CommandError("A real run with --as-of in the future is possible in demo mode only; use --dry-run.")
        acted = failed = 0
        while True:
            swept = sweeps.sweep(as_of=as_of)
            acted, failed = acted + swept.acted, failed + swept.failed
            if not swept.acted:
                break
        self.stdout.write(f"{acted} acted, {swept.busy} busy, {failed} failed")

    def _moment(self, text: str | None) -> datetime:
        if text is None:
            return clock.now()
        moment = parse_datetime(text)
        if moment is None:
            raise CommandError(f"{text!r} is no moment; write it like 2026-11-22T18:00:00+08:00.")
        return moment if moment.tzinfo else moment.replace(tzinfo=clock.SHANGHAI)

    def _list(self, as_of: datetime, limit: int) -> None:
        rows = Deadline.objects.filter(status=Deadline.Status.RUNNING, due_at__lte=as_of).order_by("due_at", "id")
        shown = list(rows[:limit])
        numbers = self._numbers(shown)
        for row in shown:
            due = row.due_at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
            machine = transitions.bindings[row.subject_type].machine
            said = f"{machine.actions.get(row.action, row.action)}{' (against the shop)' if row.against_shop else ''}"
            number = numbers.get((row.subject_type, row.subject_id), "?")
            self.stdout.write(f"{due}  {row.rule:<7} {row.subject_type:<8} {number:<20} {row.action:<16} {said}")
        self.stdout.write(f"{rows.count()} would act until {as_of.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S %z}.")

    def _numbers(self, rows: list[Deadline]) -> dict[tuple[str, int], str]:
        """Find how people call the subjects of `rows`, one query a type."""
        numbers: dict[tuple[str, int], str] = {}
        for name, binding in transitions.bindings.items():
            ids = [row.subject_id for row in rows if row.subject_type == name]
            found = binding.model._default_manager.filter(pk__in=ids).values_list("pk", binding.number) if ids else ()
            numbers |= {(name, pk): str(number) for pk, number in found}
        return numbers

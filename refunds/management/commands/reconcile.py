"""Hold a day's bill against the books, now: fetched from the provider, or from a file."""

from argparse import ArgumentParser
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from aftersales.core import clock
from aftersales.core.auth import Actor
from refunds import services
from refunds.models import Bill, Difference


class Command(BaseCommand):
    """Compare one day, and say what was found by kind."""

    help = "Compare the provider's bill of a day (yesterday) with the books, and list how many differences are open."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Define the options."""
        parser.add_argument("--day", type=date.fromisoformat, help="YYYY-MM-DD, Shanghai; yesterday unless given")
        parser.add_argument("--file", type=Path, help="a bill that was downloaded by hand, CSV or ZIP")

    def handle(self, *args: Any, day: date | None, file: Path | None, **options: Any) -> None:
        """Keep the bill, compare, report."""
        day = day or clock.shanghai_day(clock.now()) - timedelta(days=1)
        try:
            if file is None:
                bill = services.bill_fetch(day=day)
            else:
                actor = Actor.system("reconciliation")
                bill = services.bill_keep(day=day, content=file.read_bytes(), source="upload", actor=actor)
        except (OSError, LookupError) as problem:
            raise CommandError(str(problem)) from problem
        services.bills_compare()
        bill = Bill.objects.get(pk=bill.pk)
        if bill.status == Bill.Status.REFUSED:
            raise CommandError(bill.error)
        self.stdout.write(f"{bill.day}: {bill.lines} lines")
        found = Difference.objects.filter(day=day, gone_at=None, resolved_at=None)
        for kind, count in found.values_list("kind").annotate(n=Count("pk")).order_by("kind"):
            self.stdout.write(f"  {kind}: {count}")

"""`manage.py load_demo`: fill an empty database with shops, people and two months of trade."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from aftersales.core import calendar
from aftersales.core.models import Shop, User
from tickets.management.sample import cast, load, shots
from tickets.management.sample.album import Album
from tickets.management.sample.mass import filling


class Command(BaseCommand):
    """Loads the sample data once; says so when they are there."""

    help = "Fill an empty database with three sample shops, their staff (password demo) and two months of trade."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Define the options."""
        parser.add_argument(
            "--orders",
            type=int,
            metavar="N",
            help="N made-up orders through COPY instead, for measurements; may be given again and again",
        )
        parser.add_argument(
            "--due", type=int, default=0, metavar="N", help="of them so many with a request whose deadline just passed"
        )
        parser.add_argument(
            "--allow-preset-passwords",
            action="store_true",
            help="also outside demo mode, where everybody knows the passwords and tokens that this makes",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, unless something is there."""
        if not (settings.DEMO or options["allow_preset_passwords"]):
            raise CommandError(
                "This makes users with the password “demo” and tokens that everybody knows. It is for demo mode; "
                "give --allow-preset-passwords to do it all the same."
            )
        if options["orders"] is not None:
            self._fill(options["orders"], options["due"], quiet=not options["verbosity"])
        else:
            self._load(quiet=not options["verbosity"])

    def _load(self, *, quiet: bool) -> None:
        if User.objects.exists() or Shop.objects.exists():
            self.stdout.write("There are users and shops already: nothing was loaded.")
            return
        _fill_calendar()
        with shots.drawing() as work, self._progress(quiet) as bar:
            task = bar.add_task("")
            made = load.load(
                album=Album(lambda kind, number: shots.pick(work, kind, number)),
                progress=lambda over, total: bar.update(task, completed=over, total=total),
            )
        if not quiet:
            self.stdout.write(f"{made.stories} orders with their stories, in {len(made.cast.stages)} shops.")

    def _fill(self, orders: int, due: int, *, quiet: bool) -> None:
        if not 0 <= due <= orders:
            raise CommandError("--due cannot be more than --orders.")
        if not Shop.objects.exists():
            _fill_calendar()
            with transaction.atomic():
                cast.assemble()
        with self._progress(quiet) as bar:
            task = bar.add_task("", total=orders)
            made = filling.fill(orders=orders, due=due, progress=lambda done: bar.update(task, completed=done))
        if not quiet:
            self.stdout.write(
                f"{made.orders} orders, {made.rows} rows in {made.seconds:.1f} s: {made.rows_a_second} rows a second."
            )

    def _progress(self, quiet: bool) -> Progress:
        columns = (TextColumn("Orders"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        return Progress(*columns, transient=True, disable=quiet)


def _fill_calendar() -> None:
    first, last = calendar.needed_years()
    calendar.fill(first - 1, last)

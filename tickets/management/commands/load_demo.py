"""`manage.py load_demo`: fill an empty database with shops, people and two months of trade."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from aftersales.core.models import Shop, User
from tickets.management.sample import load, shots
from tickets.management.sample.album import Album


class Command(BaseCommand):
    """Loads the sample data once; says so when they are there."""

    help = "Fill an empty database with three sample shops, their staff (password demo) and two months of trade."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Define the options."""
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
        if User.objects.exists() or Shop.objects.exists():
            self.stdout.write("There are users and shops already: nothing was loaded.")
            return
        call_command("fill_calendar", verbosity=0)
        quiet = not options["verbosity"]
        columns = (TextColumn("Orders and requests"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with shots.drawing() as work, Progress(*columns, transient=True, disable=quiet) as bar:
            task = bar.add_task("")
            made = load.load(
                album=Album(lambda kind, number: shots.pick(work, kind, number)),
                progress=lambda over, total: bar.update(task, completed=over, total=total),
            )
        if not quiet:
            self.stdout.write(f"{made.stories} orders with their stories, in {len(made.cast.stages)} shops.")

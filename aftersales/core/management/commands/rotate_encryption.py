"""Write every encrypted column anew with the newest key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aftersales.core import encryption


class Command(BaseCommand):
    """After a new key was put in front of FIELD_ENCRYPTION_KEYS; when it is done the old one may go."""

    help = "Encrypt accounts, names and secrets with the newest key. May be stopped, run again, and run while in use."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how much was written, column by column."""
        try:
            for column, count in encryption.rotate():
                self.stdout.write(f"{column}: {count} written with the newest key.")
        except encryption.Undecipherable as problem:
            raise CommandError("A value is opened by none of the keys; put the missing one back.") from problem

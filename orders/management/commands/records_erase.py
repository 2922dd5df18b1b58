"""`manage.py records_erase`: forget whose the trades were that nobody needs any more, or only count them (LAW-7)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from aftersales.core.models import Shop
from orders.services import erasing


class Command(BaseCommand):
    """Runs by night by itself; this is for whoever wants to see it before, or does not want to wait."""

    help = "Erase names, phones, addresses and texts of trades older than records are kept; with --dry-run count them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the option."""
        parser.add_argument("--dry-run", action="store_true", help="count, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count or erase, and say what, shop by shop."""
        for shop in Shop.objects.order_by("pk"):
            if options["dry_run"]:
                done = erasing.records_count(shop=shop)
            else:
                done = erasing.Erased()
                while (batch := erasing.records_erase(shop=shop)).orders:
                    done += batch
            rows = ", ".join(f"{many} {name}" for name, many in sorted(done.rows.items()) if many)
            self.stdout.write(f"{shop.code}: {done.orders} orders{f' ({rows})' if rows else ''}")

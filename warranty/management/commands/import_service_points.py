"""`manage.py import_service_points`: the directory of service points, from a CSV file (WAR-3)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from aftersales.core.errors import Problem
from warranty.services import service_points_import


class Command(BaseCommand):
    """Reads the file; either all of it goes in, or every fault is named with its line and nothing is changed."""

    help = (
        "Import service points from a CSV file in UTF-8 with the columns province, city, name, address, phone, hours "
        "(or 省份, 城市, 名称, 地址, 电话, 营业时间). A second run changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file."""
        parser.add_argument("file", type=Path, metavar="FILE", help="the CSV file")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the import; the exit status says whether it went in."""
        path: Path = options["file"]
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as exc:
            raise CommandError(f"{path}: {exc.strerror}") from exc
        except UnicodeDecodeError as exc:
            raise CommandError(_("%(path)s is not in UTF-8.") % {"path": path}) from exc
        try:
            done = service_points_import(text=text)
        except Problem as problem:
            faults = "\n".join(f"{fault.field}: {fault.detail}" for fault in problem.errors)
            raise CommandError(_("Nothing was imported.") + "\n" + faults) from problem
        said = {"new": done.new, "changed": done.changed, "unchanged": done.unchanged}
        self.stdout.write(_("%(new)d new, %(changed)d changed, %(unchanged)d unchanged.") % said)

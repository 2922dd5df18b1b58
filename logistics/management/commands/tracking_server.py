"""Run a service that speaks kuaidi100's protocol, to try the client and the callback against."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from logistics.management.tracking_server import Service, serve
from logistics.management.tracking_server.service import CUSTOMER


class Command(BaseCommand):
    """Serve until interrupted."""

    help = "Run a tracking service on 127.0.0.1 that speaks kuaidi100's protocol, with routes and faults of its own."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where it listens, where it keeps secrets and journal, and how fast its parcels are."""
        parser.add_argument("--port", type=int, default=8398)
        parser.add_argument("--home", type=Path, default=Path(".demo/tracking"), help="folder of secrets and journal")
        parser.add_argument("--quiet", action="store_true", help="do not say what a client needs")
        parser.add_argument("--speed", type=float, default=1.0, help="how many seconds of a parcel's way pass in one")

    def handle(self, *args: Any, port: int, home: Path, speed: float, quiet: bool, **options: Any) -> None:
        """Say what a client needs, and serve."""
        service = Service(home, speed=speed)
        server = serve(service, port)
        service.resume()
        if not quiet:
            self._say(home, f"http://127.0.0.1:{server.server_port}")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            self.stdout.write("")
        finally:
            server.server_close()

    def _say(self, home: Path, address: str) -> None:
        self.stdout.write(f"TRACKING_PROVIDER=kuaidi100 KUAIDI_URL={address} KUAIDI_CUSTOMER={CUSTOMER}")
        self.stdout.write(f"KUAIDI_KEY_FILE={home}/key KUAIDI_SALT_FILE={home}/salt")
        self.stdout.flush()

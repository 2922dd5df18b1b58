"""Run a gateway that speaks Alipay's protocol, to try the client against."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from refunds.management.alipay_server import Gateway, serve


class Command(BaseCommand):
    """Serve until interrupted."""

    help = "Run a gateway on 127.0.0.1 that speaks Alipay's protocol with keys, books and faults of its own."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where it listens and where it keeps keys and journal."""
        parser.add_argument("--port", type=int, default=8399)
        parser.add_argument("--home", type=Path, default=Path(".demo/alipay"), help="folder of keys and journal")

    def handle(self, *args: Any, port: int, home: Path, **options: Any) -> None:
        """Say what a client needs, and serve."""
        server = serve(Gateway(home), port)
        address = f"http://127.0.0.1:{server.server_port}/gateway.do"
        self.stdout.write(f"ALIPAY_GATEWAY_URL={address} ALIPAY_APP_ID=2026000000000000")
        self.stdout.write(f"ALIPAY_PRIVATE_KEY_FILE={home}/app.pem ALIPAY_PUBLIC_KEY_FILE={home}/gateway.pub.pem")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            self.stdout.write("")
        finally:
            server.server_close()

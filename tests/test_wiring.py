"""What is put together when all apps are there."""

import subprocess
import sys

from django.conf import settings

ASK = """
import django
django.setup()
from aftersales.core.tasks import outbox_sweep
print(outbox_sweep.app.main, outbox_sweep.app.conf.broker_url)
"""


def test_every_process_sends_to_the_broker_of_the_settings():
    """Web and commands send nudges too; a task without an app would look for a broker of Celery's own choosing."""
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["aftersales", "memory://localhost/"]

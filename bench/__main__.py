"""`python -m bench`: measure side by side, print, and keep what was found in bench/results.md.

    python -m bench                              the short form: 10,000 and 200,000 requests, a few minutes
    python -m bench --size 1000000 --long        once more as thoroughly, a million requests
    python -m bench --size 10000 --only queue    one group: queue, request, lists, deciding, creating, sweeping, …

Databases are made on the server of DATABASE_URL, or on one that is started for this, and kept between runs there.
"""

import os
import sys

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    django.setup()
    from bench import running

    sys.exit(running.main(__doc__ or ""))

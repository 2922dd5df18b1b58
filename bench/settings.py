"""The settings of a measurement: production's as far as they cost anything, with the keys of the tests."""

import os

os.environ.setdefault("API_RATE", "100000000/min")  # a measurement asks more often than anybody may

from tests.settings import *  # noqa: F403
from tests.settings import BASE_DIR, LOGGING

# Production serves collected files from a table; looking for them in folders would be measured with each page.
STATIC_ROOT = BASE_DIR / "static"
WHITENOISE_USE_FINDERS = False
WHITENOISE_AUTOREFRESH = False
# Log lines are made as in production, and go nowhere.
LOGGING_CONFIG = "logging.config.dictConfig"  # type: ignore[assignment]
LOGGING["handlers"] = {"stderr": LOGGING["handlers"]["stderr"] | {"stream": open(os.devnull, "w")}}  # noqa: SIM115

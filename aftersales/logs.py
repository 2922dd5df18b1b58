"""How a log line is made: as data, with the request's id, and without anybody's name, phone or address in it."""

from typing import Any

import structlog
from structlog.types import EventDict, Processor


def mask_event(logger: Any, method: str, event: EventDict) -> EventDict:
    """Take names, phones and addresses out of a log entry; imported late, for the settings come before the core."""
    from aftersales.core import masking

    masked: EventDict = masking.mask_event(logger, method, event)
    return masked


PROCESSORS: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]
RENDERERS: dict[str, list[Processor]] = {
    # Masked after tracebacks became text, for a traceback quotes what it failed on; and never with local variables.
    "json": [
        structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
        mask_event,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ],
    "console": [structlog.processors.format_exc_info, mask_event, structlog.dev.ConsoleRenderer(colors=False)],
}


def configured(*, renderer: str, level: str) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING: everything to stderr, as `json` or for the `console`."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            name: {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": PROCESSORS,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
            }
            for name, renderers in RENDERERS.items()
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": renderer}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Every sweep that finds nothing would be two lines every two seconds.
            "celery": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
            # A client's mistake is in the line of its request already.
            "django.request": {"level": "ERROR"},
        },
    }

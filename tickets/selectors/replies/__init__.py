"""Ready words for buyers: which there are for whom, what stands for their variables, how a reply ends (TKT-3)."""

from .closing import closing_words, ends_with_closing
from .default import DEFAULTS, Words
from .known import ReadyWords, replies_for, reply_get_for
from .variables import VARIABLES, Case, filled, unfilled, unknown, values_of

__all__ = [
    "DEFAULTS",
    "VARIABLES",
    "Case",
    "ReadyWords",
    "Words",
    "closing_words",
    "ends_with_closing",
    "filled",
    "replies_for",
    "reply_get_for",
    "unfilled",
    "unknown",
    "values_of",
]

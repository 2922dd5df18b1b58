"""Void lists: made each morning and by hand, answered by the warehouse, settled with the request itself (VOI)."""

from .answering import ANSWER, Given, Outcome, void_line_answer, void_line_stopped, void_lines_answer
from .making import MAKE, void_list_make, void_lists_make_due
from .settling import void_lines_settle

__all__ = [
    "ANSWER",
    "MAKE",
    "Given",
    "Outcome",
    "void_line_answer",
    "void_line_stopped",
    "void_lines_answer",
    "void_lines_settle",
    "void_list_make",
    "void_lists_make_due",
]

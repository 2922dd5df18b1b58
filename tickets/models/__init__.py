"""The workbench's own tables: tickets, tasks, news, looks at unmasked data, the playbook, ready words, saved views."""

from .desk import Disclosure, Notification, Task, TaskKind
from .playbook import PlaybookTrial, PlaybookVersion
from .replies import CannedReply, CannedReplyVersion, ReplyCategory, ReplySituation, ReplyUse
from .saved_views import SavedView
from .tickets import Ticket, TicketLink, TicketNote

__all__ = [
    "CannedReply",
    "CannedReplyVersion",
    "Disclosure",
    "Notification",
    "PlaybookTrial",
    "PlaybookVersion",
    "ReplyCategory",
    "ReplySituation",
    "ReplyUse",
    "SavedView",
    "Task",
    "TaskKind",
    "Ticket",
    "TicketLink",
    "TicketNote",
]

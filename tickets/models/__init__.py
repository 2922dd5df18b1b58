"""The workbench's own tables: tickets, tasks, news, looks at unmasked data, the playbook, ready words."""

from .desk import Disclosure, Notification, Task, TaskKind
from .playbook import PlaybookTrial, PlaybookVersion
from .replies import CannedReply, CannedReplyVersion, ReplyCategory, ReplySituation, ReplyUse
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
    "Task",
    "TaskKind",
    "Ticket",
    "TicketLink",
    "TicketNote",
]

"""The workbench's own tables: tickets, tasks, news, looks at unmasked data, the playbook, ready words, saved views."""

from .assigning import DeskAgent, Looking, Presence
from .desk import Disclosure, Notification, Task, TaskKind
from .playbook import PlaybookTrial, PlaybookVersion
from .replies import CannedReply, CannedReplyVersion, ReplyCategory, ReplySituation, ReplyUse
from .saved_views import SavedView
from .telling import KIND_OF, NewsDispatch, NewsKind, NewsPreference, Robot
from .tickets import Ticket, TicketLink, TicketNote

__all__ = [
    "KIND_OF",
    "CannedReply",
    "CannedReplyVersion",
    "DeskAgent",
    "Disclosure",
    "Looking",
    "NewsDispatch",
    "NewsKind",
    "NewsPreference",
    "Notification",
    "PlaybookTrial",
    "PlaybookVersion",
    "Presence",
    "ReplyCategory",
    "ReplySituation",
    "ReplyUse",
    "Robot",
    "SavedView",
    "Task",
    "TaskKind",
    "Ticket",
    "TicketLink",
    "TicketNote",
]

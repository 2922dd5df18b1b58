"""The workbench's own tables: tickets, tasks, news, looks at unmasked data, and the versions of the playbook."""

from .desk import Disclosure, Notification, Task, TaskKind
from .playbook import PlaybookTrial, PlaybookVersion
from .telling import KIND_OF, NewsDispatch, NewsKind, NewsPreference, Robot
from .tickets import Ticket, TicketLink, TicketNote

__all__ = [
    "KIND_OF",
    "Disclosure",
    "NewsDispatch",
    "NewsKind",
    "NewsPreference",
    "Notification",
    "PlaybookTrial",
    "PlaybookVersion",
    "Robot",
    "Task",
    "TaskKind",
    "Ticket",
    "TicketLink",
    "TicketNote",
]

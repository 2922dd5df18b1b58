"""The workbench's own tables: tickets, tasks, news, looks at unmasked data, saved views, versions of the playbook."""

from .desk import Disclosure, Notification, Task, TaskKind
from .playbook import PlaybookTrial, PlaybookVersion
from .saved_views import SavedView
from .tickets import Ticket, TicketLink, TicketNote

__all__ = [
    "Disclosure",
    "Notification",
    "PlaybookTrial",
    "PlaybookVersion",
    "SavedView",
    "Task",
    "TaskKind",
    "Ticket",
    "TicketLink",
    "TicketNote",
]

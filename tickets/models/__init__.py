"""The workbench's own tables: tickets, tasks, news, looks at unmasked data, and the versions of the playbook."""

from .desk import Disclosure, Notification, Task, TaskKind
from .playbook import PlaybookTrial, PlaybookVersion
from .tickets import Ticket, TicketLink, TicketNote

__all__ = [
    "Disclosure",
    "Notification",
    "PlaybookTrial",
    "PlaybookVersion",
    "Task",
    "TaskKind",
    "Ticket",
    "TicketLink",
    "TicketNote",
]

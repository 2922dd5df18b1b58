"""The workbench's own tables: tasks, news, looks at unmasked data, and the versions of the playbook."""

from .desk import Disclosure, Notification, Task, TaskKind
from .playbook import PlaybookTrial, PlaybookVersion

__all__ = ["Disclosure", "Notification", "PlaybookTrial", "PlaybookVersion", "Task", "TaskKind"]

"""What changes the workbench's own rows: tasks, news, requests taken on, data disclosed, the playbook."""

from .desk import (
    DISCLOSE,
    buyer_disclose,
    notification_read,
    notifications_read,
    notify,
    order_tasks_settle,
    refund_assign,
    task_done,
    task_raise,
    tasks_settle,
)
from .enquiries import faster_ship, parcel_recall, undeliverable_ask, undeliverable_settle, untracked_answer
from .playbook import (
    EDIT_PLAYBOOK,
    draft_discard,
    draft_publish,
    draft_save,
    draft_start,
    version_withdraw,
)
from .playbook_trials import trial_start

__all__ = [
    "DISCLOSE",
    "EDIT_PLAYBOOK",
    "buyer_disclose",
    "draft_discard",
    "draft_publish",
    "draft_save",
    "draft_start",
    "faster_ship",
    "notification_read",
    "notifications_read",
    "notify",
    "order_tasks_settle",
    "parcel_recall",
    "refund_assign",
    "task_done",
    "task_raise",
    "tasks_settle",
    "trial_start",
    "undeliverable_ask",
    "undeliverable_settle",
    "untracked_answer",
    "version_withdraw",
]

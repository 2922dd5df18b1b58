"""What the worker does for the workbench."""

from celery import shared_task

from .services import playbook_trials


@shared_task(soft_time_limit=560, time_limit=580)
def playbook_trials_run() -> None:
    """Hold a draft of the playbook against decided requests, one trial a call."""
    playbook_trials.trial_next()

"""What the worker does for the workbench."""

from celery import shared_task

from .services import assigning, dispatching, looking, playbook_trials


@shared_task(soft_time_limit=560, time_limit=580)
def playbook_trials_run() -> None:
    """Hold a draft of the playbook against decided requests, one trial a call."""
    playbook_trials.trial_next()


@shared_task
def news_send() -> None:
    """Send digests and messages of robots that are due."""
    dispatching.send_due()


@shared_task
def digests_make() -> None:
    """Put together the digests whose time has come."""
    dispatching.digests_make()


@shared_task
def news_expire() -> None:
    """Throw away what was sent or parked long ago."""
    dispatching.dispatches_expire()


@shared_task
def tickets_assign() -> int:
    """Let the quiet be away, forget who looked at what, then give what nobody owns to those who are there."""
    assigning.presence_expire()
    looking.looks_expire()
    return assigning.tickets_assign()

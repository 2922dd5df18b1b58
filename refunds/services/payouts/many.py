"""Approving very many payouts: a job, one after the other, each through `payout_approve`, with what came of it (PAY-5).

What is approved is what was looked at: the numbers and versions of then. Each payout, its outcome and where the job
goes on are one transaction, so that a worker who dies approves none twice and forgets none.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import errors, jobs, policies
from aftersales.core.auth import Actor
from aftersales.core.jobs import Batch, Kind
from aftersales.core.models import Job
from refunds.models import Payout

from .approving import payout_approve
from .machine import PAYOUT

APPROVE = "payouts_approve"


def payouts_approve_start(*, payouts: Sequence[tuple[str, int]], actor: Actor) -> Job:
    """Queue the approval of payouts, given by number and the version that was looked at.

    Raises: Forbidden; Invalid `nothing_there`, `too_many_rows` beyond the policy job.bulk_rows; Conflict.
    """
    if actor.role not in PAYOUT.machine.roles_of["approve"]:
        raise errors.Forbidden()
    most: int = policies.get("job.bulk_rows")
    if not payouts:
        raise errors.Invalid(_("Nothing waits for approval"), code="nothing_there")
    if len(payouts) > most:
        text = _("More than %(most)s payouts: approve some of them first.") % {"most": f"{most:,}"}
        raise errors.Invalid(text, code="too_many_rows")
    shops = None if actor.shop_ids is None else sorted(actor.shop_ids)
    params = {"payouts": [list(one) for one in payouts], "shops": shops}
    return jobs.job_start(actor=actor, kind=APPROVE, params=params, total=len(payouts))


def _run(job: Job) -> Batch:
    """Approve the next one; a refusal undoes that one alone."""
    at = job.cursor.get("at", 0)
    number, version = job.params["payouts"][at]
    cursor = {"at": at + 1} if at + 1 < len(job.params["payouts"]) else None
    try:
        with transaction.atomic():
            actor = jobs.job_actor(job)
            payout = actor.visible(Payout.objects.filter(payout_no=number)).first()
            if payout is None:
                raise errors.NotFound()
            payout_approve(payout=payout, actor=actor, version=version)
    except errors.Problem as problem:
        rule = problem.extra.get("rule", "")
        why = " ".join(filter(None, [str(problem.detail or problem.title), f"({rule})" if rule else ""]))
        if not rule and isinstance(problem, errors.Conflict | errors.StaleVersion | errors.NotFound):
            return Batch(cursor, skipped=1, rows=[[number, _("skipped"), why]])
        return Batch(cursor, failed=1, rows=[[number, _("failed"), why]])
    return Batch(cursor, ok=1, rows=[[number, _("approved"), ""]])


def _header(job: Job) -> list[str]:
    return [_("Payout no."), _("What came of it"), _("Why")]


KIND = Kind(APPROVE, gettext_lazy("Approval of payouts"), _run, _header, keeps_part=True)

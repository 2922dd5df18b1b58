"""One step on every request that a filter finds: a snapshot of numbers, then each by itself, with what came of it.

Every request is its own transaction and goes through the service that a person's click goes through, with the version
that it had in the snapshot: what changed since is skipped, not guessed at. What was skipped or refused is a line of the
job's file, with its reason.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import errors, jobs, policies
from aftersales.core.auth import Actor
from aftersales.core.jobs import Batch, Kind
from aftersales.core.machine import AGENT, SUPERVISOR
from aftersales.core.models import Job, User
from orders import services as orders
from orders.models import OrderNote
from refunds import services as refunds
from refunds.models import Refund
from refunds.states import GOODS_KINDS, REFUND
from tickets.selectors import queue
from tickets.selectors.request_page import colleagues

from .ticketing import refund_assign

BULK = "bulk"
AGREE, TAKE, ASSIGN, NOTE = "agree", "take", "assign", "note"
ACTIONS = {
    AGREE: gettext_lazy("Agree"),
    TAKE: gettext_lazy("Take on"),
    ASSIGN: gettext_lazy("Hand over"),
    NOTE: gettext_lazy("Add a note"),
}
DESK = frozenset({AGENT, SUPERVISOR})
AGREEABLE = frozenset(edge.source for edge in REFUND.edges if edge.action == AGREE)


def most_rows() -> int:
    """Say how many requests one step may be taken on."""
    most: int = policies.get("job.bulk_rows")
    return most


def bulk_preview(actor: Actor, wanted: queue.Wanted) -> dict[str, Any]:
    """Say what a step would be taken on, by state: how many, their sum in fen, the newest; one statement."""
    rows = queue.queue_rows(actor, wanted).order_by()
    found = list(rows.values("status").annotate(n=Count("pk"), sum_fen=Sum("amount_fen"), last=Max("pk")))
    states = [
        {"label": REFUND.labels[one["status"]], "n": one["n"], "agreeable": one["status"] in AGREEABLE}
        for one in sorted(found, key=lambda one: -one["n"])
    ]
    return {
        "states": states,
        "total": sum(one["n"] for one in found),
        "agreeable": sum(one["n"] for one in found if one["status"] in AGREEABLE),
        "agreeable_fen": sum(one["sum_fen"] or 0 for one in found if one["status"] in AGREEABLE),
        "last": max((one["last"] for one in found), default=0),
    }


def bulk_start(
    *,
    actor: Actor,
    wanted: queue.Wanted,
    action: str,
    upto: int,
    text: str = "",
    flag: str = "",
    owner: User | None = None,
) -> Job:
    """Queue a step on what a filter finds now, as far as it was there when it was looked at (`upto`, a key).

    Raises: Forbidden; Invalid `nothing_there`, `too_many_rows` beyond the policy job.bulk_rows; Conflict.
    """
    if actor.role not in DESK or (action == ASSIGN and actor.role != SUPERVISOR):
        raise errors.Forbidden()
    most = most_rows()
    rows = queue.queue_rows(actor, wanted).filter(pk__lte=upto).order_by("-pk")
    numbers = list(rows.values_list("refund_no", "version")[: most + 1])
    if not numbers:
        raise errors.Invalid(_("Nothing matches these filters"), code="nothing_there")
    if len(numbers) > most:
        text = _("More than %(most)s cases: narrow the filters down first.") % {"most": f"{most:,}"}
        raise errors.Invalid(text, code="too_many_rows")
    params = {
        "action": action,
        "numbers": numbers,
        "text": text,
        "flag": flag,
        "owner": owner.pk if owner is not None else None,
        "shops": None if actor.shop_ids is None else sorted(actor.shop_ids),
    }
    return jobs.job_start(actor=actor, kind=BULK, params=params, total=len(numbers))


def _run(job: Job) -> Batch:
    """Take the step on the next request; a refusal undoes that one alone."""
    at = job.cursor.get("at", 0)
    number, version = job.params["numbers"][at]
    cursor = {"at": at + 1} if at + 1 < len(job.params["numbers"]) else None
    try:
        with transaction.atomic():
            actor = jobs.job_actor(job)
            refund = actor.visible(Refund.objects.filter(refund_no=number)).select_related("order").first()
            if refund is None:
                raise errors.NotFound()
            _step(job, refund, version, actor)
    except errors.Problem as problem:
        if _is_over(problem):
            return Batch(cursor, skipped=1, rows=[[number, _("skipped"), _reason(problem)]])
        return Batch(cursor, failed=1, rows=[[number, _("failed"), _reason(problem)]])
    return Batch(cursor, ok=1)


def _is_over(problem: errors.Problem) -> bool:
    """Whether it is no longer there to be done, rather than refused by a rule."""
    return isinstance(problem, errors.Conflict | errors.StaleVersion | errors.NotFound) and not problem.extra.get(
        "rule"
    )


def _reason(problem: errors.Problem) -> str:
    rule = problem.extra.get("rule", "")
    return " ".join(filter(None, [str(problem.detail or problem.title), f"({rule})" if rule else ""]))


def _step(job: Job, refund: Refund, version: int, actor: Actor) -> None:
    params: Mapping[str, Any] = job.params
    action = params["action"]
    if action == AGREE:
        if refund.kind in GOODS_KINDS:
            raise errors.Invalid(_("Exchanges, reships and repairs are agreed to one by one."))
        refunds.refund_agree(refund=refund, actor=actor, note=params["text"], version=version)
    elif action == NOTE:
        _note(job, refund, actor)
    else:
        owner = job.user if action == TAKE else User.objects.filter(pk=params["owner"], is_active=True).first()
        if owner is None or not colleagues({refund.shop_id}).filter(pk=owner.pk).exists():
            raise errors.Invalid(_("The colleague does not work for this shop."))
        if refund.assignee_id == owner.pk:
            raise errors.Conflict(_("It is his already."))
        refund_assign(refund=refund, actor=actor, assignee=owner)


def _note(job: Job, refund: Refund, actor: Actor) -> None:
    """Add the note to the order, once however many of its requests are among them."""
    text = job.params["text"]
    there = OrderNote.objects.filter(
        order=refund.order_id, text=text, author_id=actor.user_id, created_at__gte=job.created_at
    )
    if there.exists():
        raise errors.Conflict(_("The order has this note by another of its requests."))
    orders.note_add(order=refund.order, actor=actor, text=text, flag=job.params["flag"])


def _header(job: Job) -> list[str]:
    return [_("Refund no."), _("What came of it"), _("Why")]


KIND = Kind(BULK, gettext_lazy("One step on many requests"), _run, _header, keeps_part=True)

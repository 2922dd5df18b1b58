"""Exports of the queue and of the tickets: what a list shows, one row a case, masked as on the page (LAW-7).

The cases are read by key from the newest down, a batch at a time, so that every size costs the same memory. What comes
in after the start is newer and stays out; a case that leaves the filter before its batch is read stays out, too.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from aftersales.core import errors, jobs, masking, policies
from aftersales.core.auth import Actor
from aftersales.core.jobs import Batch, Kind
from aftersales.core.models import Job
from aftersales.core.sheets import Cell, at, yuan
from refunds.models import Refund
from refunds.models.refunds import NEVER
from refunds.states import REFUND
from tickets.models import Ticket
from tickets.selectors import queue, ticket_rows
from tickets.selectors.tickets import late_now, step_words, with_case

REFUNDS, TICKETS = "refunds", "tickets"
FORMATS = ("xlsx", "csv")
BATCH = 500
Wanted = queue.Wanted | ticket_rows.Wanted


def export_start(*, actor: Actor, wanted: Wanted, form: str) -> Job:
    """Queue the export of a list as `form` (csv, xlsx); its number of rows is taken now.

    Raises: Invalid `too_many_rows` beyond the policy job.export_rows, Conflict `too_many_jobs`, Forbidden.
    """
    kind = REFUNDS if isinstance(wanted, queue.Wanted) else TICKETS
    total, most = rows_wanted(actor, wanted), most_rows()
    if total > most:
        text = _("More than %(most)s cases: narrow the filters down first.") % {"most": f"{most:,}"}
        raise errors.Invalid(text, code="too_many_rows")
    params = {"format": form, "wanted": asdict(wanted), "shops": _shops(actor)}
    return jobs.job_start(actor=actor, kind=kind, params=params, total=total)


def most_rows() -> int:
    """Say how many cases one export may have."""
    most: int = policies.get("job.export_rows")
    return most


def rows_wanted(actor: Actor, wanted: Wanted) -> int:
    """Count what would be exported, up to one more than may be; one statement."""
    return _rows(actor, wanted).order_by().values("pk")[: most_rows() + 1].count()


def _rows(actor: Actor, wanted: Wanted) -> QuerySet[Any]:
    if isinstance(wanted, queue.Wanted):
        return queue.queue_rows(actor, wanted)
    return ticket_rows.ticket_rows(actor, wanted)


def _shops(actor: Actor) -> list[int] | None:
    return None if actor.shop_ids is None else sorted(actor.shop_ids)


def _below(job: Job, rows: QuerySet[Any]) -> QuerySet[Any]:
    last = job.cursor.get("below")
    return (rows.filter(pk__lt=last) if last else rows).order_by("-pk")[:BATCH]


def _batch(found: Sequence[Any], rows: Sequence[Sequence[Cell]]) -> Batch:
    cursor = {"below": found[-1].pk} if len(found) == BATCH else None
    return Batch(cursor=cursor, ok=len(found), rows=rows)


# Requests -------------------------------------------------------------------------------------------------------------


def _refunds(job: Job) -> Batch:
    rows = queue.queue_rows(jobs.job_actor(job), queue.Wanted(**job.params["wanted"]))
    found = list(_below(job, rows.select_related("shop", "order__buyer", "assignee")))
    return _batch(found, [_refund_cells(one) for one in found])


def _refund_header(job: Job) -> list[str]:
    return [
        _("Refund no."),
        _("State"),
        _("Kind"),
        _("Reason"),
        _("Amount"),
        _("Shop"),
        _("Order"),
        _("Buyer"),
        _("Goods"),
        _("Owner"),
        _("Times applied"),
        _("Times refused"),
        pgettext("sign", "Platform"),
        _("Insured"),
        _("Next deadline"),
        pgettext("request", "Applied"),
        pgettext("request", "Ended"),
    ]


def _refund_cells(one: Refund) -> list[Cell]:
    waits = one.due_at is not None and one.due_at != NEVER and not one.due_paused
    return [
        one.refund_no,
        str(REFUND.labels[one.status]),
        one.get_kind_display(),
        one.get_reason_display(),
        yuan(one.amount_fen),
        one.shop.name,
        one.order.order_no,
        masking.mask_name(one.order.buyer.nick),
        one.summary,
        str(one.assignee or ""),
        one.attempt,
        one.refusals,
        "✓" if one.in_dispute else "",
        "✓" if one.order.freight_insurance else "",
        at(one.due_at) if waits else None,
        at(one.created_at),
        at(one.finished_at),
    ]


# Tickets --------------------------------------------------------------------------------------------------------------


def _tickets(job: Job) -> Batch:
    rows = ticket_rows.ticket_rows(jobs.job_actor(job), ticket_rows.Wanted(**job.params["wanted"]))
    found = list(_below(job, with_case(rows)))
    return _batch(found, [_ticket_cells(one) for one in found])


def _ticket_header(job: Job) -> list[str]:
    return [
        _("Ticket no."),
        _("State"),
        pgettext("ticket", "Kind"),
        _("Priority"),
        _("What the buyer brings"),
        _("Next step"),
        _("Waiting for"),
        pgettext("ticket", "Due"),
        pgettext("ticket", "Late"),
        _("Owner"),
        _("Shop"),
        _("Order"),
        _("Refund no."),
        _("Buyer"),
        pgettext("ticket", "Outcome"),
        pgettext("ticket", "Opened"),
        pgettext("ticket", "Finished"),
    ]


def _ticket_cells(one: Ticket) -> list[Cell]:
    return [
        one.ticket_no,
        one.get_status_display(),
        one.get_kind_display(),
        one.get_priority_display(),
        one.title,
        step_words(one),
        one.get_waiting_for_display() if one.waiting_for else "",
        at(one.due_at) if one.is_active else None,
        "✓" if late_now(one) else "",
        str(one.owner or ""),
        one.shop.name,
        one.order.order_no,
        one.refund.refund_no if one.refund is not None else "",
        masking.mask_name(one.order.buyer.nick),
        one.resolution,
        at(one.created_at),
        at(one.finished_at),
    ]


KINDS = (
    Kind(REFUNDS, gettext_lazy("Export of refunds"), _refunds, _refund_header),
    Kind(TICKETS, gettext_lazy("Export of tickets"), _tickets, _ticket_header),
)

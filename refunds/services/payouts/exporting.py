"""Payouts as a file for finance, by a job: a tab or a search, the newest first, payees masked (PAY-2, PAY-8).

The rows are read by key from the newest down, a batch at a time, so that every size costs the same memory.
"""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from aftersales.core import errors, jobs, policies
from aftersales.core.auth import Actor
from aftersales.core.jobs import Batch, Kind
from aftersales.core.models import Job
from aftersales.core.sheets import Cell, at, yuan
from refunds.models import Payout
from refunds.selectors import payout_rows
from refunds.states.payout import APPROVERS

PAYOUTS = "payouts"
BATCH = 500


def payouts_export_start(*, actor: Actor, tab: str, asked: str, form: str) -> Job:
    """Queue the export of a tab of payouts, or of what the number `asked` leads to, as `form` (csv, xlsx).

    Raises: Forbidden; Invalid `too_many_rows` beyond the policy job.export_rows; Conflict `too_many_jobs`.
    """
    if actor.role not in APPROVERS:
        raise errors.Forbidden()
    total, most = payouts_wanted(actor, tab, asked), most_rows()
    if total > most:
        text = _("More than %(most)s payouts: choose a tab with fewer of them.") % {"most": f"{most:,}"}
        raise errors.Invalid(text, code="too_many_rows")
    shops = None if actor.shop_ids is None else sorted(actor.shop_ids)
    params = {"format": form, "tab": tab, "asked": asked, "shops": shops}
    return jobs.job_start(actor=actor, kind=PAYOUTS, params=params, total=total)


def most_rows() -> int:
    """Say how many payouts one export may have."""
    most: int = policies.get("job.export_rows")
    return most


def payouts_wanted(actor: Actor, tab: str, asked: str) -> int:
    """Count what would be exported, up to one more than may be; one statement."""
    return _rows(actor, tab, asked).order_by().values("pk")[: most_rows() + 1].count()


def _rows(actor: Actor, tab: str, asked: str) -> QuerySet[Payout]:
    return payout_rows.payouts_with_number(actor, asked) if asked else payout_rows.payout_rows(actor, tab)


def _run(job: Job) -> Batch:
    rows = payout_rows.with_case(_rows(jobs.job_actor(job), job.params["tab"], job.params["asked"]))
    last = job.cursor.get("below")
    found = list((rows.filter(pk__lt=last) if last else rows).order_by("-pk")[:BATCH])
    cursor = {"below": found[-1].pk} if len(found) == BATCH else None
    return Batch(cursor, ok=len(found), rows=[_cells(one) for one in found])


def _header(job: Job) -> list[str]:
    return [
        _("Payout number"),
        _("State"),
        pgettext("payout", "Late"),
        _("Shop"),
        _("Order"),
        _("Request"),
        _("Purpose"),
        _("Amount"),
        _("Account"),
        _("Real name"),
        pgettext("payout", "Opened by"),
        pgettext("payout", "Approved by"),
        pgettext("payout", "Opened"),
        pgettext("payout", "Approved"),
        pgettext("payout", "Paid"),
        _("Reference"),
        _("Failure"),
        _("Note"),
    ]


def _cells(one: Payout) -> list[Cell]:
    return [
        one.payout_no,
        one.get_status_display(),
        "✓" if one.is_late else "",
        one.shop.name,
        one.order.order_no,
        one.refund.refund_no if one.refund else "",
        one.get_purpose_display(),
        yuan(one.amount_fen),
        one.payee.masked_account,
        one.payee.masked_name,
        str(one.opened_by),
        str(one.approved_by or ""),
        at(one.created_at),
        at(one.approved_at),
        at(one.paid_at),
        one.reference,
        one.failure,
        one.note,
    ]


KIND = Kind(PAYOUTS, gettext_lazy("Export of payouts"), _run, _header)

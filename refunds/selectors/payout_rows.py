"""The list of payouts: by where they are, found by any of their numbers, and how much is shown (PAY-5, PAY-6)."""

from collections.abc import Sequence

from django.db.models import Count, Max, QuerySet, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core import clock, keyset, policies
from aftersales.core.auth import Actor
from aftersales.core.machine import SUPERVISOR
from refunds.models import Payout
from refunds.states import OPEN_PAYOUTS, PayoutStatus
from refunds.states.payout import APPROVERS

from .payment_rows import Tab
from .payouts import require_reader

S = PayoutStatus
LATE, TODAY = "late", "today"
TABS: dict[str, Tab] = {
    "approve": Tab(_("To approve"), (S.PENDING_APPROVAL,)),
    "failed": Tab(_("Failed"), (S.FAILED,)),
    LATE: Tab(pgettext_lazy("payout", "Late"), OPEN_PAYOUTS),
    "unknown": Tab(_("Outcome unknown"), (S.UNKNOWN,)),
    "moving": Tab(_("On its way"), (S.APPROVED, S.SENDING)),
    "drafts": Tab(_("Drafts"), (S.DRAFT,)),
    TODAY: Tab(_("Sent today"), (), ("-sent_at", "-id"), counted=False),
    "paid": Tab(pgettext_lazy("payout", "Paid"), (S.PAID,), ("-id",), counted=False),
    "all": Tab(_("All"), (), ("-id",), counted=False),
}


def payout_rows(actor: Actor, tab: str) -> QuerySet[Payout]:
    """Give the payouts of a tab, unordered. Raises: Forbidden for roles that no buyer asks about money."""
    require_reader(actor)
    rows: QuerySet[Payout] = actor.visible(Payout.objects.all())
    statuses = TABS[tab].statuses
    if tab == TODAY:
        return rows.filter(sent_at__gte=clock.day_began(clock.now()))
    if tab == LATE:
        rows = rows.filter(is_late=True)
    return rows.filter(status__in=statuses) if statuses else rows


def payouts_with_number(actor: Actor, asked: str) -> QuerySet[Payout]:
    """Give the payouts that a number of a payout, a request or an order, or a reference, leads to: one statement."""
    require_reader(actor)
    rows = actor.visible(Payout.objects.all())
    keys = (
        rows.filter(payout_no=asked)
        .values("pk")
        .union(rows.filter(refund__refund_no=asked).values("pk"), rows.filter(order__order_no=asked).values("pk"))
    )
    return rows.filter(pk__in=keys)


def with_case(rows: QuerySet[Payout]) -> QuerySet[Payout]:
    """Bring along what a row shows, in the same statement."""
    return rows.select_related("order__buyer", "refund", "payee", "shop", "opened_by", "approved_by")


def payout_counts(actor: Actor) -> dict[str, int]:
    """Count what waits in each tab, up to a cap, in one statement for each counted tab."""
    return {key: keyset.counted(payout_rows(actor, key)) for key, tab in TABS.items() if tab.counted}


def payouts_waiting(actor: Actor) -> QuerySet[Payout]:
    """Give what waits for this person's role: for approvers what is to be approved, for the desk what failed."""
    return payout_rows(actor, "approve" if actor.role in APPROVERS else "failed")


def _mine(actor: Actor, who: Actor) -> QuerySet[Payout]:
    """Give what waits and `who` may approve by the edge's guards: not his own, not beyond his limit (PAY-3, PAY-5)."""
    rows = payout_rows(actor, "approve").exclude(opened_by=who.user_id).exclude(edited_by=who.user_id)
    return rows if who.role == SUPERVISOR else rows.filter(needs_supervisor=False)


def waiting_sum(actor: Actor, who: Actor) -> dict[str, int]:
    """Say how many wait, how many of them `who` may approve, their sum in fen, the newest; two statements."""
    found = _mine(actor, who).aggregate(mine=Count("pk"), sum_fen=Sum("amount_fen"), last=Max("pk"))
    waiting = payout_rows(actor, "approve").aggregate(n=Count("pk"))["n"]
    return {key: value or 0 for key, value in found.items()} | {"others": waiting - (found["mine"] or 0)}


def waiting_for(actor: Actor, who: Actor, *, upto: int) -> list[tuple[str, int]]:
    """Give number and version of what waits and `who` may approve, the oldest first; one statement."""
    rows = _mine(actor, who).filter(pk__lte=upto).order_by("pk")
    most: int = policies.get("job.bulk_rows")
    return list(rows.values_list("payout_no", "version")[: most + 1])


def shown_fen(rows: Sequence[Payout]) -> int:
    """Add up what is shown."""
    return sum(row.amount_fen for row in rows)

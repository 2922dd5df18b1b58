"""Payouts approved many at once: a few while one waits, more as a job with its progress (PAY-5)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import ngettext

from aftersales.core import errors
from aftersales.core.models import Job
from aftersales.core.views.access import looking_actor
from aftersales.core.views.dialogs import Dialog
from refunds import services
from refunds.forms import (
    PickForm,
    WaitingForm,
    picked,
)
from refunds.selectors import payout_rows
from refunds.selectors.payouts import payouts_get_for
from refunds.services.payouts.approving import Approval
from refunds.states import PAYOUT

AT_ONCE = 20
"""Payouts that are approved while one waits; more are a job with its progress."""


class Approvals(Dialog):
    """Several at once; many of them are a job, and lead to its progress."""

    roles = PAYOUT.roles_of["approve"]
    job: Job | None = None

    def home(self) -> str:
        """Lead to the job, or back to what waits."""
        return reverse("core:jobs" if self.job is not None else "refunds:payouts")

    def done(self) -> HttpResponse:
        """Lead to the job, wherever this was opened."""
        response = super().done()
        if self.job is not None and "HX-Redirect" in response:
            response["HX-Redirect"] = self.home()
        return response

    def queued(self, payouts: list[tuple[str, int]]) -> str:
        """Have them approved by a job, as they were looked at."""
        self.job = services.payouts_approve_start(payouts=payouts, actor=looking_actor(self.request))
        said = ngettext("%(n)s payout is being approved.", "%(n)s payouts are being approved.", self.job.total)
        return said % {"n": self.job.total}


class ApproveMany(Approvals):
    """Several payouts at once, each with an outcome of its own (PAY-5)."""

    template_name = "refunds/payouts_approve.html"
    form_class = PickForm

    def load(self, **kwargs: Any) -> None:
        """Find those that are meant and seen. Raises: NotFound when none is."""
        self.versions = picked(self.request.POST.getlist("pick") or self.request.GET.getlist("pick"))
        self.payouts = payouts_get_for(self.actor, list(self.versions))
        if not self.payouts:
            raise errors.NotFound()

    def initial(self) -> dict[str, Any]:
        """Carry along which versions were looked at."""
        return {"pick": [f"{number}@{version}" for number, version in self.versions.items()]}

    def context(self) -> dict[str, Any]:
        """List them with their sum."""
        rows = list(self.payouts.values())
        return {"payouts": rows, "sum_fen": payout_rows.shown_fen(rows)}

    def act(self, data: dict[str, Any]) -> str:
        """Approve them; the words say how many, the warnings which not and why. Many are a job."""
        if len(self.payouts) > AT_ONCE:
            seen = [(number, self.versions[number]) for number in self.payouts]
            return self.queued(seen)
        wanted = [(payout, self.versions[number]) for number, payout in self.payouts.items()]
        outcomes = services.payouts_approve(payouts=wanted, actor=self.actor)
        done = sum(one.problem is None for one in outcomes)
        _warn(self.request, outcomes)
        said = ngettext("%(n)s payout approved.", "%(n)s payouts approved.", done)
        return said % {"n": done}


class ApproveWaiting(Approvals):
    """All that wait and that this person may approve, as they are now: a job, with an outcome for each (PAY-5)."""

    template_name = "refunds/payouts_approve_waiting.html"
    form_class = WaitingForm

    def load(self, **kwargs: Any) -> None:
        """Find what waits, for the shop that was chosen."""
        self.looks = looking_actor(self.request)
        self.known = payout_rows.waiting_sum(self.looks, self.actor)

    def initial(self) -> dict[str, Any]:
        """Remember up to which one it was looked."""
        return {"upto": self.known["last"]}

    def context(self) -> dict[str, Any]:
        """Say how many and how much."""
        return self.known | {"confirm_disabled": not self.known["mine"]}

    def act(self, data: dict[str, Any]) -> str:
        """Queue it."""
        seen = payout_rows.waiting_for(self.looks, self.actor, upto=data["upto"])
        return self.queued(seen)


def _warn(request: HttpRequest, outcomes: list[Approval]) -> None:
    """Name those that were not approved, by reason."""
    why: dict[str, list[str]] = {}
    for one in outcomes:
        if one.problem is not None:
            why.setdefault(str(one.problem.detail), []).append(one.payout_no)
    for detail, numbers in why.items():
        messages.warning(request, f"{', '.join(numbers)}: {detail}")

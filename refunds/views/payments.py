"""Finance's page: refund payments that wait, failed, or are done, and what a person says of them (RFD-3)."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aftersales.core import errors, keyset
from aftersales.core.api.base import actor_of
from aftersales.core.machine import FINANCE, SUPERVISOR
from aftersales.core.models import Shop
from aftersales.core.transitions import why_not
from aftersales.core.views.access import looking_actor, open_to
from aftersales.core.views.dialogs import Dialog
from refunds import services
from refunds.forms import ConfirmForm, FailForm, MadeGoodForm, NoticeForm, ReasonForm, UnmovedForm, VersionForm
from refunds.models import ProviderNotice, RefundPayment
from refunds.selectors import payment_get_for
from refunds.selectors import payment_rows as selectors
from refunds.states import PAYMENT, PaymentStatus

LOOKERS = (FINANCE, SUPERVISOR)
ACTIONS = ("confirm", "fail", "report_unmoved", "accept_unmoved", "send_again")
NOTICES = "notices"
"""The tab of what a provider told and nobody here asked for."""


@require_safe
@open_to(*LOOKERS)
def payments(request: HttpRequest) -> HttpResponse:
    """Show refund payments by where they are, the oldest that waits first."""
    actor, me = looking_actor(request), actor_of(request)
    tab = request.GET.get("tab", "")
    asked = request.GET.get("q", "").strip()[:64]
    labels = {key: each.label for key, each in selectors.TABS.items()} | {NOTICES: _("Not asked for here")}
    tab = "" if asked else tab if tab in labels else "waiting"
    counts = selectors.payment_counts(actor) | {NOTICES: keyset.counted(selectors.notices_open(actor))}
    context = {
        "tab": tab,
        "asked": asked,
        "tabs": keyset.tabs(reverse("refunds:payments"), labels, counts, tab),
        "may_act": me.role == FINANCE,
    }
    if tab == NOTICES:
        page = keyset.page(selectors.notices_open(actor), request.GET, ("id",))
        return render(request, "refunds/notices.html", context | {"page": page, "rows": page.rows})
    rows = selectors.payments_with_number(actor, asked) if asked else selectors.payment_rows(actor, tab)
    page = keyset.page(selectors.with_request(rows), request.GET, ("-id",) if asked else selectors.TABS[tab].ordering)
    context |= {
        "page": page,
        "rows": [_row(payment, me) for payment in page.rows],
        "sum_fen": selectors.shown_fen(page.rows),
    }
    return render(request, "refunds/payments.html", context)


@require_POST
@open_to(FINANCE)
def ask(request: HttpRequest, payment_no: str) -> HttpResponse:
    """Have the provider asked now."""
    actor = actor_of(request)
    payment = payment_get_for(actor, payment_no)
    return asked_now(request, reverse("refunds:payments"), lambda: services.payment_ask(payment=payment, actor=actor))


def asked_now(request: HttpRequest, home: str, ask: Callable[[], None]) -> HttpResponse:
    """Ask, say that it is being asked or why not, and go back."""
    try:
        ask()
    except (errors.Conflict, LookupError) as problem:
        messages.error(request, str(getattr(problem, "detail", problem)))
    else:
        messages.success(request, _("The provider is being asked; the answer is here in a few seconds."))
    return redirect(home)


def _row(payment: RefundPayment, actor: Any) -> dict[str, Any]:
    """Give a payment with what this person may say of it now, from the edge table."""
    may = {action: why_not(PAYMENT, payment, actor, action) is None for action in ACTIONS}
    return {
        "payment": payment,
        "failed": payment.status == PaymentStatus.FAILED,
        "ask": actor.role == FINANCE and payment.status == PaymentStatus.UNKNOWN,
        "given_up": payment.status == PaymentStatus.UNKNOWN and payment.ask_at is None,
        **may,
    }


class PaymentDialog(Dialog):
    """What finance says of one payment."""

    roles: ClassVar[frozenset[str]] = frozenset({FINANCE})
    payment: RefundPayment

    def load(self, **kwargs: Any) -> None:
        """Find the payment. Raises: NotFound."""
        found = payment_get_for(self.actor, kwargs["payment_no"])
        self.payment = selectors.with_request(RefundPayment.objects.filter(pk=found.pk)).get()

    def initial(self) -> dict[str, Any]:
        """Remember which version was looked at."""
        return {"version": self.payment.version}

    def context(self) -> dict[str, Any]:
        """Give the payment."""
        return {"payment": self.payment}

    def home(self) -> str:
        """Lead back to the list."""
        return reverse("refunds:payments")


class Confirm(PaymentDialog):
    """The money has moved. What has failed is made good with a proof instead (`MadeGood`)."""

    template_name = "refunds/payment_confirm.html"
    form_class = ConfirmForm

    def act(self, data: dict[str, Any]) -> str:
        """Write it down; the request succeeds."""
        if self.payment.status == PaymentStatus.FAILED:
            raise errors.Conflict(_("This payment has failed meanwhile; make it good with a proof."))
        services.payment_confirm(payment=self.payment, actor=self.actor, **data)
        return _("%(number)s is confirmed; the request is refunded.") % {"number": self.payment.payment_no}


class MadeGood(PaymentDialog):
    """A failed payment was made good another way (RFD-3)."""

    template_name = "refunds/payment_good.html"
    form_class = MadeGoodForm

    def context(self) -> dict[str, Any]:
        """Let the proof be added."""
        return super().context() | {"shop": self.payment.shop, "multipart": True}

    def act(self, data: dict[str, Any]) -> str:
        """Write it down; the request succeeds."""
        services.payment_confirm(
            payment=self.payment,
            actor=self.actor,
            reference=data["reference"],
            version=data["version"],
            evidence_ids=data["evidence"] + receipts_stored(self, self.payment.shop),
            buyer_confirmed=data["buyer_confirmed"],
        )
        return _("%(number)s is confirmed; the request is refunded.") % {"number": self.payment.payment_no}


def receipts_stored(dialog: Dialog, shop: Shop) -> list[str]:
    """Keep files that came with the form itself, as without script, and give their numbers. Raises: as the upload."""
    kept = (
        services.evidence_store(actor=dialog.actor, file=file, purpose="receipt", shop=shop)
        for file in dialog.request.FILES.getlist("files")
    )
    return [one.evidence_id for one in kept]


class Fail(PaymentDialog):
    """The money has not moved."""

    template_name = "refunds/payment_fail.html"
    form_class = FailForm

    def act(self, data: dict[str, Any]) -> str:
        """Write down why."""
        services.payment_fail(payment=self.payment, actor=self.actor, **data)
        return _("%(number)s is marked as failed; make it good another way.") % {"number": self.payment.payment_no}


class ReportUnmoved(PaymentDialog):
    """Nobody answers, and the account shows that no money moved: the first of two people (PAY-9)."""

    template_name = "refunds/payment_unmoved.html"
    form_class = UnmovedForm

    def context(self) -> dict[str, Any]:
        """Let the proof be added."""
        return super().context() | {"shop": self.payment.shop, "multipart": True}

    def act(self, data: dict[str, Any]) -> str:
        """Write it down."""
        files = data.pop("evidence") + receipts_stored(self, self.payment.shop)
        services.payment_report_unmoved(payment=self.payment, actor=self.actor, evidence_ids=files, **data)
        return _("Reported. Somebody else has to agree before %(number)s can be made good another way.") % {
            "number": self.payment.payment_no
        }


class AcceptUnmoved(PaymentDialog):
    """The second of two people."""

    roles: ClassVar[frozenset[str]] = frozenset({FINANCE, SUPERVISOR})
    template_name = "refunds/payment_unmoved_agree.html"
    form_class = ReasonForm

    def context(self) -> dict[str, Any]:
        """Show who reported it."""
        return super().context() | {"reported_by": self.payment.unmoved_by}

    def act(self, data: dict[str, Any]) -> str:
        """Write it down."""
        services.payment_accept_unmoved(payment=self.payment, actor=self.actor, **data)
        return _("%(number)s is marked as failed; make it good another way.") % {"number": self.payment.payment_no}


class SendAgain(PaymentDialog):
    """Once more, with the same number."""

    template_name = "refunds/payment_again.html"
    form_class = VersionForm

    def act(self, data: dict[str, Any]) -> str:
        """Let it go out again."""
        services.payment_send_again(payment=self.payment, actor=self.actor, **data)
        return _("%(number)s is sent again in a moment.") % {"number": self.payment.payment_no}


class Resolve(Dialog):
    """Money that moved although nobody here asked for it: what finance found."""

    roles: ClassVar[frozenset[str]] = frozenset({FINANCE})
    template_name = "refunds/notice_resolve.html"
    form_class = NoticeForm
    notice: ProviderNotice

    def load(self, **kwargs: Any) -> None:
        """Find the notification. Raises: NotFound."""
        self.notice = selectors.notice_get_for(self.actor, kwargs["notice_id"])

    def context(self) -> dict[str, Any]:
        """Give it."""
        return {"notice": self.notice}

    def home(self) -> str:
        """Lead back to the others."""
        return f"{reverse('refunds:payments')}?tab={NOTICES}"

    def act(self, data: dict[str, Any]) -> str:
        """Write it down."""
        services.notice_resolve(notice=self.notice, actor=self.actor, reason=data["reason"])
        return _("Written down.")

"""Finance's page: refund payments that wait, failed, or are done, and what a person says of them (RFD-3)."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aftersales.core import keyset
from aftersales.core.api.base import actor_of
from aftersales.core.machine import FINANCE, SUPERVISOR
from aftersales.core.transitions import why_not
from aftersales.core.views.access import looking_actor, open_to
from aftersales.core.views.dialogs import Dialog
from refunds import services
from refunds.forms import ConfirmForm, FailForm
from refunds.models import RefundPayment
from refunds.selectors import payment_get_for
from refunds.selectors import payment_rows as selectors
from refunds.states import PAYMENT, PaymentStatus

LOOKERS = (FINANCE, SUPERVISOR)


@require_safe
@open_to(*LOOKERS)
def payments(request: HttpRequest) -> HttpResponse:
    """Show refund payments by where they are, the oldest that waits first."""
    actor = looking_actor(request)
    tab = request.GET.get("tab", "")
    tab = tab if tab in selectors.TABS else "waiting"
    asked = request.GET.get("q", "").strip()[:64]
    rows = selectors.payments_with_number(actor, asked) if asked else selectors.payment_rows(actor, tab)
    ordering = ("-id",) if asked else selectors.TABS[tab].ordering
    page = keyset.page(selectors.with_request(rows), request.GET, ordering)
    me = actor_of(request)
    context = {
        "tab": "" if asked else tab,
        "asked": asked,
        "tabs": _tabs("" if asked else tab, selectors.payment_counts(actor)),
        "page": page,
        "rows": [_row(payment, me) for payment in page.rows],
        "sum_fen": selectors.shown_fen(page.rows),
        "may_act": me.role == FINANCE,
    }
    return render(request, "refunds/payments.html", context)


def _tabs(tab: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "url": f"{reverse('refunds:payments')}?tab={key}",
            "label": each.label,
            "count": counts.get(key),
            "capped": counts.get(key, 0) >= selectors.COUNT_CAP,
            "active": key == tab,
        }
        for key, each in selectors.TABS.items()
    ]


def _row(payment: RefundPayment, actor: Any) -> dict[str, Any]:
    """Give a payment with what this person may say of it now, from the edge table."""
    may = {action: why_not(PAYMENT, payment, actor, action) is None for action in ("confirm", "fail")}
    return {"payment": payment, "failed": payment.status == PaymentStatus.FAILED, **may}


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
        return {"payment": self.payment, "again": self.payment.status == PaymentStatus.FAILED}

    def home(self) -> str:
        """Lead back to the list."""
        return reverse("refunds:payments")


class Confirm(PaymentDialog):
    """The money has moved, or a failed payment was made good another way."""

    template_name = "refunds/payment_confirm.html"
    form_class = ConfirmForm

    def act(self, data: dict[str, Any]) -> str:
        """Write it down; the request succeeds."""
        services.payment_confirm(payment=self.payment, actor=self.actor, **data)
        return _("%(number)s is confirmed; the request is refunded.") % {"number": self.payment.payment_no}


class Fail(PaymentDialog):
    """The money has not moved."""

    template_name = "refunds/payment_fail.html"
    form_class = FailForm

    def act(self, data: dict[str, Any]) -> str:
        """Write down why."""
        services.payment_fail(payment=self.payment, actor=self.actor, **data)
        return _("%(number)s is marked as failed; make it good another way.") % {"number": self.payment.payment_no}

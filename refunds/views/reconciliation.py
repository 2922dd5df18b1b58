"""Reconciliation in the console: differences to look into, and the bills that were compared (PAY-9)."""

from typing import Any, ClassVar

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aftersales.core import errors, keyset
from aftersales.core.api.base import actor_of
from aftersales.core.machine import FINANCE, SUPERVISOR
from aftersales.core.views.access import looking_actor, open_to
from aftersales.core.views.dialogs import Dialog, put_errors
from refunds import services
from refunds.forms import BillForm, NoticeForm
from refunds.models import Difference
from refunds.selectors import reconciliation as selectors


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(FINANCE, SUPERVISOR)
def reconciliation(request: HttpRequest) -> HttpResponse:
    """Show what does not fit, or the bills; take one that was downloaded by hand."""
    actor, me = looking_actor(request), actor_of(request)
    tab = request.GET.get("tab", "")
    tab = tab if tab in selectors.TABS else "open"
    form, status, problem = BillForm(), 200, None
    if request.method == "POST":
        form, status, tab = BillForm(request.POST, request.FILES), 422, selectors.BILLS
        if form.is_valid():
            try:
                _keep(request, form)
                return redirect(f"{reverse('refunds:reconciliation')}?tab={selectors.BILLS}")
            except errors.Problem as raised:
                if raised.status in (401, 403):
                    raise
                status, problem = put_errors(form, raised)
    counts = {key: keyset.counted(selectors.differences(actor, key)) for key in ("open", "quiet")}
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": keyset.tabs(reverse("refunds:reconciliation"), selectors.TABS, counts, tab),
        "may_act": me.role == FINANCE,
        "form": form,
        "problem": problem,
    }
    if tab == selectors.BILLS:
        page = keyset.page(selectors.bills(actor), request.GET, ("-id",))
        template = "refunds/bills.html"
    else:
        rows = selectors.differences(actor, tab)
        page = keyset.page(rows, request.GET, ("-id",) if tab == "done" else ("id",))
        template = "refunds/reconciliation.html"
    return render(request, template, context | {"page": page, "rows": page.rows}, status=status)


def _keep(request: HttpRequest, form: BillForm) -> None:
    file = form.cleaned_data["file"]
    with transaction.atomic():
        bill = services.bill_keep(
            day=form.cleaned_data["day"], content=file.read(), source="upload", actor=actor_of(request)
        )
    messages.success(request, _("The bill of %(day)s is kept and compared in a moment.") % {"day": bill.day})


class Resolve(Dialog):
    """What finance found about a difference."""

    roles: ClassVar[frozenset[str]] = frozenset({FINANCE})
    template_name = "refunds/difference_resolve.html"
    form_class = NoticeForm
    difference: Difference

    def load(self, **kwargs: Any) -> None:
        """Find it. Raises: NotFound."""
        self.difference = selectors.difference_get_for(self.actor, kwargs["difference_id"])

    def context(self) -> dict[str, Any]:
        """Give it."""
        return {"difference": self.difference}

    def home(self) -> str:
        """Lead back to the others."""
        return reverse("refunds:reconciliation")

    def act(self, data: dict[str, Any]) -> str:
        """Write it down."""
        services.difference_resolve(difference=self.difference, actor=self.actor, reason=data["reason"])
        return _("Written down.")

"""Goods that were not in a parcel: asked, compared and settled in one dialog (MIS-1, MIS-2)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from aftersales.core import errors
from logistics.selectors import missing as selectors
from logistics.services import Found
from logistics.states.missing import MissingCause, Settlement
from refunds.services.evidence import evidence_store
from tickets import services
from tickets.forms.missing import MissingForm

from .enquiries import ParcelDialog

MOST_FILES = 9


class Missing(ParcelDialog):
    """The questions first; the same dialog then compares the weights, says the likely cause and settles it."""

    template_name = "tickets/enquiry_missing.html"
    form_class = MissingForm

    def load(self, **kwargs: Any) -> None:
        """Find what was in the parcel. Raises: NotFound, also for a parcel that did not go to the buyer."""
        super().load(**kwargs)
        if not self.parcel.may_be_short:
            raise errors.NotFound()
        self.lines = selectors.lines_in(self.parcel)

    def form_kwargs(self) -> dict[str, Any]:
        """Let the goods be chosen."""
        return {"lines": self.lines}

    def context(self) -> dict[str, Any]:
        """Say what was reported before."""
        reports = [one for one in selectors.reports_of(self.order) if one.parcel_id == self.parcel.pk]
        return super().context() | {
            "shop": self.order.shop,
            "multipart": True,
            "reports": [(one, selectors.settled_words(one)) for one in reports],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Compare what was answered; settle it once the comparison of these very answers was seen."""
        form = MissingForm(request.POST, initial=self.initial(), **self.form_kwargs())
        try:
            form = MissingForm(self._with_files(request), initial=self.initial(), **self.form_kwargs())
            if not form.is_valid():
                return self.show(self._compared(form), status=422)
            if not form.is_compared:
                return self.show(self._proposed(form))
            self.found = Found(
                lines=form.asked(),
                intact=form.cleaned_data["intact"],
                carrier_weight_g=form.cleaned_data["carrier_weight_g"],
                evidence_ids=form.cleaned_data["evidence"],
            )
            words = self.taken(form.cleaned_data)
        except errors.Problem as problem:
            if problem.status in (401, 403):
                raise
            form.is_valid()
            return self.refused(self._compared(form), problem)
        messages.success(request, words)
        return self.done()

    def act(self, data: dict[str, Any]) -> str:
        """Settle it."""
        report = services.goods_missing(
            order=self.order,
            parcel=self.parcel,
            actor=self.actor,
            found=self.found,
            settlement=data["settlement"],
            answer=data["answer"],
            claim=data["claim"],
        )
        if report.refund is not None:
            return _("%(number)s is open: agree to it, and the buyer is served.") % {"number": report.refund.refund_no}
        if report.settlement == Settlement.NEXT_TIME:
            return _("Noted with a yellow flag: it goes with the buyer's next order.")
        return _("Noted; warehouse and desk have a task each until tomorrow.")

    def _with_files(self, request: HttpRequest) -> Any:
        """Keep files that came with the form itself, as without script, and name them like uploaded ones."""
        posted = request.POST.copy()
        for file in request.FILES.getlist("files")[:MOST_FILES]:
            kept = evidence_store(actor=self.actor, file=file, purpose="claim", shop=self.order.shop)
            posted.appendlist("evidence", kept.evidence_id)
        return posted

    def _compared(self, form: MissingForm) -> MissingForm:
        """Put the comparison beside answers that hold; nothing where they do not, or were not looked at yet."""
        data = getattr(form, "cleaned_data", {})
        goods = form.missing() if data else []
        if goods and data.get("intact") and data.get("seen") == form.fingerprint():
            form.comparison = selectors.compare(
                self.parcel, goods, intact=data["intact"], carrier_weight_g=data.get("carrier_weight_g")
            )
        return form

    def _proposed(self, form: MissingForm) -> MissingForm:
        """Show the comparison, with the recommended settlement and its words filled in."""
        data = form.data.copy()  # type: ignore[attr-defined]
        data["seen"] = form.fingerprint()
        compared = selectors.compare(
            self.parcel,
            form.missing(),
            intact=form.cleaned_data["intact"],
            carrier_weight_g=form.cleaned_data["carrier_weight_g"],
        )
        data["settlement"], data["answer"] = compared.recommended.value, compared.answer(compared.recommended)
        data.pop("claim", None)
        if compared.cause == MissingCause.THEFT and form.cleaned_data["evidence"]:
            data["claim"] = "on"
        proposed = MissingForm(data, initial=self.initial(), **self.form_kwargs())
        proposed.comparison = compared
        proposed.is_valid()
        return proposed

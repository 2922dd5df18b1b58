"""Decisions with photos: what was uploaded is stored first, so that whatever else is wrong it is not lost."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from aftersales.core import errors
from aftersales.core.models import Shop
from aftersales.core.views.dialogs import Dialog
from refunds import services as refunds
from refunds.models import Evidence
from refunds.selectors.evidence import evidence_visible

MOST = 9


class PhotoDialog(Dialog):
    """A dialog whose form has `photos`, and `kept`: the numbers of those that a first try has stored."""

    def shop_of(self, form: forms.Form) -> Shop | None:
        """Say whose photos they are; None while nobody can."""
        return None

    def context(self) -> dict[str, Any]:
        """Give the photos that are there already."""
        return super().context() | {"kept": self.stored()}

    def stored(self) -> list[Evidence]:
        """Give the photos that a first try has stored."""
        ids = [one for one in self.request.POST.get("kept", "").split(",") if one][:20]
        return list(evidence_visible(self.actor).filter(evidence_id__in=ids, refund=None).order_by("pk")) if ids else []

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Store the photos first; then decide."""
        form = self.form_class(request.POST, request.FILES, **self.form_kwargs())
        files = request.FILES.getlist("photos")
        try:
            new = [
                refunds.evidence_store(actor=self.actor, file=one, purpose="inspection", shop=self.shop_of(form))
                for one in files[:MOST]
            ]
        except errors.Problem as problem:
            form.add_error("photos", str(problem.detail))
            return self.show(form, status=422)
        if new:
            posted = request.POST.copy()
            ids = [*filter(None, posted.get("kept", "").split(",")), *(one.evidence_id for one in new)]
            posted["kept"] = ",".join(ids)
            request.POST = posted  # type: ignore[assignment]
        request.FILES.clear()
        return super().post(request, *args, **kwargs)

"""The decisions about service: a file, a fault, and every step of a sheet (SVC, WAR-2)."""

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.core import clock
from aftersales.core.transitions import why_not
from aftersales.core.views.dialogs import Dialog
from orders.models import OrderLine
from service import forms, services
from service.models import ServiceFile, ServiceSheet
from service.selectors import rows as selectors
from service.services.files import USUAL_MONTHS, usual_months
from service.services.moving import QuoteLine, engineers_of
from service.states import FIELD, SERVICE, SaleType, Way
from warranty.selectors.entitling import line_get_for

STEPS: dict[str, Any] = {
    "assign": forms.AssignForm,
    "set_out": forms.EMPTY,
    "repair": forms.RepairForm,
    "quote": forms.QuoteForm,
    "accept": forms.AcceptForm,
    "decline": forms.ReasonForm,
    "pay": forms.PayForm,
    "finish": forms.FinishForm,
    "archive": forms.NoteForm,
    "accept_terms": forms.AcceptForm,
    "expect": forms.NoteForm,
    "receive": forms.NoteForm,
    "find": forms.FindForm,
    "send_back": forms.SendBackForm,
    "call": forms.CallForm,
    "solve": forms.WorkForm,
    "ask_free": forms.ReasonForm,
    "approve_free": forms.NoteForm,
    "bill": forms.NoteForm,
    "make_up": forms.MakeUpForm,
    "cancel": forms.ReasonForm,
}
"""Each step with what it asks for."""


class LineDialog(Dialog):
    """A decision about a line of an order (`?order=&line=&shop=`)."""

    line: OrderLine

    def load(self, **kwargs: Any) -> None:
        """Find the line. Raises: NotFound."""
        asked = self.request.GET
        self.line = line_get_for(self.actor, asked.get("order", ""), asked.get("line", "1"), asked.get("shop", ""))

    def context(self) -> dict[str, Any]:
        """Give the line with the files that its units have."""
        files = ServiceFile.objects.filter(order_line=self.line).select_related("order_line__order").order_by("unit")
        return {"line": self.line, "rows": selectors.file_rows(list(files[:20]))}

    def home(self) -> str:
        """Lead back to the order."""
        order = self.line.order
        return f"{reverse('tickets:order_detail', args=[order.order_no])}?shop={order.shop.code}"

    def draft_key(self) -> str:
        """Keep a draft for each line."""
        return f"{self.request.path}:{self.line.pk}"


class Open(LineDialog):
    """A file, by hand."""

    roles = FIELD
    template_name = "service/open.html"
    form_class = forms.FileForm

    def initial(self) -> dict[str, Any]:
        """Propose a consumer, and what the category's rule says."""
        months = usual_months(self.line, self.line.order.shop_id)
        return {
            "unit": 1,
            "sale_type": SaleType.CONSUMER.value,
            "months": USUAL_MONTHS if months is None else months,
        }

    def act(self, data: dict[str, Any]) -> str:
        """Open it."""
        file = services.file_open(line=self.line, actor=self.actor, **data)
        return _("%(number)s is opened.") % {"number": file.file_no}


class Report(LineDialog):
    """A fault, on the phone."""

    roles = SERVICE.roles_of["file"]
    template_name = "service/report.html"
    form_class = forms.ReportForm

    def initial(self) -> dict[str, Any]:
        """Propose a visit."""
        return {"unit": self.request.GET.get("unit", "1"), "way": Way.VISIT.value}

    def act(self, data: dict[str, Any]) -> str:
        """Record it."""
        sheet = services.sheet_file(line=self.line, actor=self.actor, **data)
        return _("%(number)s is recorded.") % {"number": sheet.sheet_no}


class Accepted(Dialog):
    """The day on which the goods were accepted."""

    roles = FIELD
    template_name = "service/accepted.html"
    form_class = forms.AcceptedForm
    file: ServiceFile

    def load(self, **kwargs: Any) -> None:
        """Find the file. Raises: NotFound."""
        self.file = selectors.file_get_for(self.actor, kwargs["file_no"])

    def context(self) -> dict[str, Any]:
        """Give the file."""
        return {"file": self.file}

    def act(self, data: dict[str, Any]) -> str:
        """Note it."""
        file = services.file_accept(file=self.file, actor=self.actor, **data)
        return _("%(number)s: the warranty counts from %(day)s.") % {"number": file.file_no, "day": file.accepted_on}

    def home(self) -> str:
        """Lead back to the files."""
        return f"{reverse('service:files')}?q={self.file.file_no}"


class SheetDialog(Dialog):
    """A step of one sheet, with the sheet in short above the form."""

    action: ClassVar[str] = ""
    template_name = "service/step.html"
    sheet: ServiceSheet

    def load(self, **kwargs: Any) -> None:
        """Find the sheet. Raises: NotFound."""
        self.sheet = selectors.sheet_get_for(self.actor, kwargs["sheet_no"])

    def initial(self) -> dict[str, Any]:
        """Remember which version was looked at, and propose what is known."""
        sheet, now = self.sheet, dict[str, Any](version=self.sheet.version)
        if self.action == "assign":
            return now | {"visit_at": max(sheet.visit_at or sheet.respond_due_at, clock.now())}
        if self.action in ("accept", "accept_terms"):
            return now | {"by": sheet.contact_name}
        if self.action in ("repair", "quote", "find", "make_up"):
            return now | {"diagnosis": sheet.diagnosis}
        return now

    def form_kwargs(self) -> dict[str, Any]:
        """Give the form whom one may send."""
        if self.action != "assign":
            return {}
        people = engineers_of(self.sheet.shop_id).order_by("role", "username")
        return {"engineers": [(one.username, f"{one} · {one.get_role_display()}") for one in people]}

    def context(self) -> dict[str, Any]:
        """Give the sheet, and why the step is not possible where it is not."""
        stop = why_not(SERVICE, self.sheet, self.actor, self.action)
        return {
            "sheet": self.sheet,
            "line": self.sheet.file.order_line,
            "action": self.action,
            "title": SERVICE.actions[self.action],
            "stop": stop.text if stop else "",
        }

    def act(self, data: dict[str, Any]) -> str:
        """Take the step; the service bears its name."""
        if "lines" in data:
            data["lines"] = [QuoteLine(**line) for line in data["lines"]]
        moved: ServiceSheet = getattr(services, f"sheet_{self.action}")(sheet=self.sheet, actor=self.actor, **data)
        return f"{moved.sheet_no}: {moved.get_status_display()}"

    def home(self) -> str:
        """Lead back to the sheet."""
        return reverse("service:sheet", args=[self.sheet.sheet_no])

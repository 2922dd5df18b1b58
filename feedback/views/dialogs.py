"""The decisions about feedback: reported, taken on, answered, opened again, closed (SAT-2)."""

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.core import clock
from aftersales.core.transitions import why_not
from aftersales.core.views.dialogs import Dialog
from feedback import forms, selectors, services
from feedback.models import FeedbackCase
from feedback.states import FEEDBACK
from orders.models import Order
from orders.selectors import order_get_for
from refunds.models import Refund
from refunds.selectors import refund_get_for


class Report(Dialog):
    """The page of an item says other than what came: of an order (`?order=&shop=`), or of a request (`?refund=`)."""

    roles = FEEDBACK.roles_of["report"]
    template_name = "feedback/report.html"
    form_class = forms.ReportForm
    order: Order
    refund: Refund | None

    def load(self, **kwargs: Any) -> None:
        """Find the order, and the request that shows it. Raises: NotFound."""
        asked = self.request.GET
        self.refund = refund_get_for(self.actor, asked["refund"]) if "refund" in asked else None
        found = self.refund.order if self.refund else None
        self.order = found or order_get_for(self.actor, asked.get("order", ""), asked.get("shop", ""))
        self.lines = {line.line_no: line for line in self.order.lines.exclude(item_id="").order_by("id")}

    def form_kwargs(self) -> dict[str, Any]:
        """Give the lines to choose from."""
        return {"lines": [(number, line.title) for number, line in self.lines.items()]}

    def context(self) -> dict[str, Any]:
        """Give the order."""
        return {"order": self.order}

    def act(self, data: dict[str, Any]) -> str:
        """Report it."""
        line = self.lines[data.pop("line")]
        line.order = self.order
        case = services.page_report(line=line, actor=self.actor, refund=self.refund, **data)
        return _("%(number)s has it; goods and design are told.") % {"number": case.case_no}

    def home(self) -> str:
        """Lead back to the request, or to the order."""
        if self.refund is not None:
            return reverse("tickets:request_detail", args=[self.refund.refund_no])
        return f"{reverse('tickets:order_detail', args=[self.order.order_no])}?shop={self.order.shop.code}"

    def draft_key(self) -> str:
        """Keep a draft for each order, whichever page it was begun on."""
        return f"{self.request.path}:{self.order.pk}"


class FeedbackDialog(Dialog):
    """A step of one case, with the case in short above the form."""

    action: ClassVar[str] = ""
    template_name = "feedback/step.html"
    case: FeedbackCase

    def load(self, **kwargs: Any) -> None:
        """Find the case. Raises: NotFound."""
        self.case = selectors.feedback_get_for(self.actor, kwargs["case_no"])

    def initial(self) -> dict[str, Any]:
        """Remember which version was looked at."""
        return {"version": self.case.version}

    def context(self) -> dict[str, Any]:
        """Give the case, and why the step is not possible where it is not."""
        stop = why_not(FEEDBACK, self.case, self.actor, self.action)
        return {"case": self.case, "title": FEEDBACK.actions[self.action], "stop": stop.text if stop else ""}

    def act(self, data: dict[str, Any]) -> str:
        """Take the step; the service bears its name."""
        step = getattr(services, f"feedback_{self.action}")
        moved: FeedbackCase = step(case=self.case, actor=self.actor, **data)
        return f"{moved.case_no}: {moved.get_status_display()}"

    def home(self) -> str:
        """Lead back to the case."""
        return reverse("feedback:case", args=[self.case.case_no])


class Take(FeedbackDialog):
    """Somebody of goods and design takes it on."""

    action, form_class = "take", forms.FeedbackNoteForm
    roles = FEEDBACK.roles_of[action]


class Answer(FeedbackDialog):
    """What is done about it."""

    action, form_class = "answer", forms.FeedbackAnswerForm
    roles = FEEDBACK.roles_of[action]

    def initial(self) -> dict[str, Any]:
        """Propose today."""
        return super().initial() | {"effective_on": clock.shanghai_day(clock.now())}


class Reopen(FeedbackDialog):
    """The answer is not enough."""

    action, form_class = "reopen", forms.FeedbackReasonForm
    roles = FEEDBACK.roles_of[action]


class Close(FeedbackDialog):
    """It is done with."""

    action, form_class = "close", forms.FeedbackNoteForm
    roles = FEEDBACK.roles_of[action]

"""The decisions about complaints: recorded, replied to, handed up, called malicious and judged, settled (CMP-1)."""

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.core.transitions import why_not
from aftersales.core.views.dialogs import Dialog
from complaints import forms, selectors, services
from complaints.models import Complaint
from complaints.states import COMPLAINT, Source
from orders.models import Order
from orders.selectors import order_get_for


class File(Dialog):
    """A complaint about an order (`?order=&shop=`), at the platform unless said otherwise."""

    roles = COMPLAINT.roles_of["file"]
    template_name = "complaints/new.html"
    form_class = forms.ComplaintForm
    order: Order

    def load(self, **kwargs: Any) -> None:
        """Find the order. Raises: NotFound."""
        self.order = self.found(**kwargs)

    def found(self, **kwargs: Any) -> Order:
        """Give the order that the address names. Raises: NotFound."""
        asked = self.request.GET
        return order_get_for(self.actor, asked.get("order", ""), asked.get("shop", ""))

    def initial(self) -> dict[str, Any]:
        """Propose the platform."""
        return {"source": Source.PLATFORM.value}

    def context(self) -> dict[str, Any]:
        """Say what was complained of already."""
        return {"order": self.order, "others": selectors.complaints_of(self.order.pk)}

    def act(self, data: dict[str, Any]) -> str:
        """Record it."""
        complaint = self.filed(data)
        return _("%(number)s is recorded and waits for a reply.") % {"number": complaint.complaint_no}

    def filed(self, data: dict[str, Any]) -> Complaint:
        """Give the complaint, recorded."""
        return services.complaint_file(order=self.order, actor=self.actor, **data)

    def home(self) -> str:
        """Lead back to the order."""
        return f"{reverse('tickets:order_detail', args=[self.order.order_no])}?shop={self.order.shop.code}"

    def draft_key(self) -> str:
        """Keep a draft for each order."""
        return f"{self.request.path}:{self.order.pk}"


class ComplaintDialog(Dialog):
    """A step of one complaint, with the complaint in short above the form."""

    action: ClassVar[str] = ""
    template_name = "complaints/step.html"
    complaint: Complaint

    def load(self, **kwargs: Any) -> None:
        """Find the complaint. Raises: NotFound."""
        self.complaint = selectors.complaint_get_for(self.actor, kwargs["complaint_no"])

    def initial(self) -> dict[str, Any]:
        """Remember which version was looked at."""
        return {"version": self.complaint.version}

    def context(self) -> dict[str, Any]:
        """Give the complaint, and why the step is not possible where it is not."""
        stop = why_not(COMPLAINT, self.complaint, self.actor, self.action)
        return {
            "complaint": self.complaint,
            "title": COMPLAINT.actions[self.action],
            "stop": stop.text if stop else "",
        }

    def act(self, data: dict[str, Any]) -> str:
        """Take the step; the service bears its name."""
        step = getattr(services, f"complaint_{self.action}")
        moved: Complaint = step(complaint=self.complaint, actor=self.actor, **data)
        return f"{moved.complaint_no}: {moved.get_status_display()}"

    def home(self) -> str:
        """Lead back to the complaint."""
        return reverse("complaints:complaint", args=[self.complaint.complaint_no])


class Reply(ComplaintDialog):
    """What the platform is told."""

    action, form_class = "reply", forms.ComplaintReplyForm
    roles = COMPLAINT.roles_of[action]


class Escalate(ComplaintDialog):
    """The supervisor takes it."""

    action, form_class = "escalate", forms.ComplaintReasonForm
    roles = COMPLAINT.roles_of[action]


class Postpone(ComplaintDialog):
    """The source gave another time."""

    action, form_class = "postpone", forms.ComplaintPostponeForm
    roles = COMPLAINT.roles_of[action]

    def initial(self) -> dict[str, Any]:
        """Show the time that is known."""
        return super().initial() | {"reply_due_at": self.complaint.reply_due_at}


class Accuse(ComplaintDialog):
    """Somebody takes it for malicious."""

    action, form_class = "accuse", forms.ComplaintAccuseForm
    roles = COMPLAINT.roles_of[action]


class Confirm(ComplaintDialog):
    """It is malicious."""

    action, form_class = "confirm", forms.ComplaintNoteForm
    roles = COMPLAINT.roles_of[action]


class Refuse(ComplaintDialog):
    """It is not malicious."""

    action, form_class = "refuse", forms.ComplaintReasonForm
    roles = COMPLAINT.roles_of[action]


class Settle(ComplaintDialog):
    """The buyer and the shop agree."""

    action, form_class = "settle", forms.ComplaintSettleForm
    roles = COMPLAINT.roles_of[action]


class Close(ComplaintDialog):
    """The source decided."""

    action, form_class = "close", forms.ComplaintCloseForm
    roles = COMPLAINT.roles_of[action]


class Withdraw(ComplaintDialog):
    """The buyer took it back."""

    action, form_class = "withdraw", forms.ComplaintNoteForm
    roles = COMPLAINT.roles_of[action]

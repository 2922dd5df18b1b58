"""The decisions about payouts: opened, changed, approved alone or together, and what finance says of them (PAY)."""

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.core import errors, money
from aftersales.core.machine import SUPERVISOR
from aftersales.core.transitions import why_not
from aftersales.core.views.dialogs import Dialog
from orders.models import Order
from orders.selectors import order_get_for
from refunds import services
from refunds.forms import (
    ConfirmForm,
    CorrectPayeeForm,
    PayoutEditForm,
    PayoutFailForm,
    PayoutForm,
    ReasonForm,
    UnmovedForm,
    VersionForm,
)
from refunds.models import Payout, Refund
from refunds.selectors import payout_page, refund_get_for
from refunds.selectors.payouts import payout_get_for, payout_warnings
from refunds.services import PayeeData
from refunds.states import PAYOUT, AccountType, PayoutPurpose
from refunds.states.payout import WRITERS

from .payments import receipts_stored


class PayoutDialog(Dialog):
    """A step of one payout, with the payout in short above the form."""

    action: ClassVar[str] = ""
    payout: Payout

    def load(self, **kwargs: Any) -> None:
        """Find the payout. Raises: Forbidden for roles that never take this step, NotFound."""
        self.payout = payout_get_for(self.actor, kwargs["payout_no"])

    def initial(self) -> dict[str, Any]:
        """Remember which version was looked at."""
        return {"version": self.payout.version}

    def context(self) -> dict[str, Any]:
        """Give the payout, and why the step is not possible where it is not."""
        stop = why_not(PAYOUT, self.payout, self.actor, self.action)
        return {"payout": self.payout, "title": PAYOUT.actions[self.action], "stop": stop.text if stop else ""}

    def home(self) -> str:
        """Lead back to the payout."""
        return reverse("refunds:payout", args=[self.payout.payout_no])


class Submit(PayoutDialog):
    """Ask for approval."""

    action = "submit"
    roles = PAYOUT.roles_of[action]
    template_name = "refunds/payout_step.html"
    form_class = VersionForm

    def act(self, data: dict[str, Any]) -> str:
        """Submit it."""
        services.payout_submit(payout=self.payout, actor=self.actor, **data)
        return _("%(number)s waits for approval.") % {"number": self.payout.payout_no}


class Approve(PayoutDialog):
    """The second pair of eyes."""

    action = "approve"
    roles = PAYOUT.roles_of[action]
    template_name = "refunds/payout_step.html"
    form_class = VersionForm

    def context(self) -> dict[str, Any]:
        """Warn of what one has to know before."""
        return super().context() | {"warnings": payout_warnings(self.payout)}

    def act(self, data: dict[str, Any]) -> str:
        """Approve it."""
        services.payout_approve(payout=self.payout, actor=self.actor, **data)
        return _("%(number)s is approved and is sent in a moment.") % {"number": self.payout.payout_no}


class Reject(PayoutDialog):
    """Not this one."""

    action = "reject"
    roles = PAYOUT.roles_of[action]
    template_name = "refunds/payout_step.html"
    form_class = ReasonForm

    def act(self, data: dict[str, Any]) -> str:
        """Reject it."""
        services.payout_reject(payout=self.payout, actor=self.actor, **data)
        return _("%(number)s is rejected.") % {"number": self.payout.payout_no}


class Withdraw(PayoutDialog):
    """Taken back."""

    action = "withdraw"
    roles = PAYOUT.roles_of[action]
    template_name = "refunds/payout_step.html"
    form_class = ReasonForm

    def act(self, data: dict[str, Any]) -> str:
        """Take it back."""
        services.payout_withdraw(payout=self.payout, actor=self.actor, **data)
        return _("%(number)s is withdrawn.") % {"number": self.payout.payout_no}


class Edit(PayoutDialog):
    """Another amount or note."""

    action = "edit"
    roles = PAYOUT.roles_of[action]
    template_name = "refunds/payout_edit.html"
    form_class = PayoutEditForm

    def initial(self) -> dict[str, Any]:
        """Show what it is now."""
        return super().initial() | {"amount_fen": money.yuan(self.payout.amount_fen), "note": self.payout.note}

    def context(self) -> dict[str, Any]:
        """Let receipts be added."""
        return super().context() | {"shop": self.payout.shop, "multipart": True}

    def act(self, data: dict[str, Any]) -> str:
        """Change it."""
        files = data.pop("evidence") + receipts_stored(self, self.payout.shop)
        services.payout_edit(payout=self.payout, actor=self.actor, evidence_ids=files, **data)
        return _("%(number)s is changed.") % {"number": self.payout.payout_no}


class CorrectPayee(PayoutDialog):
    """Another account or name."""

    action = "correct_payee"
    roles = PAYOUT.roles_of[action]
    template_name = "refunds/payout_payee_form.html"
    form_class = CorrectPayeeForm

    def initial(self) -> dict[str, Any]:
        """Propose the kind of account that it had."""
        return super().initial() | {"account_type": self.payout.payee.account_type}

    def act(self, data: dict[str, Any]) -> str:
        """Put the right one in its place."""
        payee = PayeeData(data["account_type"], data["account"], data["name"])
        services.payout_correct_payee(payout=self.payout, actor=self.actor, payee=payee, version=data["version"])
        return _("The payee of %(number)s is corrected.") % {"number": self.payout.payout_no}


class Confirm(PayoutDialog):
    """The money has moved."""

    action = "confirm"
    roles = PAYOUT.roles_of[action]
    template_name = "refunds/payout_step.html"
    form_class = ConfirmForm

    def act(self, data: dict[str, Any]) -> str:
        """Write it down."""
        services.payout_confirm(payout=self.payout, actor=self.actor, **data)
        return _("%(number)s is paid.") % {"number": self.payout.payout_no}


class Fail(PayoutDialog):
    """The money has not moved."""

    action = "fail"
    roles = PAYOUT.roles_of[action]
    template_name = "refunds/payout_fail.html"
    form_class = PayoutFailForm

    def act(self, data: dict[str, Any]) -> str:
        """Write down why."""
        services.payout_fail(payout=self.payout, actor=self.actor, **data)
        return _("%(number)s is marked as failed.") % {"number": self.payout.payout_no}


class ReportUnmoved(PayoutDialog):
    """Nobody answers, and the account shows that no money moved: the first of two people."""

    action = "report_unmoved"
    roles = PAYOUT.roles_of[action]
    template_name = "refunds/payout_unmoved.html"
    form_class = UnmovedForm

    def context(self) -> dict[str, Any]:
        """Let the proof be added."""
        return super().context() | {"shop": self.payout.shop, "multipart": True}

    def act(self, data: dict[str, Any]) -> str:
        """Write it down."""
        files = data.pop("evidence") + receipts_stored(self, self.payout.shop)
        services.payout_report_unmoved(payout=self.payout, actor=self.actor, evidence_ids=files, **data)
        return _("Reported. Somebody else has to agree before %(number)s can be sent again.") % {
            "number": self.payout.payout_no
        }


class AcceptUnmoved(PayoutDialog):
    """The second of two people."""

    action = "accept_unmoved"
    roles = PAYOUT.roles_of[action]
    template_name = "refunds/payout_unmoved_agree.html"
    form_class = ReasonForm

    def context(self) -> dict[str, Any]:
        """Show who reported it."""
        return super().context() | {"reported_by": self.payout.unmoved_by}

    def act(self, data: dict[str, Any]) -> str:
        """Write it down."""
        services.payout_accept_unmoved(payout=self.payout, actor=self.actor, **data)
        return _("%(number)s is marked as failed.") % {"number": self.payout.payout_no}


class SendAgain(PayoutDialog):
    """Once more, with a new number."""

    action = "send_again"
    roles = PAYOUT.roles_of[action]
    template_name = "refunds/payout_step.html"
    form_class = VersionForm

    def act(self, data: dict[str, Any]) -> str:
        """Let it go out again."""
        services.payout_send_again(payout=self.payout, actor=self.actor, **data)
        return _("%(number)s is sent again in a moment.") % {"number": self.payout.payout_no}


class Open(Dialog):
    """A new payout for a request (`?refund=`) or an order (`?order=&shop=`)."""

    roles = WRITERS & {"agent", "supervisor", "finance"}
    template_name = "refunds/payout_open.html"
    form_class = PayoutForm
    order: Order
    refund: Refund | None

    def load(self, **kwargs: Any) -> None:
        """Find what it is for. Raises: NotFound."""
        asked = self.request.GET
        self.refund = refund_get_for(self.actor, asked["refund"]) if asked.get("refund") else None
        if self.refund is not None:
            self.order = self.refund.order
        elif asked.get("order"):
            self.order = order_get_for(self.actor, asked["order"], asked.get("shop", ""))
        else:
            raise errors.NotFound()
        self.known = payout_page.opening(self.order, self.refund)

    def initial(self) -> dict[str, Any]:
        """Propose return postage where the seller owes it."""
        proposal = self.known["proposal"]
        if proposal is not None and proposal.owes == "seller":
            return {
                "purpose": PayoutPurpose.RETURN_POSTAGE,
                "amount_fen": money.yuan(proposal.amount_fen),
                "account_type": AccountType.ALIPAY,
            }
        return {"purpose": PayoutPurpose.GOODWILL, "account_type": AccountType.ALIPAY}

    def form_kwargs(self) -> dict[str, Any]:
        """Let a supervisor give the reason for a second one (PAY-7)."""
        return {"may_repeat": self.actor.role == SUPERVISOR}

    def context(self) -> dict[str, Any]:
        """Say what the table and the rules say, and what is paid already."""
        return {"order": self.order, "refund": self.refund, "shop": self.order.shop, "multipart": True} | self.known

    def act(self, data: dict[str, Any]) -> str:
        """Open it, and submit it where that was wanted."""
        opened = services.payout_open(
            order=self.order,
            refund=self.refund,
            actor=self.actor,
            purpose=data["purpose"],
            amount_fen=data["amount_fen"],
            payee=PayeeData(data["account_type"], data["account"], data["name"]),
            note=data["note"],
            second_reason=data.get("second_reason", ""),
            evidence_ids=data["evidence"] + receipts_stored(self, self.order.shop),
        )
        if not data["submit"]:
            return _("%(number)s is kept as a draft.") % {"number": opened.payout_no}
        services.payout_submit(payout=opened, actor=self.actor)
        return _("%(number)s waits for approval.") % {"number": opened.payout_no}

    def home(self) -> str:
        """Lead back to the request or the order."""
        if self.refund is not None:
            return reverse("tickets:request_detail", args=[self.refund.refund_no])
        return f"{reverse('tickets:order_detail', args=[self.order.order_no])}?shop={self.order.shop.code}"

    def draft_key(self) -> str:
        """Keep a draft for each request or order."""
        return f"{self.request.path}:{self.refund.refund_no if self.refund else self.order.pk}"

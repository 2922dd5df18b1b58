"""The warehouse's page: what must not leave, what comes back, one thing at a time under the thumb."""

import unicodedata
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aftersales.core import errors, keyset
from aftersales.core.machine import AGENT, SUPERVISOR, WAREHOUSE
from aftersales.core.models import Shop
from aftersales.core.transitions import why_not
from aftersales.core.views.access import looking_actor, open_to
from aftersales.core.views.dialogs import Dialog
from logistics import services
from logistics.forms.receiving import ReceiveForm
from logistics.forms.warehouse import PackForm, SendForm, VoidForm
from logistics.selectors import unclaimed
from logistics.selectors import warehouse as selectors
from logistics.selectors.gifts import gifts_to_pack
from logistics.selectors.replacements import leaves_before_a_scan
from logistics.views.photos import PhotoDialog
from refunds import services as refunds
from refunds.models import Refund
from refunds.selectors import inspection
from refunds.states import REFUND

STAFF = frozenset({WAREHOUSE, AGENT, SUPERVISOR})
LOOKERS = (WAREHOUSE, SUPERVISOR)
PAGE_SIZE = 30


@require_safe
@open_to(*LOOKERS)
def warehouse(request: HttpRequest) -> HttpResponse:
    """Show what waits to be voided, received or sent, or the parcel that was just scanned."""
    actor = looking_actor(request)
    lists: dict[str, QuerySet[Any]] = {
        "void": selectors.voids_waiting(actor),
        "receive": selectors.parcels_expected(actor),
        "send": selectors.replacements_to_send(actor),
        "unclaimed": unclaimed.unclaimed_waiting(actor),
        "unrefunded": selectors.received_unrefunded(actor),
    }
    tab = request.GET.get("tab", "") if request.GET.get("tab") in lists else "void"
    counts = {name: selectors.counted(rows) for name, rows in lists.items()}
    asked = unicodedata.normalize("NFKC", request.GET.get("q", "")).strip()[:64] if tab == "receive" else ""
    context: dict[str, Any] = {"tab": tab, "asked": asked, "tabs": _tabs(tab, counts)}
    if asked:
        found = selectors.parcels_found(actor, asked)
        one = found[0] if len(found) == 1 else None
        context |= {"found": found, "one": one}
        if not found:
            context["lies"] = unclaimed.unclaimed_by_number(actor, asked)
        if one is not None:
            form = ReceiveForm(initial={"version": one.version, "verdict": "pass"}, **receive_kwargs(one))
            context |= receive_context(one, actor, form)
    elif tab == "unclaimed":
        page = keyset.page(lists[tab], request.GET, ("id",), size=PAGE_SIZE)
        context |= {"page": page, "rows": page.rows}
    elif tab == "unrefunded":
        page = keyset.page(selectors.with_goods(lists[tab]), request.GET, ("received_at", "id"), size=PAGE_SIZE)
        context |= {"page": page, "rows": page.rows}
    else:
        rows = selectors.with_goods(lists[tab])
        page = keyset.page(rows, request.GET, selectors.ORDERING, size=PAGE_SIZE)
        context |= {"page": page, "rows": page.rows}
    if tab == "send" and not asked:
        context |= {"pack": PackForm(), "gifts": gifts_to_pack(actor)}
    htmx = getattr(request, "htmx", None)
    return render(request, "logistics/_bench.html" if htmx else "logistics/warehouse.html", context)


def _tabs(tab: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    labels = {"void": _("To void"), "receive": _("To receive"), "send": _("To send"), "unclaimed": _("Unclaimed")}
    labels["unrefunded"] = _("Received, not refunded")
    return [
        {
            "key": key,
            "url": f"{reverse('logistics:warehouse')}?tab={key}",
            "label": label,
            "count": counts[key],
            "capped": counts[key] >= selectors.COUNT_CAP,
            "active": key == tab,
        }
        for key, label in labels.items()
    ]


def receive_kwargs(refund: Refund) -> dict[str, Any]:
    """Give what the form of a parcel needs: its goods, and the shelves where such goods were put last."""
    known = inspection.shelves((line.order_line.goods_no for line in refund.lines.all()), refund.shop_id)
    return {"refund": refund, "shelves": known}


def receive_context(refund: Refund, actor: Any, form: ReceiveForm, **more: Any) -> dict[str, Any]:
    """Give what the card of a parcel shows: the request, whether it can be received now, the form."""
    stop = why_not(REFUND, refund, actor, "receive")
    return {
        "refund": refund,
        "form": form,
        "stop": str(stop.text) if stop else "",
        "voidable": why_not(REFUND, refund, actor, "void_result", "voided") is None,
        "form_url": reverse("logistics:receive", args=[refund.refund_no]),
        "draft_key": f"receive:{refund.refund_no}",
    } | more


class WarehouseDialog(Dialog):
    """A decision about one request's goods."""

    roles: ClassVar[frozenset[str]] = STAFF
    refund: Refund

    def load(self, **kwargs: Any) -> None:
        """Find the request. Raises: NotFound."""
        refund = selectors.request_found(self.actor, kwargs["refund_no"])
        if refund is None:
            raise errors.NotFound()
        self.refund = refund

    def context(self) -> dict[str, Any]:
        """Give the request."""
        return {"refund": self.refund}


class VoidAnswer(WarehouseDialog):
    """The order is voided, or it has left already (VOI-2)."""

    template_name = "logistics/void.html"
    form_class = VoidForm

    @property
    def result(self) -> str:
        """Which answer the dialog is about."""
        given = self.request.POST.get("result") or self.request.GET.get("result", "")
        return "already_shipped" if given == "already_shipped" else "voided"

    def initial(self) -> dict[str, Any]:
        """Remember which version was looked at."""
        return {"version": self.refund.version, "result": self.result}

    def context(self) -> dict[str, Any]:
        """Say which answer it is."""
        return super().context() | {"result": self.result}

    def home(self) -> str:
        """Lead back to the list."""
        return f"{reverse('logistics:warehouse')}?tab=void"

    def act(self, data: dict[str, Any]) -> str:
        """Take the answer."""
        services.void_answer(refund=self.refund, actor=self.actor, **data)
        if data["result"] == "voided":
            return _("%(number)s is voided; the refund may be agreed.") % {"number": self.refund.order.order_no}
        return _("%(number)s is marked as shipped; the request is closed.") % {"number": self.refund.order.order_no}


class Send(WarehouseDialog):
    """A replacement leaves (EXC-1)."""

    template_name = "logistics/send.html"
    form_class = SendForm

    def form_kwargs(self) -> dict[str, Any]:
        """Say which carriers do not go there, and whether the return shows no scan yet (EXC-4)."""
        return {"region": self.refund.order.receiver_region, "unscanned": leaves_before_a_scan(self.refund)}

    def initial(self) -> dict[str, Any]:
        """Remember which version was looked at."""
        return {"version": self.refund.version}

    def home(self) -> str:
        """Lead back to the list."""
        return f"{reverse('logistics:warehouse')}?tab=send"

    def act(self, data: dict[str, Any]) -> str:
        """Note the parcel."""
        services.replacement_record(refund=self.refund, actor=self.actor, **data)
        return _("%(number)s: the replacement is on its way.") % {"number": self.refund.refund_no}


class Receive(PhotoDialog, WarehouseDialog):
    """A parcel was opened: pass starts the refund, fail refuses it with the photos (RET-2)."""

    template_name = "logistics/receive.html"
    form_class = ReceiveForm

    def initial(self) -> dict[str, Any]:
        """Remember which version was looked at."""
        return {"version": self.refund.version, "verdict": "pass"}

    def form_kwargs(self) -> dict[str, Any]:
        """Give the form the goods."""
        return receive_kwargs(self.refund)

    def context(self) -> dict[str, Any]:
        """Give the card, with the photos that were stored before something else was wrong."""
        return super().context() | {"stop": ""}

    def draft_key(self) -> str:
        """Keep a draft for each parcel, the same as on the list."""
        return f"receive:{self.refund.refund_no}"

    def home(self) -> str:
        """Lead back to the scanner's field."""
        return f"{reverse('logistics:warehouse')}?tab=receive"

    def shop_of(self, form: forms.Form) -> Shop | None:
        """Say whose photos they are."""
        shop: Shop = self.refund.shop
        return shop

    def act(self, data: dict[str, Any]) -> str:
        """Write the inspection down."""
        form = ReceiveForm(self.request.POST, **self.form_kwargs())
        form.is_valid()
        refunds.refund_receive(
            refund=self.refund,
            actor=self.actor,
            passed=data["verdict"] == "pass",
            findings=data["findings"].strip(),
            found=form.found(),
            evidence_ids=[one.evidence_id for one in self.stored()],
            version=data["version"],
        )
        number = {"number": self.refund.refund_no}
        if self.refund.wants_goods and data["verdict"] == "pass":
            return _("%(number)s passed; the replacement may go.") % number
        if data["verdict"] == "pass":
            return _("%(number)s passed; the refund is on its way.") % number
        return _("%(number)s failed; it is refused with what was found.") % number

    def done(self) -> HttpResponse:
        """Go on with the next parcel, not back to this one."""
        response = super().done()
        if "HX-Redirect" in response:
            response["HX-Redirect"] = self.home()
        return response

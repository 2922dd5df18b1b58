"""Void lists in the console: which there are, one with its lines to answer, on paper and as a sheet (VOI)."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from aftersales.core import clock, errors, keyset
from aftersales.core.api.base import actor_of
from aftersales.core.machine import AGENT, SUPERVISOR, WAREHOUSE
from aftersales.core.models import Shop
from aftersales.core.views.access import looking_actor, open_to
from aftersales.core.views.dialogs import Dialog, OnceForm
from logistics import services
from logistics.forms.voids import LineForm, ManyForm, picked
from logistics.models import VoidList, VoidListLine
from logistics.selectors import voids as selectors
from logistics.serializers import void_sheet
from logistics.services import Given, Outcome

LOOKERS = (WAREHOUSE, SUPERVISOR, AGENT)
KEEPERS = frozenset({WAREHOUSE, SUPERVISOR})


@require_safe
@open_to(*LOOKERS)
def void_lists(request: HttpRequest) -> HttpResponse:
    """Show the lists, those to be answered first, and which shops have requests that are on none."""
    actor = looking_actor(request)
    tab = "all" if request.GET.get("tab") == "all" else "open"
    rows = selectors.void_lists(actor, only_open=tab == "open")
    page = keyset.page(rows, request.GET, selectors.ORDERING)
    labels = {"open": pgettext("void list", "To answer"), "all": _("All")}
    counts = {"open": keyset.counted(selectors.void_lists(actor, only_open=True))}
    context = {
        "tab": tab,
        "tabs": keyset.tabs(reverse("logistics:void_lists"), labels, counts, tab),
        "page": page,
        "lists": selectors.counted(page.rows),
        "unlisted": selectors.shops_to_supplement(actor),
        "may_make": actor.may(services.MAKE),
    }
    return render(request, "logistics/void_lists.html", context)


@require_safe
@open_to(*LOOKERS)
def void_list(request: HttpRequest, list_no: str) -> HttpResponse:
    """Show one list with all its lines, as they were submitted."""
    actor = actor_of(request)
    found = selectors.void_list_get_for(actor, list_no)
    may = actor.may(services.ANSWER)
    lines = [_row(found, line) for line in selectors.void_list_lines(found)]
    context = {"list": found, "lines": lines, "may_answer": may, "may_pick": may and bool(found.counts.waiting)}
    return render(request, "logistics/void_list.html", context)


def _row(found: VoidList, line: VoidListLine) -> VoidListLine:
    """Tell a line what people wrote on its order, beside that it was submitted."""
    told = [note for note in line.refund.order.told if found.list_no not in note.text]
    line.last_note = told[-1] if told else None  # type: ignore[attr-defined]
    return line


@require_safe
@open_to(*LOOKERS)
def export(request: HttpRequest, list_no: str) -> FileResponse:
    """Give a list as a workbook, a row for each of the goods."""
    found = selectors.void_list_get_for(actor_of(request), list_no)
    sheet = void_sheet.workbook(selectors.void_list_lines(found))
    name = f"{list_no}.xlsx"
    return FileResponse(sheet, as_attachment=True, filename=name, content_type=void_sheet.CONTENT_TYPE)


class Make(Dialog):
    """A list of what waits and is on none, for the shop that `?shop=` names."""

    roles = KEEPERS
    template_name = "logistics/void_list_make.html"
    form_class = OnceForm
    shop: Shop

    def load(self, **kwargs: Any) -> None:
        """Find the shop. Raises: NotFound."""
        named = Shop.objects.filter(code=self.request.GET.get("shop", ""))
        shop = self.actor.visible(named, "id").first()
        if shop is None:
            raise errors.NotFound()
        self.shop = shop

    def context(self) -> dict[str, Any]:
        """Say what it would be."""
        waiting = keyset.counted(selectors.voids_unlisted(self.shop.pk))
        today = VoidList.objects.filter(shop=self.shop, day=clock.shanghai_day(clock.now()))
        return {"shop": self.shop, "waiting": waiting, "before": today.filter(supplement=0).first()}

    def act(self, data: dict[str, Any]) -> str:
        """Make it."""
        made = services.void_list_make(shop=self.shop, actor=self.actor)
        return _("%(number)s is submitted to the warehouse.") % {"number": made.list_no}

    def home(self) -> str:
        """Lead to the lists."""
        return reverse("logistics:void_lists")


class ListDialog(Dialog):
    """An answer to lines of one list: voided, or already shipped."""

    roles: ClassVar[frozenset[str]] = KEEPERS
    void_list: VoidList

    def load(self, **kwargs: Any) -> None:
        """Find the list. Raises: NotFound."""
        self.void_list = selectors.void_list_get_for(self.actor, kwargs["list_no"])

    @property
    def result(self) -> str:
        """Which answer the dialog is about."""
        given = self.request.POST.get("result") or self.request.GET.get("result", "")
        return "already_shipped" if given == "already_shipped" else "voided"

    def home(self) -> str:
        """Lead back to the list."""
        return reverse("logistics:void_list", args=[self.void_list.list_no])


class AnswerLine(ListDialog):
    """One line; who answered before and when is told in place (VOI-2)."""

    template_name = "logistics/void_answer.html"
    form_class = LineForm
    line: VoidListLine

    def load(self, **kwargs: Any) -> None:
        """Find the line. Raises: NotFound."""
        super().load(**kwargs)
        line = selectors.void_list_lines(self.void_list, kwargs["listed_no"]).first()
        if line is None:
            raise errors.NotFound()
        self.line = line

    def initial(self) -> dict[str, Any]:
        """Remember which version was looked at."""
        return {"version": self.line.refund.version, "result": self.result}

    def context(self) -> dict[str, Any]:
        """Give the request."""
        return {"line": self.line, "refund": self.line.refund, "result": self.result}

    def act(self, data: dict[str, Any]) -> str:
        """Take the answer."""
        given = Given(refund_no=self.line.refund.refund_no, **data)
        answered = services.void_line_answer(void_list=self.void_list, given=given, actor=self.actor)
        number = {"number": self.line.refund.order.order_no}
        if answered.late_answer:
            return _("%(number)s: noted. The refund had been agreed already.") % number
        if data["result"] == "voided":
            return _("%(number)s is voided; the refund may be agreed.") % number
        return _("%(number)s is marked as shipped; the request is closed.") % number


class AnswerMany(ListDialog):
    """The picked lines, each with an outcome of its own."""

    template_name = "logistics/void_answers.html"
    form_class = ManyForm

    def load(self, **kwargs: Any) -> None:
        """Find those that are meant. Raises: NotFound when none is."""
        super().load(**kwargs)
        self.versions = picked(self.request.POST.getlist("pick") or self.request.GET.getlist("pick"))
        self.lines = list(selectors.void_list_lines(self.void_list, *self.versions)) if self.versions else []
        if not self.lines:
            raise errors.NotFound()

    def initial(self) -> dict[str, Any]:
        """Carry along which versions were looked at."""
        return {"pick": [f"{number}@{version}" for number, version in self.versions.items()], "result": self.result}

    def form_kwargs(self) -> dict[str, Any]:
        """Say which orders may be named."""
        return {"orders": {line.refund.order.order_no: line.refund.refund_no for line in self.lines}}

    def context(self) -> dict[str, Any]:
        """List them."""
        return {"lines": self.lines, "result": self.result}

    def act(self, data: dict[str, Any]) -> str:
        """Answer them; the words say how many, the warnings which not and why."""
        given = [
            Given(
                refund_no=line.refund.refund_no,
                result=data["result"],
                note=data["note"],
                carrier=data["carrier"],
                tracking_no=data["numbers"].get(line.refund.refund_no, ""),
                version=data["pick"].get(line.refund.refund_no),
            )
            for line in self.lines
        ]
        came = services.void_lines_answer(void_list=self.void_list, answers=given, actor=self.actor)
        orders = {line.refund.refund_no: line.refund.order.order_no for line in self.lines}
        _warn(self.request, came, orders)
        done = sum(one.came == "ok" for one in came)
        return ngettext("%(n)s order answered.", "%(n)s orders answered.", done) % {"n": done}


def _warn(request: HttpRequest, came: list[Outcome], orders: dict[str, str]) -> None:
    """Name the orders that were not answered, by reason."""
    why: dict[str, list[str]] = {}
    for one in came:
        if one.problem is not None:
            why.setdefault(str(one.problem.detail), []).append(orders.get(one.refund_no, one.refund_no))
    for detail, numbers in why.items():
        messages.warning(request, f"{', '.join(numbers)}: {detail}")

"""The import of orders: two files go up, a job runs, its result comes down."""

from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from aftersales.core import errors, keyset
from aftersales.core.api.base import actor_of
from aftersales.core.machine import SUPERVISOR
from aftersales.core.models import Role, Shop
from aftersales.core.views.access import open_to
from aftersales.core.views.dialogs import once, put_errors
from orders.forms import ImportForm
from orders.selectors.imports import import_get_for, imports_visible
from orders.services.import_runs import import_start

LOOKERS = (SUPERVISOR, Role.ADMIN.value)
PAGE_SIZE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(*LOOKERS)
def imports(request: HttpRequest) -> HttpResponse:
    """Show the form and the runs; take two files and queue their import."""
    actor = actor_of(request)
    shops = list(actor.visible(Shop.objects.all(), "pk").order_by("code"))
    status, problem = 200, None
    if request.method == "POST":
        form = ImportForm(request.POST, request.FILES, shops=shops)
        status = 422
        if form.is_valid():
            try:
                _start(request, form.cleaned_data, shops)
                return redirect("orders:import")
            except errors.Problem as raised:
                status, problem = put_errors(form, raised)
    else:
        form = ImportForm(shops=shops)
    page = keyset.page(imports_visible(actor), request.GET, ("-id",), size=PAGE_SIZE)
    context: dict[str, Any] = {"form": form, "problem": problem, "page": page, "runs": page.rows}
    return render(request, "orders/import.html", context, status=status)


def _start(request: HttpRequest, data: dict[str, Any], shops: list[Shop]) -> None:
    """Queue it once, however often the same form arrives."""
    actor = actor_of(request)
    shop = next((one for one in shops if one.code == data["shop"]), None)

    def act() -> str:
        return str(import_start(actor=actor, shop=shop, orders=data["orders"], lines=data["lines"]).run_id)

    once(actor, f"page:{data['form_token']}", request.path, act)


@require_safe
@open_to(*LOOKERS)
def import_row(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Give the row of one run anew, while it runs."""
    run = import_get_for(actor_of(request), run_id)
    return render(request, "orders/_import_run.html", {"run": run})


@require_safe
@open_to(*LOOKERS)
def import_result(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """Give the result file: what was not imported, and why."""
    run = import_get_for(actor_of(request), run_id)
    if not default_storage.exists(run.result_name):
        raise errors.NotFound(_("There is no result file of this import."))
    name = f"import-{run.created_at:%Y%m%d-%H%M}-result.csv"
    file = default_storage.open(run.result_name)
    return FileResponse(file, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")

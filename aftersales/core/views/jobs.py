"""A person's jobs: how far each is, stop it, its file. Whose they are not, they do not exist for."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aftersales.core import errors, jobs, keyset, sheets
from aftersales.core.api.authentication import actor_of
from aftersales.core.models import Job

PAGE_SIZE = 20


@require_safe
@login_required
def jobs_list(request: HttpRequest) -> HttpResponse:
    """Show one's own jobs, the newest first."""
    page = keyset.page(jobs.jobs_of(actor_of(request)), request.GET, ("-id",), size=PAGE_SIZE)
    return render(request, "core/jobs.html", {"page": page, "rows": [_shown(job) for job in page.rows]})


@require_safe
@login_required
def job_row(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Give one job anew, while it runs."""
    return render(request, "core/_job.html", {"row": _shown(jobs.job_get_for(actor_of(request), job_id))})


@require_POST
@login_required
def job_stop(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Stop it."""
    actor = actor_of(request)
    jobs.job_stop(job=jobs.job_get_for(actor, job_id), actor=actor)
    return redirect("core:jobs")


@require_safe
@login_required
def job_file(request: HttpRequest, job_id: UUID) -> HttpResponseBase:
    """Give its file to whoever started it."""
    job = jobs.job_get_for(actor_of(request), job_id)
    path = jobs.file_of(job)
    if not job.has_file or not path.exists():
        raise errors.NotFound(_("The file is not there any more."))
    name = f"{job.kind}-{job.created_at:%Y%m%d-%H%M}.{job.ending}"
    kind = sheets.XLSX if job.ending == "xlsx" else sheets.CSV
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=kind)
    response["Cache-Control"] = "private, no-store"
    return response


def _shown(job: Job) -> dict[str, Any]:
    return {"job": job, "label": jobs.label_of(job)}

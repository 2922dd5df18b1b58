"""The pages that say that something did not work. What our own failures are told with needs no database and no session.

The same errors under /api/ become problem documents (`core.api.problems`). Named in the project's urls as handlers.
"""

import logging
import sys

from django.contrib.auth.views import redirect_to_login
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template import loader
from django.utils.html import format_html
from django.utils.translation import gettext as _

from . import errors
from .api import problems

logger = logging.getLogger(__name__)

OWN_TEMPLATE = frozenset({400, 403, 404, 500, 503})


def problem_page(request: HttpRequest, problem: errors.Problem) -> HttpResponseBase:
    """Answer a problem as the caller understands it: a document, the way to the login, or a page."""
    if problems.wants_problem(request):
        return problems.http_response(problem)
    if problem.status == 401:
        return redirect_to_login(request.get_full_path())
    context = {"problem": problem, "status": problem.status, "title": problem.title, "detail": problem.detail}
    # Our own failures are said without anything that may have failed; the others in the frame of the signed-in person.
    for name, frame in ((_template(problem), request if problem.status < 500 else None), ("error.html", None)):
        try:
            body = loader.get_template(name).render(context, frame)
        except Exception:
            logger.exception("the error page %s failed itself", name)
        else:
            return HttpResponse(body, status=problem.status, headers=problems.headers(problem))
    plain = format_html("<!doctype html><title>{0}</title><h1>{0}</h1><p>{1}</p>", problem.title, problem.detail)
    return HttpResponse(plain, status=problem.status, headers=problems.headers(problem))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer 400 (`handler400`); a body over the limit gets 413."""
    return problem_page(request, problems.problem_of(exception) or errors.Malformed())


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """Answer 403 (`handler403`)."""
    return problem_page(request, errors.Forbidden())


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """Answer 404 (`handler404`)."""
    return problem_page(request, errors.NotFound())


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer 500 (`handler500`), or 503 when it was only the database that is away."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return problem_page(request, errors.Unavailable(code="database_unavailable"))
    return problem_page(request, problems.InternalError())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Answer a form without its token (`CSRF_FAILURE_VIEW`): nearly always a page that was left open too long."""
    return problem_page(
        request,
        errors.Forbidden(
            _("This page was open too long. Please go back, reload it and try again."), code="csrf_failed"
        ),
    )


def _template(problem: errors.Problem) -> str:
    if problem.code == "csrf_failed":
        return "403_csrf.html"
    return f"{problem.status}.html" if problem.status in OWN_TEMPLATE else "error.html"

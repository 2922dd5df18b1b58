"""Where the `type` of a problem document leads: what happened, what to do. For everybody; asks the database nothing."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils import translation
from django.views.decorators.http import require_safe

from aftersales.core import errors, problem_kinds


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """Show every kind of problem, in the language asked for."""
    return _said(request, "core/problems.html", groups=problem_kinds.by_group())


@require_safe
def problem(request: HttpRequest, code: str) -> HttpResponse:
    """Show one kind. Raises: NotFound for a code that no answer has."""
    kind = problem_kinds.kind_of(code)
    if kind is None:
        raise errors.NotFound()
    return _said(request, "core/problem.html", kind=kind, status=kind.status)


def _said(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    """Render without the request: neither session nor person is looked up. `?language=` stands above the browser's."""
    asked = request.GET.get("language", "")
    language = asked if asked in dict(settings.LANGUAGES) else translation.get_language()
    with translation.override(language):
        answer = HttpResponse(loader.get_template(template).render({**context, "languages": ("zh-hans", "en")}))
    answer.headers["Content-Language"] = language or settings.LANGUAGE_CODE
    return answer

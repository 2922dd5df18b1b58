"""How an error becomes `application/problem+json` (RFC 9457). Which errors there are stands in `core.errors`."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from django.core import exceptions as django_errors
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions as rest_errors
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from aftersales.core import errors

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER = {429: 1, 503: 5}  # seconds, where the error itself names none
WHOLE_BODY = {"non_field_errors", "__all__"}


class MethodNotAllowed(errors.Problem):
    """405: the route exists, but not with this method."""

    status, code, title = 405, "method_not_allowed", _("This method is not possible here")


class LengthRequired(errors.Problem):
    """411: a body without Content-Length; it would be read as empty."""

    status, code, title = 411, "length_required", _("The request needs a Content-Length header")


class BodyTooLarge(errors.TooLarge):
    """413: the request's body is over the limit."""

    title = _("The request is too large")


class ContentTypeNotTaken(errors.UnsupportedMedia):
    """415: the body is not JSON (or, for uploads, not multipart)."""

    title = _("This content type is not accepted here")


class InternalError(errors.Problem):
    """500: our fault; it is in the log."""

    status, code, title = 500, "internal_error", _("Something went wrong on our side; it has been noted")


def document(problem: errors.Problem) -> dict[str, Any]:
    """Return the problem document in the language that is active now."""
    body: dict[str, Any] = {
        "type": f"/problems/{problem.code}",
        "title": str(problem.title),
        "status": problem.status,
        "detail": str(problem.detail),
        "code": problem.code,
    }
    if problem.errors:
        body["errors"] = [{"field": e.field, "code": e.code, "detail": str(e.detail)} for e in problem.errors]
    return {**problem.extra, **body}


def headers(problem: errors.Problem) -> dict[str, str]:
    """Return the headers that belong to the status: what to sign in with, and when to come back."""
    if problem.status == 401:
        return {"WWW-Authenticate": 'Bearer realm="aftersales"'}
    if problem.status in RETRY_AFTER:
        return {"Retry-After": str(int(problem.extra.get("retry_after", RETRY_AFTER[problem.status])))}
    return {}


def exception_handler(exc: Exception, context: Mapping[str, Any] | None = None) -> Response | None:
    """Answer an exception of an API view; None for a bug, which then is logged and answered by `handler500`."""
    problem = problem_of(exc)
    if problem is None:
        return None
    return Response(
        document(problem), status=problem.status, content_type=CONTENT_TYPE, headers=headers(problem), exception=True
    )


def http_response(problem: errors.Problem) -> HttpResponse:
    """Return the same document outside an API view: unknown routes under /api/, middleware, error handlers."""
    body = JSONRenderer().render(document(problem))
    return HttpResponse(body, status=problem.status, content_type=CONTENT_TYPE, headers=headers(problem))


def wants_problem(request: HttpRequest) -> bool:
    """Tell whether an error is answered as a problem document instead of a page."""
    return request.path.startswith(("/api/", "/hooks/")) or "json" in request.headers.get("Accept", "")


def problem_of(exc: BaseException) -> errors.Problem | None:
    """Return what the caller is told for an exception, None when it is a bug."""
    if isinstance(exc, errors.Problem):
        return exc
    if isinstance(exc, rest_errors.APIException):
        return _of_rest_framework(exc)
    if isinstance(exc, DatabaseError | InterfaceError):
        return _of_database(exc)
    return _of_django(exc)


def _of_rest_framework(exc: rest_errors.APIException) -> errors.Problem:
    if isinstance(exc, rest_errors.ValidationError):
        return errors.Invalid(errors=list(field_errors(exc.detail)))
    if isinstance(exc, rest_errors.ParseError):
        return errors.Malformed(str(exc.detail), code="malformed")
    if isinstance(exc, rest_errors.NotAuthenticated | rest_errors.AuthenticationFailed):
        return errors.NotAuthenticated()
    if isinstance(exc, rest_errors.PermissionDenied):
        return errors.Forbidden()
    if isinstance(exc, rest_errors.NotFound):
        return errors.NotFound()
    if isinstance(exc, rest_errors.MethodNotAllowed):
        return MethodNotAllowed()
    if isinstance(exc, rest_errors.UnsupportedMediaType):
        return ContentTypeNotTaken()
    if isinstance(exc, rest_errors.Throttled):
        return errors.TooManyRequests(retry_after=int(getattr(exc, "wait", None) or 1))
    problem = errors.Problem(str(exc.detail), code=str(exc.default_code))
    problem.status = exc.status_code
    return problem


def _of_django(exc: BaseException) -> errors.Problem | None:
    if isinstance(exc, Http404 | django_errors.ObjectDoesNotExist):
        return errors.NotFound() if isinstance(exc, Http404) else None
    if isinstance(exc, django_errors.PermissionDenied):
        return errors.Forbidden()
    if isinstance(exc, django_errors.ValidationError):
        return errors.Invalid(errors=list(field_errors(_as_rest_detail(exc))))
    if isinstance(exc, django_errors.RequestDataTooBig):
        return BodyTooLarge()
    if isinstance(exc, django_errors.SuspiciousOperation | django_errors.BadRequest | UnreadablePostError):
        return errors.Malformed(code="malformed")
    return None


def _of_database(exc: DatabaseError | InterfaceError) -> errors.Problem | None:
    """The database is away, or was the last guard: then it is logged, since services are meant to refuse first."""
    if isinstance(exc, OperationalError | InterfaceError):
        logger.warning("database away: %s", exc)
        return errors.Unavailable(code="database_unavailable")
    if isinstance(exc, IntegrityError):
        logger.error("a constraint refused what a service let through", exc_info=exc)
        return errors.Conflict(_("Something else changed this at the same moment; please look again."))
    if isinstance(exc, DataError):
        logger.error("a column refused what a serializer let through", exc_info=exc)
        return errors.Invalid(_("A value is out of range."))
    return None


def field_errors(detail: Any, path: str = "") -> Iterator[errors.FieldError]:
    """Flatten REST framework's nested errors to paths like `lines[0].quantity`; `""` is the body as a whole."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            if isinstance(name, int):
                yield from field_errors(inner, f"{path}[{name}]")
            elif name in WHOLE_BODY:
                yield from field_errors(inner, path)
            else:
                yield from field_errors(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list | tuple):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list | tuple)
            yield from field_errors(inner, f"{path}[{index}]" if nested else path)
    else:
        yield errors.FieldError(path, str(getattr(detail, "code", "invalid")), str(detail))


def _as_rest_detail(exc: django_errors.ValidationError) -> Any:
    from rest_framework.serializers import as_serializer_error  # late: it loads the models' field mapping

    return as_serializer_error(exc)

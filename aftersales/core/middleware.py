"""What every request passes: figures about it, and an answer in words when it fails. No domain logic."""

import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from . import errors, pages
from .api import metrics, problems

API = ("/api/", "/hooks/")
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class MetricsMiddleware:
    """Counts and times requests by route, method and status. Stands first, so that it sees what the others answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on and note how it went."""
        started = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        # Routes, not paths: numbers of orders would make a time series each.
        metrics.observe(
            "/" + match.route if match is not None else "(none)",
            request.method or "",
            response.status_code,
            time.perf_counter() - started,
        )
        return response


class ProblemsMiddleware:
    """Answers what a page raises: domain errors, and a database that is away with 503 and Retry-After.

    API views answer theirs themselves. A bug is left to Django, which logs it and calls `handler500`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Answer an address of a page with a NUL in it, which no name has and the database would not even look for.

        The API's routes and parameters refuse it themselves, each at its field.
        """
        if request.path.startswith(API):
            return None
        if "\0" in request.path:
            return pages.problem_page(request, errors.NotFound())
        if "%00" in request.META["QUERY_STRING"]:
            return pages.problem_page(request, errors.Malformed())
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answer a problem; the transaction that the view had open is rolled back already."""
        problem = problems.problem_of(exception)
        return None if problem is None else pages.problem_page(request, problem)

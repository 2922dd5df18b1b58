"""`ApiView`, the base of every REST route: who asks, which version, one transaction, the first answer again.

A route of an app reads the request, calls one service or selector with `self.actor`, and answers:

    class RefundList(ApiView):
        scopes = {"GET": ("refunds:read", "staff"), "POST": "refunds:write"}
        idempotency = "required"
        ordering = ("-updated_at", "-id")

        @extend_schema(parameters=[RefundFilter], responses=RefundOutput(many=True))
        def get(self, request: Request) -> Response:
            \"\"\"List requests.\"\"\"
            rows = selectors.refund_list_for(self.actor, **self.query(RefundFilter))
            return self.page(rows, refunds_as_json)

        @extend_schema(request=RefundInput, responses={201: RefundOutput})
        def post(self, request: Request) -> Response:
            \"\"\"Apply for a refund, return or exchange.\"\"\"
            refund = services.refund_create(actor=self.actor, **self.read(RefundInput))
            return self.answer(refund_as_json(refund, actor=self.actor), status=201)

    class RefundAgree(ApiView):
        scopes = {"POST": "staff"}
        versioned = True

        @extend_schema(request=AgreeInput, responses=RefundOutput)
        def post(self, request: Request, refund_no: str) -> Response:
            \"\"\"Agree to a request.\"\"\"
            refund = selectors.refund_get_for(self.actor, refund_no)
            refund = services.refund_agree(
                refund=refund, actor=self.actor, version=self.version, **self.read(AgreeInput)
            )
            return self.answer(refund_as_json(refund, actor=self.actor))

Whatever a writing handler raises undoes all that it did: it runs in one transaction, and services join that one with
`transaction.atomic(savepoint=False)`. So nothing that goes over the network belongs in a handler.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal, cast

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.idempotency import Answer, key_checked, run_once

from . import parsers, problems
from .authentication import BearerAuthentication, ConsoleSessionAuthentication, actor_of
from .pagination import KeysetPagination
from .permissions import HANDLERS, ScopePermission, scopes_of
from .schema import ApiSchema
from .throttling import ClientRateThrottle

__all__ = ["ApiView", "actor_of"]

_ETAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')
_SAFE = frozenset({"GET", "HEAD"})


class JsonOnly(DefaultContentNegotiation):
    """Answers are JSON whatever `Accept` says: a caller that asks for something else still understands an error."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> tuple[Any, str]:
        """Return the first renderer."""
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """A REST route. Subclasses declare `scopes` for each method that they handle; without it they cannot be defined.

    `scopes`: by method the scope that a token needs, or several of which one is enough ("staff" is the console's).
    `idempotency`: whether a POST must bring an Idempotency-Key. `versioned`: whether If-Match or `version` is read.
    `ordering`: the order of `page`, unique, of columns that are never empty, all in one direction.
    `problems`: statuses of problems, beside those that every route of its kind has, for the OpenAPI document.
    `max_body_bytes`: how much a request may send; None is settings.DATA_UPLOAD_MAX_MEMORY_SIZE.
    """

    scopes: ClassVar[Mapping[str, str | tuple[str, ...]]] = {}
    idempotency: ClassVar[Literal["optional", "required"]] = "optional"
    versioned: ClassVar[bool] = False
    ordering: ClassVar[Sequence[str]] = ("-id",)
    problems: ClassVar[Sequence[int]] = ()
    max_body_bytes: int | None = None

    http_method_names: ClassVar[Sequence[str]] = [*HANDLERS, "head"]  # type: ignore[misc]
    authentication_classes = [BearerAuthentication, ConsoleSessionAuthentication]
    permission_classes = [ScopePermission]
    throttle_classes = [ClientRateThrottle]
    parser_classes = [parsers.StrictJSONParser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = JsonOnly
    pagination_class: ClassVar[type[KeysetPagination] | None] = KeysetPagination
    schema = ApiSchema()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in HANDLERS:
            if hasattr(cls, name) and not scopes_of(cls, name.upper()):
                raise TypeError(f"{cls.__module__}.{cls.__qualname__} handles {name.upper()} and declares no scope")

    # What handlers use ------------------------------------------------------------------------------------------------

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return actor_of(self.request)

    @property
    def version(self) -> int | None:
        """The version that the caller looked at: `If-Match`, else the body's `version`, else None (not asked).

        Raises: Malformed for an If-Match that is no version, or one that contradicts the body; Invalid.
        """
        body = self.request.data.get("version") if isinstance(self.request.data, Mapping) else None
        if body is not None and (not isinstance(body, int) or isinstance(body, bool) or body < 0):
            raise errors.Invalid(
                errors=[errors.FieldError("version", "invalid", _("The version must be a whole number."))]
            )
        header = self.request.headers.get("If-Match", "*").strip()
        if header == "*":
            return body
        match = _ETAG.fullmatch(header)
        if match is None or body not in (None, int(match[1])):
            raise errors.Malformed(_("If-Match must be the version of what you looked at."), code="if_match_invalid")
        return int(match[1])

    def read(self, serializer: type[BaseSerializer[Any]], **kwargs: Any) -> dict[str, Any]:
        """Return the body as the serializer understands it. Raises: Invalid with the path of every wrong field."""
        reader = serializer(data=self.request.data, context={"view": self, "request": self.request}, **kwargs)
        reader.is_valid(raise_exception=True)
        values: dict[str, Any] = reader.validated_data
        return values

    def query(self, serializer: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """Return the query parameters as the serializer understands them. Raises: Invalid."""
        reader = serializer(data=self.request.query_params, context={"view": self, "request": self.request})
        reader.is_valid(raise_exception=True)
        values: dict[str, Any] = reader.validated_data
        return values

    def answer(self, data: Any = None, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        """Answer with plain data; its `version` becomes the ETag that If-Match takes."""
        return Response(data, status=status, headers={**_etag(data), **(headers or {})})

    def page(self, rows: QuerySet[Any], render: Callable[[list[Any]], list[Any]]) -> Response:
        """Answer with one page of `rows` in the view's `ordering`; `render` turns the page's rows into plain data."""
        paginator = (self.pagination_class or KeysetPagination)()
        found = paginator.paginate_queryset(rows, self.request, view=self)
        return paginator.get_paginated_response(render(found))

    # How a request runs -----------------------------------------------------------------------------------------------

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check who asks, run the handler, and turn what it raises into a problem."""
        self.args, self.kwargs = args, kwargs
        self.request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            self.initial(self.request, *args, **kwargs)
            response = self._run()
        except Exception as exc:
            response = self.handle_exception(exc)
        self.response = self.finalize_response(self.request, cast(Response, response), *args, **kwargs)
        return self.response

    def _run(self) -> HttpResponseBase:
        method = self.request.method or ""
        handler = getattr(self, method.lower(), None) if method.lower() in self.http_method_names else None
        if handler is None:
            raise problems.MethodNotAllowed()
        if method in _SAFE:
            answer: HttpResponseBase = handler(self.request, *self.args, **self.kwargs)
            return answer
        self._check_length()
        if method == "POST":
            required = self.idempotency == "required"
            key = key_checked(self.request.headers.get("Idempotency-Key"), required=required)
            if key is not None:
                return self._run_once(key, handler)
        with transaction.atomic(durable=True):
            answer = handler(self.request, *self.args, **self.kwargs)
            if answer.status_code >= 400:
                transaction.set_rollback(True)
        return answer

    def _run_once(self, key: str, handler: Callable[..., HttpResponseBase]) -> HttpResponseBase:
        outcome = run_once(
            owner=self.actor.owner,
            key=key,
            digest=parsers.request_digest(self.request),
            work=lambda: handler(self.request, *self.args, **self.kwargs),
            answer_of=self._as_sent,
            refusal_of=self.handle_exception,
        )
        if outcome.stored is None:
            assert outcome.fresh is not None
            return outcome.fresh
        stored = outcome.stored
        headers = {"Idempotency-Replayed": "true"}
        if stored.status < 300 and stored.body:
            headers |= _etag(json.loads(stored.body))
        return HttpResponse(
            stored.body, status=stored.status, content_type=stored.content_type or None, headers=headers
        )

    def _as_sent(self, response: HttpResponseBase) -> Answer:
        """Render now, once: the record holds the bytes that the caller gets."""
        finished = self.finalize_response(self.request, cast(Response, response), *self.args, **self.kwargs)
        assert isinstance(finished, HttpResponse), "a keyed answer is kept, so it cannot be a stream"
        if isinstance(finished, Response):
            finished.render()
        return Answer(finished.status_code, finished.content.decode(), finished.headers.get("Content-Type", ""))

    def _check_length(self) -> None:
        """Refuse what is too long before reading it, and what does not say how long it is: it would count as empty."""
        meta = self.request.META
        if not meta.get("CONTENT_LENGTH") and meta.get("HTTP_TRANSFER_ENCODING"):
            raise problems.LengthRequired()
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE if self.max_body_bytes is None else self.max_body_bytes
        if int(meta.get("CONTENT_LENGTH") or 0) > limit:
            raise problems.BodyTooLarge(max_bytes=limit)


def _etag(data: Any) -> dict[str, str]:
    version = data.get("version") if isinstance(data, Mapping) else None
    return {"ETag": f'"{version}"'} if isinstance(version, int) else {}

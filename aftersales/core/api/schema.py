"""The OpenAPI document: what every operation has in common is added here from what the views declare.

Views say what is their own with `extend_schema`: parameters, the body, the answer. Headers, page parameters, scopes and
the problem answers follow from `scopes`, `idempotency`, `versioned` and the route.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import get_language
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

PROBLEM_TYPE = "application/problem+json"
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
SENTENCES = {
    400: "The request cannot be read, or a needed header is missing.",
    401: "No valid token or session.",
    403: "The token lacks a scope, or the role does not allow this.",
    404: "Does not exist, or belongs to a shop that the caller does not see.",
    409: "Not possible in the present state; the same Idempotency-Key is still being worked on.",
    411: "The request has no Content-Length.",
    412: "Changed since the caller looked.",
    413: "The body is too large.",
    415: "The content type is not accepted.",
    422: "Fields are wrong, a rule does not allow it, or the Idempotency-Key was used for another request.",
    429: "Too many requests; Retry-After says when to come back.",
    503: "The service is away for the moment; Retry-After says when to come back.",
}


class ProblemFieldSerializer(serializers.Serializer[Any]):
    """One wrong field."""

    field = serializers.CharField(help_text="Path of the field, like `lines[0].quantity`; empty for the whole body.")
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457 problem document. `detail` is in the language of Accept-Language; programs look at `code`."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = ProblemFieldSerializer(many=True, required=False)  # type: ignore[assignment]
    rule = serializers.CharField(required=False, help_text="Id of the rule that does not allow it, like `AMT-2`.")
    predicted = serializers.DictField(
        required=False, help_text="With `needs_supervisor`: for whom it would be decided, and which figures it touches."
    )
    status_now = serializers.CharField(required=False, help_text="With `transition_not_allowed`.")
    allowed_actions = serializers.ListField(required=False, help_text="With `transition_not_allowed`.")


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a token is sent."""

    target_class = "aftersales.core.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Describe the scheme."""
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the console's session is sent; what writes also needs the X-CSRFToken header."""

    target_class = "aftersales.core.api.authentication.ConsoleSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Describe the scheme."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class OnceGenerator(SchemaGenerator):
    """Makes the public document once for each language: it takes a second, and anybody may ask for it."""

    _made: ClassVar[dict[tuple[str | None, str, str | None], dict[str, Any]]] = {}

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        """Return the document."""
        key = (get_language(), str(self.urlconf or settings.ROOT_URLCONF), self.api_version)
        found = self._made.get(key) if public else None
        if found is None:
            found = dict(super().get_schema(request, public))  # type: ignore[no-untyped-call]
            if public:
                self._made[key] = found
        return found


class ApiSchema(AutoSchema):
    """Adds the headers and the problem answers that `ApiView` gives to every operation."""

    def get_override_parameters(self) -> list[Any]:
        """Add Idempotency-Key and If-Match where the view reads them."""
        found = list(super().get_override_parameters())
        if self.method == "POST":
            found.append(
                OpenApiParameter(
                    "Idempotency-Key",
                    {"type": "string", "minLength": 1, "maxLength": 255},
                    OpenApiParameter.HEADER,
                    required=getattr(self.view, "idempotency", "") == "required",
                    description="The same key and body give the first answer again, for at least 24 hours.",
                )
            )
        if self.method in WITH_BODY and getattr(self.view, "versioned", False):
            found.append(
                OpenApiParameter(
                    "If-Match",
                    str,
                    OpenApiParameter.HEADER,
                    description='The `version` that was looked at, as `"3"`; a `version` in the body does the same.',
                )
            )
        return found

    def get_description(self) -> str:  # type: ignore[override]
        """Say which scope is needed, after what the handler's docstring says."""
        scopes = getattr(self.view, "scopes", {}).get(self.method, ())
        needed = (scopes,) if isinstance(scopes, str) else scopes
        text = str(super().get_description())
        return f"{text}\n\nScope: {' or '.join(f'`{scope}`' for scope in needed)}" if needed else text

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status in self._problem_statuses():
            if str(status) not in bodies:
                body = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    ProblemSerializer, str(status), [PROBLEM_TYPE], direction
                )
                bodies[str(status)] = body | {"description": SENTENCES[status]}
        return dict(sorted(bodies.items()))

    def _problem_statuses(self) -> list[int]:
        found = {400, 401, 403, 429, 503}
        if "{" in self.path:
            found.add(404)
        if self.method in WITH_BODY:
            found |= {404, 409, 411, 413, 415, 422}  # 404 also for what the body names
            if getattr(self.view, "versioned", False):
                found.add(412)
        elif self.method == "DELETE":
            found.add(409)
        elif self.get_override_parameters():
            found.add(422)
        return sorted(found | set(getattr(self.view, "problems", ())))

"""Examples of the OpenAPI document: what is sent, what is answered."""

from typing import Any

from drf_spectacular.utils import OpenApiExample


def asked(name: str, body: dict[str, Any]) -> OpenApiExample:
    """Show a body that is sent."""
    return OpenApiExample(name, value=body, request_only=True)


def answered(name: str, body: dict[str, Any], status: str = "200") -> OpenApiExample:
    """Show an answer."""
    return OpenApiExample(name, value=body, response_only=True, status_codes=[status])

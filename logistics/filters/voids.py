"""Query parameters of the void lists' routes."""

from typing import Any

from rest_framework import serializers


class VoidListQuery(serializers.Serializer[Any]):
    """What the lists are narrowed to."""

    shop = serializers.SlugField(max_length=40, required=False, help_text="Code of the shop.")
    day = serializers.DateField(required=False, help_text="Of which day, in China.")
    open = serializers.BooleanField(required=False, help_text="Only lists on which the warehouse has to answer.")

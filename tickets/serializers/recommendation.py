"""What answers about recommendations look like, for the OpenAPI document; `selectors.request_advice` builds them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tickets.selectors.playbook import Action, Postage, Sign

STEP_STATES = (("yes", _("yes")), ("no", _("no")), ("unknown", _("not known")), ("todo", _("to be done")))


class StepOutput(serializers.Serializer[Any]):
    """Something to do or to look at."""

    words = serializers.CharField(help_text="What to do; empty where only something is known.")
    known = serializers.CharField(help_text="What the data say of it.")
    ok = serializers.ChoiceField(
        choices=STEP_STATES, help_text="Whether the data prove it, speak against it, say nothing, or have no say."
    )


class RecommendationOutput(serializers.Serializer[Any]):
    """What the playbook recommends. Nothing is forced by it."""

    rule = serializers.CharField(help_text="Id of the rule.")
    title = serializers.CharField()
    action = serializers.ChoiceField(choices=Action.choices)
    why = serializers.ListField(child=serializers.CharField(), help_text="The conditions that hold.")
    rests_on = serializers.ListField(child=serializers.CharField(), help_text="Rules of the domain, like LAW-1.")
    postage = serializers.ChoiceField(choices=Postage.choices, allow_null=True, help_text="Who pays the way back.")
    signs = serializers.ListField(child=serializers.ChoiceField(choices=Sign.choices))
    steps = StepOutput(many=True)
    reply = serializers.CharField(help_text="Ready words for the buyer; gaps are ____.")
    also = serializers.ListField(child=serializers.CharField(), help_text="Titles of further rules that fit.")
    playbook_version = serializers.IntegerField(allow_null=True, help_text="Null: what comes with the program.")


class RecommendedOutput(serializers.Serializer[Any]):
    """A request with what is recommended for it; null once it has ended."""

    refund_no = serializers.CharField()
    version = serializers.IntegerField()
    recommendation = RecommendationOutput(allow_null=True)

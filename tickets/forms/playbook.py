"""What is typed to change a rule of a draft: its words, its conditions one by one, its steps, what it recommends."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import clock
from aftersales.core.views.dialogs import OnceForm
from tickets.models import PlaybookVersion
from tickets.selectors.playbook import LOOKS, QUESTIONS, REPLIES, Action, Postage, Sign
from tickets.selectors.playbook.questions import Choice, Name, Number, Question, YesNo
from tickets.services.playbook_trials import MOST_MONTHS

from .policies import MoneyField

SPARE_STEPS = 3
PROGRAM = "0"
_NUMERIC = {"inputmode": "numeric", "size": "6"}
_SEPARATORS = str.maketrans(",，、;；", "     ")


def _narrow(label: Any, **more: Any) -> dict[str, Any]:
    return {"label": label, "required": False, **more}


def condition_fields(question: Question) -> dict[str, forms.Field]:
    """Give the fields of one question, the first named as the question is; empty ones want nothing."""
    key, label = question.key, question.label
    if isinstance(question, Choice):
        widget = forms.CheckboxSelectMultiple
        return {key: forms.MultipleChoiceField(choices=list(question.choices), widget=widget, **_narrow(label))}
    if isinstance(question, YesNo):
        choices = [("", "—"), ("yes", question.yes), ("no", question.no)]
        return {key: forms.ChoiceField(choices=choices, **_narrow(label))}
    if isinstance(question, Name):
        return {key: forms.CharField(help_text=gettext_lazy("several words parted by 、"), **_narrow(label))}
    least, most = gettext_lazy("at the least"), gettext_lazy("at the most")
    return {key: _number_field(question, least), f"{key}_most": _number_field(question, most)}


def _number_field(question: Number, label: Any) -> forms.Field:
    if question.unit == "money":
        return MoneyField(widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "8"}), **_narrow(label))
    if question.unit == "tenths":
        widget = forms.TextInput(attrs={"inputmode": "decimal", "size": "4"})
        return forms.DecimalField(min_value=0, max_value=10, decimal_places=1, widget=widget, **_narrow(label))
    widget = forms.TextInput(attrs=_NUMERIC)
    return forms.IntegerField(min_value=question.floor, max_value=10**6, widget=widget, **_narrow(label))


class RuleForm(forms.Form):
    """One rule. `rule` gives what stood there; `cleaned_data["rule"]` is the rule as it is stored."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    id = forms.CharField(label=gettext_lazy("Id"), max_length=60, widget=forms.TextInput(attrs={"data-first": ""}))
    title_zh = forms.CharField(label=gettext_lazy("Title, Chinese"), max_length=60)
    title_en = forms.CharField(label=gettext_lazy("Title, English"), max_length=60)
    action = forms.ChoiceField(label=gettext_lazy("Recommends"), choices=Action.choices)
    postage = forms.ChoiceField(label=gettext_lazy("Postage"), choices=[("", "—"), *Postage.choices], required=False)
    reply = forms.ChoiceField(label=gettext_lazy("Ready words"), required=False)
    signs = forms.MultipleChoiceField(
        label=gettext_lazy("Signs"), choices=Sign.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    rests_on = forms.CharField(
        label=gettext_lazy("Rests on"), help_text=gettext_lazy("Rules of the domain, such as DEC-1 LAW-5.")
    )

    def __init__(self, *args: Any, rule: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        steps = list(rule["steps"]) if rule else []
        super().__init__(*args, **kwargs)
        self.initial = {**self.initial, **(_shown(rule) if rule else {})}
        replies = [(key, f"{key}: {str(words)[:40]}…") for key, words in REPLIES.items()]
        self.fields["reply"].choices = [("", "—"), *replies]  # type: ignore[attr-defined]
        for question in QUESTIONS.values():
            self.fields.update(condition_fields(question))
        self.places = range(len(steps) + SPARE_STEPS)
        looks = [("", "—"), *LOOKS.items()]
        for place in self.places:
            self.fields[f"zh_{place}"] = forms.CharField(**_narrow(gettext_lazy("Step, Chinese"), max_length=200))
            self.fields[f"en_{place}"] = forms.CharField(**_narrow(gettext_lazy("Step, English"), max_length=200))
            self.fields[f"look_{place}"] = forms.ChoiceField(choices=looks, **_narrow(gettext_lazy("Filled from")))

    def step_rows(self) -> Iterator[dict[str, Any]]:
        """Give the fields of each step, with some to spare."""
        for place in self.places:
            yield {"number": place + 1, "cells": [self[f"{name}_{place}"] for name in ("zh", "en", "look")]}

    def conditions(self) -> Iterator[dict[str, Any]]:
        """Give each question with its fields, and whether something is wanted of it."""
        for key, question in QUESTIONS.items():
            names = [name for name in (key, f"{key}_most") if name in self.fields]
            wanted = any(self[name].value() not in (None, "", []) for name in names)
            kind = type(question).__name__.lower()
            yield {"label": question.label, "kind": kind, "fields": [self[name] for name in names], "wanted": wanted}

    def clean(self) -> dict[str, Any]:
        """Put the rule together; what its parts may be is the service's to say."""
        data: dict[str, Any] = super().clean() or {}
        data["rule"] = {
            "id": data.get("id", ""),
            "title": {"zh": data.get("title_zh", ""), "en": data.get("title_en", "")},
            "when": {key: wish for key in QUESTIONS if (wish := _wish(QUESTIONS[key], data)) is not None},
            "steps": list(self._steps(data)),
            "action": data.get("action", ""),
            "rests_on": data.get("rests_on", "").translate(_SEPARATORS).upper().split(),
            **{name: data[name] for name in ("reply", "postage", "signs") if data.get(name)},
        }
        return data

    def _steps(self, data: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        for place in self.places:
            chinese, english, look = (data.get(f"{name}_{place}", "") for name in ("zh", "en", "look"))
            if chinese or english:
                if not (chinese and english):
                    self.add_error(f"{'en' if chinese else 'zh'}_{place}", _("Both languages are needed."))
                yield {"zh": chinese, "en": english, **({"look": look} if look else {})}


class PublishForm(forms.Form):
    """From when a draft holds, and why."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    effective_at = forms.DateTimeField(
        label=gettext_lazy("In force from"),
        required=False,
        help_text=gettext_lazy("Empty: from now on."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    note = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=300)

    def clean_effective_at(self) -> Any:
        """The past cannot be changed."""
        moment = self.cleaned_data["effective_at"]
        if moment is not None and moment <= clock.now():
            raise ValidationError(_("A playbook cannot be changed for the past; leave it empty for now."))
        return moment


class DraftForm(OnceForm):
    """With which rules a draft begins, and why."""

    source = forms.ChoiceField(label=gettext_lazy("Begin with"))
    note = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=300)

    def __init__(self, *args: Any, sources: list[PlaybookVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(one.pk), _("Version %(n)s") % {"n": one.number}) for one in sources]
        self.fields["source"].choices = [*named, (PROGRAM, _("The playbook that comes with the program"))]  # type: ignore[attr-defined]


class TrialForm(OnceForm):
    """Over which time a draft is tried."""

    months = forms.IntegerField(
        label=gettext_lazy("Months back"),
        initial=3,
        min_value=1,
        max_value=MOST_MONTHS,
        widget=forms.TextInput(attrs=_NUMERIC | {"data-first": ""}),
    )


def _wish(question: Question, data: Mapping[str, Any]) -> Any:
    """Give what is wanted of a question as it is stored, None for nothing."""
    typed = data.get(question.key)
    if isinstance(question, Choice):
        return typed or None
    if isinstance(question, YesNo):
        return None if not typed else typed == "yes"
    if isinstance(question, Name):
        return (typed or "").replace("、", ",").replace("，", ",").replace(",", " ").split() or None
    factor = 10 if question.unit == "tenths" else 1
    bounds = {"least": typed, "most": data.get(f"{question.key}_most")}
    return {name: int(bound * factor) for name, bound in bounds.items() if bound is not None} or None


def _shown(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Give a stored rule as the form's first values."""
    values: dict[str, Any] = {
        "id": rule["id"],
        "title_zh": rule["title"]["zh"],
        "title_en": rule["title"]["en"],
        "rests_on": " ".join(rule["rests_on"]),
        **{name: rule[name] for name in ("action", "postage", "reply", "signs") if name in rule},
    }
    for place, step in enumerate(rule["steps"]):
        values |= {f"zh_{place}": step["zh"], f"en_{place}": step["en"], f"look_{place}": step.get("look", "")}
    for key, wish in rule["when"].items():
        values |= _shown_wish(QUESTIONS[key], wish)
    return values


def _shown_wish(question: Question, wish: Any) -> dict[str, Any]:
    key = question.key
    if isinstance(question, YesNo):
        return {key: "yes" if wish else "no"}
    if isinstance(question, Name):
        return {key: "、".join(wish)}
    if isinstance(question, Number):
        factor = 10 if question.unit == "tenths" else 1
        pairs = ((key, wish.get("least")), (f"{key}_most", wish.get("most")))
        return {name: bound / factor if factor > 1 else bound for name, bound in pairs if bound is not None}
    return {key: wish}

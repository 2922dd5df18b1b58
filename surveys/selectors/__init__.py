"""Reading surveys: for a service, the call list, the document, the page; the results are in `results` (SAT-1)."""

from .reading import (
    survey_address,
    survey_by_token,
    survey_document,
    survey_get_for,
    survey_list_for,
    survey_told,
    surveys_as_json,
    surveys_of,
    surveys_waiting,
    token_of,
)

__all__ = [
    "survey_address",
    "survey_by_token",
    "survey_document",
    "survey_get_for",
    "survey_list_for",
    "survey_told",
    "surveys_as_json",
    "surveys_of",
    "surveys_waiting",
    "token_of",
]

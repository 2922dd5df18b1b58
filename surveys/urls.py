"""Addresses of the routes of surveys below /api/v1/, and of their pages; the buyer's own is the shortest."""

from django.urls import path

import orders.urls  # noqa: F401 – registers the converter `number`
from surveys import api
from surveys.views import calls, public, results

_PAGE = "surveys/<str:survey_no>"

urlpatterns = [
    path("surveys", api.SurveyList.as_view(), name="survey-list"),
    path("surveys/<number:survey_no>", api.SurveyDetail.as_view(), name="survey-detail"),
]

pages = [
    path("s/<str:token>/", public.public, name="public"),
    path("surveys/", results.results, name="results"),
    path("surveys/answers/", results.answers, name="answers"),
    path("surveys/calls/", calls.calls, name="calls"),
    path(f"{_PAGE}/", calls.survey, name="survey"),
    path(f"{_PAGE}/reach/", calls.Reach.as_view(), name="reach"),
    path(f"{_PAGE}/miss/", calls.Miss.as_view(), name="miss"),
    path(f"{_PAGE}/refuse/", calls.Refuse.as_view(), name="refuse"),
    path(f"{_PAGE}/wrong-number/", calls.WrongNumber.as_view(), name="wrong_number"),
]

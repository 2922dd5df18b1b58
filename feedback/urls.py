"""Addresses of the feedback routes below /api/v1/, and of the pages."""

from django.urls import path

import orders.urls  # noqa: F401 – registers the converter `number`
from feedback import api
from feedback.views import cases, dialogs

_PAGE = "feedback/<str:case_no>/"

urlpatterns = [
    path("feedback-cases", api.FeedbackList.as_view(), name="feedback-list"),
    path("feedback-cases/<number:case_no>", api.FeedbackDetail.as_view(), name="feedback-detail"),
]

pages = [
    path("feedback/", cases.cases, name="cases"),
    path("feedback/new/", dialogs.Report.as_view(), name="report"),
    path(_PAGE, cases.case, name="case"),
    path(f"{_PAGE}take/", dialogs.Take.as_view(), name="take"),
    path(f"{_PAGE}answer/", dialogs.Answer.as_view(), name="answer"),
    path(f"{_PAGE}reopen/", dialogs.Reopen.as_view(), name="reopen"),
    path(f"{_PAGE}close/", dialogs.Close.as_view(), name="close"),
]

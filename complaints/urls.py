"""Addresses of the pages of complaints."""

from django.urls import URLPattern, path

from complaints.views import complaints as complaint_pages
from complaints.views import dialogs

_PAGE = "complaints/<str:complaint_no>"

urlpatterns: list[URLPattern] = []

pages = [
    path("complaints/", complaint_pages.complaints, name="complaints"),
    path("complaints/new/", dialogs.File.as_view(), name="file"),
    path(f"{_PAGE}/", complaint_pages.complaint, name="complaint"),
    path(f"{_PAGE}/reply/", dialogs.Reply.as_view(), name="reply"),
    path(f"{_PAGE}/escalate/", dialogs.Escalate.as_view(), name="escalate"),
    path(f"{_PAGE}/postpone/", dialogs.Postpone.as_view(), name="postpone"),
    path(f"{_PAGE}/malicious/", dialogs.Accuse.as_view(), name="accuse"),
    path(f"{_PAGE}/malicious/approve/", dialogs.Confirm.as_view(), name="confirm"),
    path(f"{_PAGE}/malicious/refuse/", dialogs.Refuse.as_view(), name="refuse"),
    path(f"{_PAGE}/settle/", dialogs.Settle.as_view(), name="settle"),
    path(f"{_PAGE}/close/", dialogs.Close.as_view(), name="close"),
    path(f"{_PAGE}/withdraw/", dialogs.Withdraw.as_view(), name="withdraw"),
]

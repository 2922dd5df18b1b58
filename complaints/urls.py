"""Addresses of the routes of complaints below /api/v1/, and of their pages."""

from django.urls import path

import orders.urls  # noqa: F401 – registers the converter `number`
from complaints import api
from complaints.views import complaints as complaint_pages
from complaints.views import dialogs

_COMPLAINT, _PAGE = "complaints/<number:complaint_no>", "complaints/<str:complaint_no>"

urlpatterns = [
    path("complaints", api.ComplaintList.as_view(), name="complaint-list"),
    path(_COMPLAINT, api.ComplaintDetail.as_view(), name="complaint-detail"),
    path(f"{_COMPLAINT}/reply", api.ComplaintReply.as_view(), name="complaint-reply"),
    path(f"{_COMPLAINT}/escalate", api.ComplaintEscalate.as_view(), name="complaint-escalate"),
    path(f"{_COMPLAINT}/postpone", api.ComplaintPostpone.as_view(), name="complaint-postpone"),
    path(f"{_COMPLAINT}/malicious", api.ComplaintMalicious.as_view(), name="complaint-malicious"),
    path(f"{_COMPLAINT}/malicious/approve", api.ComplaintMaliciousApprove.as_view(), name="complaint-approve"),
    path(f"{_COMPLAINT}/malicious/refuse", api.ComplaintMaliciousRefuse.as_view(), name="complaint-refuse"),
    path(f"{_COMPLAINT}/settle", api.ComplaintSettle.as_view(), name="complaint-settle"),
    path(f"{_COMPLAINT}/close", api.ComplaintClose.as_view(), name="complaint-close"),
    path(f"{_COMPLAINT}/withdraw", api.ComplaintWithdraw.as_view(), name="complaint-withdraw"),
]

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

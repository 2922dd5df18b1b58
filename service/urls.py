"""Addresses of the routes of service below /api/v1/, and of its pages."""

from django.urls import path

import orders.urls  # noqa: F401 – registers the converter `number`
from service import api
from service.states import SERVICE
from service.views import dialogs
from service.views import pages as views

_SHEET, _PAGE = "service-records/<number:sheet_no>", "service/<str:sheet_no>"

urlpatterns = [
    path("service-records", api.SheetList.as_view(), name="sheet-list"),
    path(_SHEET, api.SheetDetail.as_view(), name="sheet-detail"),
    *(
        path(f"{_SHEET}/{action.replace('_', '-')}", view.as_view(), name=f"sheet-{action}")
        for action, view in api.STEPS.items()
    ),
]

pages = [
    path("service/", views.sheets, name="sheets"),
    path("service/today/", views.today, name="today"),
    path("service/files/", views.files, name="files"),
    path("service/files/new/", dialogs.Open.as_view(), name="open"),
    path("service/files/<str:file_no>/accepted/", dialogs.Accepted.as_view(), name="accepted"),
    path("service/new/", dialogs.Report.as_view(), name="file"),
    path(f"{_PAGE}/", views.sheet, name="sheet"),
    path(f"{_PAGE}/paper/", views.paper, name="paper"),
    *(
        path(
            f"{_PAGE}/{action}/",
            dialogs.SheetDialog.as_view(action=action, form_class=form, roles=SERVICE.roles_of[action]),
            name=action,
        )
        for action, form in dialogs.STEPS.items()
    ),
]

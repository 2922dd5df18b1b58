"""Addresses of the routes of service below /api/v1/, and of its pages."""

from django.urls import path

from service.states import SERVICE
from service.views import dialogs
from service.views import pages as views

_PAGE = "service/<str:sheet_no>"

urlpatterns: list[object] = []

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

"""Addresses of the warranty route below /api/v1/, and of the pages."""

from django.urls import path

import orders.urls  # noqa: F401 – registers the converter `number`
from warranty import api
from warranty.views import pages as views

urlpatterns = [
    path("orders/<number:order_no>/warranty", api.OrderWarranty.as_view(), name="order-warranty"),
]

pages = [
    path("warranty/<str:order_no>/<str:line_no>/", views.line, name="line"),
    path("warranty/<str:order_no>/<str:line_no>/serial/", views.Record.as_view(), name="serial"),
]

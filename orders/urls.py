"""Addresses of the order routes, below /api/v1/, and of the import's pages."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from orders import views
from orders.api import orders
from orders.serializers import NUMBER


class NumberConverter(StringConverter):
    """A number of an order, request or payment: what cannot be one is not found."""

    regex = NUMBER


register_converter(NumberConverter, "number")

urlpatterns = [
    path("orders", orders.OrderList.as_view(), name="order-list"),
    path("orders/<number:order_no>", orders.OrderDetail.as_view(), name="order-detail"),
    path("orders/<number:order_no>/signed", orders.OrderSigned.as_view(), name="order-signed"),
    path("orders/<number:order_no>/extend-receipt", orders.OrderExtendReceipt.as_view(), name="order-extend-receipt"),
    path("orders/<number:order_no>/notes", orders.OrderNotes.as_view(), name="order-notes"),
]

pages = [
    path("orders/import/", views.imports, name="import"),
    path("orders/import/<uuid:run_id>/", views.import_row, name="import_row"),
    path("orders/import/<uuid:run_id>/result/", views.import_result, name="import_result"),
]

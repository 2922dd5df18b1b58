"""Addresses of the routes of parcels and receipt, below /api/v1/, of the warehouse's pages, and of hooks."""

from django.urls import path

import orders.urls  # noqa: F401 – registers the converter `number`
from logistics.api import shipping
from logistics.views import hooks as hook_views
from logistics.views import warehouse

_ORDER, _REFUND = "orders/<number:order_no>", "refunds/<number:refund_no>"

urlpatterns = [
    path(f"{_ORDER}/ship", shipping.OrderShip.as_view(), name="order-ship"),
    path(f"{_ORDER}/confirm-receipt", shipping.OrderConfirmReceipt.as_view(), name="order-confirm-receipt"),
    path(f"{_REFUND}/void-result", shipping.RefundVoidResult.as_view(), name="refund-void-result"),
    path(f"{_REFUND}/return-shipment", shipping.RefundReturnShipment.as_view(), name="refund-return-shipment"),
    path(f"{_REFUND}/ship-replacement", shipping.RefundShipReplacement.as_view(), name="refund-ship-replacement"),
    path(f"{_REFUND}/receive", shipping.RefundReceive.as_view(), name="refund-receive"),
]

pages = [
    path("warehouse/", warehouse.warehouse, name="warehouse"),
    path("warehouse/<str:refund_no>/void/", warehouse.VoidAnswer.as_view(), name="void"),
    path("warehouse/<str:refund_no>/send/", warehouse.Send.as_view(), name="send"),
    path("warehouse/<str:refund_no>/receive/", warehouse.Receive.as_view(), name="receive"),
]

hooks = [path("kuaidi100/", hook_views.kuaidi100, name="kuaidi100-push")]

"""Routes of the workbench."""

from django.urls import path

from tickets.views import orders, queue

app_name = "tickets"

urlpatterns = [
    path("", queue.home, name="home"),
    path("queue/", queue.queue, name="queue"),
    path("queue/take/", queue.take, name="take"),
    path("search/", queue.search, name="search"),
    path("orders/<str:order_no>/", orders.order_detail, name="order_detail"),
    path("orders/<str:order_no>/ship/", orders.Ship.as_view(), name="order_ship"),
    path("orders/<str:order_no>/signed/", orders.Sign.as_view(), name="order_sign"),
    path("orders/<str:order_no>/extend/", orders.Extend.as_view(), name="order_extend"),
    path("orders/<str:order_no>/receipt/", orders.Receipt.as_view(), name="order_receipt"),
    path("orders/<str:order_no>/note/", orders.NoteAdd.as_view(), name="order_note"),
    path("orders/<str:order_no>/notes/<int:note_id>/good/", orders.NoteSettle.as_view(), name="order_note_settle"),
]

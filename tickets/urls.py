"""Routes of the workbench."""

from django.urls import path

from tickets.views import queue

app_name = "tickets"

urlpatterns = [
    path("", queue.home, name="home"),
    path("queue/", queue.queue, name="queue"),
    path("queue/take/", queue.take, name="take"),
    path("search/", queue.search, name="search"),
]

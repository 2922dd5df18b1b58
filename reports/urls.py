"""Addresses of the reports routes below /api/v1/, and of the pages."""

from django.urls import URLPattern, path

from reports.views import charts, figures

urlpatterns: list[URLPattern] = []

pages = [
    path("reports/", figures.reports, name="reports"),
    path("reports/charts/", charts.charts, name="charts"),
    path("reports/cases/", figures.cases, name="cases"),
]

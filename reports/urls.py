"""Addresses of the reports routes below /api/v1/, and of the pages."""

from django.urls import URLPattern, path

from reports.views import campaign, figures

urlpatterns: list[URLPattern] = []

pages = [
    path("reports/", figures.reports, name="reports"),
    path("reports/cases/", figures.cases, name="cases"),
    path("reports/campaign/", campaign.thresholds, name="thresholds"),
    path("reports/campaign/<slug:figure>/", campaign.tipping, name="tipping"),
]

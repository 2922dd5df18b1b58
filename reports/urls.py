"""Addresses of the reports routes below /api/v1/, and of the pages."""

from django.urls import path

from reports import api
from reports.views import campaign, charts, exporting, figures

urlpatterns = [
    path("reports/figures", api.Figures.as_view(), name="figures"),
    path("reports/thresholds", api.Thresholds.as_view(), name="thresholds"),
]

pages = [
    path("reports/", figures.reports, name="reports"),
    path("reports/charts/", charts.charts, name="charts"),
    path("reports/cases/", figures.cases, name="cases"),
    path("reports/export/", exporting.Export.as_view(), name="export"),
    path("reports/campaign/", campaign.thresholds, name="thresholds"),
    path("reports/campaign/<slug:figure>/", campaign.tipping, name="tipping"),
]

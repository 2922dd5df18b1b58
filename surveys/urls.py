"""Addresses of the surveys routes below /api/v1/, and of the pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

pages: list[URLPattern] = []

"""Figures: each defined once, kept up by increments, shown with the cases behind it (RPT)."""

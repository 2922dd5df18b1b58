"""Invoices: what buyers ask for, what finance issues, and how the number gets back to the buyer (INV)."""

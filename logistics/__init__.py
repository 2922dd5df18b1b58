"""Carriers, parcels and the warehouse: goods on their way out and back."""

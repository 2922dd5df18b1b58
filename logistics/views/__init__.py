"""The pages of parcels and goods."""

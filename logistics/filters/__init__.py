"""Query parameters of the routes of parcels and goods."""

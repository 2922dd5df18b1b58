"""What the routes of parcels and goods read and answer."""

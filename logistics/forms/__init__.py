"""What people type about parcels and goods."""

"""The REST routes of requests, their evidence and their money. Those that touch parcels are in `logistics.api`."""

"""The REST routes in which parcels meet orders and requests: shipped, voided, sent back, received."""

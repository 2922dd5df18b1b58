"""The REST routes of orders. What shipping and receipt mean for open requests is routed by `logistics.api`."""

"""Sample data: what a shop looks like on a busy day."""

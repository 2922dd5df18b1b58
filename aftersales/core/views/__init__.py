"""Pages of the core itself: the session and one's own account."""

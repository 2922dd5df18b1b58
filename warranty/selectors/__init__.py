"""Reading: what a line has, and where to take it."""

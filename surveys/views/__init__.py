"""Pages of surveys: the buyer's own, the call list, the results."""

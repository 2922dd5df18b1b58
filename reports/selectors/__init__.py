"""Reading the figures: the statement that works out facts, and what the page shows (RPT-1)."""

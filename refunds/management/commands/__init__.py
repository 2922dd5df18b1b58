"""Commands of the refunds app."""

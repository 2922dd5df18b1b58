"""Management of the core."""

"""Commands of the logistics app."""

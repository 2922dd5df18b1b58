"""The state machines of the logistics app."""

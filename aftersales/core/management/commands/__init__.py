"""Commands of the core; each parses, calls a service and says what was done."""

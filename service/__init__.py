"""Service files and service sheets: the engineer's visits from the call to the archive (SVC, WAR-2)."""

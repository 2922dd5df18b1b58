"""Messages to the shops' front-ends, as Standard Webhooks: at least once, in order for each object, for three days.

`messages` turns news into a row for every endpoint that wants it; `sending` takes rows that are due to their addresses
by `outward`, which refuses private ones; `signing` signs; `endpoints` is what callers and people change.
"""

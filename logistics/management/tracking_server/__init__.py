"""A tracking service that speaks kuaidi100's protocol, for the demo and the tests: a process of its own.

It shares no code with the client in `logistics.gateways.kuaidi100`, so that each proves the other. It checks and makes
real signatures, follows numbers along a route that is written for each (or made up), pushes what happened to the
address that was given, four times if it has to, and can be told for each number to do so badly. What it was asked, and
every scan, is on disk before anybody is told.
"""

from .server import serve
from .service import FAULTS, Service

__all__ = ["FAULTS", "Service", "serve"]

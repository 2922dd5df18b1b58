"""A gateway that speaks Alipay's protocol, for the demo and the tests: a process of its own, with its own books.

It shares no code with the client in `refunds.gateways.alipay`, so that each proves the other. It knows trades, refunds
and transfers, answers with real signatures, writes each movement to a journal on disk before it answers, and can be
told to fail in the ways that a network and a provider do. Given an address, it tells of each movement there.
"""

from .gateway import Gateway
from .server import serve

__all__ = ["Gateway", "serve"]

"""The tables of the orders app."""

from .orders import Buyer, Order, OrderLine, OrderNote

__all__ = ["Buyer", "Order", "OrderLine", "OrderNote"]

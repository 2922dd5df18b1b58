"""The tables of the orders app."""

from .imports import ImportRun
from .orders import Buyer, Order, OrderLine, OrderNote

__all__ = ["Buyer", "ImportRun", "Order", "OrderLine", "OrderNote"]

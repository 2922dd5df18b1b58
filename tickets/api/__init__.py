"""The workbench over REST: tickets, and what the playbook recommends."""

from .recommendation import EXAMPLE, RefundRecommendation

__all__ = ["EXAMPLE", "RefundRecommendation"]

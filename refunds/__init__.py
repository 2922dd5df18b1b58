"""Requests for refunds and returns, disputes about them, and the money that goes back."""

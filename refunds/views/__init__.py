"""The pages of finance and of whoever opens a payout."""

"""The pages of service."""

"""The pages of warranty."""

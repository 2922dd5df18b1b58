"""Complaints: what a platform or an authority asks the shop about, the reply, and what became of it (CMP)."""

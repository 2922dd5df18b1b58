"""Feedback: what an item gets wrong again and again, told to goods and design and followed to an answer (SAT-2)."""

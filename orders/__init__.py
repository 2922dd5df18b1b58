"""Orders: what the shop front-end registers, with lines, buyers, notes and flags."""

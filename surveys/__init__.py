"""Surveys and call-backs: what buyers thought of it, and what comes of a low mark (SAT-1)."""

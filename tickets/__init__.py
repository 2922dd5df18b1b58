"""The workbench: what an agent sees and does."""

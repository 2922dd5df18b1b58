"""What is measured: the floors, the harness and the last results. Nothing of the product imports this."""

"""What people send to the workbench, and whether it makes sense."""

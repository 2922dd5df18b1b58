"""Reading for the pages of the workbench."""

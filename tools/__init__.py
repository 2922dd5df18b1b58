"""Small programs for those who work on the project. Nothing here runs in production."""

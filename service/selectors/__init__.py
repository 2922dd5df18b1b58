"""Reading service files and sheets: for a service, the lists and pages, the documents."""

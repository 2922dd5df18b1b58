"""What the routes of requests and payments read (`inputs`), and what their answers look like (`outputs`)."""

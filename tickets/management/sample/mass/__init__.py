"""Very many orders for measurements: rows made in memory and sent through COPY, consistent as if the services had."""

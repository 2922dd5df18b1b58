"""What bare Django, REST framework, SQL and Celery would do for the same rows: what the product is measured against.

Each floor does honestly what its kind of code usually does, with indexes and joins as they should be, and leaves out
what the product does besides.
"""

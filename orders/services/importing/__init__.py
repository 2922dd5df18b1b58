"""Orders from the two files that Taobao's seller centre exports. Callers use `orders_import`.

`columns` knows the headers; `reading` turns a file into rows; `staging` brings the two files together within bounded
memory; `cells`, `records`, `amounts` and `parsing` make typed orders of them or say what is wrong; `known` and
`writing` put batches into the database; `report` writes the result file; `running` is the whole way.
"""

from .running import Progress, Summary, orders_import

__all__ = ["Progress", "Summary", "orders_import"]

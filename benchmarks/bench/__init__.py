"""semsearch beside its peers: what benchmarks/bench.sh runs.

``measures`` has a module for each part of the table, ``peers`` one for each engine. An engine is
imported only in the process that it gets for itself.
"""

"""Other processes: started in milliseconds, from one that has imported everything."""

import multiprocessing
from multiprocessing.context import ForkServerContext

_CONTEXT = multiprocessing.get_context("forkserver")


def context() -> ForkServerContext:
    """Processes that share nothing with the test but what they are given."""
    _CONTEXT.set_forkserver_preload(["tests.support.preloaded"])
    return _CONTEXT

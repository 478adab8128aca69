"""Stopping: requests may go on for a while, then they are asked to end, then they are cut off."""

import asyncio
import signal
import threading
from types import FrameType

from semsearch.api.admission import Running

CUT_OFF_SECONDS = 2
"""How long the server waits for requests that were asked to end."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def ask_to_end(running: Running, seconds: float) -> None:
    """Ask the requests of this process to end so long after it is told to stop.

    A server tells its application only when all requests are over, so this listens to the same
    signals as the server does. To be called from its event loop; elsewhere than in the main thread,
    where no signals arrive, it does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        before = signal.getsignal(number)

        def handle(received: int, frame: FrameType | None, before: object = before) -> None:
            loop.call_soon_threadsafe(loop.call_later, seconds, running.stopping.set)
            if callable(before):
                before(received, frame)

        if callable(before):
            signal.signal(number, handle)

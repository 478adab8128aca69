"""The processes of the engine under test, as ``scripts/test_cluster.py`` tells of them."""

import json
import os
import signal
from pathlib import Path


def roles() -> dict[str, int]:
    """The process of each role, of those that were started again the latest; none elsewhere."""
    told = os.environ.get("SEMSEARCH_TEST_ROLES")
    found: dict[str, int] = json.loads(Path(told).read_text("utf-8")) if told else {}
    return found


def tell(role: str, what: signal.Signals) -> None:
    """Send a signal to a role."""
    os.kill(roles()[role], what)


def start_again() -> None:
    """Have what has ended started again; it takes some seconds until it answers."""
    os.kill(int(os.environ["SEMSEARCH_TEST_STARTER"]), signal.SIGUSR1)

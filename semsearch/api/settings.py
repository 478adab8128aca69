"""What the interface is told when it is built."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """How much one process takes at a time; ``config.ServiceSettings`` says what each means."""

    max_body_bytes: int = 64 * 2**20
    max_text_bytes: int = 8 * 2**20
    max_url_bytes: int = 16 * 2**10
    max_batch: int = 10_000
    request_seconds: float = 30
    bulk_seconds: float = 900
    body_seconds: float = 60
    concurrent: int = 4  # of more threads each waits for the others at every step in Python
    queue: int = 64
    queue_seconds: float = 5
    stop_seconds: float = 5
    rate: float = 0
    burst: int = 20
    cors_origins: tuple[str, ...] = ()

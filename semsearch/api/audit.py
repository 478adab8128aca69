"""Who wrote what: one line of the log for every acknowledged write."""

from collections.abc import Mapping, Sequence

from starlette.requests import Request

from semsearch.api.conversation import named
from semsearch.api.dependencies import metrics_of
from semsearch.api.logs import AUDIT

_NAMED = 20


def audit(request: Request, outcomes: Mapping[str, Sequence[str]], sequence: int) -> None:
    """Log a write that is durable, and count its articles.

    Args:
        request: The request that asked for it.
        outcomes: Ids by what became of them; the first of each stand in the line.
        sequence: Of the write.
    """
    metrics = metrics_of(request)
    for outcome, ids in outcomes.items():
        metrics.written(outcome, len(ids))
    AUDIT.info(
        "written",
        extra={
            "fields": {
                **named(request.scope),
                "sequence": sequence,
                "counts": {outcome: len(ids) for outcome, ids in outcomes.items()},
                "ids": {outcome: list(ids[:_NAMED]) for outcome, ids in outcomes.items() if ids},
            }
        },
    )

"""The tools that write; a server offers them only where it was told to."""

import logging
from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field as Parameter

from semsearch.mcp import answers, results
from semsearch.mcp.tools import ReadTools
from semsearch.model.status import Written

_LOG = logging.getLogger("semsearch.audit")
_MOST = 100
_MOST_LOGGED = 20


class WriteTools(ReadTools):
    """All tools over one opened index."""

    def add(
        self,
        articles: Annotated[
            tuple[dict[str, object], ...],
            Parameter(
                description='Records such as {"id": ..., "title": ..., "body": ..., "url": ..., '
                '"published": ..., "provider": ...}.',
                min_length=1,
                max_length=_MOST,
            ),
        ],
    ) -> Annotated[CallToolResult, results.WriteAnswer]:
        """Write articles into the archive; one with the same id is replaced.

        Write only what a person asked you to write. Returns when all can be found.
        """
        return self._written(self.ask(lambda: self._index.add(articles)))

    def delete(
        self,
        ids: Annotated[
            tuple[str, ...],
            Parameter(description="Ids of articles.", min_length=1, max_length=_MOST),
        ],
    ) -> Annotated[CallToolResult, results.WriteAnswer]:
        """Remove articles from the archive. Only on the explicit wish of a person.

        Where one of them is not there, none is removed.
        """
        return self._written(self.ask(lambda: self._index.delete(ids)))

    def _written(self, written: Written) -> CallToolResult:
        done = results.WriteAnswer(
            added=written.added,
            updated=written.updated,
            unchanged=written.unchanged,
            removed=written.removed,
            skipped=tuple(f"{one.line}: {one.reason}" for one in written.skipped),
        )
        outcomes = ("added", "updated", "unchanged", "removed")
        ids = {name: list(getattr(done, name)[:_MOST_LOGGED]) for name in outcomes}
        counts = {name: len(getattr(done, name)) for name in outcomes}
        fields = {"by": "assistant", "sequence": written.sequence, "counts": counts, "ids": ids}
        _LOG.info("written", extra={"fields": fields})
        return answers.with_links(done, ())

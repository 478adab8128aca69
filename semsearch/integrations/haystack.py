"""A retriever for Haystack: ``pip install 'semsearch[haystack]'``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from haystack import Document, component, default_from_dict, default_to_dict

import semsearch
from semsearch.index import Index
from semsearch.integrations.passages import hits, identity, metadata
from semsearch.model.filter_tree import parse_filter
from semsearch.model.filters import Filters
from semsearch.model.search import Query


@component
class SemsearchRetriever:
    """Passages of a news archive that answer a question, best first.

    Args:
        index: The folder or address of an index, which is opened when it is needed, so that a
            pipeline can be written down; or an opened one, which the caller closes.
        top_k: How many, 1-1000.
        filters: As Haystack has them, over ``provider``, ``topic``, ``category``, ``type``,
            ``language``, ``quality`` and ``published``, with or without ``meta.`` before them.
        only_answers: Give nothing where the archive seems to hold no answer; else the nearest
            articles come then, with ``answer_confidence`` "none" in their meta.
    """

    def __init__(
        self,
        index: Index | str | Path,
        *,
        top_k: int = 10,
        filters: dict[str, Any] | None = None,
        only_answers: bool = False,
    ) -> None:
        self._place = None if isinstance(index, Index) else str(index)
        self._index = index if isinstance(index, Index) else None
        self.top_k = top_k
        self.filters = filters
        self.only_answers = only_answers

    def warm_up(self) -> None:
        """Open the index."""
        if self._index is None:
            self._index = semsearch.open(self._place)

    @component.output_types(documents=list[Document])
    def run(
        self, query: str, filters: dict[str, Any] | None = None, top_k: int | None = None
    ) -> dict[str, list[Document]]:
        """Ask.

        Args:
            query: A question in plain words.
            filters: In place of those of the retriever.
            top_k: Likewise.

        Raises:
            InvalidFilterError: A filter names something else, or is none.
            InvalidQueryError: The question is empty or too long.
        """
        self.warm_up()
        assert self._index is not None  # noqa: S101 - it was just opened
        wanted = self.filters if filters is None else filters
        chosen = Filters(tree=parse_filter(_plain(wanted))) if wanted else Filters()
        k = self.top_k if top_k is None else top_k
        found = self._index.search(Query(query, k=k, filters=chosen))
        documents = [
            Document(
                id=identity(hit),
                content=hit.passage.text,
                meta=metadata(hit, found),
                score=hit.score,
            )
            for hit in hits(found, only_answers=self.only_answers)
        ]
        return {"documents": documents}

    def to_dict(self) -> dict[str, Any]:
        """The retriever as a pipeline writes it down.

        Raises:
            ValueError: It was given an opened index, which cannot be written down.
        """
        if self._place is None:
            raise ValueError("An opened index cannot be written down; give its folder.")
        written: dict[str, Any] = default_to_dict(
            self,
            index=self._place,
            top_k=self.top_k,
            filters=self.filters,
            only_answers=self.only_answers,
        )
        return written

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "SemsearchRetriever":
        """The retriever that was written down."""
        made: SemsearchRetriever = default_from_dict(cls, data)
        return made


def _plain(tree: Mapping[str, Any]) -> dict[str, Any]:
    """The tree without ``meta.`` before the names of fields."""
    plain = dict(tree)
    if "field" in plain:
        plain["field"] = str(plain["field"]).removeprefix("meta.")
    if isinstance(plain.get("conditions"), list):
        plain["conditions"] = [_plain(one) for one in plain["conditions"]]
    return plain

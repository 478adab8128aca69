"""A retriever for LlamaIndex: ``pip install 'semsearch[llama-index]'``."""

from typing import Any

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from semsearch.index import Index
from semsearch.integrations.passages import hits, identity, metadata, search


class SemsearchRetriever(BaseRetriever):
    """Passages of a news archive that answer a question, best first.

    Args:
        index: An opened index, which the caller closes.
        only_answers: Give nothing where the archive seems to hold no answer; else the nearest
            articles come then, with ``answer_confidence`` "none" in their metadata.
        options: Arguments of ``Index.search``: ``k``, ``provider``, ``topic``, ``since`` and so on.

    ``retrieve`` raises what ``Index.search`` raises.
    """

    def __init__(self, index: Index, *, only_answers: bool = False, **options: Any) -> None:
        super().__init__()
        self._index = index
        self._only_answers = only_answers
        self._options = options

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = search(self._index, query_bundle.query_str, self._options)
        return [
            NodeWithScore(
                node=TextNode(
                    id_=identity(hit),
                    text=hit.passage.text,
                    metadata=metadata(hit, found),
                    start_char_idx=hit.passage.start,
                    end_char_idx=hit.passage.end,
                ),
                score=hit.score,
            )
            for hit in hits(found, only_answers=self._only_answers)
        ]

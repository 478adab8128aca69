"""A retriever for LangChain: ``pip install 'semsearch[langchain]'``."""

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from semsearch.index import Index
from semsearch.integrations.passages import hits, identity, metadata, search


class SemsearchRetriever(BaseRetriever):
    """Passages of a news archive that answer a question, best first.

    Attributes:
        index: An opened index, which the caller closes.
        options: Arguments of ``Index.search`` for every question: ``k``, ``provider``, ``topic``,
            ``since``, ``until``, ``collapse`` and others. ``invoke(question, since=...)`` gives
            them for one question; those win.
        only_answers: Give nothing where the archive seems to hold no answer; else the nearest
            articles come then, with ``answer_confidence`` "none" in their metadata.

    ``invoke`` raises what ``Index.search`` raises.
    """

    # What is no option of it is refused: k=3 beside options would be lost in silence.
    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    index: Index
    options: dict[str, Any] = Field(default_factory=dict)
    only_answers: bool = False

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **options: Any
    ) -> list[Document]:
        del run_manager
        found = search(self.index, query, self.options | options)
        return [
            Document(id=identity(hit), page_content=hit.passage.text, metadata=metadata(hit, found))
            for hit in hits(found, only_answers=self.only_answers)
        ]

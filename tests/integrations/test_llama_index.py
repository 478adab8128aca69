"""The retriever for LlamaIndex, with the real library."""

import pytest

from semsearch.errors import InvalidQueryError
from semsearch.index import Index
from tests.integrations.conftest import QUESTION

pytest.importorskip("llama_index.core", reason="semsearch[llama-index] is not installed")

from semsearch.integrations.llama_index import SemsearchRetriever


def test_nodes_are_the_passages_of_the_answer(archive: Index) -> None:
    nodes = SemsearchRetriever(archive, k=3).retrieve(QUESTION)
    found = archive.search(QUESTION, k=3)
    assert [one.score for one in nodes] == [hit.score for hit in found.hits]
    for one, hit in zip(nodes, found.hits, strict=True):
        node = one.node
        assert node.get_content() == hit.passage.text
        held = getattr(archive.get(node.metadata["article"]), node.metadata["field"])
        assert held[node.start_char_idx : node.end_char_idx] == node.get_content()


def test_filters_are_passed_through(archive: Index) -> None:
    nodes = SemsearchRetriever(archive, provider="herald.example").retrieve(QUESTION)
    assert {one.node.metadata["domain"] for one in nodes} == {"herald.example"}
    with pytest.raises(InvalidQueryError):
        SemsearchRetriever(archive, k=0).retrieve(QUESTION)


def test_only_answers_are_given_where_that_is_wanted(archive: Index) -> None:
    asked = "zebra quantum parliament"
    assert SemsearchRetriever(archive).retrieve(asked)
    assert SemsearchRetriever(archive, only_answers=True).retrieve(asked) == []

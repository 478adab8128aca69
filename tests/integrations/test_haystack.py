"""The retriever for Haystack, with the real library."""

import pytest

from semsearch.errors import InvalidFilterError
from semsearch.index import Index
from tests.integrations.conftest import QUESTION

pytest.importorskip("haystack", reason="semsearch[haystack] is not installed")

from haystack import Pipeline

from semsearch.integrations.haystack import SemsearchRetriever

HERALD = {"field": "meta.provider", "operator": "==", "value": "herald.example"}


def test_documents_are_the_passages_of_the_answer(archive: Index) -> None:
    documents = SemsearchRetriever(archive, top_k=3).run(QUESTION)["documents"]
    found = archive.search(QUESTION, k=3)
    assert [one.score for one in documents] == [hit.score for hit in found.hits]
    for document, hit in zip(documents, found.hits, strict=True):
        assert document.content == hit.passage.text
        held = getattr(archive.get(document.meta["article"]), document.meta["field"])
        assert held[document.meta["start"] : document.meta["end"]] == document.content


def test_filters_are_those_of_haystack(archive: Index) -> None:
    retriever = SemsearchRetriever(archive, filters=HERALD)
    asked = retriever.run(QUESTION)["documents"]
    assert {one.meta["domain"] for one in asked} == {"herald.example"}
    other = {"operator": "NOT", "conditions": [HERALD]}
    for_once = retriever.run(QUESTION, filters=other, top_k=2)["documents"]
    assert [one.meta["domain"] for one in for_once] == ["gazette.example"] * 2
    with pytest.raises(InvalidFilterError):
        retriever.run(QUESTION, filters={"field": "meta.mood", "operator": "==", "value": 1})


def test_it_runs_in_a_pipeline_and_is_written_down(archive: Index) -> None:
    pipeline = Pipeline()
    pipeline.add_component("archive", SemsearchRetriever(archive, top_k=1))
    found = pipeline.run({"archive": {"query": QUESTION}})
    assert len(found["archive"]["documents"]) == 1

    by_place = SemsearchRetriever("indexes/news", top_k=2, filters=HERALD, only_answers=True)
    again = SemsearchRetriever.from_dict(by_place.to_dict())
    assert again.to_dict() == by_place.to_dict()
    with pytest.raises(ValueError, match="opened index"):
        SemsearchRetriever(archive).to_dict()


def test_only_answers_are_given_where_that_is_wanted(archive: Index) -> None:
    asked = "zebra quantum parliament"
    assert SemsearchRetriever(archive).run(asked)["documents"]
    assert SemsearchRetriever(archive, only_answers=True).run(asked)["documents"] == []

"""The retriever for LangChain, with the real library."""

import pytest

from semsearch.errors import InvalidQueryError
from semsearch.index import Index
from tests.integrations.conftest import QUESTION

pytest.importorskip("langchain_core", reason="semsearch[langchain] is not installed")

from langchain_core.runnables import RunnablePassthrough

from semsearch.integrations.langchain import SemsearchRetriever


def test_documents_are_the_passages_of_the_answer(archive: Index) -> None:
    documents = SemsearchRetriever(index=archive, options={"k": 3}).invoke(QUESTION)
    found = archive.search(QUESTION, k=3)
    assert [one.page_content for one in documents] == [hit.passage.text for hit in found.hits]
    for document, hit in zip(documents, found.hits, strict=True):
        about = document.metadata
        article = archive.get(about["article"])
        held = getattr(article, about["field"])
        assert held[about["start"] : about["end"]] == document.page_content
        assert (about["score"], about["rank"]) == (hit.score, hit.rank)
        assert document.id == f"{article.id}#{about['field']}:{about['start']}"


def test_filters_are_passed_through_and_a_call_wins(archive: Index) -> None:
    retriever = SemsearchRetriever(index=archive, options={"k": 8, "provider": "gazette.example"})
    assert {one.metadata["domain"] for one in retriever.invoke(QUESTION)} == {"gazette.example"}
    for_once = retriever.invoke(QUESTION, provider="herald.example", k=2)
    assert [one.metadata["domain"] for one in for_once] == ["herald.example"] * 2
    with pytest.raises(InvalidQueryError):
        retriever.invoke(" ")


def test_it_runs_in_a_chain(archive: Index) -> None:
    chain = RunnablePassthrough() | SemsearchRetriever(index=archive, options={"k": 1})
    assert len(chain.invoke(QUESTION)) == 1


def test_only_answers_are_given_where_that_is_wanted(archive: Index) -> None:
    asked = "zebra quantum parliament"
    confidence = archive.search(asked).answer_confidence
    assert confidence == "none"
    assert SemsearchRetriever(index=archive).invoke(asked)
    assert SemsearchRetriever(index=archive, only_answers=True).invoke(asked) == []


def test_an_argument_that_it_does_not_have_is_refused(archive: Index) -> None:
    with pytest.raises(ValueError, match="k"):
        SemsearchRetriever(index=archive, k=3)

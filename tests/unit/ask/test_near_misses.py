"""A question that an archive only nearly answers is told from one that it answers."""

from collections.abc import Iterator

import pytest

from semsearch.index import Index
from semsearch.model.search import Confidence, Query
from tests.support.articles import make_article
from tests.support.indexes import filled_index

TITLE = "Orbit Grain buys the Sett mill"
BODY = (
    "Orbit Grain, which Ada Lindqvist founded in 1987, has bought the mill in Sett for 12 million"
    " crowns. The mill employs 340 people. Read more stories on the mill in Sett here. The sale"
    " took nine weeks. Orbit Grain will reopen the mill on 4 May, the council said in Ardle."
)


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with filled_index() as opened:
        opened.add([make_article("mill", TITLE, body=BODY)])
        opened.add(
            make_article(
                f"other{n}", f"Council meeting {n}", body=f"The council met about road {n}."
            )
            for n in range(30)
        )
        yield opened


ANSWERED = [
    ("Who founded Orbit Grain?", "Orbit Grain, which Ada Lindqvist founded"),
    ("How much did Orbit Grain pay for the mill in Sett?", "Orbit Grain, which Ada Lindqvist"),
    ("How many people does the Sett mill employ?", "The mill employs 340 people."),
    ("How long did the sale of the Sett mill take?", "The sale took nine weeks."),
    ("When will Orbit Grain reopen the mill?", "Orbit Grain will reopen the mill on 4 May"),
]
NEARLY = [
    "Who designed the Sett mill?",
    "How many brothers does Ada Lindqvist have?",
    "How much do tickets for the Sett mill cost per visitor?",
    "Where was Ada Lindqvist born?",
    "How old is Ada Lindqvist?",
    "When did lightning strike the Sett mill?",
]


def unanswered(index: Index, question: str) -> float:
    return index.search(Query(question)).confidence_evidence["unanswered"]


@pytest.mark.parametrize(("question", "beginning"), ANSWERED)
def test_the_sentence_that_answers_is_marked(index: Index, question: str, beginning: str) -> None:
    hit = index.search(Query(question)).hits[0]
    assert hit.article.id == "mill"
    assert hit.passage.answer is not None
    assert hit.passage.text[slice(*hit.passage.answer)].startswith(beginning)
    assert unanswered(index, question) < 0.5


@pytest.mark.parametrize("question", NEARLY)
def test_what_is_nearly_answered_is_not_high(index: Index, question: str) -> None:
    found = index.search(Query(question))
    assert found.answer_confidence is not Confidence.HIGH
    assert unanswered(index, question) >= 0.5


def test_links_are_never_marked(index: Index) -> None:
    passage = index.search(Query("more stories on the mill in Sett")).hits[0].passage
    marked = "" if passage.answer is None else passage.text[slice(*passage.answer)]
    assert "Read more" not in marked


def test_a_question_that_asks_for_no_value_is_judged_as_before(index: Index) -> None:
    assert unanswered(index, "Why did Orbit Grain buy the mill?") == 0.0


def test_every_page_has_the_same_confidence(index: Index) -> None:
    first = index.search(Query("Who founded Orbit Grain?", k=3))
    later = index.search(Query("Who founded Orbit Grain?", k=3, page_token=first.next_page_token))
    assert later.confidence_evidence == first.confidence_evidence

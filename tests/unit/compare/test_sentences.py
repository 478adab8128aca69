import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.compare.sentences import prepare, sentence_words
from semsearch.model.article import Article, Field
from semsearch.text.sentences import article_sentences
from tests.unit.compare.samples import STRIKE, article, ready


def test_a_title_is_one_sentence_and_the_rest_is_split() -> None:
    spans = article_sentences(
        article(
            "ledger",
            STRIKE,
            title=" Walkout. What now? ",
            excerpt="The cranes stand still today. Nobody knows for how long.",
        )
    )
    assert [span.field for span in spans].count(Field.TITLE) == 1
    assert [span.field for span in spans].count(Field.EXCERPT) == 2
    assert [span.field for span in spans].count(Field.BODY) == 4


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=400))
def test_every_span_cites_what_is_there(title: str, excerpt: str, body: str) -> None:
    given_ = Article(id="a", title=title, excerpt=excerpt, body=body)
    for span in article_sentences(given_):
        text = given_.text(span.field)[span.start : span.end]
        assert text
        assert text == text.strip()


def test_boilerplate_is_no_sentence() -> None:
    spans = article_sentences(
        article("ledger", "Dockers walked out of the port.\n\nALSO READ: Ten best pears")
    )
    assert len([span for span in spans if span.field is Field.BODY]) == 1


def test_the_body_is_compared_where_it_is_held() -> None:
    full = ready(article("ledger", STRIKE, excerpt="A teaser that says what is in it."))
    assert full.is_full
    assert {span.field for span in full.main.spans} == {Field.BODY}
    assert {span.field for span in full.teaser.spans} == {Field.TITLE, Field.EXCERPT}


def test_a_body_of_boilerplate_alone_is_no_full_text() -> None:
    short = ready(
        article("blare", "ALSO READ: Ten best pears", excerpt="A teaser that says what is in it.")
    )
    assert not short.is_full


def test_title_and_excerpt_are_compared_without_a_body() -> None:
    short = ready(article("blare", excerpt="A teaser that says what is in it."))
    assert not short.is_full
    assert {span.field for span in short.main.spans} == {Field.TITLE, Field.EXCERPT}
    assert len(short.teaser) == 0


def test_sentences_are_cited_as_they_stand() -> None:
    text = ready(article("ledger", STRIKE))
    span = text.main.span(1)
    assert text.article.body[span.start : span.end] == span.text
    assert span.text.startswith("They had rejected")


def test_there_must_be_a_vector_for_every_sentence() -> None:
    given_ = article("ledger", STRIKE)
    with pytest.raises(ValueError, match="vectors"):
        prepare(given_, article_sentences(given_), np.zeros((1, 3), np.float32))


def test_numbers_lose_their_thousands_separators() -> None:
    assert sentence_words("Some 1,850 of 2.5 million").numerals == {"1850", "2.5"}


def test_function_words_are_no_content() -> None:
    assert sentence_words("They had been to the port").content == {"port"}


def test_the_word_table_counts_with_damping() -> None:
    table = ready(article("a", "Port port port dock asked.")).main.table
    assert table.terms == ("ask", "dock", "port")
    assert table.damped[0] == pytest.approx([1, 1, 1 + np.log(3)])

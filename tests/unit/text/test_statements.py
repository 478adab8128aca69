from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.model.article import Article, Field
from semsearch.text import statements
from semsearch.text.sentences import article_sentences, sentences
from semsearch.text.statements import are_statements, is_fragment_of_quote, is_whole, joined


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in joined(text, sentences(text))]


@pytest.mark.parametrize(
    "text",
    [
        "The harbour bill was read by Rep. Ilse Harrowgate in the chamber.",
        "It was read by Reps. Ilse Harrowgate and Tomas Renn and by Sen. Ana Holm of Dobrel.",
        "Gov. Ana Holm, Lt. Gov. Ivo Renn and Dr. Tomas Renn came to the quay at noon.",
        "The U.S. Senate and the U.K. Parliament sent their members to the port.",
        "The bill of Harrowgate (D-Calif.) was read before noon.",
        "Sundhaven Inc. said that Terminal Corp. shares were sold at 9 a.m. on Friday.",
        "The port was shut on Jan. 3 and on Sept. 14 of last year.",
        "John F. Harrowgate and J. R. Holm sat in the front row.",
        "“Who shut the gates?” he asked the guards at the quay.",
    ],
)
def test_an_abbreviation_ends_no_sentence(text: str) -> None:
    assert cut(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They came to the U.S. The port was shut.", 2),
        ("He works for Sundhaven Inc. It was sold on Friday.", 2),
        ("Nobody said no. That was all that was heard.", 2),
    ],
)
def test_a_sentence_may_end_with_an_abbreviation(text: str, expected: int) -> None:
    assert len(cut(text)) == expected


STATEMENT = "The dockers of Brackwater walked out of the port at six."


@pytest.mark.parametrize(
    "text",
    [
        "— Rep.",
        "What the port needs now",  # a heading
        "Among the measures:",
        "Not a good day for the port.",
        "He asked why.",
        "Read more: Ten best pears of the coast are shown here.",
        "Related: The gates of Korvat were shut again on Monday.",
        "READ: The gates of Korvat were shut again on Monday.",
        "Click here to see what the dockers have said.",
        "Sign up for our newsletter to get the news of the port.",
        "This article on the port is for subscribers only.",
        "Log in or subscribe to continue reading.",
        "The news of the port stands in our daily newsletter.",
        "Get the daily briefing of the port delivered to your inbox.",
        "Follow her on Twitter, where she writes about ports.",
        "The dockers are at the gate on Tuesday. (AP Photo/Ilse Harrowgate)",
        "Dockers stand at the gate of the port on Tuesday (Photo: Ivo Renn).",
        "Photo by Ilse Harrowgate shows the dockers at the gate.",
        "REUTERS Dockers fill sandbags at the gate of the port in Brackwater.",
        "Reuters A ferry lies at the pier where guards keep the dockers out.",
        "Ilse Harrowgate contributed to this report from Dobrel.",
        "The views expressed in this article are those of its author.",
        "All rights reserved, and nothing here may be broadcast.",
        "This story has been updated with what the dockers said.",
        "function() { window.ads = true; } was all that was there.",
        "Ilse Harrowgate attends a gala in Dobrel on October 7, 2015.",
        "The customs house is seen before dawn in Brackwater.",
        "An earlier version of this story was wrong about the cranes.",
        "Write to ilse@ledger.example and say what you have seen.",
        "quay was shut by the guards of the port on Monday.",  # begins within a sentence
        "The quay was shut by the guards of the port...",
        "The quay was shut by the guards and the",
        "Mediator Ana HolmDockers say that the gates are shut MORE said that talks go on.",
    ],
)
def test_what_states_nothing_is_not_compared(text: str) -> None:
    texts = [STATEMENT, text, STATEMENT]
    assert are_statements(texts, english=True, body=True) == [True, False, True]


@pytest.mark.parametrize(
    "text",
    [
        STATEMENT,
        "“We will not be moved from here,” he said.",
        "The privacy policy of the port was changed after the dockers complained.",
        "Photographers were kept away from the gate by guards.",
        "Reuters reported that the dockers have left the gate.",
        "AP correspondents were told that the dockers have left.",
        # Words of notices that tell something here.
        "The farm newsletter that the valley read for prices will end in May.",
        "The Ledger will ask readers to subscribe to continue reading its pages.",
        "Subscribers of the printed paper will not pay more.",
        "A photo by a schoolgirl of Ardle has won the prize.",
        "The regulator struck out the terms of service of the shop.",
        "It's what the dockers of Brackwater want.",
        "(Reuters) - The dockers of Brackwater walked out of the port at six.",
    ],
)
def test_what_states_something_is_compared(text: str) -> None:
    assert are_statements([text], english=True, body=True) == [True]


def test_the_box_of_an_author_stands_at_an_end() -> None:
    box = "Ilse Harrowgate is a reporter who covers the ports of the north."
    body = [STATEMENT] * 6
    assert not are_statements([*body, box], english=True, body=True)[-1]
    assert are_statements([box, *body], english=True, body=True)[0]


def test_other_languages_and_unmarked_texts_are_compared_as_they_are() -> None:
    german = "Die Docker von Brackwater legten am Dienstag um sechs Uhr die Arbeit nieder."
    assert are_statements([german], english=False, body=True) == [True]
    for text in ("布拉克沃特码头工人星期二早上罢工。", "항구의 노동자들이 화요일에 파업했다."):
        assert are_statements([text], english=False, body=True) == [True]
    unmarked = ["the dockers walked out of the port at six"] * 3
    assert are_statements(unmarked, english=True, body=True) == [True] * 3


def test_an_excerpt_may_be_cut() -> None:
    article = Article(id="a", title="Walkout", excerpt="The dockers walked out of the port and")
    assert [span.field for span in article_sentences(article)] == [Field.TITLE, Field.EXCERPT]


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        (STATEMENT, True),
        (f"“{STATEMENT}”", True),
        (f"{STATEMENT} The gates", False),
        (f"{STATEMENT} The gates...", False),
        (f"{STATEMENT} The gates […]", False),
        (f"gates were shut. {STATEMENT}", False),
        (f"... gates were shut. {STATEMENT}", False),
        ("", False),
    ],
)
def test_a_whole_text_begins_and_ends_with_a_sentence(body: str, whole: bool) -> None:  # noqa: FBT001
    assert is_whole(body) is whole


def test_parts_of_quotations() -> None:
    assert is_fragment_of_quote("“We will not be moved.")
    assert is_fragment_of_quote("“We will not be moved.”")
    assert is_fragment_of_quote('We will not be moved," he said.')
    assert not is_fragment_of_quote("“We will not be moved,” he said.")


@given(st.text(max_size=200))
def test_joining_loses_and_adds_nothing(text: str) -> None:
    spans = list(joined(text, sentences(text)))
    assert spans == sorted(spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    covered = {at for start, end in spans for at in range(start, end)}
    assert all(at in covered for at, letter in enumerate(text) if not letter.isspace())


@given(st.from_regex(statements._NOTICE))
@settings(max_examples=400)
def test_every_notice_holds_one_of_the_parts_that_are_looked_for_first(text: str) -> None:
    assert statements._may_be_notice(text)

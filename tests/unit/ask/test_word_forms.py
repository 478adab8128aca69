"""US and U.S., Müller and Mueller are one word, whichever the question or the article writes."""

from collections.abc import Iterator

import pytest

from semsearch.ask.parsing import ParsedQuery
from semsearch.ask.retrieval import holding_of
from semsearch.ask.wording import Wish
from semsearch.index import Index
from semsearch.model.search import Mode, Query, SearchResults
from tests.support.articles import make_article
from tests.support.indexes import filled_index

TEXTS = {
    "dotted": ("U.S. tariffs on steel", "The tariffs begin in May, the U.S. said."),
    "plain": ("US tariffs on cheese", "The tariffs begin in June."),
    "pronoun": ("What the quarry gives us tariffs cannot take", "They told us of it."),
    "british": ("U.K.'s tariffs on wool", "The tariffs begin in July."),
    "union": ("EU tariffs on glass", "The tariffs begin at once."),
    "marked": ("Müller opens a mill", "Baker Müller grinds rye."),
    "written": ("Mueller sells a bakery", "Baker Mueller rests."),
    "bare": ("Muller paints a bridge", "Baker Muller painted it."),
    "cologne": ("Trams in Köln", "The line to the Straße am Ring."),
    "koeln": ("Buses in Koeln", "The line to the Strasse am Ring."),
    "blue": ("The blue poem", "It does rhyme."),
}
US = {"dotted", "plain"}
MULLER = {"marked", "written", "bare"}
COLOGNE = {"cologne", "koeln"}


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with filled_index(
        make_article(name, title, body=body) for name, (title, body) in TEXTS.items()
    ) as opened:
        yield opened


def search(index: Index, text: str, mode: Mode = Mode.LEXICAL) -> SearchResults:
    return index.search(Query(text, k=50, mode=mode))


def ids(results: SearchResults) -> set[str]:
    return {hit.article.id for hit in results.hits}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("US steel", {"dotted", "plain", "pronoun"}),  # of one index term capitals are not kept
        ("U.S. steel", {"dotted", "plain", "pronoun"}),
        ("us steel", {"dotted"}),
        ("UK", {"british"}),
        ("U.K.", {"british"}),
        ("E.U.", {"union"}),
        ("Müller", MULLER),
        ("Mueller", MULLER),
        ("Muller", MULLER),
        ("Köln", COLOGNE),
        ("Koeln", COLOGNE),
        ("Straße", COLOGNE),
        ("Strasse", COLOGNE),
        ("blue poem", {"blue"}),
    ],
)
def test_words_are_found_in_every_form(index: Index, text: str, found: set[str]) -> None:
    assert ids(search(index, text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"US tariffs"', US),
        ('"U.S. tariffs"', US),
        ('"us tariffs"', {"plain", "pronoun"}),
        ('"UK\'s tariffs"', {"british"}),
        ('"E.U. tariffs"', {"union"}),
        ('"Baker Müller"', {"marked", "written"}),
        ('"Baker Mueller"', {"marked", "written"}),
        ('"in Köln"', COLOGNE),
        ('"in Koeln"', COLOGNE),
        ('"Straße am Ring"', COLOGNE),
        ('"Strasse am Ring"', COLOGNE),
    ],
)
def test_phrases_are_found_in_every_form(index: Index, text: str, found: set[str]) -> None:
    assert ids(search(index, text, Mode.HYBRID)) == found


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("tariffs -US", US),
        ("tariffs -U.S.", US),
        ("tariffs NOT U.S.", US),
        ('tariffs -"US tariffs"', US),
        ("tariffs without the U.S.", US),
        ("tariffs -UK", {"british"}),
        ("mill -Mueller", MULLER),
        ("mill -Müller", MULLER),
        ("rhymes -blue", {"blue"}),
    ],
)
def test_what_is_left_out_is_left_out_in_every_form(
    index: Index, text: str, without: set[str]
) -> None:
    assert ids(search(index, text, Mode.HYBRID)) == TEXTS.keys() - without


def test_an_article_with_both_forms_has_no_more_than_its_share() -> None:
    text = "US and U.S., U.S. and US"
    with filled_index([make_article("a", text, body=text)]) as index:
        for question in ("US", "U.S."):
            (hit,) = search(index, question).hits
            parts = {name: part for name, part in hit.score_parts.items() if "lexical" in name}
            assert parts
            assert all(0 < part < 0.35 for part in parts.values())


@pytest.mark.parametrize(("text", "marked"), [("US", ["U.S."]), ("steel of the U.S.", ["U.S."])])
def test_the_other_form_is_marked(index: Index, text: str, marked: list[str]) -> None:
    (hit,) = [hit for hit in search(index, text).hits if hit.article.id == "dotted"]
    passage = hit.passage
    assert [passage.text[start:end] for start, end in passage.highlights] == marked


def test_a_question_is_answered_in_the_other_form() -> None:
    article = make_article(
        "a", "Tariffs on steel", body="The U.S. raised its tariffs on steel by 40 per cent in May."
    )
    with filled_index([article]) as index:
        for text in ("When did the US raise tariffs on steel?", "When did the U.S. raise them?"):
            (hit,) = index.search(Query(text)).hits
            assert hit.passage.answer is not None


@pytest.mark.parametrize(
    ("phrase", "held"),
    [
        ("US tariffs", {"dotted", "plain"}),
        ("U.S. tariffs", {"dotted", "plain"}),
        ("Baker Müller", {"marked", "written"}),
        ("Baker Mueller", {"marked", "written"}),
    ],
)
def test_what_waits_for_an_article_knows_its_forms(phrase: str, held: set[str]) -> None:
    parsed = ParsedQuery("", "", phrases=((phrase,),))
    without = ParsedQuery("", "", left_out=(Wish(phrase, exact=True),))
    for name, (title, body) in TEXTS.items():
        article = make_article(name, title, body=body)
        assert bool(holding_of(parsed, 1, article).required) is (name in held)
        assert bool(holding_of(without, 1, article).left_out) is (name in held)

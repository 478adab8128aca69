"""The shown passage is the nearest, with the question's words and the answering sentence."""

import pytest

from semsearch.ask.answering import Asked
from semsearch.ask.hits import best_passage
from semsearch.model.article import Article, Field, Passage

BODY = (
    "The harbour was quiet. An otter stole the mayor's salt! "
    "Otters, the otters say, like salt. Nobody else saw the tram."
)
ARTICLE = Article("a", "Otter notice", excerpt="An otter was seen.", body=BODY)
TITLE = Passage(Field.TITLE, 0, len(ARTICLE.title))
EXCERPT = Passage(Field.EXCERPT, 0, len(ARTICLE.excerpt))
LEAD = Passage(Field.LEAD, 0, len(ARTICLE.lead))
FIRST = Passage(Field.BODY, 0, BODY.index(" Otters,"))
SECOND = Passage(Field.BODY, BODY.index("Otters,"), len(BODY))
TERMS = {"otter": 3.0, "salt": 2.0, "mayor": 1.5}


def marked(text: str, spans: tuple[tuple[int, int], ...]) -> list[str]:
    return [text[start:end] for start, end in spans]


def answer_of(passage: Passage, terms: dict[str, float]) -> str | None:
    asked = Asked(None, {}, terms, frozenset(terms))
    found = best_passage(ARTICLE, [(passage, 0.5)], terms, asked)
    return None if found.answer is None else found.text[slice(*found.answer)]


def test_the_nearest_text_is_shown_with_its_words_marked() -> None:
    scored = [(TITLE, 0.9), (EXCERPT, 0.2), (FIRST, 0.3), (SECOND, 0.6), (LEAD, 0.95)]
    found = best_passage(ARTICLE, scored, TERMS)
    assert (found.field, found.start, found.end) == (Field.BODY, SECOND.start, SECOND.end)
    assert found.text == BODY[SECOND.start : SECOND.end]
    assert marked(found.text, found.highlights) == ["Otters", "otters", "salt"]


@pytest.mark.parametrize("scored", [[(TITLE, 0.1), (LEAD, 0.9)], [(LEAD, 0.9), (TITLE, 0.1)]])
def test_the_title_is_shown_only_where_nothing_else_is(scored: list[tuple[Passage, float]]) -> None:
    found = best_passage(ARTICLE, scored, TERMS)
    assert (found.field, found.text) == (Field.TITLE, "Otter notice")
    assert marked(found.text, found.highlights) == ["Otter"]
    assert best_passage(ARTICLE, [*scored, (EXCERPT, -0.9)], TERMS).field is Field.EXCERPT


def test_the_lead_is_never_shown() -> None:
    found = best_passage(ARTICLE, [(LEAD, 1.0)], TERMS)
    assert (found.field, found.start, found.end) == (Field.TITLE, 0, len(ARTICLE.title))


def test_between_equals_the_one_with_more_of_the_words_is_shown_then_the_first() -> None:
    equals = [(EXCERPT, 0.0), (FIRST, 0.0), (SECOND, 0.0)]
    assert best_passage(ARTICLE, equals, TERMS).start == SECOND.start
    assert best_passage(ARTICLE, equals, {"mayor": 1.0}).start == FIRST.start
    assert best_passage(ARTICLE, equals, {}).field is Field.EXCERPT
    near = [(EXCERPT, 0.50000001), (FIRST, 0.5), (SECOND, 0.1)]
    assert best_passage(ARTICLE, near, TERMS).start == FIRST.start


def test_the_answer_is_the_sentence_with_most_of_the_words() -> None:
    assert answer_of(FIRST, TERMS) == "An otter stole the mayor's salt!"
    # A word counts once, however often a sentence says it, and a little where the headline does.
    assert answer_of(SECOND, {"otter": 1.0, "tram": 1.5}) == "Nobody else saw the tram."
    assert answer_of(SECOND, {"otter": 1.0, "tram": 0.6}) == "Otters, the otters say, like salt."


def test_there_is_no_answer_without_the_words() -> None:
    assert answer_of(FIRST, {"glacier": 2.0}) is None
    assert answer_of(FIRST, {}) is None
    assert answer_of(FIRST, {"otter": 0.0}) is None


def test_words_are_marked_in_any_form_and_accent() -> None:
    article = Article("a", "x", body="Él habló: the MAYORS’ élan; old otters 🚋 salted.")
    passage = Passage(Field.BODY, 4, len(article.body))
    found = best_passage(article, [(passage, 1.0)], {**TERMS, "elan": 1.0})
    assert found.text == article.body[4:]
    assert marked(found.text, found.highlights) == ["MAYORS", "élan", "otters", "salted"]

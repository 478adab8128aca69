"""What a terminal gets to see."""

from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

import pytest
from rich.console import Console

from semsearch.ask.get import view
from semsearch.ask.hits import provider_rows
from semsearch.cli import render
from semsearch.model.article import Article, Field, Provider
from semsearch.model.search import (
    Confidence,
    Duplicates,
    Hit,
    HitPassage,
    Interpreted,
    ReadQuery,
    SearchResults,
    summary,
)
from semsearch.model.status import IndexReport, Skipped

ARTICLE = Article(
    id="a",
    title="Harbour \x1b[31mred\x1b[0m \u202etide",
    body="The crews left. Nobody was hurt.",
    provider=Provider("Lisk Gazette", "gazette.example"),
    published=datetime(2024, 3, 5, 12, tzinfo=UTC),
)
PASSAGE = HitPassage(Field.BODY, 0, 15, "The crews left.", ((4, 9),), (0, 15))


def text_of(thing: object) -> str:
    console = Console(width=100, record=True, file=StringIO())
    console.print(thing)
    return console.export_text()


def results(*, hits: bool = True) -> SearchResults:
    hit = Hit(1, 0.5, {"title": 0.5}, summary(ARTICLE), PASSAGE, Duplicates(2, ("b", "c")))
    found = (hit,) if hits else ()
    interpreted = Interpreted("crews", notes=('Read "crws" as "crews".',))
    rows = provider_rows(found, [ARTICLE] if hits else [])
    return SearchResults(ReadQuery("crws", interpreted), 3, 1.0, Confidence.LOW, found, rows)


def test_what_a_table_has_no_place_for_is_said_beside_it() -> None:
    note = 'Read "crws" as "crews".'
    assert next(render.beside_a_file(replace(results(), total=1))) == note
    shown = replace(results(), total=7, next_page_token="abc")  # noqa: S106 - that of a page
    assert list(render.beside_a_file(shown))[2:] == [
        "Hits 1 to 1 of a list of 7 articles.",
        "More: --page abc",
    ]
    sure = replace(results(), total=1, answer_confidence=Confidence.HIGH)
    assert list(render.beside_a_file(sure)) == [note]
    nothing = ["No article satisfies this."]
    assert list(render.beside_a_file(results(hits=False)))[1:] == nothing
    assert list(render.beside_a_file(ARTICLE)) == []


@pytest.mark.parametrize("thing", [render.search_results(results()), render.article(view(ARTICLE))])
def test_an_article_cannot_drive_the_terminal(thing: object) -> None:
    shown = text_of(thing)
    assert "red" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_an_answer_shows_passage_address_duplicates_notes_and_providers() -> None:
    shown = text_of(render.search_results(results()))
    for part in (
        "The crews left.",
        f"id {ARTICLE.id}",
        "2 with the same text",
        'Read "crws"',
        "Lisk Gazette",
        "first",
    ):
        assert part in shown


def test_scores_are_shown_where_they_are_asked_for() -> None:
    plain = results()
    assert "title 0.500" not in text_of(render.search_results(plain))
    explained = replace(
        plain.hits[0],
        explanation={"terms": [], "attained": {}, "passages": [], "words_by": "words"},
    )
    shown = text_of(render.search_results(replace(plain, hits=(explained,))))
    assert "0.500 = title 0.500" in shown


def test_a_provider_whose_article_is_in_no_answered_story_shows_its_date() -> None:
    table = text_of(render.search_results(results())).split("By outlet")[1]
    assert "2024-03-05 12:00" in table
    assert "date unknown" not in table


def test_an_empty_answer_still_shows_how_the_question_was_read() -> None:
    shown = text_of(render.search_results(results(hits=False)))
    assert 'Read "crws"' in shown
    assert "No article satisfies this." in shown


def test_a_report_lists_what_was_skipped() -> None:
    done = IndexReport(files=2, added=1, skipped=(Skipped("x.md", 3, "broken YAML"),), tokens=5)
    shown = text_of(render.report(done))
    assert "Skipped x.md, line 3: broken YAML" in shown

"""Filters that no article satisfies are said, with what comes near."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from semsearch.ask.unknown_values import not_here
from semsearch.index import Index
from semsearch.model.article import Provider
from semsearch.model.clusters import CoverageQuery
from semsearch.model.filter_tree import parse_filter
from semsearch.model.filters import Attribute, Filters
from semsearch.model.search import Query
from tests.support.articles import make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index

_NO_DOMAIN = (
    'There is no outlet "harborledger.example" in this index; the nearest is'
    ' "harbourledger.example".'
)
LEDGER = Provider("Harbour Ledger", "harbourledger.example")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder: Path = tmp_path_factory.mktemp("index")
    opened = open_index(folder, HashingEncoder())
    first = make_article("a", "Otters return", provider=LEDGER)
    opened.add(
        [
            replace(first, topics=("Ports",), type="opinion", category="News", language="en-US"),
            replace(first, id="b", title="Otters leave", type="report", language="de"),
            replace(first, id="c", title="Otters sleep", type="podcast", language="fr"),
        ]
    )
    opened.delete(["c"])
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("filters", "note"),
    [
        (
            Filters(language=("sv",)),
            'There is no language "sv" in this index; there are "de" and "en".',
        ),
        (
            Filters(type=("opinon",)),
            'There is no type "opinon" in this index; the nearest is "opinion".',
        ),
        (
            Filters(type=("podcast",)),  # its article is gone
            'There is no type "podcast" in this index; there are "opinion" and "report".',
        ),
        (
            Filters(category=("Nws",)),
            'There is no category "Nws" in this index; the nearest is "News".',
        ),
        (
            Filters(topic=("Prots",)),
            'There is no topic "Prots" in this index; the nearest is "Ports".',
        ),
        (
            Filters(provider=("Harbor Ledger",)),
            'There is no outlet "Harbor Ledger" in this index; the nearest is "Harbour Ledger".',
        ),
        (
            Filters(provider=("harborledger.example",)),
            _NO_DOMAIN,
        ),
        (
            Filters(provider=("Ledgr",)),
            'There is no outlet "Ledgr" in this index; the nearest is "Harbour Ledger".',
        ),
        (
            Filters(provider=("Ledger", "Harbour Ledger")),
            'There is no outlet "Ledger" in this index; the nearest is "Harbour Ledger".',
        ),
        (
            Filters(
                tree=parse_filter(
                    {
                        "operator": "OR",
                        "conditions": [
                            {"field": "type", "operator": "!=", "value": "Reprot"},
                            {"field": "topic", "operator": "in", "value": ["ports"]},
                        ],
                    }
                )
            ),
            'There is no type "reprot" in this index; the nearest is "report".',
        ),
    ],
)
def test_a_value_that_no_article_has_is_said(index: Index, filters: Filters, note: str) -> None:
    answer = index.search(Query("otters", filters=filters))
    assert [one for one in answer.query.interpreted.notes if "There is no" in one] == [note]
    assert index.similar(text="Otters return", filters=filters).notes == (note,)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(language=("EN_gb",)),
        Filters(language=("English", "deutsch")),
        Filters(type=("OPINION",), category=("news",), topic=("PORTS",)),
        Filters(provider=("https://www.harbourledger.example/otters",)),
    ],
)
def test_what_an_article_has_is_not(index: Index, filters: Filters) -> None:
    answer = index.search(Query("otters", filters=filters))
    assert answer.hits
    assert not [one for one in answer.query.interpreted.notes if "There is no" in one]
    assert index.similar(text="Otters return", filters=filters).notes == ()


NOTHING = "No article satisfies all filters."
NO_TIME = "No article is of that time: this index holds"


@pytest.mark.parametrize("question", ["otters", "otters at 5 pm", "???"])
@pytest.mark.parametrize(
    ("filters", "notes"),
    [
        (Filters(since=datetime(2030, 1, 1, tzinfo=UTC)), [NO_TIME, NOTHING]),
        (Filters(until=datetime(1990, 1, 1, tzinfo=UTC)), [NO_TIME, NOTHING]),
        (Filters(min_quality=3), [NOTHING]),
        (Filters(type=("report",), language=("en",)), [NOTHING]),
        (Filters(language=("tlh",)), ['There is no language "tlh"', NOTHING]),
        (Filters(type=("video",)), ['There is no type "video"', NOTHING]),
        (Filters(category=("video",)), ['There is no category "video"', NOTHING]),
        (Filters(language=("tlh", "en")), ['There is no language "tlh"']),
        (Filters(type=("report",)), []),
        (Filters(since=datetime(1990, 1, 1, tzinfo=UTC)), []),
    ],
)
def test_filters_that_leave_nothing_are_said_beside_other_notes(
    index: Index, question: str, filters: Filters, notes: list[str]
) -> None:
    answer = index.search(Query(question, filters=filters))
    assert bool(answer.hits) is (NOTHING not in notes)
    own = ("time of day", "holds no word")
    said = [one for one in answer.query.interpreted.notes if not any(each in one for each in own)]
    assert len(said) == len(notes)
    assert all(map(str.startswith, said, notes))


def test_filters_and_a_question_that_leave_nothing_together_are_said(index: Index) -> None:
    notes = index.search(
        Query("otters topic:Ports -topic:Ports", filters=Filters(language=("en",)))
    ).query.interpreted.notes
    assert notes[-1] == "No article satisfies all that the question and its filters ask for."


def test_words_that_no_article_holds_are_said_where_words_alone_count(index: Index) -> None:
    answer = index.search("zeppelins", mode="lexical")
    assert answer.hits == ()
    assert answer.query.interpreted.notes == (
        "No article that satisfies the question and its filters holds a word of it.",
    )


def test_a_question_that_the_model_reads_in_part_is_said(index: Index) -> None:
    room = index.library.encoder.spec.max_tokens - 2
    for words, cut in ((room, False), (room + 1, True)):
        for mode, said in (("hybrid", cut), ("dense", cut), ("lexical", False)):
            notes = index.search("otters " * words, mode=mode).query.interpreted.notes
            assert ("only its beginning" in " ".join(notes)) is said


def test_a_question_that_is_an_address_names_the_article_of_it(tmp_path: Path) -> None:
    with open_index(tmp_path, HashingEncoder()) as index:
        index.add([replace(make_article("a", "Otters"), url="https://ledger.example/otters?id=7")])
        for asked, said in (
            ("https://www.ledger.example/otters/?utm_source=x&id=7#top", "has the id a;"),
            ("https://ledger.example/otters?id=8", "No article of this index has this address"),
            ("What stands at https://ledger.example/otters?id=7", ""),
        ):
            notes = " ".join(index.search(asked).query.interpreted.notes)
            assert said in notes
            assert ("address" in notes) is bool(said)
        url = "https://ledger.example/seals"
        index.add([replace(make_article(f"s{n}", "Seals"), url=url) for n in range(7)])
        (note,) = index.search(url).query.interpreted.notes
        assert note.startswith("Articles with this address: ")
        assert " and 2 more; the address is searched as words." in note


@pytest.mark.parametrize("text", ["???", ". -", '""', "-"])
def test_a_question_without_a_word_is_said(index: Index, text: str) -> None:
    assert "holds no word" in " ".join(index.search(text).query.interpreted.notes)


def test_a_lowest_score_that_no_article_reaches_is_said(index: Index) -> None:
    assert index.search("otters", min_score=99).query.interpreted.notes == (
        "No article has a score of 99 or more.",
    )
    assert index.search("otters", min_score=-9).query.interpreted.notes == ()


def test_an_empty_index_speaks_of_no_filters(tmp_path: Path) -> None:
    with open_index(tmp_path, HashingEncoder()) as empty:
        empty.add([make_article("a", "Otters")])
        empty.delete(["a"])
        assert "filters" not in " ".join(empty.search("otters").query.interpreted.notes)


def test_letters_that_could_not_be_read_are_said(index: Index) -> None:
    assert "send it as UTF-8" in " ".join(index.search("caf\ufffd").query.interpreted.notes)


def test_a_language_may_be_named(index: Index) -> None:
    for name, expected in (("German", "b"), ("ger", "b"), ("english", "a"), ("en-AU", "a")):
        (hit,) = index.search(Query("otters", filters=Filters(language=(name,)))).hits
        assert hit.article.id == expected


def test_a_field_of_a_question_names_what_comes_near(index: Index) -> None:
    notes = index.search("otters topic:Prots").query.interpreted.notes
    assert 'There is no topic "Prots" in this index; the nearest is "Ports".' in notes


def test_lists_of_stories_and_groups_say_it_too(index: Index) -> None:
    wrong = CoverageQuery(provider="Ledger")
    note = 'There is no outlet "Ledger" in this index; the nearest is "Harbour Ledger".'
    assert index.stories(wrong).notes == index.groups(wrong).notes == (note,)
    for right in ("", "harbour ledger", "https://www.harbourledger.example/otters"):
        assert index.stories(CoverageQuery(provider=right)).notes == ()


def test_of_many_values_only_near_ones_are_named() -> None:
    many = [f"Parish {number}" for number in range(40)]
    assert not_here(Attribute.TYPE, "zzz", many) == 'There is no type "zzz" in this index.'
    assert (
        not_here(Attribute.TYPE, "", []) == 'There is no type "" in this index: no article has one.'
    )
    near = not_here(Attribute.TYPE, "parish 7.", many)
    assert near == (
        'There is no type "parish 7." in this index; the nearest are "Parish 7", "Parish 17" and '
        '"Parish 27".'
    )
    assert not_here(Attribute.TOPIC, "Café", ["cafe"]).endswith('; the nearest is "cafe".')
    assert not_here(Attribute.TOPIC, "!?", ["...", "Ports"]).endswith("in this index.")

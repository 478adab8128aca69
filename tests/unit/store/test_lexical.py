"""Words are indexed with offsets, and questions are never syntax."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.articles.article import FIELDS, Field
from semsearch.articles.filters import EVERYTHING
from semsearch.errors import DamagedIndexError
from semsearch.store.lexical import LexicalIndex, update_lexical, words
from tests.support.articles import make_article
from tests.support.indexes import tree

ALL = dict.fromkeys(FIELDS, 1.0)


def keys(index: LexicalIndex, *terms: str, k: int = 100) -> list[int]:
    return [pk for pk, _ in index.search(terms, ALL, k, EVERYTHING)]


@given(st.text(max_size=80))
def test_words_stand_where_they_say(text: str) -> None:
    position = 0
    for word in words(text):
        assert position <= word.start < word.end <= len(text)
        assert text[word.start : word.end].strip() == text[word.start : word.end]
        position = word.end


def test_words_are_lower_case_without_accents_and_stemmed() -> None:
    text = "Él naïve Städte, RUNNING 🚋 déjà-vu’s 3.5"
    found = words(text)
    assert [word.term for word in found] == [
        "el",
        "naiv",
        "stadt",
        "run",
        "deja",
        "vu",
        "s",
        "3",
        "5",
    ]
    assert [text[word.start : word.end] for word in found[:4]] == [
        "Él",
        "naïve",
        "Städte",
        "RUNNING",
    ]


def test_the_index_holds_the_words_that_the_function_gives(tmp_path: Path) -> None:
    text = "The mayors’ ÉLITE quarrelled over 3,500 trams; Łódź 地震 naïvely"
    update_lexical(tmp_path, [(1, make_article("a", "x", body=text))], [])
    index = LexicalIndex(tmp_path)
    for word in words(text):
        assert keys(index, word.term) == [1]
        assert index.document_frequency(word.term) == 1


def test_rare_words_and_short_fields_count_more(tmp_path: Path) -> None:
    articles = [
        make_article("a", "Tram", body="cod " * 3),
        make_article("b", "Tram", body="otter"),
        make_article("c", "Tram", body="otter " + "filler " * 200),
        *(make_article(f"x{n}", "Tram") for n in range(20)),
    ]
    update_lexical(tmp_path, enumerate(articles), [])
    index = LexicalIndex(tmp_path)
    assert keys(index, "tram", "otter")[:2] == [1, 2]
    assert keys(index, "tram", "cod", "otter")[0] == 0
    assert index.document_frequency("tram") == 23
    scores = [score for _, score in index.search(["tram", "otter"], ALL, 50, EVERYTHING)]
    assert scores == sorted(scores, reverse=True)


def test_boosts_weigh_fields(tmp_path: Path) -> None:
    articles = [make_article("a", "otter", body="cod"), make_article("b", "cod", body="otter")]
    update_lexical(tmp_path, enumerate(articles), [])
    index = LexicalIndex(tmp_path)
    both = {Field.TITLE: 5.0, Field.BODY: 1.0}
    assert [pk for pk, _ in index.search(["otter"], both, 9, EVERYTHING)] == [0, 1]
    swapped = {Field.TITLE: 1.0, Field.BODY: 5.0}
    assert [pk for pk, _ in index.search(["otter"], swapped, 9, EVERYTHING)] == [1, 0]


def test_a_term_given_twice_counts_once(tmp_path: Path) -> None:
    update_lexical(tmp_path, [(5, make_article("a", "otter"))], [])
    index = LexicalIndex(tmp_path)
    assert index.search(["otter", "otter"], ALL, 9, EVERYTHING) == index.search(
        ["otter"], ALL, 9, EVERYTHING
    )


def test_added_and_removed_articles_show_in_the_next_index_only(tmp_path: Path) -> None:
    update_lexical(tmp_path, ((n, make_article(f"a{n}", "otter")) for n in range(10)), [])
    before = LexicalIndex(tmp_path)
    update_lexical(tmp_path, [(10, make_article("a3", "otter cod"))], [3, 999])
    after = LexicalIndex(tmp_path)
    assert sorted(keys(before, "otter")) == list(range(10))
    assert sorted(keys(after, "otter")) == [0, 1, 2, 4, 5, 6, 7, 8, 9, 10]
    assert (len(before), len(after)) == (10, 10)


def test_existing_files_are_never_written_in_place(tmp_path: Path) -> None:
    update_lexical(tmp_path, ((n, make_article(f"a{n}", "otter")) for n in range(10)), [])
    before = {name: state for name, state in tree(tmp_path).items() if state[2]}
    kept = tmp_path.with_name("kept")
    kept.mkdir()
    for name in before:
        (kept / name).hardlink_to(tmp_path / name)
    update_lexical(tmp_path, [(n + 10, make_article(f"b{n}", "otter")) for n in range(10)], [1])
    assert {name: state[2] for name, state in tree(kept).items()} == {
        name: state[2] for name, state in before.items()
    }


def test_very_large_keys_are_kept(tmp_path: Path) -> None:
    large = 2**62
    update_lexical(tmp_path, [(large, make_article("a", "otter"))], [])
    assert keys(LexicalIndex(tmp_path), "otter") == [large]
    update_lexical(tmp_path, [], [large])
    assert keys(LexicalIndex(tmp_path), "otter") == []


def test_a_folder_without_an_index_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(DamagedIndexError):
        LexicalIndex(tmp_path / "missing")
    (tmp_path / "meta.json").write_text("{]")
    with pytest.raises(DamagedIndexError):
        LexicalIndex(tmp_path)

"""Words are indexed with offsets, and questions are never syntax."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.errors import DamagedIndexError
from semsearch.model.article import Article, Field
from semsearch.model.filters import EVERYTHING
from semsearch.store.local import lexical
from semsearch.store.local.lexical import TantivyIndex, update_lexical
from semsearch.store.protocols import LEXICAL_FIELDS
from semsearch.text.tokens import words
from tests.support.articles import WORDS, make_article
from tests.support.indexes import tree


def everywhere(weights: dict[str, float]) -> dict[Field, dict[str, float]]:
    return dict.fromkeys(LEXICAL_FIELDS, weights)


def keys(index: TantivyIndex, *terms: str, k: int = 100) -> list[int]:
    weights = everywhere(dict.fromkeys(terms, 1.0))
    return [pk for pk, _ in index.search(weights, k, EVERYTHING).hits]


def saturation(times: int, length: int, mean: float) -> float:
    return times / (times + 1.2 * (0.25 + 0.75 * length / mean))


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
    index = TantivyIndex(tmp_path)
    for word in words(text):
        assert keys(index, word.term) == [1]
        assert index.document_frequency(word.term) == 1


def test_a_score_is_the_sum_of_weight_times_saturation(tmp_path: Path) -> None:
    bodies = ["otter cod otter", "otter", "cod " * 7, "tram dam salt tram", "otter " * 30]
    articles = [make_article(f"a{n}", "Tram", body=body) for n, body in enumerate(bodies)]
    update_lexical(tmp_path, enumerate(articles), [])
    index = TantivyIndex(tmp_path)
    weights = {"otter": 0.7, "cod": 5.0, "never": 9.0}
    lengths = [len(body.split()) for body in bodies]
    mean = sum(lengths) / len(lengths)
    expected = {
        pk: sum(
            weight * saturation(body.split().count(term), lengths[pk], mean)
            for term, weight in weights.items()
        )
        for pk, body in enumerate(bodies)
        if {"otter", "cod"} & set(body.split())
    }
    assert index.scores(Field.BODY, weights, range(5)) == pytest.approx(expected, rel=1e-5)
    assert index.scores(Field.BODY, weights, [0, 3]) == pytest.approx({0: expected[0]}, rel=1e-5)
    found = index.search({Field.BODY: weights}, 9, EVERYTHING).hits
    assert dict(found) == pytest.approx(expected, rel=1e-5)
    assert [pk for pk, _ in found] == sorted(expected, key=lambda pk: -expected[pk])


def test_a_small_archive_scores_as_a_large_one_to_the_last_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(5)
    texts = [" ".join(chance.choices(WORDS, k=chance.randrange(1, 12))) for _ in range(5_000)]
    articles = [make_article(f"a{n}", text, body=text * 2) for n, text in enumerate(texts)]
    update_lexical(tmp_path, enumerate(articles), [])
    update_lexical(tmp_path, [(9_000, make_article("z", "otter tram"))], range(0, 4_000, 7))
    weights = {word: chance.uniform(0.1, 9) for word in (*WORDS[:6], "never", *WORDS[6:9])}
    index = TantivyIndex(tmp_path)
    asked = [chance.sample(range(9_001), 400) for _ in range(3)]

    def answers() -> list[object]:
        return [
            answer
            for pks in asked
            for answer in (
                index.containing(list(weights), pks),
                *(index.scores(field, weights, pks) for field in LEXICAL_FIELDS),
            )
        ]

    small = answers()
    assert small == answers()  # from what was kept
    monkeypatch.setattr(lexical, "_FEW", 0)
    assert small == answers()
    assert len(small[1]) > 100  # type: ignore[arg-type]


def test_words_that_nothing_holds_are_not_kept_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexical, "_KEPT_POSTINGS", 1_000)
    update_lexical(tmp_path, enumerate([make_article("a", "Tram")]), [])
    index = TantivyIndex(tmp_path)
    for number in range(100):
        assert index.containing([f"unheard{number}"], [0]) == {f"unheard{number}": set()}
    assert len(index._postings) < 30
    assert index.containing(["tram"], [0]) == {"tram": {0}}


def test_short_fields_count_more(tmp_path: Path) -> None:
    articles = [
        make_article("a", "Tram", body="cod " * 3),
        make_article("b", "Tram", body="otter"),
        make_article("c", "Tram", body="otter " + "filler " * 200),
        *(make_article(f"x{n}", "Tram") for n in range(20)),
    ]
    update_lexical(tmp_path, enumerate(articles), [])
    index = TantivyIndex(tmp_path)
    assert keys(index, "otter") == [1, 2]
    assert keys(index, "tram", "cod")[0] == 0
    assert index.document_frequency("tram") == 23


def test_weights_are_given_for_each_field(tmp_path: Path) -> None:
    articles = [make_article("a", "otter", body="cod"), make_article("b", "cod", body="otter")]
    update_lexical(tmp_path, enumerate(articles), [])
    index = TantivyIndex(tmp_path)
    both = {Field.TITLE: {"otter": 5.0}, Field.BODY: {"otter": 1.0}}
    assert [pk for pk, _ in index.search(both, 9, EVERYTHING).hits] == [0, 1]
    swapped = {Field.TITLE: {"otter": 1.0}, Field.BODY: {"otter": 5.0}}
    assert [pk for pk, _ in index.search(swapped, 9, EVERYTHING).hits] == [1, 0]
    each = {Field.TITLE: {"otter": 1.0}, Field.BODY: {"cod": 1.0}}
    assert [pk for pk, _ in index.search(each, 9, EVERYTHING).hits] == [0]


@pytest.mark.parametrize("weight", [0.0, -1.0])
def test_a_term_without_weight_finds_nothing(tmp_path: Path, weight: float) -> None:
    update_lexical(tmp_path, [(5, make_article("a", "otter"))], [])
    index = TantivyIndex(tmp_path)
    assert index.search(everywhere({"otter": weight}), 9, EVERYTHING).hits == []
    assert index.scores(Field.TITLE, {"otter": weight}, [5]) == {}


def test_removed_articles_weigh_no_word_down(tmp_path: Path) -> None:
    crowd = [(n, make_article(f"a{n}", "tram otter")) for n in range(20)]
    update_lexical(tmp_path, crowd, [])
    update_lexical(tmp_path, [(50, make_article("b", "cod otter"))], range(18))
    index = TantivyIndex(tmp_path)
    assert len(index) == 3
    assert {term: index.document_frequency(term) for term in ("tram", "otter", "cod")} == {
        "tram": 2,
        "otter": 3,
        "cod": 1,
    }
    found = index.search({Field.TITLE: {"tram": 1.0, "cod": 2.0}}, 9, EVERYTHING).hits
    one = saturation(1, 2, 2)
    assert [pk for pk, _ in found] == [50, 18, 19]
    assert dict(found) == pytest.approx({50: 2 * one, 18: one, 19: one}, rel=1e-5)


def test_a_title_that_only_repeats_the_text_is_no_field_of_its_own(tmp_path: Path) -> None:
    articles = [
        Article("a", "The otter sleeps", body="The otter sleeps in the dam."),
        Article("b", "The otter sleeps", body="Nobody knows where."),
    ]
    update_lexical(tmp_path, enumerate(articles), [])
    index = TantivyIndex(tmp_path)
    assert set(index.scores(Field.TITLE, {"otter": 1.0}, [0, 1])) == {1}
    assert set(index.scores(Field.LEAD, {"otter": 1.0}, [0, 1])) == {0, 1}
    assert set(index.scores(Field.BODY, {"otter": 1.0}, [0, 1])) == {0}


def test_a_phrase_is_its_words_one_after_the_other(tmp_path: Path) -> None:
    articles = [
        make_article("a", "Copper dam", body="The otter crossed the salt bank."),
        make_article("b", "Dam of copper", excerpt="Copper dams", body="The bank of salt."),
        make_article("c", "Copper", body="dam"),
    ]
    update_lexical(tmp_path, enumerate(articles), [])
    index = TantivyIndex(tmp_path)
    assert index.phrase(["copper", "dam"], 9, EVERYTHING) == [0, 1, 2]  # the last in its lead
    assert index.phrase(["copper", "dam"], 9, EVERYTHING, (Field.TITLE,)) == [0]
    assert index.phrase(["salt", "bank"], 9, EVERYTHING) == [0]
    assert index.phrase(["bank"], 9, EVERYTHING) == [0, 1]
    assert len(index.phrase(["bank"], 1, EVERYTHING)) == 1
    assert index.phrase([], 9, EVERYTHING) == []


def test_holding_looks_into_every_field(tmp_path: Path) -> None:
    articles = [
        make_article("a", "otter"),
        make_article("b", excerpt="otter"),
        make_article("c", body="otter"),
        make_article("d", "Otters"),
        make_article("e"),
    ]
    update_lexical(tmp_path, enumerate(articles), [])
    index = TantivyIndex(tmp_path)
    assert index.containing(["otter"], range(5)) == {"otter": {0, 1, 2, 3}}
    assert index.containing(["otter"], [4, 2, 77]) == {"otter": {2}}
    assert index.containing(["otter"], []) == {"otter": set()}
    many = [f"x{number}" for number in range(45)]
    assert index.containing([*many, "otter"], range(5)) == {
        **{word: set() for word in many},
        "otter": {0, 1, 2, 3},
    }


def test_the_vocabulary_is_written_out_and_counts_articles(tmp_path: Path) -> None:
    articles = [
        make_article("a", "Running Otters", body="Otters, otters and ÉLAN"),
        make_article("b", "Otter", excerpt="running"),
    ]
    update_lexical(tmp_path, enumerate(articles), [])
    held = TantivyIndex(tmp_path).vocabulary
    assert held == {"running": 2, "otters": 1, "otter": 1, "and": 1, "élan": 1}


def test_added_and_removed_articles_show_in_the_next_index_only(tmp_path: Path) -> None:
    update_lexical(tmp_path, ((n, make_article(f"a{n}", "otter")) for n in range(10)), [])
    before = TantivyIndex(tmp_path)
    update_lexical(tmp_path, [(10, make_article("a3", "otter cod"))], [3, 999])
    after = TantivyIndex(tmp_path)
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
    assert keys(TantivyIndex(tmp_path), "otter") == [large]
    update_lexical(tmp_path, [], [large])
    assert keys(TantivyIndex(tmp_path), "otter") == []


def test_a_folder_without_an_index_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(DamagedIndexError):
        TantivyIndex(tmp_path / "missing")
    (tmp_path / "meta.json").write_text("{]")
    with pytest.raises(DamagedIndexError):
        TantivyIndex(tmp_path)

"""Rare words that two articles share speak for one event, time between them against it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.model.article import Article, Field, Passage, Provider
from semsearch.model.relation import Judgement, Probabilities, RelationKind
from semsearch.relate.features import features_of
from semsearch.relate.idf import IdfTable, idf_table
from semsearch.relate.profile import Profile
from semsearch.relate.relate import judge
from semsearch.relate.same_event import (
    EventSignals,
    event_model,
    event_signals,
    same_event,
)
from semsearch.text.shingles import word_hash

START = datetime(2024, 3, 5, tzinfo=UTC)
TABLE = IdfTable(
    np.array(sorted(map(word_hash, ["the", "storm"])), np.uint64),
    np.array([1.0, 1.0], np.float32),
    4.0,
)


def hashes(text: str) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    return np.array(sorted({word_hash(word) for word in text.split()}), np.uint64)


def profile(title: str, angle: float = 0.0, days: float | None = None) -> Profile:
    published = None if days is None else START + timedelta(days=days)
    article = Article("x", title, published=published)
    vector = np.array([[np.cos(angle), np.sin(angle)]], np.float32)
    return Profile.of(article, [Passage(Field.LEAD, 0, len(title))], vector)


def test_rare_words_weigh_more() -> None:
    assert TABLE.weigh(hashes("the lisk")).tolist() in ([1.0, 4.0], [4.0, 1.0])
    one = TABLE.cosine(hashes("lisk storm"), hashes("lisk the"))
    other = TABLE.cosine(hashes("lisk storm"), hashes("senn storm"))
    assert one == pytest.approx(16 / 17)
    assert other == pytest.approx(1 / 17)
    assert TABLE.cosine(hashes(""), hashes("storm")) == 0


@given(st.text("abc ", max_size=30), st.text("abc ", max_size=30))
def test_a_cosine_is_one(a: str, b: str) -> None:
    value = TABLE.cosine(hashes(a), hashes(b))
    assert value == TABLE.cosine(hashes(b), hashes(a))
    assert 0 <= value <= 1
    assert TABLE.cosine(hashes(a), hashes(a)) == pytest.approx(float(bool(a.split())))


def test_the_table_that_comes_along() -> None:
    table = idf_table()
    assert np.all(np.diff(table.words.astype(object)) > 0)
    assert float(table.weights.max()) <= table.rare + 0.01
    the, lisk = (float(table.weigh(hashes(word))[0]) for word in ("the", "Brackwaterian"))
    assert the < 0.2 < lisk == pytest.approx(table.rare)


def signals(a: Profile, b: Profile) -> EventSignals:
    return event_signals(a, b, features_of(a, b))


def event(a: Profile, b: Profile) -> float:
    return same_event(a, b, judge(a, b), features_of(a, b))


def test_every_signal_pulls_its_way() -> None:
    weights = event_model().weights
    assert {name for name, weight in weights.items() if weight < 0} == {
        "figures",
        "apart",
        "one_outlet",
    }
    a = profile("Quake shakes Ostrava Nova", 0.0, 0.0)
    assert event(a, profile("Quake shakes Ostrava Nova", 0.0, 0.0)) > 0.9
    assert event(a, profile("Cup final in Brackwater", 1.4, 90.0)) < 0.1
    assert event(a, profile("Quake in Lower Lisk", 0.3)) < event(
        a, profile("Quake in Ostrava Nova", 0.3)
    )


@given(st.floats(0, 900), st.floats(0, 900))
def test_more_time_between_never_speaks_for_one_event(one: float, other: float) -> None:
    a = profile("Quake shakes Lisk", 0.0, 0.0)
    sooner, later = (profile("Storm nears Lisk", 0.5, days) for days in sorted((one, other)))
    assert event(a, sooner) >= event(a, later)


def test_an_unknown_date_speaks_less_than_the_same_day_and_more_than_another_month() -> None:
    a, text = profile("Quake shakes Lisk", 0.0, 0.0), "Tremor felt in Lisk"
    same_day, unknown, month = (event(a, profile(text, 0.5, days)) for days in (0.0, None, 30.0))
    assert same_day > unknown > month


def test_one_text_is_one_event() -> None:
    a, b = profile("Quake shakes Lisk", 0.0, 0.0), profile("Cup final", 1.5, 90.0)
    features = features_of(a, b)
    copy, other = Probabilities(0.97, 0, 0, 0, 0.03), Probabilities(0, 0, 0, 0, 1)
    assert same_event(a, b, Judgement(RelationKind.COPY, copy), features) == 0.97
    assert same_event(a, b, Judgement(RelationKind.UNRELATED, other), features) < 0.1


@given(st.floats(0, 3), st.one_of(st.none(), st.floats(0, 900)))
def test_sides_do_not_matter(angle: float, days: float | None) -> None:
    a, b = profile("Quake shakes Lisk", 0.0, 3.0), profile("Storm nears Lisk", angle, days)
    assert event(a, b) == event(b, a)
    assert 0 < event(a, b) < 1


def test_what_is_unknown_says_nothing() -> None:
    bare = Profile.of(Article("x", "Lisk"), [], np.empty((0, 2), np.float32))
    shown = signals(bare, profile("Lisk", days=5.0))
    assert (shown.opening, shown.dated, shown.apart, shown.one_outlet) == (0, 0, 0, 0)
    apart = signals(profile("Lisk", days=0.0), profile("Lisk", days=3.0))
    assert apart.dated == 1
    assert apart.apart == pytest.approx(np.log(2))


def test_an_outlets_next_notice_from_one_mould_is_another_event() -> None:
    def notice(place: str, day: int) -> Profile:
        plain = profile(f"Kestrel storage is available in {place} with shorter ways", days=day)
        return replace(plain, article=replace(plain.article, provider=Provider("", "k.example")))

    assert event(notice("Northmark", 0), notice("Southfell", 28)) < 0.1

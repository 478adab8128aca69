"""Rare words that two articles share speak for one event, time between them against it."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.articles.article import Article, Field, Passage
from semsearch.coverage.events import Rarity, fitted, rarity, same_event, signals
from semsearch.coverage.profile import Profile
from semsearch.coverage.words import word_hash

START = datetime(2024, 3, 5, tzinfo=UTC)
TABLE = Rarity(
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
    assert TABLE.of(hashes("the lisk")).tolist() in ([1.0, 4.0], [4.0, 1.0])
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
    table = rarity()
    assert np.all(np.diff(table.words.astype(object)) > 0)
    assert float(table.weights.max()) <= table.rare + 0.01
    the, lisk = (float(table.of(hashes(word))[0]) for word in ("the", "Brackwaterian"))
    assert the < 0.2 < lisk == pytest.approx(table.rare)


def test_every_signal_pulls_its_way() -> None:
    model = fitted()
    assert model.lead > 0
    assert model.words > 0
    assert model.days <= 0
    a = profile("Quake shakes Ostrava Nova", 0.0, 0.0)
    assert same_event(a, profile("Quake shakes Ostrava Nova", 0.0, 0.0)) > 0.9
    assert same_event(a, profile("Cup final in Brackwater", 1.4, 90.0)) < 0.1
    assert same_event(a, profile("Quake in Lower Lisk", 0.3)) < same_event(
        a, profile("Quake in Ostrava Nova", 0.3)
    )


@given(st.floats(0, 3), st.one_of(st.none(), st.floats(0, 900)))
def test_sides_do_not_matter(angle: float, days: float | None) -> None:
    a, b = profile("Quake shakes Lisk", 0.0, 3.0), profile("Storm nears Lisk", angle, days)
    assert same_event(a, b) == same_event(b, a)
    assert 0 < same_event(a, b) < 1


def test_what_is_unknown_says_nothing() -> None:
    bare = Profile.of(Article("x", "Lisk"), [], np.empty((0, 2), np.float32))
    assert signals(bare, profile("Lisk"))[0] == 0
    assert signals(profile("Lisk", days=5.0), profile("Lisk"))[2] == 0

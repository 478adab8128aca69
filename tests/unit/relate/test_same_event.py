"""Rare words that two articles share speak for one event; time and a mould speak against it."""

from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.model.article import Article, Field, Passage, Provider
from semsearch.relate.features import features_of
from semsearch.relate.idf import IdfTable, idf_table
from semsearch.relate.profile import Profile
from semsearch.relate.same_event import CROWD, EventSignals, event_model, event_signals, in_crowd
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
    features = features_of(a, b)
    return event_signals(a, b, features.figures, features.one_outlet)


def event(a: Profile, b: Profile) -> float:
    return features_of(a, b).p_event


def test_every_signal_pulls_its_way() -> None:
    weights = event_model().weights
    for_one = {"lead", "title", "titles", "quoted", "same_day"}
    against = {"names", "figures", "other_first_day", "mould", "notice", "apart"}
    assert all(weights.get(name, 0) >= 0 for name in for_one)
    assert all(weights.get(name, 0) <= 0 for name in against)
    assert {field.name for field in fields(EventSignals)} >= weights.keys()
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


def test_an_unknown_date_speaks_as_the_same_day_and_more_than_another_month() -> None:
    a, text = profile("Quake shakes Lisk", 0.0, 0.0), "Tremor felt in Lisk"
    same_day, unknown, month = (event(a, profile(text, 0.5, days)) for days in (0.0, None, 30.0))
    assert same_day == unknown > month


@given(st.floats(0, 3), st.one_of(st.none(), st.floats(0, 900)))
def test_sides_do_not_matter(angle: float, days: float | None) -> None:
    a, b = profile("Quake shakes Lisk", 0.0, 3.0), profile("Storm nears Lisk", angle, days)
    assert event(a, b) == event(b, a)
    assert 0 < event(a, b) < 1


def test_what_is_unknown_says_nothing() -> None:
    bare = Profile.of(Article("x", ""), [], np.empty((0, 2), np.float32))
    shown = signals(bare, profile("Lisk"))
    assert {name for name, value in asdict(shown).items() if value} == {"undated"}
    assert (signals(bare, profile("Lisk", days=5.0)).undated, shown.undated) == (0, 1)
    apart = signals(profile("Lisk", days=0.0), profile("Lisk", days=3.0))
    assert (apart.undated, apart.apart) == (0, 3)
    assert signals(profile("Lisk", days=0.0), profile("Lisk", days=900.0)).apart == 30


def told(text: str, day: datetime = START, outlet: str = "") -> Profile:
    article = Article("x", "", body=text, published=day, provider=Provider("", outlet))
    vector = np.array([[1.0, 0.0]], np.float32)
    return Profile.of(article, [Passage(Field.LEAD, 0, len(text))], vector)


def test_the_days_that_are_named_and_the_words_that_are_quoted_are_signals() -> None:
    a = told("The mayor said on Monday: “We will not leave this house to the flood.”")
    same = told("“We will not leave this house”, said the mayor on Monday in Lisk.")
    other = told("“Nobody asked the people of the valley”, she said on Sunday in Lisk.")
    assert (signals(a, same).quoted, signals(a, same).same_day) == (1, 1)
    assert (signals(a, other).quoted, signals(a, other).same_day) == (0, 0)
    assert (signals(a, same).other_first_day, signals(a, other).other_first_day) == (0, 1)
    assert event(a, same) > event(a, other)


def test_names_that_the_other_lacks_count_on_the_side_that_lacks_fewest() -> None:
    met = "On Monday the mayor, Odile Brask, met {} in the hall and said that more was to come."
    a, b, longer = (told(met.format(x)) for x in ("Ada Tamm", "Ina Okafor", "Ada Tamm, Ina Okafor"))
    assert 0 < signals(a, b).names < 1
    assert signals(a, longer).names == 0
    assert signals(a, b).shared_names < signals(a, longer).shared_names


def test_two_short_texts_of_one_outlet_are_taken_for_notices() -> None:
    text, long = "Storage is available in Lisk.", "Storage is available in Lisk. " * 40
    assert signals(told(text), told(text)).notice == 0
    assert signals(told(text, outlet="k.example"), told(text, outlet="l.example")).notice == 0
    shown = signals(told(text, outlet="k.example"), told(long, outlet="k.example"))
    assert shown.notice == pytest.approx(1 - 5 / 150)
    assert shown.mould == pytest.approx(1)
    assert signals(told(long, outlet="k.example"), told(long, outlet="k.example")).notice == 0


@given(st.floats(0, 1), st.integers(0, 10**6), st.integers(0, 10**6))
def test_in_a_larger_crowd_two_articles_are_less_often_of_one_event(
    probability: float, one: int, other: int
) -> None:
    few, many = (in_crowd(probability, 0.0, crowd) for crowd in sorted((one, other)))
    assert probability - 1e-12 <= many <= few + 1e-12 <= 1 + 2e-12


def test_odds_fall_as_the_crowd_grows() -> None:
    assert in_crowd(0.2, 0.1, CROWD) == in_crowd(0.2, 0.1, 10 * CROWD) == pytest.approx(0.2)
    assert in_crowd(0.2, 0.1, CROWD // 2) == pytest.approx(1 / 3)
    assert in_crowd(0.2, 0.1, 1) == in_crowd(0.2, 0.1, 4)


def test_one_text_is_seen_in_the_texts_whatever_the_crowd() -> None:
    assert in_crowd(0.2, 0.2, 1) == 0.2


def test_an_outlets_next_notice_from_one_mould_is_another_event() -> None:
    def notice(place: str, day: int) -> Profile:
        plain = profile(f"Kestrel storage is available in {place} with shorter ways", days=day)
        return replace(plain, article=replace(plain.article, provider=Provider("", "k.example")))

    assert event(notice("Northmark", 0), notice("Southfell", 28)) < 0.1


def test_a_title_that_stands_over_anything_says_nothing() -> None:
    for title in ("Report", "Weather", "The news"):
        found = signals(profile(title), profile(title, 1.5))
        assert found.title == found.titles == 0
    found = signals(profile("Report from Brackwater"), profile("Report from Brackwater", 1.5))
    assert found.title == found.titles == 1

"""Scores are sums of parts by rules that are written down."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.ask.fusion import Column, Ranked, Ranking, SoftConstraints, fuse
from semsearch.ask.retrieval import attained
from semsearch.ask.times.spans import Window
from semsearch.config import RankSettings
from semsearch.model.article import EMBEDDED, Field
from semsearch.model.search import Mode
from semsearch.store.protocols import UNDATED
from semsearch.store.snapshot import Candidates

Cosines = Mapping[Field, Sequence[float]]

WHOLE: Cosines = {
    Field.TITLE: [0.5],
    Field.EXCERPT: [0.6],
    Field.BODY: [0.2, 0.8, 0.4],
    Field.LEAD: [0.7],
}
WEIGHTS = RankSettings(
    title=0.1, lead=0.2, passage=0.3, lexical_title=0.4, lexical_lead=0.5, lexical_body=0.6
)
NOW = datetime(2024, 3, 20, 12, tzinfo=UTC)


def candidates(
    *articles: Cosines,
    published: Sequence[datetime | None] = (),
    content: Sequence[int] = (),
) -> Candidates:
    """Candidates 10, 11, ... with a passage for each similarity; cosines are ten times smaller."""
    rows = [
        (EMBEDDED.index(field), value)
        for one in articles
        for field in EMBEDDED
        for value in one.get(field, ())
    ]
    counts = [sum(map(len, one.values())) for one in articles]
    dates = [UNDATED if one is None else int(one.timestamp()) for one in published]
    similarity = np.array([value for _, value in rows], np.float32)
    return Candidates(
        pks=np.arange(10, 10 + len(articles)),
        published=np.array(dates or [UNDATED] * len(articles), np.int64),
        content=np.array(content or range(len(articles)), np.int64),
        first=np.concatenate([[0], np.cumsum(np.array(counts, np.int64))]),
        field=np.array([field for field, _ in rows], np.int8),
        start=np.zeros(len(rows), np.int32),
        end=np.ones(len(rows), np.int32),
        cosine=similarity / np.float32(10),
        similarity=similarity,
    )


def parts_of(article: Cosines, mode: Mode, **shares: float) -> dict[str, float]:
    lexical = {Field(name): {10: share} for name, share in shares.items()}
    return dict(fuse(candidates(article), lexical, mode, WEIGHTS)[0].parts)


def dated(published: datetime | None, constraints: SoftConstraints) -> dict[str, float]:
    found = candidates(WHOLE, published=[published])
    return dict(fuse(found, {}, Mode.DENSE, WEIGHTS, constraints)[0].parts)


@pytest.mark.parametrize(
    ("article", "title", "lead", "passage"),
    [
        pytest.param(WHOLE, 0.5, 0.7, 0.8, id="whole"),
        pytest.param({**WHOLE, Field.TITLE: []}, 0.8, 0.7, 0.8, id="no-title"),
        pytest.param({**WHOLE, Field.BODY: []}, 0.5, 0.7, 0.7, id="no-body"),
        pytest.param({**WHOLE, Field.TITLE: [0.9]}, 0.9, 0.7, 0.9, id="nearest-is-the-title"),
        pytest.param({**WHOLE, Field.EXCERPT: [0.9]}, 0.5, 0.7, 0.9, id="nearest-is-the-excerpt"),
        pytest.param({Field.TITLE: [0.5], Field.LEAD: [0.7]}, 0.5, 0.7, 0.7, id="only-a-title"),
        pytest.param({Field.TITLE: [0.5]}, 0.5, 0.5, 0.5, id="no-lead"),
        pytest.param({Field.BODY: [-0.3], Field.LEAD: [-0.1]}, -0.1, -0.1, -0.1, id="negative"),
        pytest.param({}, 0, 0, 0, id="nothing"),
    ],
)
def test_vectors_add_title_lead_and_the_nearest_text(
    article: Cosines, title: float, lead: float, passage: float
) -> None:
    expected = {"title": 0.1 * title, "lead": 0.2 * lead, "passage": 0.3 * passage}
    assert parts_of(article, Mode.DENSE) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("article", "title", "lead", "body"),
    [
        pytest.param(WHOLE, 0.1, 0.3, 0.9, id="whole"),
        pytest.param({**WHOLE, Field.TITLE: []}, 0.9, 0.3, 0.9, id="no-title"),
        pytest.param({**WHOLE, Field.BODY: []}, 0.1, 0.3, 0.3, id="no-body"),
        pytest.param({Field.LEAD: [0.2], Field.EXCERPT: [0.2]}, 0.3, 0.3, 0.3, id="only-excerpt"),
    ],
)
def test_words_add_title_lead_and_body(
    article: Cosines, title: float, lead: float, body: float
) -> None:
    expected = {
        "lexical_title": 0.4 * title,
        "lexical_lead": 0.5 * lead,
        "lexical_body": 0.6 * body,
    }
    found = parts_of(article, Mode.LEXICAL, title=0.1, lead=0.3, body=0.9)
    assert found == pytest.approx(expected, abs=1e-6)


def test_both_kinds_add_up_in_a_hybrid_question() -> None:
    shares = {"title": 0.1, "lead": 0.3, "body": 0.9}
    both = parts_of(WHOLE, Mode.HYBRID, **shares)
    dense, lexical = parts_of(WHOLE, Mode.DENSE), parts_of(WHOLE, Mode.LEXICAL, **shares)
    assert both == dense | lexical
    assert list(both) == list(RankSettings.model_fields)


def test_a_part_without_weight_is_not_shown() -> None:
    ranked = fuse(candidates(WHOLE), {}, Mode.DENSE, WEIGHTS.model_copy(update={"lead": 0.0}))
    assert set(ranked[0].parts) == {"title", "passage"}


@given(
    st.lists(
        st.fixed_dictionaries(
            {field: st.lists(st.floats(-1, 1, width=32), max_size=3) for field in EMBEDDED}
        ),
        max_size=8,
    ),
    st.lists(st.floats(0, 1), min_size=8, max_size=8),
)
def test_parts_sum_to_the_score_and_the_best_come_first(
    articles: list[Cosines], shares: list[float]
) -> None:
    found = candidates(*articles)
    lexical = {Field.BODY: dict(enumerate(shares, 10)), Field.LEAD: {11: 0.5}}
    ranked = fuse(found, lexical, Mode.HYBRID)
    assert sorted(one.pk for one in ranked) == found.pks.tolist()
    for one in ranked:
        assert found.pks[one.row] == one.pk
        assert sum(one.parts.values()) == pytest.approx(one.score, abs=1e-9)
    assert list(ranked) == sorted(ranked, key=lambda one: (-one.score, one.pk))


def plain(
    found: Candidates, lexical: Mapping[Field, Mapping[int, float]], constraints: SoftConstraints
) -> list[Ranked]:
    """What ``fuse`` does in columns, article by article."""
    ranked = []
    for row, pk in enumerate(found.pks.tolist()):
        span = range(found.first[row], found.first[row + 1])
        best = {
            field: max(
                (float(found.similarity[i]) for i in span if found.field[i] == place), default=None
            )
            for place, field in enumerate(EMBEDDED)
        }

        known = {field: value for field, value in best.items() if value is not None}
        nearest = max(known.values(), default=0.0)
        share = {field: lexical.get(field, {}).get(pk, 0.0) for field in Field}
        lead = share[Field.LEAD]
        body = lead if best[Field.BODY] is None else share[Field.BODY]
        values = {
            "title": WEIGHTS.title * known.get(Field.TITLE, nearest),
            "lead": WEIGHTS.lead * known.get(Field.LEAD, nearest),
            "passage": WEIGHTS.passage * nearest,
            "lexical_title": WEIGHTS.lexical_title
            * (body if best[Field.TITLE] is None else share[Field.TITLE]),
            "lexical_lead": WEIGHTS.lexical_lead * lead,
            "lexical_body": WEIGHTS.lexical_body * body,
        }
        if (constraints.unwanted | constraints.favoured) & set(found.pks.tolist()):
            values["provider"] = (
                -0.5 if pk in constraints.unwanted else 0.05 if pk in constraints.favoured else 0.0
            )
        parts = {name: float(np.round(value, 6)) for name, value in values.items()}
        total = 0.0
        for value in parts.values():
            total += value
        ranked.append(Ranked(pk, row, float(np.round(total, 6)), parts))
    return sorted(ranked, key=lambda one: (-one.score, one.pk))


KEYS = st.frozensets(st.integers(8, 20), max_size=5)


@given(
    st.lists(
        st.fixed_dictionaries(
            {field: st.lists(st.floats(-1, 1, width=32), max_size=3) for field in EMBEDDED}
        ),
        max_size=8,
    ),
    st.dictionaries(
        st.sampled_from([Field.TITLE, Field.LEAD, Field.BODY]),
        st.dictionaries(st.integers(8, 20), st.floats(0, 1)),
    ),
    KEYS,
    KEYS,
)
def test_columns_give_what_adding_up_article_by_article_gives(
    articles: list[Cosines],
    lexical: dict[Field, dict[int, float]],
    unwanted: frozenset[int],
    favoured: frozenset[int],
) -> None:
    found, constraints = candidates(*articles), SoftConstraints(unwanted, favoured)
    ranked = fuse(found, lexical, Mode.HYBRID, WEIGHTS, constraints)
    assert list(ranked) == plain(found, lexical, constraints)


def test_equal_scores_are_in_order_of_key() -> None:
    ranked = fuse(candidates(WHOLE, WHOLE, WHOLE), {}, Mode.HYBRID)
    assert [one.pk for one in ranked] == [10, 11, 12]


# --- what the question asks for ---------------------------------------------------------------


def test_unwanted_sources_lose_half_a_point_and_mentioned_ones_gain_a_little() -> None:
    constraints = SoftConstraints(unwanted=frozenset({10, 11}), favoured=frozenset({11, 12}))
    ranked = fuse(candidates(WHOLE, WHOLE, WHOLE, WHOLE), {}, Mode.DENSE, WEIGHTS, constraints)
    assert {one.pk: one.parts["provider"] for one in ranked} == {
        10: -0.5,
        11: -0.5,
        12: 0.05,
        13: 0,
    }
    assert [one.pk for one in ranked] == [12, 13, 10, 11]


def test_what_nobody_asks_for_is_no_part() -> None:
    nothing = SoftConstraints(asked_at=None, unwanted=frozenset({77}))
    assert set(dated(NOW, nothing)) == {"title", "lead", "passage"}


MARCH = Window(date(2021, 3, 1), date(2021, 3, 31), event=False)
MARCH_EVENT = replace(MARCH, event=True)


@pytest.mark.parametrize(
    ("window", "published", "penalty"),
    [
        (MARCH, datetime(2021, 3, 1, tzinfo=UTC), 0),
        (MARCH, datetime(2021, 3, 31, 23, 59, 59, tzinfo=UTC), 0),
        (MARCH, datetime(2021, 2, 27, tzinfo=UTC), 0.30 + 0.20 * 2 / 60),
        (MARCH, datetime(2021, 4, 30, 23, 59, 59, tzinfo=UTC), 0.30 + 0.20 * 30 / 60),
        (MARCH, datetime(2020, 3, 1, tzinfo=UTC), 0.50),
        (MARCH, datetime(2031, 3, 1, tzinfo=UTC), 0.50),
        (MARCH, None, 0.50),
        (MARCH_EVENT, datetime(2021, 3, 20, tzinfo=UTC), 0),
        (MARCH_EVENT, datetime(2021, 1, 30, tzinfo=UTC), 0.12 + 0.18 * 30 / 60),
        (MARCH_EVENT, datetime(2021, 4, 30, 23, 59, 59, tzinfo=UTC), (0.12 + 0.18 * 30 / 60) / 2),
        (MARCH_EVENT, datetime(2024, 4, 30, tzinfo=UTC), 0.15),
        (MARCH_EVENT, None, 0.30),
        (Window(date(2021, 3, 1), date.max, event=False), datetime(9999, 12, 31, tzinfo=UTC), 0),
        (Window(date.min, date(2021, 3, 31), event=False), datetime(1, 1, 1, tzinfo=UTC), 0),
        (Window(date.min, date(2021, 3, 31), event=False), None, 0.50),
    ],
)
def test_a_date_outside_the_window_costs_more_the_farther_it_is(
    window: Window, published: datetime | None, penalty: float
) -> None:
    expected = {"date": pytest.approx(-penalty, abs=1e-5)} if penalty else {}
    found = dated(published, SoftConstraints(windows=(window,)))
    assert {name: value for name, value in found.items() if name == "date"} == expected


@pytest.mark.parametrize(
    ("days", "value"),
    [
        (0, 0.5),
        (7, 0.5),
        (14, 0.5 / np.e),
        (21, 0.5 / np.e**2),
        (-1.9, 0.5),
        (-2.1, 0),
        (-400, 0),
    ],
)
def test_the_newest_before_the_moment_of_asking_gain_most(days: float, value: float) -> None:
    found = dated(NOW - timedelta(days=days), SoftConstraints(asked_at=NOW))
    assert found.get("freshness", 0) == pytest.approx(value, abs=1e-6)


def test_an_unknown_date_is_not_fresh() -> None:
    assert "freshness" not in dated(None, SoftConstraints(asked_at=NOW))
    both = candidates(WHOLE, WHOLE, published=[None, NOW])
    ranked = fuse(both, {}, Mode.DENSE, WEIGHTS, SoftConstraints(asked_at=NOW))
    assert [(one.pk, one.parts["freshness"]) for one in ranked] == [(11, 0.5), (10, 0)]


# --- folding ----------------------------------------------------------------------------------


def test_equal_texts_fold_into_the_best_ranked() -> None:
    weaker = {**WHOLE, Field.TITLE: [0.1]}
    found = candidates(weaker, WHOLE, WHOLE, weaker, content=[7, 8, 7, 7])
    ranked = fuse(found, {}, Mode.DENSE, WEIGHTS)
    folded = ranked.fold(found.content, np.ones(len(found), np.bool_))
    assert [(one.pk, one.folded) for one in folded] == [(11, ()), (12, (10, 13))]
    by_key = {one.pk: one for one in ranked}
    assert [replace(one, folded=()) for one in folded] == [by_key[11], by_key[12]]


@given(st.lists(st.integers(0, 4), max_size=12))
def test_folding_loses_nobody(content: list[int]) -> None:
    found = candidates(*([WHOLE] * len(content)), content=content)
    folded = fuse(found, {}, Mode.DENSE).fold(found.content, np.ones(len(found), np.bool_))
    assert sorted(pk for one in folded for pk in (one.pk, *one.folded)) == found.pks.tolist()
    assert len(folded) == len(set(content))


# --- shares -----------------------------------------------------------------------------------


def test_a_share_is_of_what_all_words_could_attain() -> None:
    assert attained({1: 1.5, 2: 0.0}, {"otter": 2.0, "cod": 1.0}) == {1: 0.5, 2: 0.0}
    assert attained({1: 1.0}, {}) == {}
    assert attained({}, {"otter": 2.0}) == {}


def test_a_ranked_article_stands_for_nobody_by_itself() -> None:
    assert Ranked(1, 0, 0.5, {}).folded == ()


VALUES = st.floats(-1, 1, allow_subnormal=False)
PARTS = st.integers(0, 12).flatmap(
    lambda n: st.lists(st.lists(VALUES, min_size=n, max_size=n), min_size=1, max_size=4)
)


def column(values: list[float]) -> Column:
    return np.array(values, np.float64)


def made(parts: list[list[float]]) -> Ranking:
    columns = {f"part{i}": column(values) for i, values in enumerate(parts)}
    return Ranking.of(np.arange(len(parts[0])) * 3 + 5, columns)


def added_up(parts: list[list[float]]) -> list[Ranked]:
    """The same, slowly."""
    articles = []
    for row, values in enumerate(zip(*parts, strict=True)):
        rounded = {f"part{i}": float(np.round(v, 6)) for i, v in enumerate(values)}
        total = 0.0
        for value in rounded.values():
            total += value
        score = float(np.round(total, 6))
        articles.append(Ranked(row * 3 + 5, row, score, rounded))
    return sorted(articles, key=lambda one: (-one.score, one.pk))


@given(PARTS)
def test_it_is_what_adding_and_sorting_gives(parts: list[list[float]]) -> None:
    assert list(made(parts)) == added_up(parts)


@given(PARTS)
def test_parts_may_be_added_one_after_the_other(parts: list[list[float]]) -> None:
    ranking = made(parts[:1])
    for i, values in enumerate(parts[1:], start=1):
        ranking = ranking.adding(f"part{i}", column(values))
    found = list(ranking)
    assert sorted(found, key=lambda one: one.pk) == sorted(added_up(parts), key=lambda one: one.pk)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_a_part_that_is_the_same_for_all_moves_nobody() -> None:
    ranking = made([[0.1, 0.3, 0.3, 0.2]])
    assert [one.row for one in ranking] == [1, 2, 3, 0]
    ranking = ranking.adding("a", column([0, 0, 0.1, 0])).adding("b", column([0, 0.1, 0, 0]))
    assert [one.row for one in ranking] == [2, 1, 3, 0]  # equal now, and as they were before


@given(PARTS, st.data())
def test_some_of_them_keep_their_order(parts: list[list[float]], data: st.DataObject) -> None:
    ranking = made(parts)
    n = len(ranking)
    keep = data.draw(st.lists(st.booleans(), min_size=n, max_size=n))
    expected = [one for one in ranking if keep[one.row]]
    assert list(ranking.among(np.array(keep, np.bool_))) == expected


@given(st.lists(st.tuples(st.integers(0, 3), VALUES), max_size=12))
def test_folding_is_what_grouping_one_by_one_gives(given_: list[tuple[int, float]]) -> None:
    content = [group for group, _ in given_]
    ranking = made([[value for _, value in given_]])
    groups: dict[int, list[Ranked]] = {}
    for one in ranking:
        groups.setdefault(content[one.row], []).append(one)
    expected = [
        replace(best, folded=tuple(one.pk for one in rest)) for best, *rest in groups.values()
    ]
    assert (
        list(ranking.fold(np.array(content, np.int64), np.ones(len(content), np.bool_))) == expected
    )


def test_it_is_a_sequence() -> None:
    ranking = made([[0.1, 0.3, 0.2]])
    assert len(ranking) == 3
    assert [one.row for one in ranking[:2]] == [1, 2]
    assert ranking[-1].row == ranking[2].row == 0
    assert ranking[5:] == []
    assert ranking[1] in ranking


def test_beside_a_day_the_penalty_sets_in_over_a_week() -> None:
    day = SoftConstraints(windows=(Window(date(2024, 3, 4), date(2024, 3, 4), event=False),))
    month = SoftConstraints(windows=(Window(date(2024, 3, 1), date(2024, 3, 31), event=False),))
    by_day = [
        dated(datetime(2024, 3, n, 12, tzinfo=UTC), day).get("date", 0) for n in (4, 5, 7, 12, 20)
    ]
    assert by_day == sorted(by_day, reverse=True)
    assert by_day[0] == 0
    assert by_day[1] > -0.06
    assert by_day[3] < -0.3
    assert dated(datetime(2024, 4, 2, tzinfo=UTC), month)["date"] < -0.3

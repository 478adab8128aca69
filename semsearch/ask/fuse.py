"""Fusing evidence: one weighted sum whose parts are shown.

Dense parts are similarities of the question with the title, the lead and the best passage.
Lexical parts are, per field, the share of what the question's words could attain there: the sum of
``idf * saturation`` over the words that the field holds, divided by the sum of their ``idf``. That
lies in 0..1 whatever else was found, so a rare word that is missing keeps the part small and
common words alone cannot lift it. A linear sum of normalised scores beats reciprocal-rank fusion
(Bruch et al., 2023, ACM TOIS 42(1)); weights and measures stand in docs/measured.md.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from semsearch.ask.ranking import Column, Ranking
from semsearch.ask.reading import Window
from semsearch.model.article import EMBEDDED, Field
from semsearch.model.search import Mode
from semsearch.store.backend import LEXICAL_FIELDS, UNDATED, Candidates

_DAY = 86_400
_DAYS_AFTER = 2  # the moment of asking may be midnight of its day
_DENSE = ("title", "lead", "passage")


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts, for indexes with and without bodies.

    Where an article has no title of its own, its best passage stands for it, in words the body;
    where it has no body, excerpt and lead do.
    """

    title: float = 0.20
    lead: float = 0.30
    passage: float = 0.45
    lexical_title: float = 0.15
    lexical_lead: float = 0.15
    lexical_body: float = 0.45


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the question asks of its sources, as sets of keys, and of time.

    Attributes:
        unwanted: Articles by other outlets than those that are asked for, or by excluded ones.
        favoured: Articles by outlets that are merely mentioned.
        window: The days that are asked for.
        asked_at: The moment of asking; newer articles of the time before it count more.
    """

    unwanted: frozenset[int] = frozenset()
    favoured: frozenset[int] = frozenset()
    window: Window | None = None
    asked_at: datetime | None = None


def fuse(
    candidates: Candidates,
    lexical: Mapping[Field, Mapping[int, float]],
    mode: Mode,
    weights: Weights = Weights(),
    wishes: Wishes = Wishes(),
) -> Ranking:
    """Rank candidates.

    Args:
        candidates: With exact similarities.
        lexical: For each of title, lead and body the attained share of each article, 0..1.
        mode: Which evidence counts; what the question asks of sources and time always does.
        weights: How much each part counts.
        wishes: What the question asks of sources and time.

    Returns:
        All candidates, best first; equal scores in order of key.
    """
    columns: dict[str, Column] = {}
    best = _best_by_field(candidates)
    if mode is not Mode.LEXICAL:
        columns |= _dense_columns(best)
    if mode is not Mode.DENSE:
        columns |= _lexical_columns(candidates, lexical, best)
    parts = {
        name: getattr(weights, name) * column
        for name, column in columns.items()
        if getattr(weights, name)
    }
    wished = _wish_columns(candidates, wishes)
    return Ranking.of(candidates.pks, parts | {n: c for n, c in wished.items() if c.any()})


def _best_by_field(candidates: Candidates) -> dict[Field, Column]:
    """The largest similarity among each article's passages of each field, NaN where it has none."""
    fields = len(EMBEDDED)
    owners = np.repeat(np.arange(len(candidates)), np.diff(candidates.first))
    best = np.full(len(candidates) * fields, -np.inf)
    np.maximum.at(best, owners * fields + candidates.field, candidates.similarity)
    columns = np.where(np.isinf(best), np.nan, best).reshape(-1, fields)
    return {field: columns[:, place] for place, field in enumerate(EMBEDDED)}


def _dense_columns(best: Mapping[Field, Column]) -> dict[str, Column]:
    title, lead = best[Field.TITLE], best[Field.LEAD]
    passage = _first_known(best[Field.BODY], best[Field.EXCERPT], lead, title)
    columns = (_first_known(title, passage), _first_known(lead, passage), passage)
    return {name: np.nan_to_num(c) for name, c in zip(_DENSE, columns, strict=True)}


def _lexical_columns(
    candidates: Candidates,
    lexical: Mapping[Field, Mapping[int, float]],
    best: Mapping[Field, Column],
) -> dict[str, Column]:
    title, lead, body = (_column(candidates.pks, lexical.get(f, {})) for f in LEXICAL_FIELDS)
    body = np.where(np.isnan(best[Field.BODY]), lead, body)
    title = np.where(np.isnan(best[Field.TITLE]), body, title)
    return {"lexical_title": title, "lexical_lead": lead, "lexical_body": body}


def _column(pks: NDArray[np.int64], values: Mapping[int, float]) -> Column:
    """Values by key as a column, 0 where there is none; keys of no candidate are passed over."""
    column = np.zeros(len(pks))
    keys = np.fromiter(values.keys(), np.int64, len(values))
    places = np.searchsorted(pks, keys)
    known = np.append(pks, -1)[places] == keys
    column[places[known]] = np.fromiter(values.values(), np.float64, len(values))[known]
    return column


def _wish_columns(candidates: Candidates, wishes: Wishes) -> dict[str, Column]:
    return {
        "provider": np.where(
            _among(candidates.pks, wishes.unwanted),
            -0.5,
            np.where(_among(candidates.pks, wishes.favoured), 0.05, 0.0),
        ),
        "date": _date_column(candidates.published, wishes.window),
        "freshness": _freshness_column(candidates.published, wishes.asked_at),
    }


def _among(pks: NDArray[np.int64], keys: frozenset[int]) -> NDArray[np.bool_]:
    return np.isin(pks, np.fromiter(keys, np.int64, len(keys)))


def _date_column(published: NDArray[np.int64], window: Window | None) -> Column:
    """0 within the window, a penalty outside that grows with the distance up to 60 days.

    Reports after an event's time are half as bad as ones before it. An unknown date is taken as
    far outside.
    """
    if window is None:
        return np.zeros(len(published))
    first, last = _seconds(window.first), _seconds(window.last) + _DAY
    known = published != UNDATED
    early = np.where(known, np.maximum(first - published, 0), 0) / _DAY
    late = np.where(known, np.maximum(published - last + 1, 0), 0) / _DAY
    days = np.where(known, early + late, 60.0)
    near, far = (0.12, 0.30) if window.event else (0.30, 0.50)
    penalty = np.where(days > 0, near + (far - near) * np.minimum(days / 60, 1), 0.0)
    return -np.where(window.event & (late > 0), penalty / 2, penalty)


def _freshness_column(published: NDArray[np.int64], asked_at: datetime | None) -> Column:
    """Up to 0.7 for the week before the moment of asking, fading by a factor e each week.

    Nothing for what appeared more than two days after it, or at an unknown time.
    """
    if asked_at is None:
        return np.zeros(len(published))
    known = published != UNDATED
    age = np.where(known, asked_at.astimezone(UTC).timestamp() - published, 0.0) / _DAY
    value = 0.7 * np.exp(-np.maximum(age - 7, 0) / 7)
    return np.where(known & (age >= -_DAYS_AFTER), value, 0.0)


def _first_known(*columns: Column) -> Column:
    result = columns[0]
    for column in columns[1:]:
        result = np.where(np.isnan(result), column, result)
    return result


def _seconds(day: date) -> int:
    return (day - date(1970, 1, 1)).days * _DAY


def attained(scores: Mapping[int, float], weights: Mapping[str, float]) -> dict[int, float]:
    """Scores as a share of what the question's words could attain, 0..1."""
    possible = math.fsum(weights.values())
    return {pk: score / possible for pk, score in scores.items()} if possible > 0 else {}

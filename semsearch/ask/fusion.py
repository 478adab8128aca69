"""Fuse evidence into one ranking: a weighted sum whose parts are shown.

The dense part is the largest similarity of the question with the title, the lead or any passage:
what answers says so in one place, and an average over places loses it. Title and lead can be
weighed besides, which evaluation does.
Lexical parts are, per field, the share of what the question's words could attain there: the sum of
``idf * saturation`` over the words that the field holds, divided by the sum of their ``idf``. That
lies in 0..1 whatever else was found, so a rare word that is missing keeps the part small and
common words alone cannot lift it. A linear sum of normalised scores beats reciprocal-rank fusion
(Bruch et al., 2023, ACM TOIS 42(1)); weights and measures stand in docs/measured.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import overload

import numpy as np
from numpy.typing import NDArray

from semsearch.ask.times.spans import Window
from semsearch.config import RankSettings
from semsearch.model.article import EMBEDDED, Field
from semsearch.model.search import Mode
from semsearch.store.protocols import LEXICAL_FIELDS, UNDATED
from semsearch.store.snapshot import Candidates

Column = NDArray[np.float64]

_DIGITS = 6
_DAY = 86_400
_WEEK = 7
_FRESH = 0.5
_DAYS_AFTER = 2  # the moment of asking may be midnight of its day
# Little beside what the first ten hits of a usual answer lie apart: nothing wins by these alone.
_QUALITY = 0.05
_SAME_PROVIDER = 0.05
_BEST_QUALITY = 100


@dataclass(frozen=True, slots=True)
class SoftConstraints:
    """What the question asks of its sources, as sets of keys, and of time.

    Attributes:
        unwanted: Articles by other outlets than those that are asked for, or by excluded ones.
        favoured: Articles by outlets that are merely mentioned.
        windows: The days that are asked for; several are alternatives.
        asked_at: The moment of asking; newer articles of the time before it count more.
    """

    unwanted: frozenset[int] = frozenset()
    favoured: frozenset[int] = frozenset()
    windows: tuple[Window, ...] = ()
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article's score and its parts, which sum to it exactly as rounded.

    ``row`` is its place among the candidates; ``folded`` are the keys of lower ranked articles
    that this one stands for.
    """

    pk: int
    row: int
    score: float
    parts: Mapping[str, float]
    folded: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Ranking(Sequence[Ranked]):
    """Candidates, best first.

    Attributes:
        pks: Keys of all candidates, shape (n,).
        parts: Each part of the score for all candidates, rounded, shape (n,).
        scores: Their sums, rounded, shape (n,).
        rows: Places of the ranked ones among the candidates, best first.
        folded: By row, the keys of those that a candidate stands for.
        settled: The first so many of ``rows`` stay before all others, whatever is added.
    """

    pks: NDArray[np.int64]
    parts: Mapping[str, Column]
    scores: Column
    rows: NDArray[np.intp]
    folded: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    settled: int = 0

    @classmethod
    def of(cls, pks: NDArray[np.int64], parts: Mapping[str, Column]) -> "Ranking":
        """All candidates by the sum of their parts; equal scores in order of key."""
        rounded = {name: np.round(column, _DIGITS) for name, column in parts.items()}
        scores = np.round(sum(rounded.values(), np.zeros(len(pks))), _DIGITS)
        return cls(pks, rounded, scores, np.lexsort((pks, -scores)))

    def settle(self, near: NDArray[np.bool_], number: int) -> "Ranking":
        """With the best ``number`` of those for which ``near``, shape (n,), is true before all."""
        first = self.rows[near[self.rows]][:number]
        others = self.rows[~np.isin(self.rows, first)]
        return replace(self, rows=np.concatenate([first, others]), settled=len(first))

    def adding(self, name: str, part: Column) -> "Ranking":
        """With a further part, shape (n,), in its new order; equal scores stay as they were."""
        parts = {**self.parts, name: np.round(part, _DIGITS)}
        scores = np.round(sum(parts.values(), np.zeros(len(self.pks))), _DIGITS)
        blocks = (self.rows[: self.settled], self.rows[self.settled :])
        rows = np.concatenate([rows[np.argsort(-scores[rows], kind="stable")] for rows in blocks])
        return replace(self, parts=parts, scores=scores, rows=rows)

    def first(self, number: int) -> "Ranking":
        """Only the first ``number``."""
        return replace(self, rows=self.rows[:number], settled=min(self.settled, number))

    def among(self, keep: NDArray[np.bool_]) -> "Ranking":
        """Only those candidates for which ``keep``, shape (n,), is true."""
        kept = keep[self.rows]
        settled = int(np.count_nonzero(kept[: self.settled]))
        return replace(self, rows=self.rows[kept], settled=settled)

    def by_time(self, published: NDArray[np.int64], *, newest: bool, share: float) -> "Ranking":
        """First those that score at least a share of the best, the newest or oldest of them first.

        Args:
            published: Of each candidate, in seconds, ``UNDATED`` where unknown, shape (n,); what
                has no date comes last of them.
            newest: Whether the newest come first, else the oldest.
            share: 0 to 1; where the best score is not above 0, of equal scores.
        """
        if not len(self.rows):
            return self
        scores = self.scores[self.rows]
        best = float(scores.max())
        answers = scores >= min(best, share * best)
        first = self.rows[answers]
        times = published[first]
        order = np.lexsort((-times if newest else times, times == UNDATED))
        rows = np.concatenate([first[order], self.rows[~answers]])
        return replace(self, rows=rows, settled=len(rows))

    def fold(self, homes: NDArray[np.int64], named: NDArray[np.bool_]) -> "Ranking":
        """Only the best ranked of candidates with an equal ``homes``, shape (n,).

        Each names those that it stands for and for which ``named``, shape (n,), is true.
        """
        home = homes[self.rows]
        _, first, group = np.unique(home, return_index=True, return_inverse=True)
        folded: dict[int, tuple[int, ...]] = {}
        for place in np.flatnonzero(first[group] != np.arange(len(home))):
            best, row = int(self.rows[first[group[place]]]), int(self.rows[place])
            if named[row]:
                folded[best] = (*folded.get(best, ()), int(self.pks[row]))
        settled = int(np.count_nonzero(first < self.settled))
        return replace(self, rows=self.rows[np.sort(first)], folded=folded, settled=settled)

    def __len__(self) -> int:
        """How many are ranked."""
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Ranked: ...
    @overload
    def __getitem__(self, place: slice) -> list[Ranked]: ...
    def __getitem__(self, place: int | slice) -> Ranked | list[Ranked]:
        """One of them, or some, best first."""
        if isinstance(place, slice):
            return [self._ranked(int(row)) for row in self.rows[place]]
        return self._ranked(int(self.rows[place]))

    def _ranked(self, row: int) -> Ranked:
        return Ranked(
            pk=int(self.pks[row]),
            row=row,
            score=float(self.scores[row]),
            parts={name: float(column[row]) for name, column in self.parts.items()},
            folded=self.folded.get(row, ()),
        )


def fuse(
    candidates: Candidates,
    lexical: Mapping[Field, Mapping[int, float]],
    mode: Mode,
    weights: RankSettings = RankSettings(),
    constraints: SoftConstraints = SoftConstraints(),
) -> Ranking:
    """Rank candidates.

    Args:
        candidates: With exact similarities.
        lexical: For each of title, lead and body the attained share of each article, 0..1.
        mode: Which evidence counts; what the question asks of sources and time always does.
        weights: How much each part counts.
        constraints: What the question asks of sources and time.

    Returns:
        All candidates, best first; equal scores in order of key.
    """
    columns: dict[str, Column] = {}
    weight = weights.model_dump()
    best = _best_by_field(candidates)
    if mode is not Mode.LEXICAL:
        columns |= _dense_columns(best, weight)
    if mode is not Mode.DENSE:
        columns |= _lexical_columns(candidates, lexical, best)
    parts = {name: weight[name] * column for name, column in columns.items() if weight[name]}
    constrained = _constraint_columns(candidates, constraints)
    return Ranking.of(candidates.pks, parts | {n: c for n, c in constrained.items() if c.any()})


def _best_by_field(candidates: Candidates) -> dict[Field, Column]:
    """The largest similarity among each article's passages of each field, NaN where it has none."""
    fields = len(EMBEDDED)
    owners = np.repeat(np.arange(len(candidates)), np.diff(candidates.first))
    best = np.full(len(candidates) * fields, -np.inf)
    np.maximum.at(best, owners * fields + candidates.field, candidates.similarity)
    columns = np.where(np.isinf(best), np.nan, best).reshape(-1, fields)
    return {field: columns[:, place] for place, field in enumerate(EMBEDDED)}


def _dense_columns(best: Mapping[Field, Column], weight: Mapping[str, float]) -> dict[str, Column]:
    nearest = np.fmax.reduce([best[field] for field in EMBEDDED])
    places = {"title": best[Field.TITLE], "lead": best[Field.LEAD], "passage": nearest}
    return {
        name: np.nan_to_num(_first_known(column, nearest))
        for name, column in places.items()
        if weight[name]
    }


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


def _constraint_columns(candidates: Candidates, constraints: SoftConstraints) -> dict[str, Column]:
    return {
        "provider": np.where(
            _among(candidates.pks, constraints.unwanted),
            -0.5,
            np.where(_among(candidates.pks, constraints.favoured), 0.05, 0.0),
        ),
        "date": _date_column(candidates.published, constraints.windows),
        "freshness": _freshness_column(candidates.published, constraints.asked_at),
    }


def _among(pks: NDArray[np.int64], keys: frozenset[int]) -> NDArray[np.bool_]:
    return np.isin(pks, np.fromiter(keys, np.int64, len(keys)))


def _date_column(published: NDArray[np.int64], windows: Sequence[Window]) -> Column:
    """The smallest penalty by any of the windows; 0 where none is asked for."""
    if not windows:
        return np.zeros(len(published))
    column = np.full(len(published), -np.inf)
    for window in windows:
        column = np.maximum(column, _outside(published, window))
    return column


def _outside(published: NDArray[np.int64], window: Window) -> Column:
    """0 within the window, a penalty outside that grows with the distance up to 60 days.

    Beside a window of up to a week it sets in over the next seven days, for what happens on a day
    is reported around it. Reports after an event's time are half as bad as ones before it. An
    unknown date is taken as far outside.
    """
    first, last = _seconds(window.first), _seconds(window.last) + _DAY
    known = published != UNDATED
    early = np.where(known, np.maximum(first - published, 0), 0) / _DAY
    late = np.where(known, np.maximum(published - last + 1, 0), 0) / _DAY
    days = np.where(known, early + late, 60.0)
    near, far = (0.12, 0.30) if window.event else (0.30, 0.50)
    edge = np.minimum(days / _WEEK, 1) if (window.last - window.first).days < _WEEK else days > 0
    penalty = near * edge + (far - near) * np.minimum(days / 60, 1)
    return -np.where(window.event & (late > 0), penalty / 2, penalty)


def _freshness_column(published: NDArray[np.int64], asked_at: datetime | None) -> Column:
    """Up to 0.5 for the week before the moment of asking, fading by a factor e each week.

    Nothing for what appeared more than two days after it, or at an unknown time.
    """
    if asked_at is None:
        return np.zeros(len(published))
    known = published != UNDATED
    age = np.where(known, asked_at.astimezone(UTC).timestamp() - published, 0.0) / _DAY
    value = _FRESH * np.exp(-np.maximum(age - 7, 0) / 7)
    return np.where(known & (age >= -_DAYS_AFTER), value, 0.0)


def _first_known(*columns: Column) -> Column:
    result = columns[0]
    for column in columns[1:]:
        result = np.where(np.isnan(result), column, result)
    return result


def _seconds(day: date) -> int:
    return (day - date(1970, 1, 1)).days * _DAY


def quality_part(qualities: Sequence[int | None]) -> Column:
    """0 to 0.05 for qualities of 0 to 100; 0 for an unknown one."""
    known = np.array([quality or 0 for quality in qualities], np.float64)
    return _QUALITY * known / _BEST_QUALITY


def diversity_part(providers: Sequence[str], rows: NDArray[np.intp]) -> Column:
    """A penalty of 0.05 for each better ranked article of the same provider.

    The greedy choice of maximal marginal relevance (Carbonell and Goldstein, 1998, SIGIR), with
    "of the same provider" as its similarity: then an article's penalty depends on its place among
    those of its provider alone, and no choice has to be made one by one.

    Args:
        providers: Key of each candidate's provider, shape (n,); the empty one, for unknown, is
            never the same as another.
        rows: The ranked candidates, best first.
    """
    _, codes = np.unique(np.array(providers, np.str_), return_inverse=True)
    ranked = codes[rows]
    order = np.argsort(ranked, kind="stable")
    _, sizes = np.unique(ranked, return_counts=True)
    better = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    part = np.zeros(len(providers))
    part[rows[order]] = -_SAME_PROVIDER * better
    part[[not provider for provider in providers]] = 0.0
    return part

"""Find the watches that an article may concern, among very many, in a few milliseconds.

The questions of all watches stand in one matrix, and their words in one inverted index. What comes
of both is nearly the score that a search would give, and how strongly the article answers at most
(``assessing.Signals``). Watches that come within a margin of counting are then assessed exactly, so
what is shown is a search's score, and the margin alone decides whether one is missed (a test
compares with assessing every watch).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.ask.terms import ASKING_WORDS
from semsearch.config import RankSettings
from semsearch.model.article import EMBEDDED, Article, Field
from semsearch.model.watch import WatchKind
from semsearch.store.catalog.watch_rows import StoredWatch
from semsearch.store.protocols import LEXICAL_FIELDS, ArticleColumns, WordIndex
from semsearch.store.snapshot import Snapshot, ranges
from semsearch.text.tokens import indexed_terms, joined_words, single_forms, terms
from semsearch.watch.assessing import USUAL_DISTANCE, at_most, least_strength

Matrix = NDArray[np.float32]

_MARGIN = 0.08
"""How much the estimate may lie below the score: it knows lengths of articles only on average."""
_STRENGTH_MARGIN = 0.15
"""How much it may lie below the strength, in which the score and words of names count."""
_K1, _B = 1.2, 0.75
_GROWN = 1.25  # an index that has grown so much has other weights of words
_ASKING = terms(" ".join(ASKING_WORDS))


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    """The words of all questions: an inverted index with weights of one state of the index.

    Attributes:
        rows: The place of each term, in any of its forms.
        starts: Term ``t`` has the postings ``starts[t]:starts[t + 1]``, shape (terms + 1,).
        questions: Of each posting, shape (postings,); ``weights`` likewise.
        content: Their rarity where they say what the question is about, else 0.
        unknown: Whether no article holds the term, shape (terms,).
        possible: What the words of each question could attain, shape (questions,).
        whole: The summed rarity of the content of each question, shape (questions,).
        articles: How many articles there were.
    """

    rows: Mapping[str, int]
    starts: NDArray[np.int64]
    questions: NDArray[np.int64]
    weights: Matrix
    content: Matrix
    unknown: NDArray[np.bool_]
    possible: Matrix
    whole: Matrix
    articles: int


@dataclass(frozen=True, slots=True, eq=False)
class _Spread:
    """How questions lie in an archive, each of shape (questions,).

    Attributes:
        lengths: After whitening.
        mean: Cosine of the average lead; ``deviation`` that of leads around it.
    """

    lengths: Matrix
    mean: Matrix
    deviation: Matrix


class Matcher:
    """All watches of an index, for finding those that an article may concern.

    Args:
        watches: All of them.
        weights: What each part of a score counts.
        least: Scores below are of no interest.
        lengths: Mean length of title, lead and body in terms, as the archive has them.
    """

    def __init__(
        self,
        watches: Sequence[StoredWatch],
        weights: RankSettings,
        least: float,
        lengths: Mapping[Field, float],
    ) -> None:
        self._weights = weights
        self._least = least
        self._lengths = lengths
        asked = [
            one for one in watches if one.spec.kind is WatchKind.QUESTION and one.vector is not None
        ]
        self._ids = [one.id for one in asked]
        self._since = np.array([one.since for one in asked], np.int64)
        self._strength = np.array(
            [least_strength(one.spec.min_confidence) for one in asked], np.float32
        )
        self._terms = [one.terms for one in asked]
        dimension = len(asked[0].vector) if asked and asked[0].vector is not None else 0
        self._matrix: Matrix = np.array([one.vector for one in asked], np.float32).reshape(
            len(asked), dimension
        )
        self._words: _Words | None = None
        self._spread_of: tuple[int, _Spread] | None = None

    def __len__(self) -> int:
        """How many watches have a question."""
        return len(self._ids)

    def near(
        self, article: Article, columns: ArticleColumns, written: int, snapshot: Snapshot
    ) -> list[str]:
        """Ids of the watches with a question that an article may concern."""
        if not self._ids:
            return []
        distance = self._distance(columns, snapshot)
        wording, covered = self._wording(article, columns, snapshot)
        w = self._weights
        most = wording + np.float32(w.title + w.lead + w.passage)  # with vectors that are the same
        least = self._strength - _STRENGTH_MARGIN
        may = (at_most(most, distance, covered) >= least) & (self._since < written)
        rows = np.flatnonzero(may)
        score = self._meaning(rows, columns, snapshot) + wording[rows]
        near = score >= self._least - _MARGIN
        near &= at_most(score, distance[rows], covered[rows]) >= least[rows]
        return [self._ids[row] for row in rows[near]]

    # --- meaning ------------------------------------------------------------------------------

    def _distance(self, columns: ArticleColumns, snapshot: Snapshot) -> Matrix:
        leads = columns.field == EMBEDDED.index(Field.LEAD)
        if columns.vectors is None or not leads.any():
            return np.zeros(len(self._ids), np.float32)
        spread = self._spread(snapshot)
        nearest = (self._matrix @ columns.vectors[leads].T).max(axis=1)
        return np.asarray((nearest - spread.mean) / spread.deviation, np.float32)

    def _meaning(
        self, rows: NDArray[np.int64], columns: ArticleColumns, snapshot: Snapshot
    ) -> Matrix:
        """Of some questions the parts by vectors of the score."""
        vectors, lengths = columns.vectors, columns.lengths
        if vectors is None or lengths is None or not len(vectors) or not len(rows):
            return np.zeros(len(rows), np.float32)
        whitening, questions = snapshot.whitening, self._matrix[rows]
        similar = questions @ vectors.T
        if whitening.active:
            images = whitening.images(vectors, lengths)
            whitened = questions @ images.T - images @ whitening.mean
            similar += whitened / self._spread(snapshot).lengths[rows, np.newaxis]
            similar *= 0.5
        best: dict[Field, Matrix] = {}
        for place, field in enumerate(EMBEDDED):
            held = columns.field == place
            if held.any():
                best[field] = similar[:, held].max(axis=1)
        passage = similar.max(axis=1)  # as ask.fusion has it: the nearest text, whichever it is
        title = best.get(Field.TITLE, passage)
        lead = best.get(Field.LEAD, passage)
        w = self._weights
        return np.asarray(w.title * title + w.lead * lead + w.passage * passage, np.float32)

    def _spread(self, snapshot: Snapshot) -> _Spread:
        """How the questions lie in the archive; kept as long as its whitening is the same."""
        whitening = snapshot.whitening
        if self._spread_of is None or self._spread_of[0] != whitening.leads:
            if whitening.active:
                variance = np.einsum("ij,ij->i", self._matrix @ whitening.covariance, self._matrix)
                deviation = np.sqrt(np.maximum(variance, 1e-9))
                spread = _Spread(
                    whitening.question_lengths(self._matrix),
                    self._matrix @ whitening.mean,
                    deviation,
                )
            else:
                ones = np.ones(len(self._ids), np.float32)
                spread = _Spread(ones, 0 * ones, ones / USUAL_DISTANCE)
            self._spread_of = whitening.leads, spread
        return self._spread_of[1]

    # --- words --------------------------------------------------------------------------------

    def _wording(
        self, article: Article, columns: ArticleColumns, snapshot: Snapshot
    ) -> tuple[Matrix, Matrix]:
        """Of each question the parts by words of its score, and the share of its content held."""
        words = self._weighed(snapshot)
        texts = {
            Field.TITLE: article.title if article.has_own_title else "",
            Field.LEAD: article.lead,
            Field.BODY: article.body,
        }
        counts = {
            field: Counter([*indexed_terms(text), *(word.term for word in joined_words(text))])
            for field, text in texts.items()
        }
        held = sorted({words.rows[t] for c in counts.values() for t in c if t in words.rows})
        if not held:
            return np.zeros(len(self._ids), np.float32), np.zeros(len(self._ids), np.float32)
        place = {row: at for at, row in enumerate(held)}
        saturation = np.zeros((len(LEXICAL_FIELDS), len(held)), np.float32)
        for number, field in enumerate(LEXICAL_FIELDS):
            length = sum(counts[field].values())
            mean = max(self._lengths.get(field, 0.0), 1.0)
            k = _K1 * (1 - _B + _B * length / mean)
            for term, times in counts[field].items():
                if term in words.rows:
                    at = number, place[words.rows[term]]
                    saturation[at] = max(saturation[at], times / (times + k))
        rows = np.array(held, np.int64)
        sizes = words.starts[rows + 1] - words.starts[rows]
        postings = ranges(words.starts[rows], sizes)
        questions, weights = words.questions[postings], words.weights[postings]
        of_term = np.repeat(np.arange(len(held)), sizes)
        number_of = len(self._ids)
        unknown = np.where(words.unknown[rows][of_term], weights, 0)
        possible = words.possible + np.bincount(questions, unknown, number_of)
        possible = np.maximum(possible, 1e-6)
        title, lead, body = (
            np.bincount(questions, weights * saturation[n][of_term], number_of) / possible
            for n in range(len(LEXICAL_FIELDS))
        )
        has_body = bool((columns.field == EMBEDDED.index(Field.BODY)).any())
        has_title = bool((columns.field == EMBEDDED.index(Field.TITLE)).any())
        body = body if has_body else lead
        title = title if has_title else body
        w = self._weights
        summed = w.lexical_title * title + w.lexical_lead * lead + w.lexical_body * body
        content = np.bincount(questions, words.content[postings], number_of)
        covered = content / np.maximum(words.whole, 1e-6)
        return np.asarray(summed, np.float32), np.asarray(covered, np.float32)

    def _weighed(self, snapshot: Snapshot) -> _Words:
        """The inverted index; weighed anew when the archive has grown."""
        words = self._words
        if words is None or len(snapshot) > _GROWN * words.articles:
            words = self._words = _weigh(self._terms, len(snapshot), snapshot.words)
        return words


def _weigh(questions: Sequence[Sequence[str]], articles: int, index: WordIndex) -> _Words:
    """The inverted index of some questions' terms, weighed as a search weighs them."""
    by_term: dict[str, list[int]] = {}
    for number, own in enumerate(questions):
        for term in own:
            by_term.setdefault(term, []).append(number)
    frequency = np.array([index.document_frequency(term) for term in by_term], np.float64)
    known = np.maximum(frequency, 1)
    idf = np.log1p((articles - known + 0.5) / (known + 0.5))
    asking = np.array([term in _ASKING for term in by_term], np.bool_)
    weight = np.where(asking, 0.5, 1.0) * np.maximum(idf, 0)
    sizes = np.array([len(own) for own in by_term.values()], np.int64)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    of = np.array([number for own in by_term.values() for number in own], np.int64)
    weights = np.repeat(weight, sizes)
    content = np.repeat(np.where(asking, 0.0, np.maximum(idf, 0)), sizes)
    unknown = frequency == 0
    possible = np.bincount(of, np.where(np.repeat(unknown, sizes), 0, weights), len(questions))
    return _Words(
        rows={form: row for row, term in enumerate(by_term) for form in single_forms(term)},
        starts=starts,
        questions=of,
        weights=weights.astype(np.float32),
        content=content.astype(np.float32),
        unknown=unknown,
        possible=possible.astype(np.float32),
        whole=np.bincount(of, content, len(questions)).astype(np.float32),
        articles=max(articles, 1),
    )


def mean_lengths(articles: Iterable[Article]) -> dict[Field, float]:
    """Mean lengths of the fields of some articles, in terms; of none, those of usual news."""
    totals = {Field.TITLE: 0, Field.LEAD: 0, Field.BODY: 0}
    number = 0
    for article in articles:
        number += 1
        for field in totals:
            text = article.title if field is Field.TITLE else article.text(field)
            totals[field] += len(indexed_terms(text))
    if not number:
        return {Field.TITLE: 9.0, Field.LEAD: 40.0, Field.BODY: 400.0}
    return {field: total / number for field, total in totals.items()}

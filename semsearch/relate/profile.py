"""Profiles: what comparing articles needs of each of them, computed once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from semsearch.library import Library
from semsearch.model.article import FIELDS, Article, DatePrecision, Field, Passage
from semsearch.relate.facts import figures, name_words
from semsearch.relate.idf import WeighedWords, idf_table
from semsearch.relate.occasion import days_named, quoted_runs
from semsearch.store.cache import Cache
from semsearch.store.snapshot import Snapshot
from semsearch.text.shingles import (
    BEGINNING,
    MAX_CHARS,
    ArticleWords,
    Hashes,
    article_words,
    shingles,
    shortened,
    title_hashes,
    word_hash,
)
from semsearch.text.tokens import visible

Vectors = NDArray[np.float32]

_MAX_PASSAGES = 16
SECONDS_A_DAY = 86_400.0
_CACHE_SIZE = 1_500


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """An article as it is compared.

    Attributes:
        article: With its texts.
        words: Of the compared text, with offsets.
        size: Words of the report: the compared text without boilerplate, and without an excerpt
            that stands above a body, which may be the editor's own.
        shingles: Its distinct runs of five words, as sorted hashes.
        all_shingles: The same with such an excerpt; the other article's shingles are looked for
            in these.
        vocabulary: Its distinct words.
        all_words: Distinct words and figures of title and text, boilerplate included.
        names: Distinct words of the names in the beginning, by which texts from one mould differ.
        figures: Figures, months and years of the beginning.
        title_words: Distinct words of the title.
        headline: They, weighed; none where all of them together tell less than one rare word does:
            "Report", "Weather" and "News in brief" stand over anything.
        weighed_names: ``names``, weighed.
        days: Days that title and beginning name, in order, as ordinals of the calendar.
        quoted: Distinct runs of four words between quotation marks.
        passages: float32 (n, d): unit vectors of the first passages of excerpt and body that are
            not boilerplate.
        title_vector, excerpt_vector, body_vector, lead_vector: Unit vectors of the averages of
            the field's passages. None where there is no such passage.
        opening_vector: The same of the lead and the first passage of the report.
        text_vector: The same of all passages of the report.
        seconds: Publication, in seconds since 1970-01-01 UTC; None: unknown.
    """

    article: Article
    words: ArticleWords
    size: int
    shingles: Hashes
    all_shingles: Hashes
    vocabulary: Hashes
    all_words: Hashes
    names: Hashes
    figures: Hashes
    title_words: Hashes
    headline: WeighedWords
    weighed_names: WeighedWords
    days: tuple[int, ...]
    quoted: Hashes
    passages: Vectors
    title_vector: Vectors | None
    excerpt_vector: Vectors | None
    body_vector: Vectors | None
    lead_vector: Vectors | None
    opening_vector: Vectors | None
    text_vector: Vectors | None
    seconds: float | None

    @classmethod
    def of(cls, article: Article, passages: Sequence[Passage], vectors: Vectors) -> "Profile":
        """Profile an article.

        Args:
            article: With its texts.
            passages: As ``text.passages.split_article`` cuts it; may be none.
            vectors: float32 (n, d), the unit vector of each passage.
        """
        return cls._of(article, article_words(article), passages, vectors)

    @classmethod
    def _of(
        cls,
        article: Article,
        words: ArticleWords,
        passages: Sequence[Passage],
        vectors: Vectors,
    ) -> "Profile":
        report = words.report
        with_excerpt = words.hashes[~words.boilerplate]
        beginning = _beginning(article, words)
        report_rows = _rows_of_report(words, passages)
        title_words = np.unique(title_hashes(article))
        text = article.body or article.excerpt
        names = _hashed(name_words(beginning, article.title))
        table = idf_table()
        headline = table.weighed(title_words)
        if headline.weights.sum() < table.rare:
            headline = table.weighed(title_words[:0])
        return cls(
            article=article,
            words=words,
            size=len(report),
            shingles=shingles(report),
            all_shingles=shingles(with_excerpt),
            vocabulary=np.unique(report),
            all_words=np.union1d(
                np.concatenate([words.hashes, title_words]),
                _hashed(figures(_compared_text(article, words), article.title)),
            ),
            names=names,
            figures=_hashed(figures(beginning, article.title)),
            title_words=title_words,
            headline=headline,
            weighed_names=table.weighed(names),
            days=days_named(f"{article.title}\n{text}", article.published),
            quoted=quoted_runs(text),
            passages=vectors[report_rows[:_MAX_PASSAGES]],
            title_vector=_average(vectors, _rows_of(passages, Field.TITLE)),
            excerpt_vector=_average(vectors, _rows_of(passages, Field.EXCERPT)),
            body_vector=_average(vectors, _rows_of(passages, Field.BODY)),
            lead_vector=_average(vectors, _rows_of(passages, Field.LEAD)),
            opening_vector=_average(vectors, [*_rows_of(passages, Field.LEAD), *report_rows[:1]]),
            text_vector=_average(vectors, report_rows),
            seconds=None if article.published is None else article.published.timestamp(),
        )

    @property
    def order(self) -> tuple[str, ...]:
        """Sorts two profiles, so that it does not matter which is called a."""
        article = self.article
        return article.body, article.excerpt, article.title, article.id

    def without(self, places: NDArray[np.intp]) -> "Profile":
        """The profile without some words.

        Its only vector of meaning is that of the title: passages hold those words, too.

        Args:
            places: Of the words, among ``words``.
        """
        kept = np.ones(len(self.words), np.bool_)
        kept[places] = False
        words = self.words
        rest = replace(
            words,
            hashes=words.hashes[kept],
            fields=words.fields[kept],
            starts=words.starts[kept],
            ends=words.ends[kept],
            boilerplate=words.boilerplate[kept],
        )
        profile = self._of(self.article, rest, (), np.empty((0, 0), np.float32))
        title = self.title_vector
        return replace(profile, title_vector=title, lead_vector=title, opening_vector=title)


class ProfileCache:
    """Profiles of articles of one generation, least recently used ones dropped.

    Texts come from the catalog, vectors from the generation; nothing is encoded.
    """

    def __init__(self, library: Library, snapshot: Snapshot) -> None:
        self._catalog = library.catalog
        self._snapshot = snapshot
        self._profiles = Cache[int, Profile](_CACHE_SIZE)

    def get(self, pks: Iterable[int]) -> dict[int, Profile]:
        """Profiles of versions by key; versions that were garbage-collected are missing."""
        return self._profiles.get(list(pks), self._made)

    def _made(self, pks: list[int]) -> dict[int, Profile]:
        articles = self._catalog.by_pk(pks)
        return {
            pk: Profile.of(article, *self._snapshot.vectors_of(pk))
            for pk, article in articles.items()
        }


def profile_article(library: Library, article: Article) -> Profile:
    """The profile of an article that need not be in the index.

    Its passages are encoded, of a long body those of what is looked at.
    """
    pieces = library.split(shortened(article))
    vectors = library.encode([piece.text for piece in pieces])
    return Profile.of(article, [piece.passage for piece in pieces], vectors)


def _hashed(words: Iterable[str]) -> Hashes:
    return np.array(sorted(map(word_hash, words)), np.uint64)


def _beginning(article: Article, words: ArticleWords) -> str:
    """The first words of the report, as they are written."""
    report = np.flatnonzero(words.is_report)[:BEGINNING]
    if not len(report):
        return ""
    pieces = []
    for number in np.unique(words.fields[report]):
        of_field = report[words.fields[report] == number]
        text = article.text(FIELDS[number])
        pieces.append(text[words.starts[of_field[0]] : words.ends[of_field[-1]]])
    return visible("\n".join(pieces)).text


def _compared_text(article: Article, words: ArticleWords) -> str:
    """The compared fields, as far as they were looked at."""
    return "\n".join(
        visible(article.text(FIELDS[number])[:MAX_CHARS]).text
        for number in sorted(set(words.fields.tolist()))
    )


def _rows_of(passages: Sequence[Passage], field: Field) -> list[int]:
    return [row for row, passage in enumerate(passages) if passage.field is field]


def _rows_of_report(words: ArticleWords, passages: Sequence[Passage]) -> list[int]:
    """The rows of passages of excerpt and body that hold words of the report."""
    rows = []
    fields = (Field.BODY,) if words.excerpt_aside else (Field.EXCERPT, Field.BODY)
    for row, passage in enumerate(passages):
        if passage.field in fields:
            number = FIELDS.index(passage.field)
            inside = (
                (words.fields == number)
                & (words.starts >= passage.start)
                & (words.ends <= passage.end)
            )
            if 2 * np.count_nonzero(inside & words.boilerplate) <= np.count_nonzero(inside):
                rows.append(row)
    return rows


def _average(vectors: Vectors, rows: Sequence[int]) -> Vectors | None:
    if not rows:
        return None
    total = vectors[list(rows)].sum(axis=0, dtype=np.float32)
    length = float(np.linalg.norm(total))
    return total / np.float32(length) if length else None


def cosine(a: Vectors | None, b: Vectors | None) -> float | None:
    """The cosine of two unit vectors, -1 to 1; None where one is missing."""
    return None if a is None or b is None else max(-1.0, min(1.0, float(a @ b)))


def days_apart(a: Profile, b: Profile) -> float | None:
    """Between the two dates, whole days where one has no time; None where one is unknown."""
    if a.seconds is None or b.seconds is None:
        return None
    if DatePrecision.DAY in (a.article.precision, b.article.precision):
        return abs(a.seconds // SECONDS_A_DAY - b.seconds // SECONDS_A_DAY)
    return abs(a.seconds - b.seconds) / SECONDS_A_DAY

"""Find where in the archive a quotation stands, by its words.

runs of words -> articles that hold most of them (word index) -> the best place of each (edit
distance) -> those that hold it best
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from math import log

from semsearch.check.alignment import Aligner, Place, Quoted
from semsearch.check.interruptions import without_interruptions
from semsearch.check.words import Words, words_of
from semsearch.deadline import go_on
from semsearch.library import Library
from semsearch.model.article import FIELDS, Article, Field
from semsearch.model.filters import EVERYTHING
from semsearch.relate.facts import credited_agencies
from semsearch.relate.groups import connected
from semsearch.store.catalog.clusters import ClusterKind
from semsearch.store.protocols import LEXICAL_FIELDS
from semsearch.store.snapshot import Snapshot
from semsearch.text import tokens

_HOLDERS = 100
"""Articles that hold a quotation as it is, at most, that are looked at."""
_LOOKED_AT = 24
"""Articles that hold most of its words that are looked at, where none holds it as it is."""
_ALIGNED = 6  # of these, those that are laid beside it word by word
_ALIKE = 75.0
"""Share of a quotation's longest piece, of 100, that stands in one of the likeliest articles, so
that less likely ones need not be looked at."""
_LONGEST_PHRASE = 30  # words of one look-up
_RUN = 3
_MOST_RUNS = 24
_COMMON = 50
"""Articles with a run of words from which it says nothing of where a quotation is from."""
_BY_WORDS = 30
_KEPT_WORDS = 500_000
"""Words of texts that are kept for the next quotation, which often stands in one of the same."""


@dataclass(frozen=True, slots=True)
class Holder:
    """An article with the best place of a quotation in it.

    Attributes:
        pk: Of the article's version.
        field: In which of its texts.
        place: Where there.
    """

    pk: int
    article: Article
    field: Field
    place: Place

    @property
    def span(self) -> tuple[int, int]:
        """The characters of the field from the first to the last word of the quotation."""
        spans = self.place.held.spans
        return spans[self.place.first][0], spans[self.place.last - 1][1]


class Archive:
    """The texts of one generation, looked up by their words. For one check, in one thread."""

    def __init__(self, library: Library, snapshot: Snapshot) -> None:
        self._library = library
        self._snapshot = snapshot
        self._articles: dict[int, Article] = {}
        self._words: dict[tuple[int, Field], Words] = {}
        self._speech: dict[tuple[int, Field], Words | None] = {}
        self._kept = 0
        self._origins: dict[int, frozenset[str]] = {}
        self._idf: dict[str, float] = {}
        self._phrases: dict[tuple[tuple[str, ...], int], list[int]] = {}

    def holders(self, wanted: Quoted) -> list[Holder]:
        """The articles that hold a quotation best, each with its place; those best of all first.

        Where an article holds it word for word, only such articles are given.
        """
        exact = self._with_runs(wanted)
        found = self.places(wanted, exact)
        if not found or found[0].place.edits:
            likely = [pk for pk in self._likely(wanted) if pk not in exact]
            found += self.places(wanted, self._likest(wanted, likely))
        return sorted(found, key=lambda one: one.place.edits)

    def with_text(self, text: str, at_most: int) -> list[int]:
        """Keys of the articles that hold the words of a text one after the other.

        None where that many hold them: then they say nothing of where a text is from.
        """
        terms = [word.term for word in tokens.words(text)]
        held = self._together(terms, at_most)
        return held if len(held) < at_most else []

    def by_words(self, text: str, k: int) -> list[int]:
        """Keys of the articles with most of the rare words of a text, best first."""
        weights = {
            term: rarity
            for term in tokens.terms(text) - tokens.FUNCTION_TERMS
            if (rarity := self._rarity_of(term)) > 0
        }
        fields = dict.fromkeys(LEXICAL_FIELDS, weights)
        return [pk for pk, _ in self._snapshot.words.search(fields, k, EVERYTHING).hits]

    def holding(self, holder: Holder) -> list[int]:
        """Keys of the articles that hold the words of a place as they stand there, its own too."""
        start, end = holder.span
        whole = holder.article.text(holder.field)[start:end]
        return sorted({holder.pk, *self._phrase([word.term for word in tokens.words(whole)])})

    def origins(self, pks: Collection[int]) -> int:
        """How many of some articles are independent.

        Duplicates, and articles that credit one agency, are one.
        """
        if len(pks) <= 1:
            return len(pks)
        lacking = [pk for pk in pks if pk not in self._origins]
        groups = self._library.coverage.clusters_of(
            ClusterKind.GROUP, lacking, self._snapshot.sequence
        )
        for pk, article in self.articles(lacking).items():
            agencies = {f"agency {agency}" for agency in credited_agencies(article)}
            group = {f"group {groups[pk].id}"} if pk in groups else set[str]()
            self._origins[pk] = frozenset(agencies | group)
        holders: dict[str, list[int]] = {}
        for pk in pks:
            for origin in self._origins[pk]:
                holders.setdefault(origin, []).append(pk)
        links = [(same[0], other) for same in holders.values() for other in same[1:]]
        return len(connected(list(pks), links))

    @property
    def rarest(self) -> float:
        """The rarity of a word that no article holds."""
        return log(len(self._snapshot) + 1)

    def rarity(self, key: str) -> float:
        """The natural logarithm of how many articles there are for one that holds a word."""
        return max((self._rarity_of(word.term) for word in tokens.words(key)), default=0.0)

    def _rarity_of(self, term: str) -> float:
        known = self._idf.get(term)
        if known is None:
            held = self._snapshot.words.document_frequency(term)
            known = self._idf[term] = log((len(self._snapshot) + 1) / (held + 1))
        return known

    def words(self, pk: int, field: Field) -> Words:
        """The words of a text."""
        known = self._words.get((pk, field))
        if known is None:
            known = words_of(self._articles[pk].text(field))
            self._kept += len(known)
            if self._kept > _KEPT_WORDS:
                self._words.clear()
                self._speech.clear()
                self._kept = len(known)
            self._words[pk, field] = known
        return known

    def articles(self, pks: Iterable[int]) -> dict[int, Article]:
        """Articles by key, with their texts."""
        wanted = list(pks)
        lacking = [pk for pk in wanted if pk not in self._articles]
        if lacking:
            self._articles |= self._library.hydrate(lacking)
        return {pk: self._articles[pk] for pk in wanted}

    def _speech_of(self, pk: int, field: Field) -> Words | None:
        """The words of a text without what interrupts its quotations; None where nothing does."""
        if (pk, field) not in self._speech:
            text = self._articles[pk].text(field)
            self._speech[pk, field] = without_interruptions(self.words(pk, field), text)
        return self._speech[pk, field]

    def _likest(self, wanted: Quoted, pks: Sequence[int]) -> list[int]:
        """Those of some articles, the likeliest first, in which most of a quotation stands."""
        aligner = Aligner(wanted)
        scores: dict[int, float] = {}
        for start in range(0, len(pks), _ALIGNED):
            for pk, article in self.articles(pks[start : start + _ALIGNED]).items():
                go_on()
                fields = [field for field in FIELDS if article.text(field)]
                scores[pk] = max(aligner.likeness(self.words(pk, field)) for field in fields)
            if max(scores.values()) >= _ALIKE:
                break
        return sorted(scores, key=lambda pk: (-scores[pk], pk))[:_ALIGNED]

    def places(self, wanted: Quoted, pks: Iterable[int]) -> list[Holder]:
        """The best place of a quotation in each of some articles that hold a word of it."""
        aligner = Aligner(wanted)
        found = []
        for pk, article in self.articles(sorted(pks)).items():
            go_on()
            places = [
                (field, place)
                for field in FIELDS
                if article.text(field)
                and (
                    place := aligner.place(
                        self.words(pk, field), partial(self._speech_of, pk, field)
                    )
                )
            ]
            if places:
                # Of equals the fuller text: an excerpt is often how the body begins.
                field, place = min(
                    places, key=lambda one: (_order(wanted, one[1]), -FIELDS.index(one[0]))
                )
                found.append(Holder(pk, article, field, place))
        return found

    def held(self) -> Collection[Article]:
        """The articles that were looked at."""
        return self._articles.values()

    def _with_runs(self, wanted: Quoted) -> list[int]:
        """Articles with all of the runs that no mark interrupts, each word for word."""
        runs = [self._terms(wanted, first, last) for first, last in wanted.runs]
        runs = [run for run in runs if len(run) > 1] or [run for run in runs if run]
        found: set[int] | None = None
        for run in sorted(runs, key=len, reverse=True):
            held = set(self._phrase(run))
            found = held if found is None else found & held
            if not found:
                return []
        return sorted(found or ())

    def _phrase(self, terms: Sequence[str]) -> list[int]:
        """Articles in which terms stand one after the other, long phrases in pieces."""
        found: set[int] | None = None
        for start in range(0, len(terms), _LONGEST_PHRASE):
            go_on()
            part = terms[start : start + _LONGEST_PHRASE]
            held = set(self._together(part, _HOLDERS))
            found = held if found is None else found & held
            if not found:
                return []
        return sorted(found or ())

    def _together(self, terms: Sequence[str], at_most: int) -> list[int]:
        """Articles in which terms stand one after the other; what a draft repeats is kept."""
        key = (tuple(terms), at_most)
        known = self._phrases.get(key)
        if known is None:
            known = self._snapshot.words.phrase(list(terms), at_most, EVERYTHING)
            self._phrases[key] = known
        return known

    def _likely(self, wanted: Quoted) -> list[int]:
        """The articles that hold most of a quotation's runs of words and rare words."""
        scores: dict[int, float] = {}
        for run in self._rarest_runs(wanted):
            go_on()
            held = self._together(run, _COMMON)
            if len(held) < _COMMON:
                weight = len(run) * log((len(self._snapshot) + 1) / (len(held) + 1))
                for pk in held:
                    scores[pk] = scores.get(pk, 0.0) + weight
        weights = {word.term: self.rarity(key) for key in wanted.keys for word in tokens.words(key)}
        by_words = self._snapshot.words.search(
            dict.fromkeys(LEXICAL_FIELDS, weights), _BY_WORDS, EVERYTHING
        )
        for pk, score in by_words.hits:
            scores[pk] = scores.get(pk, 0.0) + score
        return sorted(scores, key=lambda pk: (-scores[pk], pk))[:_LOOKED_AT]

    def _rarest_runs(self, wanted: Quoted) -> list[list[str]]:
        """Runs of three and of two words, the rarest first."""
        found: dict[tuple[str, ...], float] = {}
        for length, least in ((_RUN, 0.0), (_RUN - 1, 2.0)):
            for first, last in wanted.runs:
                for start in range(first, last - length + 1):
                    keys = wanted.keys[start : start + length]
                    rarities = [self.rarity(key) for key in keys]
                    if min(rarities) >= least:
                        terms = tuple(self._terms(wanted, start, start + length))
                        found[terms] = max(rarities) + sum(rarities) / length
        return [list(run) for run in sorted(found, key=lambda run: (-found[run], run))[:_MOST_RUNS]]

    def _terms(self, wanted: Quoted, first: int, last: int) -> list[str]:
        return [word.term for key in wanted.keys[first:last] for word in tokens.words(key)]


def _order(wanted: Quoted, place: Place) -> tuple[int, int]:
    """Fewest changes first; what is left out between sentences that are read apart is no matter."""
    return (len(place.unmatched) if wanted.joints else 0), place.edits

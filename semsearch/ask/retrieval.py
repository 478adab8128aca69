"""Retrieve candidates for a parsed question, and score them exactly.

Candidates come from the nearest vectors and from words, and once more from among what the question
asks for. Which articles hold its phrases, and which what it leaves out, is looked up before. Exact
scores do not depend on what found a candidate.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from semsearch.ask.answering import Asked
from semsearch.ask.fusion import Ranking, SoftConstraints, fuse
from semsearch.ask.outlets import SameOutlets
from semsearch.ask.parsing import ParsedQuery
from semsearch.ask.terms import STOP_ACRONYMS, Term, forms
from semsearch.ask.times.spans import during
from semsearch.ask.wording import Wish
from semsearch.config import RankSettings
from semsearch.deadline import go_on, stage
from semsearch.model.article import Article, Field
from semsearch.model.filters import AllOf, AnyOf, Attribute, Between, Condition, OneOf, timestamp
from semsearch.model.search import Mode, ParseStep, Query, Sort
from semsearch.store.protocols import LEXICAL_FIELDS, MAX_HITS
from semsearch.store.snapshot import Candidates, Snapshot
from semsearch.text.tokens import forms_of, is_unspaced, spellings, stand_in, visible, words

REACH = 4_000
"""A list of answers holds no more articles; scoring these takes a fraction of a second."""
READ_AT_MOST = 4_000
"""So many texts are read for the exact wording of a phrase, the newest."""
_SAYING = "+#&%$€£¥₹@"  # "C++" is not "C", "$5" not "£5"
_PART = re.compile(r"[^\W_]+")
_CHUNK = 200
_FRESH_DAYS = 21
_DAY = 86_400

Vector = NDArray[np.float32]
Texts = Callable[[Sequence[int]], Mapping[int, Article]]


@dataclass(frozen=True, slots=True)
class Holding:
    """What the wording of a question asks of articles, as keys.

    Attributes:
        required: Those that hold its phrases; None where it has none or no article holds any.
        left_out: Those that hold what it leaves out.
        phrases: Its phrases that any article holds; see ``ParsedQuery``.
        notes: What was done, in sentences, with the step of reading that each comes from.
    """

    required: frozenset[int] | None = None
    left_out: frozenset[int] = frozenset()
    phrases: tuple[tuple[str, ...], ...] = ()
    notes: tuple[tuple[ParseStep, str], ...] = ()


@dataclass(frozen=True)
class PreparedQuery:
    """A question, parsed and encoded, against one generation.

    Attributes:
        vector: Of the question, shape (dimension,); None where words alone count.
        condition: What every answer must satisfy.
        holding: Which articles hold its phrases, and what it leaves out.
        same: Which outlets are one.
    """

    query: Query
    parsed: ParsedQuery
    terms: tuple[Term, ...]
    vector: Vector | None
    condition: Condition
    snapshot: Snapshot
    holding: Holding = field(default_factory=Holding)
    same: SameOutlets = field(default_factory=SameOutlets)

    @property
    def sort(self) -> Sort:
        """Which answers come first, by what the asker or else the question says."""
        if self.query.sort is Sort.RELEVANCE and self.parsed.newest:
            return Sort.NEWEST
        return self.query.sort

    @cached_property
    def asked(self) -> Asked:
        """What the question asks for, in a sentence that answers."""
        return Asked.of(self.parsed.text, self.terms)

    @property
    def weights(self) -> dict[str, float]:
        """Weights of the terms that the index holds."""
        return {term.term: term.weight for term in self.terms if term.weight > 0}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Candidates with exact scores of both kinds.

    Attributes:
        lexical: For each field the attained share of each article, 0..1.
        ranking: Their order by that evidence alone.
        words_by: What found articles by words, for people.
    """

    candidates: Candidates
    lexical: Mapping[Field, Mapping[int, float]]
    ranking: Ranking
    words_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Candidates.

    Attributes:
        pks: Their keys.
        words_by: What found articles by words, for people.
        matching: How many articles satisfy the question and its filters, candidates or not; of
            those that are found by words no more than ``REACH + 1`` are counted.
    """

    pks: tuple[int, ...]
    words_by: tuple[str, ...]
    matching: int


def by_field(terms: Mapping[str, float], weights: RankSettings) -> dict[Field, dict[str, float]]:
    """The weight of each term in each field."""
    return {
        field: {term: getattr(weights, f"lexical_{field}") * w for term, w in terms.items()}
        for field in LEXICAL_FIELDS
    }


def retrieve(question: PreparedQuery, weights: RankSettings, pool: int) -> Found:
    """The best by vectors and by words, and again among what the question asks for."""
    snapshot, left_out = question.snapshot, question.holding.left_out
    required = question.holding.required
    if required is not None:
        within = sorted(snapshot.vectors.satisfying(list(required), question.condition))
        return Found(tuple(within[-REACH:]), (snapshot.words.engine,), len(within))
    conditions = [question.condition]
    wanted = _wanted(question)
    if wanted is not None:
        conditions.append(AllOf((question.condition, wanted)))
    weighed = by_field(question.weights, weights)
    pks: dict[int, None] = {}
    words_by: dict[str, None] = {}
    matching: int | None = None
    if question.query.mode is not Mode.LEXICAL:
        unwanted = snapshot.vectors.satisfying(list(left_out), question.condition)
        matching = snapshot.vectors.count(question.condition) - len(unwanted)
    for condition in conditions:
        if question.vector is not None:
            with stage("vector"):
                number = min(pool + len(left_out), MAX_HITS)
                nearest = snapshot.vectors.nearest(question.vector, number, condition)
            kept = [pk for pk, _ in nearest if pk not in left_out]
            pks |= dict.fromkeys(kept[:pool])
        if question.query.mode is not Mode.DENSE:
            with stage("lexical"):
                number = pool if matching is not None else REACH + 1
                number = min(number + len(left_out), MAX_HITS)
                worded = snapshot.words.search(weighed, number, condition)
            kept = [pk for pk, _ in worded.hits if pk not in left_out]
            matching = len(kept) if matching is None else matching
            pks |= dict.fromkeys(kept[:pool])
            words_by[worded.engine] = None
    return Found(tuple(pks), tuple(words_by), matching or 0)


def _wanted(question: PreparedQuery) -> Condition | None:
    """Providers and times that are asked for: more candidates are drawn from there."""
    conditions = (question.parsed.provider_condition(), _time_condition(question))
    parts = tuple(question.same.expand(part) for part in conditions if part is not None)
    return AllOf(parts) if parts else None


def _time_condition(question: PreparedQuery) -> Condition | None:
    """The days that the question names, else the weeks before the moment of asking."""
    spans = [during((window.first, window.last)) for window in question.parsed.windows]
    if spans:
        return AnyOf(tuple(spans))
    if question.query.asked_at is not None:
        now = timestamp(question.query.asked_at)
        return Between(Attribute.PUBLISHED, now - _FRESH_DAYS * _DAY, now + 2 * _DAY)
    return None


def score_exactly(question: PreparedQuery, found: Found, weights: RankSettings) -> Evidence:
    """Score and fuse candidates; with words alone only those that hold any are ranked."""
    pks = found.pks
    with stage("vector"):
        candidates = question.snapshot.candidates(pks, question.vector)
    mode, terms = question.query.mode, question.weights
    lexical: dict[Field, dict[int, float]] = {}
    if mode is not Mode.DENSE:
        with stage("lexical"):
            lexical = {
                field: attained(question.snapshot.words.scores(field, terms, pks), terms)
                for field in LEXICAL_FIELDS
            }
    ranking = fuse(candidates, lexical, mode, weights, soft_constraints(question, pks))
    if mode is Mode.LEXICAL:
        ranking = ranking.among(np.isin(ranking.pks, list(set().union(*lexical.values()))))
    return Evidence(candidates, lexical, ranking, found.words_by)


def attained(scores: Mapping[int, float], weights: Mapping[str, float]) -> dict[int, float]:
    """Scores as a share of what the question's words could attain, 0..1."""
    possible = math.fsum(weights.values())
    return {pk: score / possible for pk, score in scores.items()} if possible > 0 else {}


def soft_constraints(question: PreparedQuery, pks: Sequence[int]) -> SoftConstraints:
    """What the question asks of the sources and the time of these candidates."""
    parsed, snapshot = question.parsed, question.snapshot
    limit = parsed.provider_condition()
    unwanted = (
        frozenset[int]()
        if limit is None
        else frozenset(pks) - snapshot.vectors.satisfying(pks, question.same.expand(limit))
    )
    mentioned = question.same.expand(OneOf(Attribute.PROVIDER, tuple(sorted(parsed.mentioned))))
    favoured = snapshot.vectors.satisfying(pks, mentioned) if parsed.mentioned else set[int]()
    return SoftConstraints(unwanted, frozenset(favoured), parsed.windows, question.query.asked_at)


def look_up(parsed: ParsedQuery, snapshot: Snapshot, condition: Condition, texts: Texts) -> Holding:
    """Find what holds the wording of a question among the articles that satisfy a condition."""
    find = _Finder(snapshot, condition, texts)
    phrases, required, notes = _required(parsed.phrases, find)
    left_out: set[int] = set()
    for wish in parsed.left_out:
        pks = find.holding(wish)
        left_out |= pks
        shown = f'"{wish.words}"'
        notes.append(
            (
                ParseStep.EXCLUSION,
                f"Articles that hold {shown} are left out."
                if pks
                else f"No article holds {shown}, so none is left out for it.",
            )
        )
    if required is not None:
        required -= left_out
    return Holding(required, frozenset(left_out), phrases, tuple(notes))


def holding_of(parsed: ParsedQuery, pk: int, article: Article) -> Holding:
    """What one article holds of the wording of a question, which asks for all of its phrases.

    For who waits for an article: that none holds a phrase yet is no reason to do without it.
    """
    texts = _Texts((article.title, article.excerpt, article.body))

    def holds(wish: Wish) -> bool:
        return any(_holds(texts, replace(wish, words=one)) for one in forms(wish.words, texts))

    required = None
    if parsed.phrases:
        held = all(
            any(holds(Wish(phrase, exact=True)) for phrase in group) for group in parsed.phrases
        )
        required = frozenset({pk} if held else ())
    left_out = frozenset({pk} if any(map(holds, parsed.left_out)) else ())
    return Holding(required, left_out, parsed.phrases)


@dataclass(frozen=True)
class _Texts:
    """The texts of one article, with its words as an index has them."""

    texts: tuple[str, ...]

    def document_frequency(self, term: str) -> int:
        """Whether a term stands in it."""
        return int(any(stand_in(form, text) for form in forms_of(term) for text in self.texts))

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """Every word as written but in lower case."""
        return {word: 1 for text in self.texts for word in spellings(text)}


def _holds(held: _Texts, wish: Wish) -> bool:
    if _is_exact(wish):
        return _stands_in(_as_written(wish.words), held.texts)
    stems = [word.term for word in words(wish.words)]
    return bool(stems) and any(stand_in(stems, text) for text in held.texts)


def _is_exact(wish: Wish) -> bool:
    """Whether words count as they are written: only capitals tell that "US" is no "us"."""
    return wish.exact or bool(_capitals(wish.words))


def _capitals(phrase: str) -> frozenset[str]:
    """The words of a phrase that say something only in capitals; none where all of it is so."""
    parts = _PART.findall(phrase)
    if len(parts) > 1 and phrase.isupper():
        return frozenset()
    return STOP_ACRONYMS.intersection(parts)


def _required(
    groups: Sequence[Sequence[str]], find: "_Finder"
) -> tuple[tuple[tuple[str, ...], ...], frozenset[int] | None, list[tuple[ParseStep, str]]]:
    """The phrases that any article holds, and the articles that hold most of them.

    Of alternatives one is enough.
    """
    held: dict[int, int] = {}
    said: list[str] = []
    phrases: list[tuple[str, ...]] = []
    notes = []
    for group in groups:
        pks: set[int] = set()
        for phrase in group:
            pks |= find.holding(Wish(phrase, exact=True))
        words_shown = " or ".join(f'"{phrase}"' for phrase in group)
        if not pks:
            them = "its words are" if len(group) == 1 else "their words are"
            notes.append(f"No article holds {words_shown}; {them} searched one by one.")
            continue
        said.append(words_shown)
        phrases.append(tuple(group))
        for pk in pks:
            held[pk] = held.get(pk, 0) + 1
    if not said:
        return (), None, [(ParseStep.PHRASE, note) for note in notes]
    most = max(held.values())
    if most == len(said):
        notes = [f"Every answer holds {shown}." for shown in said] + notes
    else:
        number = f"{most} of them" if most > 1 else "one of them"
        notes.insert(
            0, f"No article holds {' and '.join(said)} together; every answer holds {number}."
        )
    chosen = frozenset(pk for pk, number in held.items() if number == most)
    return tuple(phrases), chosen, [(ParseStep.PHRASE, note) for note in notes]


@dataclass(frozen=True, slots=True)
class _Finder:
    snapshot: Snapshot
    condition: Condition
    texts: Texts

    def holding(self, wish: Wish) -> set[int]:
        """The articles that hold some words one after the other, in any of their forms."""
        every = forms(wish.words, self.snapshot.words)
        return set[int]().union(*(self._holding(replace(wish, words=one)) for one in every))

    def _holding(self, wish: Wish) -> set[int]:
        terms = [word.term for word in words(wish.words)]
        if not terms:
            return set()
        pks = self.snapshot.words.phrase(terms, MAX_HITS, self.condition)
        if not _is_exact(wish):
            return set(pks)
        as_written = _as_written(wish.words)
        newest = pks[-READ_AT_MOST:]
        found = set[int]() if wish.exact else set(pks[:-READ_AT_MOST])
        for start in range(0, len(newest), _CHUNK):
            go_on()
            for pk, article in self.texts(newest[start : start + _CHUNK]).items():
                if _stands_in(as_written, (article.title, article.excerpt, article.body)):
                    found.add(pk)
        return found


def _stands_in(phrase: re.Pattern[str], texts: Iterable[str]) -> bool:
    return any(phrase.search(text) or phrase.search(_composed(text)) for text in texts)


def _composed(text: str) -> str:
    """A text as it is seen, in which letters of full and half width, ß and ss are the same.

    Empty for ASCII.
    """
    if text.isascii():
        return ""
    return unicodedata.normalize("NFKC", visible(text).text).casefold()


def _as_written(phrase: str) -> re.Pattern[str]:
    """What finds a phrase in a text as it is written; whole words, where blanks part words.

    Capitals count only where they make another word: US is no "us". Hyphens, commas and the like
    between words do not count; signs that say something do.
    """
    text = _composed(phrase) or phrase
    parts = spellings(text)
    if is_unspaced(phrase):
        return re.compile(r"[\W_]*".join(map(re.escape, parts)), re.IGNORECASE)
    first, *between, last = _signs_around(text, parts)
    acronyms = _capitals(phrase)
    pattern = rf"{first}\s?" if first else r"(?<![^\W_])"
    for part, signs in zip(parts, [*between, None], strict=True):
        pattern += f"(?-i:{part.upper()})" if part.upper() in acronyms else re.escape(part)
        if signs is not None:
            pattern += rf"[\W_]{{0,9}}?{signs}[\W_]{{0,9}}" if signs else r"[\W_]+"
    return re.compile(pattern + (rf"\s?{last}" if last else r"(?![^\W_])"), re.IGNORECASE)


def _signs_around(text: str, parts: Sequence[str]) -> list[str]:
    """The signs before, between and behind the words of a text that say something, as patterns."""
    small, place, gaps = text.lower(), 0, []
    for part in parts:
        start = max(small.find(part, place), place)
        gaps.append(small[place:start])
        place = start + len(part)
    gaps.append(small[place:])
    signs = ["".join(one for one in gap if one in _SAYING) for gap in gaps]
    return [re.escape(some).replace("\\&", "&(?:amp;)?") for some in signs]

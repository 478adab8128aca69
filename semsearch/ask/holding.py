"""Which articles hold the phrases of a question, and which hold what it leaves out."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from semsearch.ask.parsing import ParsedQuery
from semsearch.ask.wording import Wish
from semsearch.deadline import go_on
from semsearch.model.article import Article
from semsearch.model.filters import Condition
from semsearch.model.search import ParseStep
from semsearch.store.protocols import MAX_HITS
from semsearch.store.snapshot import Snapshot
from semsearch.text.tokens import is_unspaced, spellings, words

READ_AT_MOST = 4_000
"""So many texts are read for the exact wording of a phrase, the newest."""
_CHUNK = 200

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


def look_up(parsed: ParsedQuery, snapshot: Snapshot, condition: Condition, texts: Texts) -> Holding:
    """Find what holds the wording of a question among the articles that satisfy a condition.

    Args:
        parsed: The question.
        snapshot: The index.
        condition: What every answer must satisfy.
        texts: Gives articles by key.
    """
    find = _Finder(snapshot, condition, texts)
    phrases, required, notes = _required(parsed.phrases, find)
    left_out: set[int] = set()
    for wish in parsed.left_out:
        words_held, pks = find.longest(wish)
        left_out |= pks
        shown = f'"{words_held}"' if pks else f'"{wish.words}"'
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
    """Finds articles by wording among those that satisfy a condition."""

    snapshot: Snapshot
    condition: Condition
    texts: Texts

    def longest(self, wish: Wish) -> tuple[str, set[int]]:
        """The articles that hold the words, or as many of the first of them as any holds."""
        pks = self.holding(wish)
        parts = wish.words.split()
        while not pks and not wish.exact and len(parts) > 1:
            parts.pop()
            pks = self.holding(Wish(" ".join(parts), exact=False))
        return " ".join(parts), pks

    def holding(self, wish: Wish) -> set[int]:
        """The articles that hold some words one after the other."""
        terms = [word.term for word in words(wish.words)]
        if not terms:
            return set()
        pks = self.snapshot.words.phrase(terms, MAX_HITS, self.condition)
        if not wish.exact:
            return set(pks)
        as_written = _as_written(wish.words)
        newest = pks[-READ_AT_MOST:]
        found: set[int] = set()
        for start in range(0, len(newest), _CHUNK):
            go_on()
            for pk, article in self.texts(newest[start : start + _CHUNK]).items():
                if any(
                    as_written.search(text)
                    for text in (article.title, article.excerpt, article.body)
                ):
                    found.add(pk)
        return found


def _as_written(phrase: str) -> re.Pattern[str]:
    """What finds a phrase in a text as it is written; whole words, where blanks part words."""
    parts = list(map(re.escape, spellings(phrase)))
    if is_unspaced(phrase):
        return re.compile(r"[\W_]*".join(parts), re.IGNORECASE)
    return re.compile(r"(?<![^\W_])" + r"[\W_]+".join(parts) + r"(?![^\W_])", re.IGNORECASE)

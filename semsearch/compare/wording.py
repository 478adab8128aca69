"""How two aligned sentences word the same: words in only one of them, and contrasting labels."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from semsearch.model.article import Phrase
from semsearch.model.comparison import LabelContrast
from semsearch.text.tokens import FUNCTION_TERMS, Word, phrase, phrases, words

# Log-odds of a match from which what stands in the same place may name the same thing.
LABELS_FROM = 1.5
_MAX_LABEL_WORDS = 3
_MAX_SENTENCE_WORDS = 200  # what is longer is a list or a table
_STEM = 3  # characters
_ENDINGS = ("ing", "ed", "s")
_CONTRACTED = re.compile(r"['’]t\b")
_PUNCTUATION = re.compile(r"[^\w\s’'&-]")
# Titles before a name, days and numbers stand where labels do, and name nothing.
_NOT_LABELS = frozenset(
    word.term
    for word in words(
        """mr mrs ms dr sir president former first second last next early earlier late later
        monday tuesday wednesday thursday friday saturday sunday january february march april may
        june july august september october november december today yesterday tomorrow week month
        third fourth fifth
        year one two three four five six seven eight nine ten hundred thousand million billion
        percent told added announced wrote tweeted continued noted"""
    )
)


@dataclass(frozen=True, slots=True)
class WordDifference:
    """Phrases index the first and the second text."""

    only_a: tuple[Phrase, ...]
    only_b: tuple[Phrase, ...]
    labels: tuple[LabelContrast, ...]


def differing_words(a: str, b: str) -> WordDifference:
    """The content words that only one of two sentences uses, and what stands in the same place.

    Words are compared by their stems. Neighbouring words make one phrase. Two phrases are
    contrasting labels where they stand between the same two words of both sentences, and nothing
    else does.
    """
    words_a, words_b = words(a), words(b)
    terms_a, terms_b = {w.term for w in words_a}, {w.term for w in words_b}
    return WordDifference(
        phrases(a, words_a, terms_b), phrases(b, words_b, terms_a), _labels(a, b, words_a, words_b)
    )


def _labels(
    a: str, b: str, words_a: Sequence[Word], words_b: Sequence[Word]
) -> tuple[LabelContrast, ...]:
    if max(len(words_a), len(words_b)) > _MAX_SENTENCE_WORDS:
        return ()
    terms_a, terms_b = [w.term for w in words_a], [w.term for w in words_b]
    matcher = SequenceMatcher(None, terms_a, terms_b, autojunk=False)
    found = []
    for kind, start_a, end_a, start_b, end_b in matcher.get_opcodes():
        inside = start_a and start_b and end_a < len(terms_a) and end_b < len(terms_b)
        if kind != "replace" or not inside:
            continue
        beside = terms_a[start_a - 1], terms_a[end_a]
        run_a, run_b = words_a[start_a:end_a], words_b[start_b:end_b]
        if (
            any(_is_content(term) for term in beside)
            and _is_label(a, run_a, terms_b)
            and _is_label(b, run_b, terms_a)
            and not _is_variant(run_a, run_b)
            and _is_alike(a, run_a, b, run_b)
        ):
            found.append(LabelContrast(phrase(a, run_a), phrase(b, run_b)))
    return tuple(found)


def _is_content(term: str) -> bool:
    return term not in FUNCTION_TERMS and not term[0].isdigit()


def _is_variant(a: Sequence[Word], b: Sequence[Word]) -> bool:
    """Whether two phrases begin with one word in two forms, as *Jan* and *January*."""
    first, second = a[0].term, b[0].term
    return first[:_STEM] == second[:_STEM]


def _is_alike(a: str, run_a: Sequence[Word], b: str, run_b: Sequence[Word]) -> bool:
    """Whether two phrases may be of one kind: as many words, and the last with the same ending."""
    ends = [
        next((end for end in _ENDINGS if text[: run[-1].end].endswith(end)), "")
        for text, run in ((a, run_a), (b, run_b))
    ]
    return len(run_a) == len(run_b) and ends[0] == ends[1]


def _is_label(text: str, run: Sequence[Word], elsewhere: Sequence[str]) -> bool:
    """Words that can name something: no proper names, mostly of two things, no time, no manner."""
    return (
        len(run) <= _MAX_LABEL_WORDS
        and not any(text[word.start].isupper() or word.term in _NOT_LABELS for word in run)
        and not any(word.term[0].isdigit() or word.term in elsewhere for word in run)
        and not text[: run[-1].end].endswith("ly")
        and not _CONTRACTED.match(text, run[-1].end)
        and all(word.term not in FUNCTION_TERMS and len(word.term) > 1 for word in run)
        and not _PUNCTUATION.search(text, run[0].start, run[-1].end)
    )

"""Mend misspelt words and spell out acronyms, both by what the index itself says.

Only a word that the index does not hold, or hardly, is mended, and only into one that is far more
frequent there; names, acronyms and words that the encoder knows stay as they are.
An acronym stands for what most texts spell it out as: "Azure VMware Solution (AVS)".
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from semsearch.ask.terms import ASKING_WORDS, STOP_WORDS

ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]{1,6}\b")

_WORD = re.compile(r"[^\W\d_]+")
_ENDINGS = ("", "s", "es", "ed", "ing", "ly", "er", "d")
_MIN_CHARS = 4
_LONG = 8
_RARE = 3
_MIN_FREQUENCY = 5
_MIN_FREQUENCY_NEAR = 2  # for a long word that is one edit away
_UNKNOWN_RATIO = 25
_RARE_RATIO = 100
_FIRST_LETTER = 0.5
_SMALL = frozenset("of for and the as to in on a".split())
_LONG_FORM = re.compile(
    r"((?:[A-Z][\w-]*[ ]|(?:of|for|and|the|as|to|in|on|a)[ ]|[a-z]+[ ]){1,7}[A-Za-z][\w-]*)\s*"
    r"\(([A-Z][A-Za-z0-9]{1,7})\)"
)
_EXTRA_WORDS = 3
_MIN_TEXTS = 2


class Speller:
    """Mends words by one vocabulary.

    Args:
        vocabulary: Every word of the index with the number of articles it stands in.
        is_word: Whether the encoder knows a text as one word, as it does all common words.
    """

    def __init__(self, vocabulary: Mapping[str, int], is_word: Callable[[str], bool]) -> None:
        self._vocabulary = vocabulary
        self._is_word = is_word
        self._by_length: dict[int, list[str]] = {}
        for word, frequency in vocabulary.items():
            if frequency >= _MIN_FREQUENCY_NEAR:
                self._by_length.setdefault(len(word), []).append(word)

    def mend(self, text: str) -> tuple[str, dict[str, str]]:
        """The text with misspelt words mended, and which word became which."""
        mended: dict[str, str] = {}

        def repaired(match: re.Match[str]) -> str:
            written = match[0]
            if any(letter.isupper() for letter in written[1:]) or (
                written[0].isupper() and match.start() > 0
            ):
                return written
            better = self._nearest(written.lower())
            if better is None:
                return written
            mended[written] = better
            return better

        return _WORD.sub(repaired, text), mended

    def _nearest(self, word: str) -> str | None:
        vocabulary = self._vocabulary
        frequency = vocabulary.get(word, 0)
        if (
            len(word) < _MIN_CHARS
            or word in STOP_WORDS
            or word in ASKING_WORDS
            or frequency > _RARE
        ):
            return None
        if any(self._is_word(word.removesuffix(ending)) for ending in _ENDINGS):
            return None
        allowed = 2 if len(word) >= _LONG else 1
        enough = frequency * (_RARE_RATIO if frequency > 1 else _UNKNOWN_RATIO)
        candidates = [
            candidate
            for length in range(len(word) - allowed, len(word) + allowed + 1)
            for candidate in self._by_length.get(length, ())
        ]
        near = process.extract(
            word, candidates, scorer=OSA.distance, score_cutoff=allowed, limit=None
        )
        ranked = [
            (
                distance + (_FIRST_LETTER if candidate[0] != word[0] else 0),
                -vocabulary[candidate],
                candidate,
            )
            for candidate, distance, _ in near
            if candidate != word
            and vocabulary[candidate] >= enough
            and (vocabulary[candidate] >= _MIN_FREQUENCY or (distance == 1 and len(word) >= _LONG))
        ]
        return min(ranked)[2] if ranked else None


def long_form(acronym: str, texts: Iterable[str]) -> str:
    """What most texts spell an acronym out as, if two or more agree; else an empty text."""
    counts = Counter(form for text in texts for form in _forms(acronym, text))
    if not counts:
        return ""
    form, times = min(counts.items(), key=lambda item: (-item[1], item[0]))
    return form if times >= _MIN_TEXTS else ""


def _forms(acronym: str, text: str) -> Iterable[str]:
    """The shortest run of words before "(ACRONYM)" whose initials spell it."""
    if f"({acronym}" not in text:
        return
    for match in _LONG_FORM.finditer(text):
        if match[2].removesuffix("s") != acronym:
            continue
        words = re.split(r"[ -]+", match[1])
        for count in range(len(acronym), min(len(words), len(acronym) + _EXTRA_WORDS) + 1):
            run = words[-count:]
            initials = "".join(word[0] for word in run).upper()
            strong = "".join(word[0] for word in run if word.lower() not in _SMALL).upper()
            if acronym in (initials, strong) and acronym not in map(str.upper, run):
                yield " ".join(run)
                break

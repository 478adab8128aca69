"""The words of a question: how much each is worth, misspelt ones, and acronyms.

Words are mended and acronyms spelled out by what the index itself says. A word that the index holds
only with other marks (İstanbul, ёлка, απεργία) is read as that. Only a word that the index
does not hold, or hardly, is mended, and only into one that is far more frequent there; names,
acronyms and words that the encoder knows stay as they are. An acronym stands for what most texts
spell it out as: "Azure VMware Solution (AVS)".
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log1p

from semsearch.text.tokens import is_unspaced, search_words

STOP_WORDS = frozenset(
    """a an the this that these those and or but nor so yet if then than as of at by for from in
    into on onto off out over under up down to with without within about against between through
    during before after above below near i me my we us our you your he him his she her it its they
    them their one ones who whom whose what which when where why how whether there here am is are
    was were be been being do does did doing done have has had having can could will would shall
    should may might must not no any some each every all both few more most much many other
    another such own same only just also too very still even ever again once s t don didn doesn
    isn wasn ll re ve m d let get gets got please tell me know
    thanks thank hello hi hey kindly wonder wondering curious""".split()
)
# They say what is done with the news, not what it is about; so they count half.
ASKING_WORDS = frozenset(
    """say says said saying write writes wrote written report reports reported reporting announce
    announces announced announcing announcement announcements explain explains explained describe
    described tell told happen happens happened article articles story stories news press outlet
    outlets coverage cover covered media journalists recently week weeks new latest good best
    thing things somebody someone something anybody anyone mean means called name named work works
    working use uses used using difference itself first""".split()
)
_ACRONYMS = frozenset({"US", "IT", "WHO"})
_ASKING_WEIGHT = 0.5
_MAX_TERMS = 64
_NUMBER = re.compile(r"\d")

ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]{1,6}\b")

_WORD = re.compile(r"[^\W\d_]+")
# Marks that many leave out: accents but the breve of й, Arabic and Hebrew points, the stretching.
_LOOSE_MARKS = re.compile("[\u0300-\u0305\u0307-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670]")
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
_MAX_ACRONYMS = 1_024


@dataclass(frozen=True, slots=True)
class Term:
    """An index term of a question.

    Attributes:
        term: As the index holds it.
        weight: Its inverse document frequency, halved for words of asking; 0 where the index
            does not hold it.
        idf: The inverse document frequency, the largest possible where the index does not hold it.
        is_name: Written like a name, an acronym or a number.
        content: Says what the question is about.
    """

    term: str
    weight: float
    idf: float
    is_name: bool
    content: bool


def weigh(text: str, articles: int, frequency: Callable[[str], int]) -> tuple[Term, ...]:
    """The terms of a question without its stop words; with them if nothing else is left.

    Returns:
        At most 64 different terms, in order of first use.
    """
    written_terms = [
        (text[word.start : word.end], word.term, word.start) for word in search_words(text)
    ]
    capitals = {one for one, _, _ in written_terms if len(one) > 1 and one.isupper()}
    shouting = any(one.lower() in STOP_WORDS for one in capitals - _ACRONYMS) or text.isupper()
    telling = [one for one in written_terms if not _is_stop(one[0], shouting=shouting)]
    terms: dict[str, Term] = {}
    for written, term, start in telling or written_terms:
        if term in terms or len(terms) >= _MAX_TERMS:
            continue
        number = frequency(term)
        idf = log1p((articles - number + 0.5) / (number + 0.5))
        asking = written.lower() in ASKING_WORDS
        terms[term] = Term(
            term=term,
            weight=idf * (_ASKING_WEIGHT if asking else 1.0) if number else 0.0,
            idf=idf,
            is_name=_is_name(written, start),
            content=not asking and not _is_stop(written, shouting=shouting) and len(written) > 1,
        )
    return tuple(terms.values())


def _is_stop(written: str, *, shouting: bool) -> bool:
    """Whether a word says nothing; US, IT and WHO say something, where not all is in capitals."""
    return written.lower() in STOP_WORDS and (shouting or written not in _ACRONYMS)


def _is_name(written: str, start: int) -> bool:
    capital = start > 0 and written[0].isupper()
    return capital or bool(_NUMBER.match(written)) or (len(written) > 1 and written.isupper())


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

    @cached_property
    def _by_letters(self) -> dict[str, str]:
        """Words that are not plain ASCII by their letters without marks, the most frequent ones."""
        marked = [word for word in self._vocabulary if not word.isascii()]
        return {_letters(word): word for word in sorted(marked, key=self._vocabulary.__getitem__)}

    def _with_other_marks(self, word: str) -> str | None:
        """The same letters as the index holds them, where it holds no such word."""
        if word in self._vocabulary or is_unspaced(word):
            return None
        other = self._by_letters.get(_letters(word))
        if other is None:
            return None
        same = [one.term for one in search_words(word)] == [one.term for one in search_words(other)]
        return None if same else other

    def mend(self, text: str) -> tuple[str, dict[str, str]]:
        """The text with misspelt words mended, and which word became which."""
        mended: dict[str, str] = {}

        def repaired(match: re.Match[str]) -> str:
            written = match[0]
            if (other := self._with_other_marks(written.lower())) is not None:
                mended[written] = other
                return other
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
        from rapidfuzz import process  # noqa: PLC0415 - few questions hold a word to mend
        from rapidfuzz.distance import OSA  # noqa: PLC0415

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


def _letters(word: str) -> str:
    """A word without the marks that many leave out, in small letters."""
    bare = _LOOSE_MARKS.sub("", unicodedata.normalize("NFKD", word)).casefold()
    return unicodedata.normalize("NFC", bare.replace("ı", "i"))


class Acronyms:
    """What acronyms stand for in an index; each is looked up once."""

    def __init__(self) -> None:
        self._long_forms: dict[str, str] = {}

    def expand(self, text: str, leads_with: Callable[[str], Sequence[str]]) -> dict[str, str]:
        """The acronyms of a text and what they stand for, unless the text says so itself."""
        expansions = {}
        for short in dict.fromkeys(ACRONYM.findall(text)):
            long = self._long_form(short, leads_with)
            if long and long.casefold() not in text.casefold():
                expansions[short] = long
        return expansions

    def _long_form(self, short: str, leads_with: Callable[[str], Sequence[str]]) -> str:
        long = self._long_forms.get(short)
        if long is None:
            long = long_form(short, leads_with(short))
            if len(self._long_forms) >= _MAX_ACRONYMS:
                self._long_forms.clear()
            self._long_forms[short] = long
        return long


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

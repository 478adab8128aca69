"""The words of a question: how much each is worth, its other forms, misspelt ones, and acronyms.

Other forms of a word (US and U.S., Müller and Mueller) are looked for on the side of the question,
so that an index holds texts as they are. Capitals tell: "us" is no country. Letters that stand for
a marked one ("ue" for "ü") are read as that only where the index holds the word with it, so that
"blue" stays blue.

Words are mended and acronyms spelled out by what the index itself says. A word that the index holds
only with other marks (İstanbul, ёлка, απεργία) is read as that. Only a word that the index
does not hold, or hardly, is mended, and only into one that is far more frequent there; names,
acronyms and words that the encoder knows stay as they are. An acronym stands for what most texts
spell it out as: "Azure VMware Solution (AVS)".
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice, product
from math import log1p
from typing import NamedTuple, Protocol

from semsearch.text.tokens import DOTTED, is_unspaced, joined, search_words, terms_in

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
STOP_ACRONYMS = frozenset({"US", "IT", "WHO"})
"""In capitals they say something, though they are stop words in small letters."""
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
_SHORT = re.compile(r"[A-Z]{2,5}")
_TRANSCRIBED = {"ä": "ae", "ö": "oe", "ø": "oe", "ü": "ue", "å": "aa"}
_MARKED = {"ae": "ä", "oe": "öø", "ue": "ü", "aa": "å", "a": "äå", "o": "öø", "u": "ü"}
_MARK = re.compile("[äöøüå]")
_TWO_LETTERS = re.compile("ae|oe|ue|aa")
_VOWEL = re.compile("[aou]")
_MOST_FORMS = 8


@dataclass(frozen=True, slots=True)
class Term:
    """An index term of a question.

    Attributes:
        term: As the index holds it; of a word with other forms all of them, as ``forms_of`` has it.
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


class Vocabulary(Protocol):
    """The words of some articles; a ``WordIndex`` is one."""

    def document_frequency(self, term: str) -> int:
        """In how many of them a term of a question stands."""
        ...

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """Every word as written but in lower case, with the number of articles it stands in."""
        ...


class Written(NamedTuple):
    """A word of a text as it is written, where it stands, and its other forms, as written.

    ``text`` of letters with points is without them.
    """

    text: str
    term: str
    start: int
    end: int
    others: tuple[str, ...] = ()

    @property
    def every_form(self) -> str:
        """Its term, or those of all its forms as one."""
        terms = {self.term, *map(_terms_of, self.others)}
        return "|".join(sorted(terms, key=lambda one: (" " in one, one)))


def written_words(text: str, index: Vocabulary) -> Iterator[Written]:
    """The words of a text with the other forms in which the index holds them.

    Letters with points are one word where it holds them in a row or without points.
    """
    points = list(DOTTED.finditer(text)) if "." in text else []
    end = 0
    for word in search_words(text):
        if word.start < end:
            continue  # a letter of what is one word
        dotted = next((one for one in points if one.start() == word.start), None)
        if dotted is not None:
            plain, term = joined(dotted[0]), _terms_of(dotted[0])
            if _held(plain, index) or index.document_frequency(term):
                end = dotted.end()
                yield Written(plain, term, word.start, end, (plain,))
                continue
        written = text[word.start : word.end]
        yield Written(written, word.term, word.start, word.end, _other_forms(written, index))


def forms(text: str, index: Vocabulary) -> list[str]:
    """A text, and the same with its words in the other forms in which the index holds them."""
    found = [one for one in written_words(text, index) if one.others]
    choices = [(text[one.start : one.end], *one.others) for one in found]
    every = []
    for chosen in islice(product(*choices), _MOST_FORMS):
        place, parts = 0, list[str]()
        for one, form in zip(found, chosen, strict=True):
            parts += (text[place : one.start], form)
            place = one.end
        every.append("".join([*parts, text[place:]]))
    return every


def _other_forms(written: str, index: Vocabulary) -> tuple[str, ...]:
    if _SHORT.fullmatch(written):
        return _held(f"{'.'.join(written)}.", index)
    word = written.lower()
    if len(written) < _MIN_CHARS or word in STOP_WORDS or not _WORD.fullmatch(written):
        return ()
    return tuple(dict.fromkeys(_transcriptions(word, index)))


def _transcriptions(word: str, index: Vocabulary) -> Iterator[str]:
    """A word with two letters for a mark, or a mark for them, where the index holds it so."""
    if not word.isascii():
        if _MARK.search(word):
            yield from _held(_transcribed(word), index)
        return
    for marked in _replaced(_TWO_LETTERS, word):
        if _held(marked, index) and marked in index.vocabulary:
            yield marked
    for marked in _replaced(_VOWEL, word):
        if (two := _held(_transcribed(marked), index)) and marked in index.vocabulary:
            yield from two


def _transcribed(word: str) -> str:
    return _MARK.sub(lambda one: _TRANSCRIBED[one[0]], word)


def _replaced(pattern: re.Pattern[str], word: str) -> Iterator[str]:
    """A word with each match of a pattern in turn replaced by each marked letter for it."""
    for match in pattern.finditer(word):
        for sign in _MARKED[match[0]]:
            yield word[: match.start()] + sign + word[match.end() :]


def _held(written: str, index: Vocabulary) -> tuple[str, ...]:
    return (written,) if index.document_frequency(_terms_of(written)) else ()


@lru_cache(4_096)
def _terms_of(text: str) -> str:
    """The terms of words that stand one after the other, as one."""
    return " ".join(terms_in(text))


def weigh(text: str, articles: int, index: Vocabulary) -> tuple[Term, ...]:
    """The terms of a question without its stop words; with them if nothing else is left.

    Returns:
        At most 64 different terms, in order of first use.
    """
    written_terms = list(written_words(text, index))
    capitals = {one.text for one in written_terms if len(one.text) > 1 and one.text.isupper()}
    shouting = any(one.lower() in STOP_WORDS for one in capitals - STOP_ACRONYMS) or text.isupper()
    telling = [one for one in written_terms if not _is_stop(one.text, shouting=shouting)]
    terms: dict[str, Term] = {}
    for word in telling or written_terms:
        written, start = word.text, word.start
        term = word.every_form
        if term in terms or len(terms) >= _MAX_TERMS:
            continue
        number = index.document_frequency(term)
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
    return written.lower() in STOP_WORDS and (shouting or written not in STOP_ACRONYMS)


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

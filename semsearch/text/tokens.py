"""Words of a text as the word index holds them: lower case, without accents, stemmed.

Analysed by tantivy, so that a question and an index never differ. Chinese, Japanese, Thai, Lao,
Khmer and Burmese put no blanks between words, and Korean none before endings: there every letter
with its marks is a term, so that any phrase is found, and so are every two in a row, by which a
question finds articles (overlapping bigrams, as Lucene's CJK analyzer makes them).
"""

import html
import re
from collections.abc import Collection, Container, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from semsearch.model.article import Phrase
from semsearch.text.boilerplate import UNSEEN, blanks

# Control characters, and what Unicode calls ignorable (UAX 44, Default_Ignorable_Code_Point).
_IGNORABLE = (
    "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Points and signs of Hebrew and Arabic that most texts leave out, and the stroke that only
# stretches a word; and letters that are written for each other (as Lucene's Arabic analyzer).
_POINTS = (
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
)
_FORMS = dict(zip("أإآٱىیک", "ااااييك", strict=True))
_FORMS |= {chr(first + n): str(n) for first in (0x660, 0x6F0) for n in range(10)}
_FORMS["İ"] = "I"  # else lower case makes two characters of it, and no i
_FORM = re.compile(f"[{''.join(_FORMS)}]")
_HIDDEN = re.compile(f"[{_IGNORABLE}{_POINTS}]")
_ENTITY = re.compile(
    r"&(?:amp;){0,3}(?:(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});"
    r"|(?:nbsp|amp|quot|lt|gt|shy|#\d{2,5})(?![\w;=]))"  # browsers read these without it, too
)
# Line breaks and tabs that a program wrote as it writes them in its source, and Excel's.
_ESCAPE = re.compile(r"(?:\\[rnt])+(?![a-z])|_x000[dD]_")
# Most texts have none of these, which takes a third to see.
_SIGN = re.compile(rf"[{_IGNORABLE}{_POINTS}{''.join(_FORMS)}&<\[\\{{]")
_RARE = ("data:", "DATA:", "_x000")
_ODD = re.compile(
    rf"{_HIDDEN.pattern}|{_FORM.pattern}|&(?:#|[a-zA-Z])|<[a-zA-Z/!]|\]\(|data:|DATA:|\[/?[a-z]"
    r"|^ {0,3}\["
    r"|\\[rnt]|_x000|\{[{%]",
    re.MULTILINE,
)
_MOST_ESCAPES = 4


@dataclass(frozen=True, slots=True)
class Visible:
    """What is seen of a text.

    Attributes:
        text: That.
        starts: Where each of its characters begins in the text; None: where it stands here.
        ends: Where each of them ends there.
    """

    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Characters ``[start, end)`` of what is seen, at least one, as they stand in the text."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def visible(text: str) -> Visible:
    """What readers of a page see of a text.

    Soft hyphens and characters without width are gone, entities are the characters that they stand
    for (escaped twice or not), and tags, shortcodes, link targets and pictures are blanks. Points
    of Hebrew and Arabic are gone, too, and letters and digits of Arabic that are written for each
    other are one.
    """
    if not _is_odd(text):
        return Visible(text)
    parts, starts, ends = list[str](), list[int](), list[int]()
    position = 0
    for start, end, shown in _replaced(text):
        parts += (text[position:start], shown)
        starts += range(position, start)
        ends += range(position + 1, start + 1)
        starts += [start] * len(shown)
        ends += [end] * len(shown)
        position = end
    if not parts:
        return Visible(text)
    parts.append(text[position:])
    starts += range(position, len(text))
    ends += range(position + 1, len(text) + 1)
    return Visible("".join(parts), tuple(starts), tuple(ends))


def _is_odd(text: str) -> bool:
    """Whether anything of a text may not be seen as it stands."""
    is_signed = _SIGN.search(text) is not None or any(it in text for it in _RARE)
    return is_signed and _ODD.search(text) is not None


def _replaced(text: str) -> Iterator[tuple[int, int, str]]:
    """Spans that are not seen as they stand, in order, and what is seen of them."""
    unseen = [(mark.start, mark.end, blank) for mark, blank in blanks(text) if mark.kind in UNSEEN]
    odd = [(one.start(), one.end(), "") for one in _HIDDEN.finditer(text)]
    odd += [(one.start(), one.end(), _FORMS[one[0]]) for one in _FORM.finditer(text)]
    odd += [(one.start(), one.end(), " ") for one in _ESCAPE.finditer(text)]
    odd += [
        (one.start(), one.end(), shown)
        for one in _ENTITY.finditer(text)
        if (shown := _decoded(one[0])) != one[0]
    ]
    position = 0
    for start, end, shown in sorted([*unseen, *odd], key=lambda one: (one[0], -one[1])):
        if start >= position:
            yield start, end, shown
            position = end


def _decoded(entity: str) -> str:
    for _ in range(_MOST_ESCAPES):
        entity, before = html.unescape(entity), entity
        if entity == before:
            break
    return _HIDDEN.sub("", entity).replace("\xa0", " ")


_FUNCTION_WORDS = """a about above after again against all also am an and another any are as at be
    because been before being below between both but by can could did do does doing down during
    each even ever every few for from further had has have having he her here hers him his how i if
    in into is it its itself just may me might more most much must my no nor not now of off on once
    one only onto or other our out over own s said same say saying says she should so some still
    such t than that the their them then there these they this those through to told too under until
    up upon very was we were what when where which while who whom whose why will with within without
    would yet you your"""


class Word(NamedTuple):
    """A word of a text: its index term and where it stands, in characters."""

    term: str
    start: int
    end: int


_word = tuple.__new__  # half the time of calling the class, for every word of every text

_JOINER = "\u2060"  # no text needs it; it stands within the term of a pair
_SCRIPTS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Hangul}\x{30FC}"
_LETTER = rf"[[{_SCRIPTS}]&&[\p{{L}}\x{{30FC}}]]\p{{M}}*"
_WORD = r"[\p{Alphabetic}\p{N}--[%s]][[\p{Alphabetic}\p{M}\p{N}]--[%s]]*" % ((_SCRIPTS,) * 2)
_TOKEN = rf"{_LETTER}(?:\x{{2060}}{_LETTER})?|{_WORD}"
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\uac00-\ud7af\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
_POINTED = re.compile("[\u0590-\u06ff]")
# Blocks with marks that are no letters of their own: there tantivy's quicker tokenizer cuts words.
_MARKED = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u07ff\u0800-\u1cff\u1dc0-\u1dff\u20d0-\u20ff]"
)


def _analyzer(tokenizer: Tokenizer) -> TextAnalyzer:
    return (
        TextAnalyzerBuilder(tokenizer)
        .filter(Filter.remove_long(64))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .filter(Filter.stemmer("english"))
        .build()
    )


ANALYZER = _analyzer(Tokenizer.regex(_TOKEN))
_QUICK = _analyzer(Tokenizer.simple())  # the same terms in half the time, for most texts
AS_WRITTEN = (
    TextAnalyzerBuilder(Tokenizer.regex(_TOKEN))
    .filter(Filter.remove_long(40))
    .filter(Filter.lowercase())
    .build()
)


def words(text: str) -> list[Word]:
    """The words of a text as the index holds them: lower case, without accents, stemmed.

    In scripts without blanks each letter is one; see ``search_words``.
    """
    seen = visible(text)
    tokens = _analyzer_of(seen.text).pre_tokenize(seen.text).tokens
    if seen.starts is None:
        return [
            _word(Word, (token.text, start, token.char_offset_to or start + 1))
            for token in tokens
            for start in (token.char_offset_from,)
        ]
    return [
        Word(token.text, *seen.span(start, token.char_offset_to or start + 1))
        for token in tokens
        for start in (token.char_offset_from,)
    ]


def _analyzer_of(seen: str) -> TextAnalyzer:
    """What cuts the words of a text that is seen so."""
    quick = seen.isascii() or not (_UNSPACED.search(seen) or _MARKED.search(seen))
    return _QUICK if quick else ANALYZER


def is_plain(text: str) -> bool:
    """Whether the words of a part of a text that cuts none of them are those of the whole there."""
    if "[" in text or _is_odd(text):
        return False
    return _analyzer_of(text) is _QUICK


def search_words(text: str) -> list[Word]:
    """The words of a question, with pairs of letters in scripts without blanks.

    A letter that stands alone is a term by itself.
    """
    return list(_paired(text, words(text))) if is_unspaced(text) else words(text)


def search_terms(text: str, wanted: Container[str]) -> tuple[list[str], list[Word]]:
    """The terms of ``search_words``, and those words whose terms are wanted.

    Letters with points count as the word that they make, too.
    """
    if is_unspaced(text):
        found = search_words(text)
        return [word.term for word in found], [word for word in found if word.term in wanted]
    seen = visible(text)
    tokens = _analyzer_of(seen.text).pre_tokenize(seen.text).tokens
    every = [token.text for token in tokens]
    marked = [
        Word(term, *seen.span(start, token.char_offset_to or start + 1))
        for term, token in zip(every, tokens, strict=True)
        if term in wanted
        for start in (token.char_offset_from,)
    ]
    dotted = joined_words(text)
    every += [word.term for word in dotted]
    if held := [word for word in dotted if word.term in wanted]:
        marked = sorted([*marked, *held], key=lambda word: word.start)
    return every, marked


# Letters with points that are read one by one: "U.S.", "u.k."; not "e.g." and "5 p.m."
DOTTED = re.compile(
    r"(?<![\w.])(?:(?:[A-Z]\.){1,4}[A-Z]|(?!(?:e\.g|i\.e|[ap]\.m)\b)(?:[a-z]\.){1,4}[a-z])(?!\w)\.?"
)


def joined(dotted: str) -> str:
    """Letters with points as they are written without: U.S. is US."""
    return dotted.replace(".", "").upper()


def joined_words(text: str) -> list[Word]:
    """The words that letters with points in a text make: "us" where U.S. stands."""
    if "." not in text:
        return []
    return [
        Word(word.term, *match.span())
        for match in DOTTED.finditer(text)
        for word in words(joined(match[0]))
    ]


def forms_of(term: str) -> list[list[str]]:
    """The forms that a term of a question stands for, each of one or more index terms.

    Alternatives are parted by "|" and index terms that stand one after the other by a blank, which
    no index term holds: "us|u s" is US or U.S.
    """
    return [form.split(" ") for form in term.split("|")]


def single_forms(term: str) -> list[str]:
    """Those forms of a term of a question that are one index term."""
    return [form for form in term.split("|") if " " not in form]


def is_unspaced(text: str) -> bool:
    """Whether any of a text is in a script that puts no blanks between words."""
    return not text.isascii() and _UNSPACED.search(text) is not None


def is_pointed(text: str) -> bool:
    """Whether any of a text is in Hebrew or Arabic, whose points and forms count nothing."""
    return not text.isascii() and _POINTED.search(text) is not None


def indexed_text(text: str) -> str:
    """A text as it is given to the word index: with the pairs of letters behind it."""
    text = visible(text).text
    if not is_unspaced(text):
        return text
    return "\n".join([text, " ".join(term for term in indexed_terms(text) if _JOINER in term)])


def indexed_terms(text: str) -> list[str]:
    """The terms that the word index holds of a text: its words, and the pairs of letters."""
    tokens = words(text)
    if not is_unspaced(text):
        return [word.term for word in tokens]
    pairs = [word.term for word in _paired(text, tokens) if _JOINER in word.term]
    return [*(word.term for word in tokens), *pairs]


def _paired(text: str, tokens: Sequence[Word]) -> Iterator[Word]:
    """Words, and in place of letters that stand side by side the pairs of them."""
    before = None
    for place, word in enumerate(tokens):
        if not _UNSPACED.match(text[word.start]):
            before = None
            yield word
            continue
        if before is not None and before.end == word.start:
            yield Word(f"{before.term}{_JOINER}{word.term}", before.start, word.end)
        elif not _goes_on(text, word, tokens[place + 1 : place + 2]):
            yield word
        before = word


def _goes_on(text: str, word: Word, after: Sequence[Word]) -> bool:
    return any(word.end == one.start and _UNSPACED.match(text[one.start]) for one in after)


def spellings(text: str) -> list[str]:
    """The words of a text as they are written, in lower case."""
    return [token.text for token in AS_WRITTEN.pre_tokenize(visible(text).text).tokens]


def terms(text: str) -> frozenset[str]:
    """The words of a text, each once."""
    return frozenset(terms_in(text))


def terms_in(text: str) -> list[str]:
    """The terms of ``words``, in a third of its time."""
    seen = visible(text).text
    return list(_analyzer_of(seen).analyze(seen))


def stand_in(stems: Sequence[str], text: str) -> bool:
    """Whether some terms stand in a text one after the other."""
    stream, length = terms_in(text), len(stems)
    places = range(len(stream) - length + 1)
    return any(stream[place : place + length] == list(stems) for place in places)


FUNCTION_TERMS = terms(_FUNCTION_WORDS)
_GROUPED = re.compile(r"\d+(?:[.,]\d+)+")


def phrases(text: str, tokens: Sequence[Word], elsewhere: Collection[str]) -> tuple[Phrase, ...]:
    """Runs of content words of a text that are not among some terms.

    A number such as 2,400 is one of several terms: all of it is in a run, or nothing.
    """
    numbers = [match.span() for match in _GROUPED.finditer(text)]
    new = {
        span
        for word in tokens
        if word.term not in elsewhere and (span := _held_by(word, numbers)) is not None
    }
    runs: list[list[Word]] = [[]]
    for word in tokens:
        known = word.term in elsewhere or word.term in FUNCTION_TERMS or len(word.term) == 1
        number = _held_by(word, numbers)
        if (number not in new) if number else known:
            runs.append([])
        else:
            runs[-1].append(word)
    return tuple(phrase(text, run) for run in runs if run)


def _held_by(word: Word, spans: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    return next((one for one in spans if one[0] <= word.start and word.end <= one[1]), None)


def phrase(text: str, run: Sequence[Word]) -> Phrase:
    """A run of words as it is cited."""
    start, end = run[0].start, run[-1].end
    return Phrase(start, end, text[start:end])

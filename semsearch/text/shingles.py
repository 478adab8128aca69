"""The words of an article, with offsets, and the shingles by which texts are compared.

What is compared is the report: the body, the excerpt where there is no body to speak of, the title
where there is nothing else. A headline says nothing about where a text is from, and an excerpt
above a body is often one more headline; so it is looked in, but it is not missed. Marked spans
(``text.boilerplate``) are no words at all; captions, galleries, notices and invitations to
subscribe are words that do not count as text of the article.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from semsearch.model.article import FIELDS, Article, Field
from semsearch.text.boilerplate import masked

Hashes = NDArray[np.uint64]
Offsets = NDArray[np.int32]

RUN = 5
"""Words of a shingle: long enough that two writers seldom hit on the same one."""
BEGINNING = 60
"""Words of the text that tell what it reports; what is shared further down may be background."""
MAX_CHARS = 150_000
"""Characters of a field that are looked at: some 25,000 words, ten times a long read."""

# Scripts that set no blanks between words are read by the character.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")

_LINE = re.compile(r"[^\n]+")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\s+(?=[^\s\da-z])|\n+")
# Phrases of notices, captions and pages, looked for in lower case. Agencies after a slash or "via"
# are photo credits. They void the sentence that they stand in and nothing else.
_NOTICES = re.compile(
    r"getty images|hide caption|\b(?:ap|afp|file|pool|handout) photo\b|via (?:ap|reuters|getty)\b"
    r"|/(?:ap|afp|reuters|getty)\b|^\W*photo(?:s|graphs?)? by\b|\(photo(?:s|graph)?\b|image source"
    r"|^\W*photos?:|photo credit|photo galleries|gambling involves|all rights reserved"
    r"|\bterms (?:of use|of service) appl|^\W*terms apply|terms and conditions apply"
    r"|thank you for subscribing"
    r"|may not be (?:published|reproduced|republished)|cannot be held (?:responsible|liable)"
    r"|no guarantees? (?:is|are)\b|at (?:your|their) own risk|sole responsibility of"
    r"|(?:information(?:al)?|educational) purposes only|for informational purposes and"
    r"|must be (?:18|21) or older|is intended to inform"
    r"|does not constitute|professional advice|may earn (?:revenue|a commission)|not a robot"
    r"|enable javascript|\bad ?blocker|replay more videos"
    r"|opinions expressed (?:in|by|here|are)|\bthis material may not\b|download (?:the|our) app"
    r"|you have been successfully added|use the (?:details|information) you have shared"
    r"|agree to the processing|use of your data|please tick here|\bbrands as detailed here\b"
    r"|relevant is this ad|ad froze|is for subscribers only|already a subscriber"
)
# Words of pages that the news uses, too: a notice where it speaks to the reader or is a line.
_PAGE_WORDS = re.compile(
    r"\bphoto(?:s|graph)? by\b|gambling problem|\bterms (?:of use|of service)\b"
    r"|terms and conditions|privacy (?:policy|notice)|newsletter|sign (?:up|in)\b|log in\b"
    r"|\bcookies\b"
    r"|subscri(?:be|ptions?|bers?) (?:to|for|now|today|only)\b|held (?:responsible|liable)"
    r"|(?:18|21) or older|\b(?:just|must) watch(?:ed)?\b|continue reading|^\W*shares\W*$"
    r"|^\W*share (?:this|on)\b|^\W*(?:accept|read more|also read)\b"
)
_TO_THE_READER = re.compile(
    r"\b(?:you|your|our|we|us|please|click)\b"
    r"|^\W*(?:sign|log|subscribe|read|share|download|get|enter|join|register|continue|watch|see"
    r"|view|check|accept|follow|call|if|by)\b"
)
_LINE_WORDS = 4
_CAPTION_ENDS = re.compile(r"hide caption")
_FEW_SENTENCES = 2
"""A line of so few sentences, the last a photo credit, is a caption whole."""
_PHOTO_CREDIT = re.compile(
    r"getty images|/(?:ap|afp|reuters|getty)\b|\b(?:ap|afp|file) photo\b|via ap\b"
)


@dataclass(frozen=True, slots=True)
class ArticleWords:
    """The words of an article's compared text, in order.

    Attributes:
        hashes: uint64 (n,): of each word, case folded.
        fields: uint8 (n,): index into ``FIELDS``.
        starts, ends: int32 (n,): characters of the field.
        boilerplate: bool (n,): captions, notices and the like, and sentences that the outlet
            repeats.
        sentences: int32 (n,): the number of the sentence, which a line ends, too.
        excerpt_aside: There is a body to compare, so the excerpt is not text of the report.
        cut: A field was longer than ``MAX_CHARS``; the rest was not looked at.
    """

    hashes: Hashes
    fields: NDArray[np.uint8]
    starts: Offsets
    ends: Offsets
    boilerplate: NDArray[np.bool_]
    sentences: Offsets
    excerpt_aside: bool
    cut: bool

    def __len__(self) -> int:
        return len(self.hashes)

    @property
    def is_report(self) -> NDArray[np.bool_]:
        """Which words are text of the article."""
        text: NDArray[np.bool_] = ~self.boilerplate
        if self.excerpt_aside:
            text &= self.fields == FIELDS.index(Field.BODY)
        return text

    @property
    def report(self) -> Hashes:
        """The words that are text of the article."""
        return self.hashes[self.is_report]


def article_words(article: Article, repeated: Collection[int] = ()) -> ArticleWords:
    """The words of what is compared of an article; see the module.

    Args:
        article: With its texts.
        repeated: Keys of sentences (``sentence_keys``) that are no text of it, as its outlet
            repeats them under other news.
    """
    fields = [field for field in (Field.EXCERPT, Field.BODY) if article.text(field).strip()]
    return _read(article, fields or [Field.TITLE], repeated)


def sentence_keys(words: ArticleWords) -> dict[int, int]:
    """A key for each sentence of five words or more: its 60-bit hash, to its number."""
    keys: dict[int, int] = {}
    if not len(words):
        return keys
    starts = np.flatnonzero(np.diff(words.sentences, prepend=-1))
    for start, end in zip(starts, [*starts[1:], len(words)], strict=True):
        if end - start >= RUN:
            keys[_sentence_key(words.hashes[start:end])] = int(words.sentences[start])
    return keys


def _sentence_key(hashes: Hashes) -> int:
    return int(rolling(hashes, len(hashes))[0]) >> _KEY_SHIFT


def title_hashes(article: Article) -> Hashes:
    """The words of the title, as hashes."""
    return _read(article, (Field.TITLE,), ()).hashes


def shingles(hashes: Hashes, run: int = RUN) -> Hashes:
    """The distinct runs of words, as sorted uint64 hashes; a shorter text is one run."""
    if not len(hashes):
        return np.empty(0, np.uint64)
    return np.unique(rolling(hashes, min(run, len(hashes))))


def rolling(hashes: Hashes, run: int) -> Hashes:
    """The hash of each run of words, in order: uint64 (n - run + 1,)."""
    total = np.zeros(max(len(hashes) - run + 1, 0), np.uint64)
    for place in range(run):
        total *= _MULTIPLIER
        total += hashes[place : place + len(total)]
    total ^= total >> np.uint64(31)
    total *= _MIX
    total ^= total >> np.uint64(29)
    return total


def shared_count(a: Hashes, b: Hashes) -> int:
    """How many values two sorted arrays of distinct values have in common."""
    if len(a) > len(b):
        a, b = b, a
    if not len(a):
        return 0
    places = np.searchsorted(b, a)
    places[places == len(b)] = 0
    return int(np.count_nonzero(b[places] == a))


def contained(a: Hashes, b: Hashes) -> float:
    """The share of a's values that b has, too, 0-1; 0 where a has none."""
    return shared_count(a, b) / len(a) if len(a) else 0.0


_KEY_SHIFT = 4
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


def _read(article: Article, fields: Sequence[Field], repeated: Collection[int]) -> ArticleWords:
    rows: list[tuple[int, int, int, int]] = []
    boilerplate: list[bool] = []
    sentences: list[int] = []
    cut, number = False, 0
    for field in fields:
        whole = article.text(field)
        cut |= len(whole) > MAX_CHARS
        text = masked(whole[:MAX_CHARS])
        of_field = FIELDS.index(field)
        for line in _LINE.finditer(text):
            pieces = _sentences(text, line.start(), line.end())
            voids = _voids([text[start:end].lower() for start, end in pieces])
            for (start, end), is_notice in zip(pieces, voids, strict=True):
                before = len(rows)
                rows += [
                    (word_hash(match[0]), of_field, match.start(), match.end())
                    for match in _WORD.finditer(text, start, end)
                ]
                count = len(rows) - before
                is_void = is_notice
                if repeated and not is_notice and count >= RUN:
                    hashes = np.array([row[0] for row in rows[before:]], np.uint64)
                    is_void = _sentence_key(hashes) in repeated
                boilerplate += [is_void] * count
                sentences += [number] * count
                number += 1
    values = np.array(rows, np.uint64).reshape(-1, 4)
    in_body = values[:, 1] == FIELDS.index(Field.BODY)
    report_words = int(np.count_nonzero(in_body & ~np.array(boilerplate, np.bool_)))
    return ArticleWords(
        values[:, 0].copy(),
        values[:, 1].astype(np.uint8),
        values[:, 2].astype(np.int32),
        values[:, 3].astype(np.int32),
        np.array(boilerplate, np.bool_),
        np.array(sentences, np.int32),
        report_words >= BEGINNING,
        cut,
    )


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences of a line, roughly: start and end of each."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text, start, end)]
    return (
        list(pairwise([start, *ends, end]))
        if not ends or ends[-1] < end
        else list(pairwise([start, *ends]))
    )


def _voids(sentences: Sequence[str]) -> list[bool]:
    """Which sentences of a line, in lower case, are notices or captions by their words."""
    voids = [_is_notice(sentence) for sentence in sentences]
    for at in range(1, len(sentences)):
        is_caption = _CAPTION_ENDS.search(sentences[at]) or (
            len(sentences) <= _FEW_SENTENCES and _PHOTO_CREDIT.search(sentences[at])
        )
        if is_caption:
            voids[at - 1] = True
    return voids


def _is_notice(sentence: str) -> bool:
    if _NOTICES.search(sentence):
        return True
    if not _PAGE_WORDS.search(sentence):
        return False
    return len(sentence.split()) <= _LINE_WORDS or bool(_TO_THE_READER.search(sentence))


@lru_cache(maxsize=1 << 17)
def word_hash(word: str) -> int:
    """The same 64 bits for a word in every process, whatever its case."""
    digest = blake2b(word.casefold().encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little")

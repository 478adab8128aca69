"""The words of an article, with offsets, and the shingles by which texts are compared.

What is compared is the report: the body, the excerpt where there is no body to speak of, the title
where there is nothing else. A headline says nothing about where a text is from, and an excerpt
above a body is often one more headline; so it is looked in, but it is not missed. Marked spans
(``text.boilerplate``) are no words at all; captions, galleries, notices and invitations to
subscribe are words that do not count as text of the article.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from semsearch.model.article import FIELDS, Article, Field
from semsearch.text.boilerplate import masked
from semsearch.text.tokens import visible

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
# Both are looked for in lower case. Agencies after a slash or "via" are photo credits.
_CREDITS = re.compile(
    r"getty images|hide caption|\b(?:ap|afp|file|pool|handout) photo\b|via (?:ap|reuters|getty)\b"
    r"|/(?:ap|afp|reuters|getty)\b|\bphoto(?:s|graph)? by\b|image source|\(photo\b"
    r"|\bphotos:|photo credit|photo galleries"
)
_NOTICES = re.compile(
    r"(?<=\. )shares\b"
    r"|gambling (?:problem|involves)|all rights reserved|\bterms (?:of use|of service|apply\b)"
    r"|terms and conditions|privacy (?:policy|notice)|newsletter|sign up (?:for|to)\b"
    r"|subscri(?:be|ptions?|bers?) (?:to|for|now|today|only)\b|thank you for subscribing"
    r"|may not be (?:published|reproduced|republished)|held (?:responsible|liable)"
    r"|no guarantees? (?:is|are)\b|at (?:your|their) own risk|sole responsibility"
    r"|(?:information(?:al)?|educational) purposes|(?:18|21) or older|is intended to inform"
    r"|does not constitute|professional advice|may earn (?:revenue|a commission)|not a robot"
    r"|enable javascript|ad ?blocker|\b(?:just|must) watch(?:ed)?\b|replay more videos"
    r"|continue reading|opinions expressed|\bthis material may not\b|download (?:the|our) app"
    r"|you have been successfully added|use the (?:details|information) you have shared"
    r"|agree to the processing|use of your data|please tick here|\bbrands as detailed here\b"
    r"|relevant is this ad|ad froze"
)
# Demands for consent speak of "our partners" and "your device"; who speaks in a report may say one
# of them over and over, but hardly two.
_DEMANDS = re.compile(
    r"\bour (?:\d+ )?(?:trusted )?partners\b|\bon your device\b"
    r"|\byour (?:consent|choices|preferences)\b|withdraw(?:ing)? (?:your )?consent"
    r"|manage (?:my |your )?(?:preferences|cookies|settings)|\b(?:reject|accept) all\b"
    r"|selecting (?:accept|reject)|ads you see|trackers are disabled"
    r"|unseren? (?:\d+ )?partnern?\b|ihre (?:einwilligung|zustimmung)\b|auf ihrem gerät"
    r"|unserer? (?:datenschutz|cookie)|privacy center|wie gewohnt mit werbung|ohne werbung im"
    r"|nos (?:\d+ )?partenaires\b|votre (?:consentement|accord|appareil)\b"
    r"|nuestros (?:\d+ )?socios\b|su (?:consentimiento|dispositivo)\b"
    r"|nostri (?:\d+ )?(?:partner|fornitori)\b|tuo (?:consenso|dispositivo)\b"
    r"|onze (?:\d+ )?partners\b|(?:jouw|uw|je) (?:toestemming|apparaat)\b"
)
# Each of them holds one of these, and few lines do.
_IN_DEMANDS = (
    *("partner", "partenaires", "socios", "fornitori", "your device", "your c", "your preferences"),
    *("consen", "manage ", "reject all", "accept all", "selecting ", "ads you see", "trackers are"),
    *("ihre ", "ihrem ger", "datenschutz", "cookie", "privacy center", "werbung", "votre "),
    *("dispositivo", "toestemming", "apparaat"),
)
_LEAST_DEMANDS = 2
_SENTENCE = re.compile(r"[^.!?]+(?:[.!?](?!\s|$)[^.!?]*)*[.!?]*")
_SHORT = 60
_SEVERAL = 3
_DENSE = 100
_MOSTLY_NOTICE = 0.25


@dataclass(frozen=True, slots=True)
class ArticleWords:
    """The words of an article's compared text, in order.

    Attributes:
        hashes: uint64 (n,): of each word, case folded.
        fields: uint8 (n,): index into ``FIELDS``.
        starts, ends: int32 (n,): characters of the field.
        boilerplate: bool (n,): captions, notices and the like.
        excerpt_aside: There is a body to compare, so the excerpt is not text of the report.
        cut: A field was longer than ``MAX_CHARS``; the rest was not looked at.
    """

    hashes: Hashes
    fields: NDArray[np.uint8]
    starts: Offsets
    ends: Offsets
    boilerplate: NDArray[np.bool_]
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


def shortened(article: Article) -> Article:
    """The article with as much of its body as is looked at."""
    return replace(article, body=article.body[:MAX_CHARS])


def article_words(article: Article) -> ArticleWords:
    """The words of what is compared of an article; see the module."""
    fields = [field for field in (Field.EXCERPT, Field.BODY) if article.text(field).strip()]
    return _read(article, fields or [Field.TITLE])


def title_hashes(article: Article) -> Hashes:
    """The words of the title, as hashes."""
    return _read(article, (Field.TITLE,)).hashes


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


_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


def _read(article: Article, fields: Sequence[Field]) -> ArticleWords:
    rows: list[tuple[int, int, int, int]] = []
    boilerplate: list[bool] = []
    cut = False
    for field in fields:
        whole = article.text(field)
        cut |= len(whole) > MAX_CHARS
        seen = visible(masked(whole[:MAX_CHARS]))
        text = seen.text
        number = FIELDS.index(field)
        for line in _LINE.finditer(text):
            found = list(_WORD.finditer(text, line.start(), line.end()))
            rows += [
                (word_hash(match[0]), number, *seen.span(match.start(), match.end()))
                for match in found
            ]
            boilerplate += _boilerplate(line[0], [one.start() - line.start() for one in found])
    values = np.array(rows, np.uint64).reshape(-1, 4)
    in_body = values[:, 1] == FIELDS.index(Field.BODY)
    report_words = int(np.count_nonzero(in_body & ~np.array(boilerplate, np.bool_)))
    return ArticleWords(
        values[:, 0].copy(),
        values[:, 1].astype(np.uint8),
        values[:, 2].astype(np.int32),
        values[:, 3].astype(np.int32),
        np.array(boilerplate, np.bool_),
        report_words >= BEGINNING,
        cut,
    )


@lru_cache(maxsize=1 << 17)
def word_hash(word: str) -> int:
    """The same 64 bits for a word in every process, whatever its case."""
    digest = blake2b(word.casefold().encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _boilerplate(line: str, places: Sequence[int]) -> list[bool]:
    """Which words of a line are no report: captions, or sentences with the words of notices.

    Where these sentences are a good part of the line, so is the rest of it.
    """
    count = len(places)
    low = line.lower()
    captions, notices = len(_CREDITS.findall(low)), len(_NOTICES.findall(low))
    may_demand = any(part in low for part in _IN_DEMANDS)
    demands = _DEMANDS.findall(low) if may_demand else []
    is_demand = len(set(demands)) >= _LEAST_DEMANDS
    both = captions + notices + len(demands) * is_demand
    if not both or not (count < _SHORT or (both >= _SEVERAL and count < _DENSE * both)):
        return [False] * count
    if captions:
        return [True] * count
    told = np.zeros(count, np.bool_)
    for sentence in _SENTENCE.finditer(line):
        text = sentence[0].lower()
        if _NOTICES.search(text) or (is_demand and _DEMANDS.search(text)):
            first, last = np.searchsorted(places, sentence.span())
            told[first:last] = True
    if np.count_nonzero(told) >= _MOSTLY_NOTICE * count:
        told[:] = True
    return [bool(one) for one in told]

"""Drafts with quotations of known fate, to measure what checking says of them.

Quotations are drawn from the bodies of articles, by curly marks, without the product's own finder;
each is left as it is, set in other typography, cut, or altered in one to three words, and put into
a draft of four to ten with an attribution before, after or across sentences.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from research.draft_archive import Archive, Source

_QUOTED = re.compile(r"“([^“”\n]{25,400})”")
_WORD = re.compile(r"[A-Za-z0-9]+(?:[’'-][A-Za-z0-9]+)*")
_WORDS = range(6, 46)
_SHINGLE = 4
_SHARED = 0.25  # of its runs of four words; an invented quotation shares no more with the archive
_SMALL = {"two": "three", "three": "four", "four": "five", "five": "six", "six": "seven",
          "million": "billion", "billion": "million", "hundred": "thousand"}  # fmt: skip
_NEGATED = ("not", "never", "no")
_AUXILIARY = frozenset("is are was were will would can could should has have had does did".split())
_WORD_POOL = (
    "harvest lantern quickly under painted seldom bridge purple narrow winter gather kitchen "
    "velvet random ladder gently"
).split()
_OFTEN, _SOMETIMES = 0.5, 0.3
_LEAST_TO_CUT = 14  # words
_SHORT = 3  # letters of a word that is left as it is
KINDS = ("verbatim", "typography", "cut", "one", "number", "negation", "several", "invented")


@dataclass(frozen=True, slots=True)
class Planted:
    """A quotation with its fate.

    Attributes:
        text: As it stands in the draft, without marks.
        kind: One of ``KINDS``.
        status: What checking should say.
        sources: Ids of the articles that hold what it was made from, word for word.
        changes: Words of the source and of the quotation, in lower case.
    """

    text: str
    kind: str
    status: str
    sources: frozenset[str]
    changes: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Draft:
    """A text with its quotations, each with the characters where it stands."""

    text: str
    planted: tuple[tuple[int, int, Planted], ...]


def make_drafts(archive: Archive, count: int, seed: int) -> list[Draft]:
    """Drafts of four to ten quotations; each quotation of an archive is used once."""
    random = Random(seed)
    held = Held(archive.held)
    own = _quotations(archive.held, random)
    foreign = _quotations(archive.lacking, random)
    drafts = []
    for _ in range(count):
        planted: list[Planted] = []
        while len(planted) < random.randint(4, 10):
            kind = random.choice(KINDS)
            made = None
            while made is None:
                made = _plant(kind, next(foreign if kind == "invented" else own), held, random)
            planted.append(made)
        drafts.append(_draft(planted, random))
    return drafts


class Held:
    """The words of an archive, to tell what it holds without the product."""

    def __init__(self, articles: Sequence[Source]) -> None:
        self._texts = {
            one.id: f" {' '.join(words(f'{one.title} {one.body}'))} " for one in articles
        }
        self._runs = {hash(run) for one in self._texts.values() for run in _runs(one.split())}

    def sources(self, text: str) -> frozenset[str]:
        """Ids of the articles that hold a text word for word."""
        wanted = f" {' '.join(words(text))} "
        return frozenset(one for one, held in self._texts.items() if wanted in held)

    def shared(self, text: str) -> float:
        """The share of a text's runs of four words that some article holds."""
        runs = list(_runs(words(text)))
        return sum(hash(run) in self._runs for run in runs) / max(len(runs), 1)


def words(text: str) -> list[str]:
    """The words of a text in lower case, without hyphens and apostrophes."""
    return re.sub(r"[’']", "", text.lower().replace("-", " ")).translate(_PLAIN).split()


_PUNCTUATION = range(0x2000, 0x2070)
_PLAIN = dict.fromkeys(
    (*(code for code in range(0x2FF) if not chr(code).isalnum()), *_PUNCTUATION), " "
)


def _runs(of: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(of[at : at + _SHINGLE]) for at in range(len(of) - _SHINGLE + 1))


def _quotations(articles: Sequence[Source], random: Random) -> Iterator[str]:
    """Whole sentences in quotation marks, in a random order, none twice."""
    found = {
        match[1].strip()
        for one in articles
        for match in _QUOTED.finditer(one.body)
        if len(words(match[1])) in _WORDS
        and match[1][:1].isupper()
        and match[1].rstrip()[-1:] in ".,!?"
        and "[" not in match[1]
        and "…" not in match[1]
        and "..." not in match[1]
    }
    ordered = sorted(found)
    random.shuffle(ordered)
    return iter(ordered)


def _plant(kind: str, text: str, held: Held, random: Random) -> Planted | None:
    """A quotation of a kind made from one; None where it cannot be made from this one."""
    sources = held.sources(text)
    if kind == "invented":
        if sources or held.shared(text) > _SHARED:
            return None
        return Planted(text, kind, "not_found", frozenset(), frozenset())
    if not sources:
        return None
    if kind in ("verbatim", "typography"):
        set_ = _typography(text, random) if kind == "typography" else text
        return Planted(set_, kind, "verbatim", sources, frozenset())
    if kind == "cut":
        cut = _cut(text, random)
        return None if cut is None else Planted(cut, kind, "cut", sources, frozenset())
    made = _altered(kind, text, random)
    if made is None or held.sources(made[0]):
        return None
    return Planted(made[0], kind, "altered", sources, frozenset(made[1]))


def _typography(text: str, random: Random) -> str:
    for pattern, other in (("’", "'"), (" — ", "—"), ("—", " – "), (" ", "\u00a0")):
        if random.random() < _OFTEN:
            text = text.replace(pattern, other, 1 if pattern == " " else -1)
    if random.random() < _OFTEN:
        text = text[0].lower() + text[1:]
    if random.random() < _SOMETIMES:
        text = f"[{text[0].swapcase()}]{text[1:]}"
    if random.random() < _OFTEN:
        text = text.rstrip(".,!?")
    return text


def _cut(text: str, random: Random) -> str | None:
    found = list(_WORD.finditer(text))
    form = random.choice(("middle", "begin", "end", "both"))
    if len(found) < _LEAST_TO_CUT:
        return None
    if form == "middle":
        first = random.randint(4, len(found) - 8)
        last = first + random.randint(2, min(6, len(found) - first - 4))
        dots = random.choice((" … ", " ... ", " [...] ", "… ", " (…) "))
        return text[: found[first].start()].rstrip(" ,") + dots + text[found[last].start() :]
    first = random.randint(2, 4) if form in ("begin", "both") else 0
    last = len(found) - (random.randint(2, 4) if form in ("end", "both") else 0)
    cut = text[found[first].start() : found[last - 1].end()]
    # Where a sentence of several is left out whole the rest is verbatim.
    inside = not re.search(r"[.!?…][”’]?\s*$", text[: found[first].start()]) or not first
    inside &= not re.match(r"\s*[.!?…]", text[found[last - 1].end() :]) or last == len(found)
    return cut if inside and not re.search(r"[.!?]", text[:-1]) else None


def _altered(kind: str, text: str, random: Random) -> tuple[str, list[tuple[str, str]]] | None:
    found = list(_WORD.finditer(text))
    if kind == "number":
        digits = [one for one in found if one[0].isdigit()]
        spelled = [one for one in found if one[0].lower() in _SMALL]
        if not digits and not spelled:
            return None
        one = random.choice(digits or spelled)
        other = (
            str(int(one[0]) + random.randint(1, 9)) if one[0].isdigit() else _SMALL[one[0].lower()]
        )
        return _replaced(text, [(one, other)])
    if kind == "negation":
        denied = [one for one in found if one[0].lower() in _NEGATED]
        if denied:
            one = random.choice(denied)
            end = one.end() + (text[one.end() : one.end() + 1] == " ")
            return text[: one.start()] + text[end:], [(one[0].lower(), "")]
        helping = [one for one in found[:-1] if one[0].lower() in _AUXILIARY]
        if not helping:
            return None
        one = random.choice(helping)
        return f"{text[: one.end()]} not{text[one.end() :]}", [("", "not")]
    count = 1 if kind == "one" else random.choice((2, 3))
    long = [one for one in found if len(one[0]) > _SHORT and one[0].isalpha()]
    if len(found) < 7 * count or len(long) < count:
        return None
    chosen = random.sample(long, count)
    places = sorted(found.index(one) for one in chosen)
    if any(b - a == 1 for a, b in pairwise(places)):
        return None
    pool = random.sample(_WORD_POOL, count)
    return _replaced(text, list(zip(chosen, pool, strict=True)))


def _replaced(
    text: str, replacements: list[tuple[re.Match[str], str]]
) -> tuple[str, list[tuple[str, str]]]:
    for match, other in sorted(replacements, key=lambda one: -one[0].start()):
        set_ = other.capitalize() if match[0][0].isupper() else other
        text = text[: match.start()] + set_ + text[match.end() :]
    return text, [(match[0].lower(), other.lower()) for match, other in replacements]


_MARKS = (("“", "”"), ('"', '"'), ("„", "“"), ("« ", " »"), ("‘", "’"))
_FORMS = (
    "{q} said a harbour official on Monday.",
    "Ada Lenn, who keeps the light, said: {q}",
    "The union was plain about it. {q} Its leader then left the hall.",
    "According to Jon Vey, {q}",
    "{q} — that was all she would say.",
    "One of them put it like this:\n\n{q}\n\nNobody answered.",
)
_BETWEEN = (
    "The talks went on until late in the evening, and no agreement was reached by either side.",
    "Both sides are to meet again next week in the old customs house on the northern quay.",
    "People outside had waited since the morning with banners and a brass band of nine.",
)


def _draft(planted: Sequence[Planted], random: Random) -> Draft:
    text, places = "", []
    for one in planted:
        opening, closing = random.choice(_MARKS)
        if opening == "‘" and re.search(r"[’']", one.text):
            opening, closing = _MARKS[0]
        before, _, after = random.choice(_FORMS).partition("{q}")
        start = len(text) + len(before) + len(opening)
        text += f"{before}{opening}{one.text}{closing}{after}\n\n{random.choice(_BETWEEN)}\n\n"
        places.append((start, start + len(one.text), one))
    return Draft(text, tuple(places))

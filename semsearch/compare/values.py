"""Numbers, dates and times of a sentence, each with what it counts or dates.

Values are compared only where they count alike. The words that follow a number say what it
counts, per what, what became of people, and whether all of them are meant; kinds of people are one
thing, as an outlet's *dockers* are another's *workers*.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from semsearch.model.article import Phrase
from semsearch.model.comparison import Conflict
from semsearch.text.tokens import FUNCTION_TERMS, terms, words

_UNITS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
_UNITS += " sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WRITTEN = {word: float(n) for n, word in enumerate(_UNITS.split(), 1)} | {
    word: 10.0 * n for n, word in enumerate(_TENS.split(), 2)
}
_SCALE = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SHORT_SCALE = {"k": 1e3, "m": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12}
_MONTHS = "january february march april may june july august september october november december"
_MONTH = {name: n for n, name in enumerate(_MONTHS.split(), 1)}
_MONTH |= {name[:3]: n for name, n in _MONTH.items()} | {"sept": 9}
_MONTH_NAME = rf"(?P<month>{'|'.join(sorted(_MONTH, key=len, reverse=True))})\.?"

_CLOCK = re.compile(
    r"\b(?P<hour>[01]?\d|2[0-3])(?::(?P<minute>[0-5]\d))\s*(?P<half>[ap]\.?\s?m\b\.?)?"
    r"|\b(?P<hour2>1[0-2]|[1-9])\s*(?P<half2>[ap]\.?\s?m\b\.?)",
    re.IGNORECASE,
)
_DATE = re.compile(
    rf"\b{_MONTH_NAME}\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b(?!\s*(?:percent|%))"
    rf"|\b(?P<day2>[0-3]?\d)(?:st|nd|rd|th)?\s+{_MONTH_NAME.replace('month', 'month2')}\b"
    r"(?!\.?\s\d\d?\b)",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:(?P<above>more than|at least|over|above|upwards of|no fewer than)"
    r"|(?P<below>nearly|almost|up to|fewer than|less than|under|as many as|as much as|at most)"
    r"|(?P<about>about|around|roughly|some|approximately|an estimated|close to))\s+[$€£]?$",
    re.IGNORECASE,
)
# "Category 5" and "No. 3" name something; "8 to 15" are two values at once.
_NAMED = re.compile(
    r"\b(?:Nos?\.|(?:Category|Section|Article|Title|Chapter|Resolution|Route|Highway|Interstate"
    r"|Page|Flight|Level|Phase|Tier|Number|Rule|Proposition|Amendment|Block|Unit|Grade))\s+$"
)
_RANGE_AFTER = re.compile(r"\s*(?:[-–]|(?:to|or)\b)[\s-]*[$€£]?\d", re.IGNORECASE)
_RANGE_BEFORE = re.compile(
    r"\d\s*(?:percent|%|[mb]illion)?\s*(?:[-–]|(?:to|or)\b)[\s-]*[$€£]?$", re.IGNORECASE
)
# A date with its year is that of a picture, or of something long ago.
_WITH_YEAR = re.compile(r",?\s*(?:19|20)\d\d\b")
# Times of other zones are not compared.
_ZONE = re.compile(r"\s*(?:[A-Z][SD]T|ET|CT|PT|GMT|UTC|BST|CET|CEST|IST|local time)\b")
# "Since 2009" dates what is said; "his 2016 campaign" does not.
_YEAR = re.compile(
    rf"(?i:\b(?:in|since|until|from|by|during)\s+(?:(?:early|late|{_MONTH_NAME})\s+)?)"
    r"(?P<year>1[6-9]\d\d|20\d\d)\b(?![\d,.]*\d|\s*(?:%|percent)|\s*-)"
)
_AMOUNT = re.compile(
    r"(?P<sign>[$€£])?\s?(?<![\w.-])(?<!\d, )(?<!\d / )"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<short>k|m|bn|b|tn)?"
    r"(?![\w:]|-\d|, \d{3}\b| / \d)"
    rf"|\b(?P<written>(?:{'|'.join(_TENS.split())})(?:-(?:{'|'.join(_UNITS.split()[:9])}))?"
    rf"|{'|'.join(sorted(_WRITTEN, key=len, reverse=True))})\b",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*-?\s*(?P<scale>hundred|thousand|million|billion|trillion)\b", re.IGNORECASE
)
_PERCENT = re.compile(r"\s*(?:%|percent\b|per cent\b|percentage points?\b)", re.IGNORECASE)
_HEDGE_CHARS = 24
_NEAR = 7  # words on either side


class Share(StrEnum):
    """Of what a number is: of all there are, of the rest, of a part; or it is somebody's age."""

    WHOLE = ""
    REST = "rest"
    PART = "part"
    AGE = "age"


@dataclass(frozen=True, slots=True)
class Counted:
    """What a value counts or dates.

    Attributes:
        things: Terms of which one or more name it; ``people`` for people of any kind; empty
            where that is not clear.
        per: *day* in "12 million crowns a day"; empty without a rate.
        fate: What became of people, in the same clause.
        share: Whether all of them are meant.
    """

    things: frozenset[str]
    per: str = ""
    fate: frozenset[str] = frozenset()
    share: Share = Share.WHOLE

    def is_like(self, other: "Counted") -> bool:
        """Whether values of the two can be compared."""
        return (
            bool(self.things & other.things)
            and self.per == other.per
            and self.fate == other.fate
            and self.share is other.share
            and self.share is not Share.AGE
        )

    def is_period(self) -> bool:
        """Whether it says how long or how often."""
        return self.things <= _PERIODS


class Bound(StrEnum):
    """How a value is hedged."""

    NONE = ""
    ABOVE = "above"
    BELOW = "below"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Value:
    """A value in a sentence.

    Attributes:
        amount: What can be compared: a count, minutes of a day, a day of a year, a year.
        of: What it counts: things, ``percent``, a currency sign; ``date``, ``calendar year``,
            ``clock``.
        near: Content terms around it, what it counts left out.
        names: Those of them that are capitalised within the sentence.
        bound: How it is hedged.
    """

    kind: Conflict
    amount: float
    of: Counted
    near: frozenset[str]
    names: frozenset[str]
    bound: Bound
    phrase: Phrase


def values(text: str) -> tuple[Value, ...]:
    """Times, dates, years and amounts, in order; none overlaps another."""
    found: list[Value] = []
    for match in _CLOCK.finditer(text):
        of = _only("" if _ZONE.match(text, match.end()) else "clock")
        found.append(_value(Conflict.TIME, _minutes(match), text, *match.span(), of=of))
    for match in _DATE.finditer(text):
        day = int(match["day"] or match["day2"])
        month = _MONTH[(match["month"] or match["month2"]).lower()]
        of = _only("" if _WITH_YEAR.match(text, match.end()) else "date")
        found.append(_value(Conflict.DATE, month * 100 + day, text, *match.span(), of=of))
    years = [
        _value(Conflict.DATE, float(m["year"]), text, *m.span("year"), of=_only("calendar year"))
        for m in _YEAR.finditer(text)
    ]
    for more in (years, [_amount(text, match) for match in _AMOUNT.finditer(text)]):
        taken = [value.phrase for value in found]
        found += [
            value
            for value in more
            if all(value.phrase.end <= t.start or t.end <= value.phrase.start for t in taken)
        ]
    return tuple(sorted(found, key=lambda value: value.phrase.start))


def _minutes(match: re.Match[str]) -> float:
    hour = int(match["hour"] or match["hour2"])
    half = (match["half"] or match["half2"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return 60.0 * hour + int(match["minute"] or 0)


def _amount(text: str, match: re.Match[str]) -> Value:
    if match["written"]:
        amount = sum(_WRITTEN[part] for part in match["written"].lower().split("-"))
    else:
        amount = float(match["digits"].replace(",", ""))
        amount *= _SHORT_SCALE.get((match["short"] or "").lower(), 1.0)
    start, end = match.span()
    start += len(match[0]) - len(match[0].lstrip())
    kind = Conflict.QUANTITY if match["sign"] else Conflict.NUMBER
    while scale := _AFTER.match(text, end):
        amount *= _SCALE[scale["scale"].lower()]
        end = scale.end()
    if percent := _PERCENT.match(text, end):
        kind, end, of = Conflict.QUANTITY, percent.end(), _only("percent")
    elif match["sign"]:
        of = replace(what_is_counted(text, start, end), things=frozenset({match["sign"]}))
    else:
        of = what_is_counted(text, start, end)
    if (
        _NAMED.search(text[:start])
        or _RANGE_AFTER.match(text, end)
        or _RANGE_BEFORE.search(text[:start])
    ):
        of = _only()
    return _value(kind, amount, text, start, end, of=of)


def _only(thing: str = "") -> Counted:
    """What is counted where it is one thing, or where that is not clear."""
    return Counted(frozenset({thing} if thing else ()))


def _value(kind: Conflict, amount: float, text: str, start: int, end: int, of: Counted) -> Value:
    stripped = text[start:end].rstrip()
    end = start + len(stripped)
    hedge = _HEDGE.search(text[:start][-_HEDGE_CHARS:])
    every = words(text)
    before = [word for word in every if word.end <= start][-_NEAR:]
    after = [word for word in every if word.start >= end][:_NEAR]
    around = [
        word
        for word in (*before, *after)
        if word.term not in FUNCTION_TERMS and not word.term[0].isdigit()
    ]
    return Value(
        kind=kind,
        amount=amount,
        of=of,
        near=frozenset(word.term for word in around if _thing(word.term) not in of.things),
        names=frozenset(word.term for word in around if word.start and text[word.start].isupper()),
        bound=Bound(hedge.lastgroup or "") if hedge else Bound.NONE,
        phrase=Phrase(start, end, stripped),
    )


# --- what a number counts


_PEOPLE = terms(
    """people persons person men women workers employees members residents guards protesters
    demonstrators passengers patients soldiers officers fighters militants victims civilians
    strikers staff dockers teachers nurses doctors engineers drivers families children students
    pupils boys girls teenagers migrants refugees immigrants troops police citizens villagers
    volunteers volunteer adults journalists reporters firefighters deputies agents aides crew
    lawmakers suspects gunmen attackers hostages detainees inmates prisoners tourists supporters
    marchers farmers miners sailors pilots injured wounded dead casualties"""
)
_VESSELS = terms("vessels vessel ships ship boats boat")
_FATES = {
    "dead": terms("kill killed killing dead die died death deaths fatalities bodies toll slain"),
    "hurt": terms("hurt injured injuries injury wounded wounding wounds"),
    "held": terms("arrest arrested arrests detained custody"),
    "missing": terms("missing unaccounted"),
}
# These stand in every story for anything: how long, how often.
_PERIODS = terms("second minute hour day week month year decade time times point points step way")
_MAX_TERMS = 3  # content terms after a number that may name what it counts
_FOLLOWING = 60  # characters
_CLAUSE = re.compile(r"[,.;:!?()“”\"—–]\s|[.!?]$|\s-\s")
_PUNCTUATION = re.compile(r"[,.;:!?()“”\"—–]|\s-\s")
_PER = re.compile(
    r"\s*(?:an?|per|each|every)\s+(day|night|hour|week|month|year|minute|second|person|head|share"
    r"|barrel|tonne|ton|megawatt-hour|mile|kilometre)\b",
    re.IGNORECASE,
)
# "The guards, 25 in number": what is counted stands before.
_BEFORE = re.compile(r"\s*(?:in number|strong|in all)\b", re.IGNORECASE)
_REST_AFTER = re.compile(r"\s*(?:other|others|more|additional|another|further)\b", re.IGNORECASE)
_REST_BEFORE = re.compile(
    r"\b(?:additional|another|further|other|extra|first|last|next|final|past|these|those)\s+$",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\s*(?:out )?of\s+(?:the|its|his|her|their|those|them|these|every|\d|one|two|three|four|five"
    r"|six|seven|eight|nine|ten)\b",
    re.IGNORECASE,
)
_AGE = re.compile(r"[\s-]*years?[\s-]*old\b|\s*-\s*month-old\b", re.IGNORECASE)


def _thing(term: str) -> str:
    """What a term stands for where it is counted: itself, ``people`` or ``vessel``."""
    if term in _PEOPLE:
        return "people"
    return "vessel" if term in _VESSELS else term


def what_is_counted(text: str, start: int, end: int) -> Counted:
    """What a number at some place of a sentence counts."""
    following = text[end : end + _FOLLOWING]
    clause = _PUNCTUATION.split(following, maxsplit=1)[0]
    if _BEFORE.match(following):
        content = [word.term for word in words(text[:start]) if word.term not in FUNCTION_TERMS]
        things = frozenset(map(_thing, content[-1:]))
    else:
        things = frozenset(map(_thing, _first_run(clause)))
    if "people" in things:
        things = frozenset({"people"})
    per = _PER.search(clause)
    return Counted(
        things=things,
        per=per[1].lower() if per else "",
        fate=_fate(text, start, end) if "people" in things else frozenset(),
        share=_share(text[:start], following),
    )


def _first_run(clause: str) -> list[str]:
    """The first content terms of a clause that no function word parts."""
    run: list[str] = []
    for word in words(clause):
        if word.term not in FUNCTION_TERMS:
            run.append(word.term)
        elif run:
            break
        if len(run) == _MAX_TERMS:
            break
    return [term for term in run if not term[0].isdigit()]


def _fate(text: str, start: int, end: int) -> frozenset[str]:
    first = max((match.end() for match in _CLAUSE.finditer(text, 0, start)), default=0)
    after = _CLAUSE.search(text, end)
    clause = terms(text[first : after.start() if after else len(text)])
    return frozenset(fate for fate, named in _FATES.items() if named & clause)


def _share(before: str, following: str) -> Share:
    if _AGE.match(following):
        return Share.AGE
    if _REST_AFTER.match(following) or _REST_BEFORE.search(before):
        return Share.REST
    return Share.PART if _PART.match(following) else Share.WHOLE

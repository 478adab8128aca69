"""What a number in a sentence counts: things, per what, what became of people, the whole or a part.

Values are compared only where they count alike. The words that follow a number say what it
counts; kinds of people are one thing, as an outlet's *dockers* are another's *workers*.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from semsearch.text.tokens import FUNCTION_TERMS, words


def _terms(given: str) -> frozenset[str]:
    return frozenset(word.term for word in words(given))


_PEOPLE = _terms(
    """people persons person men women workers employees members residents guards protesters
    demonstrators passengers patients soldiers officers fighters militants victims civilians
    strikers staff dockers teachers nurses doctors engineers drivers families children students
    pupils boys girls teenagers migrants refugees immigrants troops police citizens villagers
    volunteers volunteer adults journalists reporters firefighters deputies agents aides crew
    lawmakers suspects gunmen attackers hostages detainees inmates prisoners tourists supporters
    marchers farmers miners sailors pilots injured wounded dead casualties"""
)
_VESSELS = _terms("vessels vessel ships ship boats boat")
_FATES = {
    "dead": _terms("kill killed killing dead die died death deaths fatalities bodies toll slain"),
    "hurt": _terms("hurt injured injuries injury wounded wounding wounds"),
    "held": _terms("arrest arrested arrests detained custody"),
    "missing": _terms("missing unaccounted"),
}
# These stand in every story for anything: how long, how often.
_PERIODS = _terms("second minute hour day week month year decade time times point points step way")
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


def thing(term: str) -> str:
    """What a term stands for where it is counted: itself, ``people`` or ``vessel``."""
    if term in _PEOPLE:
        return "people"
    return "vessel" if term in _VESSELS else term


def counted(text: str, start: int, end: int) -> Counted:
    """What a number at some place of a sentence counts."""
    following = text[end : end + _FOLLOWING]
    if _BEFORE.match(following):
        things = _last_content(text[:start])
    else:
        things = _first_run(_PUNCTUATION.split(following, maxsplit=1)[0])
    things = frozenset(thing(term) for term in things)
    if "people" in things:
        things = frozenset({"people"})
    per = _PER.search(_PUNCTUATION.split(following, maxsplit=1)[0])
    return Counted(
        things=things,
        per=per[1].lower() if per else "",
        fate=_fate(text, start, end) if "people" in things else frozenset(),
        share=_share(text[:start], following),
    )


def _first_run(clause: str) -> frozenset[str]:
    """The first content terms of a clause that no function word parts."""
    run: list[str] = []
    for word in words(clause):
        if word.term not in FUNCTION_TERMS:
            run.append(word.term)
        elif run:
            break
        if len(run) == _MAX_TERMS:
            break
    return frozenset(term for term in run if not term[0].isdigit())


def _last_content(before: str) -> frozenset[str]:
    content = [word.term for word in words(before) if word.term not in FUNCTION_TERMS]
    return frozenset(content[-1:])


def _fate(text: str, start: int, end: int) -> frozenset[str]:
    first = max((found.end() for found in _CLAUSE.finditer(text, 0, start)), default=0)
    after = _CLAUSE.search(text, end)
    held = _terms(text[first : after.start() if after else len(text)])
    return frozenset(fate for fate, terms in _FATES.items() if terms & held)


def _share(before: str, following: str) -> Share:
    if _AGE.match(following):
        return Share.AGE
    if _REST_AFTER.match(following) or _REST_BEFORE.search(before):
        return Share.REST
    return Share.PART if _PART.match(following) else Share.WHOLE

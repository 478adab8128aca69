"""Read the times that a question names: "after 2021", "between March and May 2023", "not in 2020".

What articles shall be of is a window: articles of those days come first. What is excluded ("not in
2020") is left out. What looks like a time and cannot be read is said, and nothing is guessed.
Times such as "this week" count from the moment of asking, or from the newest article of an old
archive.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from semsearch.ask.times.phrases import A_DAY, Phrase, phrases
from semsearch.ask.times.spans import MONTH, NUMBER, SEASON, WEEKDAY, YEAR, Context, Span, Window
from semsearch.ask.wording import says_something
from semsearch.model.filters import from_timestamp

_OLD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Now:
    """What "this week" counts from.

    Attributes:
        day: The day, in UTC.
        note: Why it is not today, and how to count from today; empty where there is nothing to say.
    """

    day: date
    note: str = ""


def counting_from(asked_at: datetime | None, clock: datetime, span: tuple[int, int] | None) -> Now:
    """What relative times count from.

    Args:
        asked_at: The moment that the asker names; None: none.
        clock: The time now.
        span: First and last publication in seconds since 1970; None where no article has a date.
    """
    if asked_at is not None:
        return Now(asked_at.astimezone(UTC).date())
    today = clock.astimezone(UTC).date()
    if span is None:
        return Now(today)
    newest = from_timestamp(span[1]).date()
    if newest >= today - _OLD:
        return Now(today)
    return Now(
        newest,
        f"Times count from {newest}, the day of the newest article; to count from today, say that "
        f"you ask on {today}.",
    )


_LEADING_WORD = re.compile(
    r"\b(?:in|during|from|of|since|throughout|on|for|at|over|within)\s+(?:the\s+)?$", re.IGNORECASE
)
_JOINT_BEFORE = re.compile(r"(?:\s*,)?\s*\b(?:and|but|or)?\s*$", re.IGNORECASE)
_AHEAD = re.compile(
    rf"\b(?:(?:next|coming|upcoming|following)\s+(?:(?:{NUMBER})\s+)?(?:days?|weeks?|weekends?"
    rf"|months?|quarters?|years?|decades?|{WEEKDAY}|{SEASON}|{MONTH})|tomorrow"
    r"|(?:the\s+)?day\s+after\s+tomorrow"
    rf"|(?:{NUMBER})\s+(?:days?|weeks?|months?|years?)\s+from\s+now)\b"
)
_LONG_AGO = re.compile(
    r"\b(?:in|since|before|after|until)\s+(?:the\s+)?1[0-8]\d\d(?:s\b|(?=\s*(?:$|[?.,;:!)])))"
)
_DATE_LONG_AGO = re.compile(
    r"\b(?:(?:on|in|of|by|from|since|before|after|until)\s+(?:the\s+)?)?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?)?{MONTH}(?:\s+\d{{1,2}}(?:st|nd|rd|th)?)?,?"
    r"\s+1[0-8]\d\d\b(?![-/.]\d)"
)
_CLOCK = r"(?:[01]?\d|2[0-4]):[0-5]\d"
_AM = r"\s?(?:[ap]m\b|[ap]\.m\b\.?)"
_LED = r"(?:at|by|before|after|around|about|since|until|till|from|between)"
# Beside a day figures with a colon are one; alone they may be a result of a match.
_TIME_OF_DAY_ALONE = re.compile(
    rf"\b(?:(?:{_LED}\s+)?(?:(?:{_CLOCK}|1?\d){_AM}|{_CLOCK}\s+(?:utc|gmt|hrs|hours|uhr)\b"
    rf"|(?:\d\d?|{NUMBER})\s+o['’]\s?clock\b)"
    rf"|{_LED}\s+(?:{_CLOCK}\b|\d\d?\s?h(?:[0-5]\d)?\b|(?:noon|midday|midnight)\b)"
    r"|(?:(?:early|late)\s+)?in\s+the\s+(?:(?:early|late)\s+)?(?:morning|afternoon|evening)s?\b)"
)
_TIME_OF_DAY = re.compile(rf"{_TIME_OF_DAY_ALONE.pattern}|\b{_CLOCK}\b(?:\s+(?:utc|gmt)\b)?")
_CALENDARS = (
    r"ramadan|muharram|safar|rajab|shawwal|nisan|iyar|sivan|tammuz|elul|tishri|kislev|tevet|adar"
    r"|flor[ée]al|thermidor|brumaire|vend[ée]miaire|germinal|prairial|fructidor"
)
_MONTHS_ELSEWHERE = (
    r"januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril|juin|juillet"
    r"|août|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto"
    r"|septiembre|octubre|noviembre|diciembre|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre"
    r"|ottobre|dicembre"
)
_LOOKS_LIKE_A_TIME = re.compile(
    rf"\b(?:{A_DAY}|(?:on|since|until|before|after|by|from)\s+\d{{1,2}}/\d{{1,2}}(?!/)"
    rf"|{YEAR}-\d\d"
    r"|fy\s?['’]?\d{2,4}(?:[-–/]\d{2,4})?|(?:fiscal|financial|tax)\s+(?:years?\s+)?['’]?\d{2,4}"
    r"(?:[-–/]\d{2,4})?|(?:(?:in|of|since|during)\s+(?:the\s+)?|the\s+)(?:\d{1,2}(?:st|nd|rd|th)|\w+teenth)"
    r"[\s-]century"
    r"|turn\s+of\s+the\s+(?:year|decade|century|millennium)"
    rf"|[1-4]q\d\d|\d{{1,2}}-{MONTH}-\d\d|{SEASON}\s+before\s+last|(?:{NUMBER})\s+{SEASON}s\s+ago"
    r"|\d{1,4}\s+bce?"
    rf"|\d{{1,2}}\.?\s+(?:{_CALENDARS})(?:\s+\d{{4}})?"
    rf"|(?:\d{{1,2}}\.?\s+(?:de\s+)?|\b(?:im|en|in|seit|vor|nach|depuis|desde)\s+)(?:{_MONTHS_ELSEWHERE})"
    rf"|(?!mars)(?:{_MONTHS_ELSEWHERE})(?=\s+(?:de\s+)?{YEAR})|(?:seit|vor|nach|depuis|desde|dal)\s+{YEAR}"
    rf"|(?:{NUMBER})\s+(?:day|week|month|quarter|year|decade)s?\s+ago"
    r"|on\s+the\s+\d{1,2}(?:st|nd|rd|th)(?=\s*(?:$|[?.,;]))"
    r"|(?:some|many|a\s+few|(?<![\w-]))\s*(?:days|weeks|months|years|decades)\s+ago|the\s+other\s+day"
    rf"|since\s+(?:{NUMBER})\s+(?:day|week|month|year)s?"
    r"|(?:last|since|until)\s+(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)"
    r"|(?:kw|cw|wk)\s?\d{1,2}|(?:0[1-9]|1[0-2])\.(?:19|20)\d\d"
    r"|(?:last|past)\s+\d+\s+(?:yrs?|mos?|wks?)|\d+\s+(?:yrs?|mos?|wks?)\s+ago"
    rf"|(?:last|past|previous|this)\s+(?:(?:{NUMBER})\s+)?(?:day|week|weekend|month|quarter|year"
    r"|decade)s?"
    rf"|(?:last|this|in|since|until|during|on)\s+(?:{WEEKDAY}|{SEASON}|{MONTH})(?!\s*\d)|yesterday"
    r"|tonight|this\s+(?:morning|afternoon|evening)"
    rf"|q[1-4]\s+{YEAR}|week\s+\d{{1,2}}"
    r"|(?:at|on|over|since|before|after|until|during|last|this|by)\s+(?:christmas|easter|ramadan"
    r"|thanksgiving|new\s+year(?:['’]s(?:\s+(?:eve|day))?)?|halloween|black\s+friday"
    r"|good\s+friday|lent|hanukkah|diwali|eid|boxing\s+day|valentine['’]s\s+day"
    r"|independence\s+day))(?!\w)"
    r"|[昨今明前][天日年]|[上先去今本][个個]?[周週月年]|\d{1,2}月(?:\d{1,2}日)?"
)


@dataclass(frozen=True, slots=True)
class Times:
    """The times that a question names.

    Attributes:
        text: The question without the words that name times of reporting.
        windows: Days that are asked for; more than one are alternatives.
        excluded: Days that are not wanted.
        notes: What was read and what was not, in sentences.
        counted: Those of times that count from the day of asking.
    """

    text: str
    windows: tuple[Window, ...] = ()
    excluded: tuple[Span, ...] = ()
    notes: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()


def read_times(
    text: str,
    today: date | None,
    *,
    day_first: bool = False,
    written: bool = True,
) -> Times:
    """Read the times that a question names.

    Args:
        text: The question.
        today: What "this week" and "in May" count from; None: what counts from a day is not read.
        day_first: Whether 4/5/2023 is a day of May rather than of April.
        written: Whether to read what counts from no day, such as "in 2021".
    """
    context = Context(text, "".join(map(_lower, text)), today, day_first)
    old = [match.span() for match in _DATE_LONG_AGO.finditer(context.text)]
    found = [one for one in phrases(context, old) if one.counted or written]
    to_come = [one for one in found if one.to_come]
    wanted = _intersected([one for one in found if not one.excluded and not one.to_come])
    used = _chosen(wanted)
    excluded = [one for one in found if one.excluded and not one.to_come]
    notes: dict[bool, list[str]] = {False: [], True: []}
    for one in (*used, *excluded):
        notes[one.counted] += [one.note(today), *one.notes]
    notes[False] += [
        f'"{one.words}" is searched as words, not as a time.' for one in wanted if one not in used
    ]
    notes[False] += [
        f'"{one.words}" is taken for a time to come, not for one of articles.' for one in to_come
    ]
    if written:
        notes[False] += _not_read(context, found)
    return Times(
        text=_without(text, [part for one in (*used, *excluded) for part in one.places()]),
        windows=tuple(one.window for one in used),
        excluded=tuple((one.window.first, one.window.last) for one in excluded),
        notes=tuple(dict.fromkeys(notes[False])),
        counted=tuple(dict.fromkeys(notes[True])),
    )


def _chosen(wanted: Sequence["Phrase"]) -> list["Phrase"]:
    """Times of reporting before those of events, and written ones before those that count back."""
    for kind in (
        [one for one in wanted if not one.counted and not one.window.event],
        [one for one in wanted if not one.window.event],
        [one for one in wanted if not one.counted],
    ):
        if kind:
            return kind
    return list(wanted)


def _intersected(phrases: Sequence[Phrase]) -> list[Phrase]:
    """Phrases with "since 2019" and "before 2021" taken as one span."""
    since = [one for one in phrases if one.window.last == date.max]
    until = [one for one in phrases if one.window.first == date.min]
    if len(since) != 1 or len(until) != 1 or since[0].window.first > until[0].window.last:
        return list(phrases)
    first, last = sorted((since[0], until[0]), key=lambda one: one.start)
    both = replace(
        first,
        end=last.end,
        words=f"{first.words} and {last.words}",
        window=Window(since[0].window.first, until[0].window.last, event=False),
        counted=first.counted or last.counted,
        notes=(*first.notes, *last.notes),
        others=(first, last),
    )
    return [both, *(one for one in phrases if one not in (first, last))]


def _not_read(context: Context, found: Sequence[Phrase]) -> Iterator[str]:
    """What looks like a time and was not read, in sentences."""
    taken = [(one.start, one.end) for one in found]
    for pattern, why in (
        (
            _TIME_OF_DAY if found else _TIME_OF_DAY_ALONE,
            "is a time of day; articles are found by days",
        ),
        *(
            (pattern, "was not read, for years are read from 1900 on")
            for pattern in (_DATE_LONG_AGO, _LONG_AGO)
        ),
        (_AHEAD, "lies ahead of the day of asking, so no time was read from it"),
        (_LOOKS_LIKE_A_TIME, "looks like a time and was not read; write it like 2021-03-05"),
    ):
        for match in pattern.finditer(context.text):
            if re.match(r"(?:may|march|mar|jan)\b", match[0]) and not (
                context.written[match.start()].isupper() or re.search(YEAR, match[0])
            ):
                continue
            if all(match.end() <= start or end <= match.start() for start, end in taken):
                taken.append(match.span())
                yield f'"{context.written[match.start() : match.end()]}" {why}.'


def _without(text: str, places: Sequence[tuple[int, int]]) -> str:
    """The text without some spans; whole if no word that says anything would be left."""
    left, ends = text, {end for _, end in places}
    for start, end in sorted(places, reverse=True):
        if (joint := _JOINT_BEFORE.search(text[:start])) and joint.start() in ends:
            start = joint.start()  # noqa: PLW2901 - "after 2019 and before 2021"
        left = f"{_LEADING_WORD.sub('', left[:start])} {left[end:]}"
    left = re.sub(r"\s+([?,.])", r"\1", " ".join(left.split())).strip(" ,")
    return left if says_something(left) else text


def _lower(character: str) -> str:
    """In lower case if that is one character, too, so that offsets stay."""
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character

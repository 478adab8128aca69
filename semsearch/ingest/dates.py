"""Publication dates as archives write them.

ISO 8601 is read here, because nearly all dates are of it; what has names of months is read by
dateparser. The rules around both are ours: what may be a date at all, which number is the day,
afternoon, zones, and that a day is not a moment.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from typing import Any

from semsearch.ingest.zones import ZONE, zone_of
from semsearch.model.article import DatePrecision

_MAX_CHARS = 100
_NOON, _MONTHS = 12, 12
_MORNING = time(11, 30)
# Newspapers began in 1605. What is later is a placeholder, or of a calendar that counts otherwise:
# 2567 is 2024 in Thailand.
_FIRST_YEAR, _LAST_YEAR = 1605, 2099
_LATEST_SECONDS = 4_102_444_800  # 2100: a number beyond it is no time stamp
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:(?:T\d\d|[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)"
    r"(?:Z|[+-]\d\d(?::?\d\d)?)?)?\Z"
    r"|\d{8}T\d{4}(?:\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?\Z",
    re.IGNORECASE,
)
_RFC_5322 = re.compile(  # a year below 1000 would be one of the last century or this
    r"(?:[A-Z][a-z]{2}, ?)?\d\d? [A-Z][a-z]{2} [1-9]\d{3} \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT)\Z"
)
_YEAR_FIRST = re.compile(r"(\d{4})(?:([-/.])(\d\d?)\2(\d\d?)\.?|(\d\d)(\d\d))\Z")
_NUMERIC = re.compile(r"(?:[^\W\d]{2,12}[.,]{0,2} )?(\d\d?)([./-]) ?(\d\d?)\2 ?(\d{4})\.?\Z")
_SHORT_YEAR = re.compile(r"((?:[A-Z]{3},? )?\d\d?[ -][A-Z]{3}[ -])(\d\d)\Z", re.IGNORECASE)
_STAMP = re.compile(r"(\d{10})(?:\.\d{1,6})?\Z|(\d{13})(?:\.0)?\Z")
_DAY_AND_HOUR = re.compile(
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])\Z"
)
_MOMENT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\Z")  # as GDELT writes
# Such as 15:20, 3:20:15 PM, 15.20 Uhr, 15h20, 3pm, 12 noon, 15 Uhr.
_TIME = re.compile(
    r"(?<![\d.:/+-])(?P<hour>\d\d?)"
    r"(?:(?: ?h ?|[:.])(?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?"
    r"(?![\d:]|[.,/-]\d)|(?= ?(?:[ap]\.? ?m\b|noon\b|midnight\b|uhr\b|h\b)))"
    r"(?P<half> ?(?:[ap]\.? ?m\b\.?|[ap]\b|noon\b|midnight\b))?(?: ?(?:uhr|hrs?|h|uur)\b\.?)?",
    re.IGNORECASE,
)
_BEFORE_TIME = re.compile(
    r"[\s,;|•·–—T-]*(?:\b(?:at|um|à|a las|às|alle|om|kl|klo)\b\.?)?\s*\Z", re.IGNORECASE
)
_AROUND = " ,;|•·–—"
_EAST_ASIAN_DAY = re.compile(
    r"(\d{4}) ?[年년] ?(\d\d?) ?[月월] ?(\d\d?) ?[日일]?"
    r"(?: ?\(?(?:[日月火水木金土](?:曜日?)?|(?:星期|周|週)[一二三四五六日天]"
    r"|[일월화수목금토](?:요일)?)\)?)?"
)
_EAST_ASIAN_TIME = re.compile(
    r"(午前|午後|上午|下午|오전|오후)? ?(\d\d?) ?[:時时點点시] ?(\d\d)(?: ?[分분])?"
    r"(?:[: ]?(\d\d)(?: ?[秒초])?)?"
)
_HALVES = dict.fromkeys(("午前", "上午", "오전"), "am") | dict.fromkeys(
    ("午後", "下午", "오후"), "pm"
)
_LETTER = re.compile(r"[^\W\d_]")
_PART_OF_DAY = re.compile(r"\b(?:morning|noon|afternoon|evening|night|midnight)\b", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
# Day before month, whatever the region.
_DAY_FIRST = frozenset(
    "bg ca cs da de el es et fi fr gl hr id is it lv mk nb nl nn no pl pt ro ru sk sl sq sr tr uk"
    " vi en-au en-gb en-ie en-in en-nz en-za en-sg en-hk".split()
)
_MONTH_FIRST = frozenset(("en-us", "en-ph"))


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date in UTC.

    Attributes:
        moment: Midnight, where it is a day.
        zone_assumed: It came without a zone and was taken as UTC.
        precision: Whether it has a time of day.
    """

    moment: datetime
    zone_assumed: bool
    precision: DatePrecision = DatePrecision.TIME


def parse_date(text: str, language: Callable[[], str] = str) -> ReadDate | None:
    """Read a date with a year, a month and a day; None where that is not what the text says.

    Numbers of 10 or 13 digits are seconds or milliseconds since 1970. Years before 1605 or after
    2099 and the first moment of 1970 stand for no date. What could be two dates (03/05/2024) is
    read by the customs of the text's language, and not at all where that is English of no country.

    ``language`` is asked for that of the record, such as "de" or "en-gb", where it matters.
    """
    if len(text) > _MAX_CHARS:
        return None
    text = text.strip()
    found: ReadDate | None
    try:
        if _ISO.match(text):
            found = _located(datetime.fromisoformat(text.upper()))
        elif _RFC_5322.match(text):
            found = _located(parsedate_to_datetime(text))
        elif text.replace(".", "", 1).isdecimal():
            found = _number(text)
        else:
            found = _written(text, language)
    except (ValueError, OverflowError):  # a month 13, a zone that moves it out of the calendar
        return None
    return found if found and _plausible(found) else None


def in_utc(moment: datetime) -> ReadDate | None:
    """A moment as a date; a midnight without a zone is a day, which tables write so.

    None where it stands for no date.
    """
    try:
        found = _located(moment)
    except OverflowError:  # year 1 or 9999 moved over the edge by its zone
        return None
    return found if _plausible(found) else None


def of_day(day: date) -> ReadDate | None:
    """A day as a date; None where it stands for no date."""
    found = _day(day)
    return found if _plausible(found) else None


def _located(moment: datetime) -> ReadDate:
    if moment.tzinfo is not None:
        return ReadDate(moment.astimezone(UTC), zone_assumed=False)
    if moment.time() == time():
        return _day(moment.date())
    return ReadDate(moment.replace(tzinfo=UTC), zone_assumed=True)


def _day(day: date, *, zone_assumed: bool = True) -> ReadDate:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return ReadDate(midnight, zone_assumed, DatePrecision.DAY)


def _plausible(found: ReadDate) -> bool:
    return _FIRST_YEAR <= found.moment.year <= _LAST_YEAR and found.moment != _EPOCH


def _number(text: str) -> ReadDate | None:
    """Digits alone: a time stamp, a day, or a moment."""
    if _DAY_AND_HOUR.match(text):
        return None  # 2024030515 may be that, or a second of 2034
    if stamp := _STAMP.match(text):
        seconds = float(text) if stamp[1] else int(stamp[2]) / 1000
        moment = _EPOCH + timedelta(milliseconds=round(seconds * 1000))
        return ReadDate(moment, zone_assumed=False) if seconds < _LATEST_SECONDS else None
    if moment_digits := _MOMENT.match(text):
        return _located(datetime(*map(int, moment_digits.groups())))  # type: ignore[arg-type] # noqa: DTZ001
    day = _day_of(text, str)
    return _day(day) if day else None


def _written(text: str, language: Callable[[], str]) -> ReadDate | None:
    """A day in words or numbers, with or without a time and its zone, in any order."""
    text = _SPACES.sub(" ", text if text.isascii() else _west(unicodedata.normalize("NFKC", text)))
    clock = _TIME.search(text)
    if clock is None:
        day, zone = _day_of(text, language), None
        if day is None and (zone := _zone_behind(text)) and (zone["minutes"] or zone["name"]):
            day = _day_of(text[: zone.start()], language)
        return _day(day, zone_assumed=zone is None) if day else None
    zone = ZONE.match(text, clock.end())
    before = _BEFORE_TIME.sub("", text[: clock.start()])
    after = text[zone.end() if zone else clock.end() :].strip(_AROUND)
    day = _day_of(f"{before} {after}".strip(), language)
    if day is None:
        return None
    moment = datetime.combine(day, _time_of(clock))
    where = zone_of(zone, moment) if zone else None
    if where is None:
        return ReadDate(moment.replace(tzinfo=UTC), zone_assumed=True)
    return ReadDate(moment.replace(tzinfo=where).astimezone(UTC), zone_assumed=False)


def _zone_behind(text: str) -> re.Match[str] | None:
    return next((found for found in ZONE.finditer(text) if found.end() == len(text)), None)


def _west(text: str) -> str:
    """Japanese, Chinese and Korean days and times as others write them."""
    text, days = _EAST_ASIAN_DAY.subn(r"\1-\2-\3 ", text)
    if not days:
        return text
    return _EAST_ASIAN_TIME.sub(
        lambda at: f" {at[2]}:{at[3]}{':' + at[4] if at[4] else ''} {_HALVES.get(at[1], '')}", text
    ).strip()


def _time_of(clock: re.Match[str]) -> time:
    hour, half = int(clock["hour"]), (clock["half"] or "").strip().lower()
    if half and hour <= _NOON:  # 15:20 PM says the same twice
        hour = hour % _NOON + (_NOON if half[0] in "pn" else 0)
    elif half[:1] in ("a", "m"):
        raise ValueError("15 AM")
    return time(
        hour,
        int(clock["minute"] or 0),
        int(clock["second"] or 0),
        int((clock["part"] or "").ljust(6, "0")[:6]),
    )


def _day_of(text: str, language: Callable[[], str]) -> date | None:
    """The day that a text is; None where it is none, or could be two."""
    if found := _YEAR_FIRST.match(text):
        year, month, day = (
            int(number) for number in found.groups() if number and number.isdecimal()
        )
        return date(year, month, day)
    if found := _NUMERIC.match(text):
        first, second, year = map(int, found.group(1, 3, 4))
        if first <= _MONTHS and second <= _MONTHS and first != second and found[2] != ".":
            tongue = language().lower().replace("_", "-")
            if tongue in _MONTH_FIRST:
                return date(year, first, second)
            if not {tongue, tongue.partition("-")[0]} & _DAY_FIRST:
                return None
        return date(year, second, first) if second <= _MONTHS else date(year, first, second)
    if found := _SHORT_YEAR.match(text):
        text = f"{found[1]}{'19' if found[2] >= '50' else '20'}{found[2]}"  # RFC 5322, 4.3
    numbers = sorted(map(len, re.findall(r"\d+", text)))
    if not _LETTER.search(text) or numbers not in ([1, 4], [2, 4]) or _PART_OF_DAY.search(text):
        return None
    return _named_day(text, "en") or _named_day(text, language().lower()[:2])


@lru_cache(10_000)
def _named_day(text: str, language: str) -> date | None:
    """A day with the name of its month in a language, by dateparser.

    It is asked with a time beside: words that would change one, such as those for afternoon and
    for zones, are no part of a day.
    """
    parser = _parser(language)
    if parser is None:
        return None
    at = [parser.get_date_data(f"{text} {clock}").date_obj for clock in ("11:30", "12:30")]
    if any(one is None or one.tzinfo for one in at):
        return None
    morning, noon = at
    told = morning.time() == _MORNING and noon - morning == timedelta(hours=1)
    return morning.date() if told else None


@cache
def _parser(language: str) -> Any | None:
    """What reads days in a language; None where there is no such."""
    from dateparser.date import DateDataParser  # noqa: PLC0415 - takes a third of a second

    settings = {
        "PARSERS": ["absolute-time"],
        "REQUIRE_PARTS": ["day", "month", "year"],
        "STRICT_PARSING": True,
    }
    try:
        return DateDataParser(languages=[language], settings=settings)
    except ValueError:
        return None

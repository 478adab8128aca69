"""Phrases of time: an expression with what stands before it, two joined, or a list of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from semsearch.ask.times.dates import hemisphere_note, season_span
from semsearch.ask.times.expressions import expression_at
from semsearch.ask.times.spans import (
    MONTH,
    NUMBER,
    SEASON,
    WEEKDAY,
    YEAR,
    Context,
    Expression,
    Span,
    Unit,
    Window,
    back,
    count_of,
    yearly,
)

_START = re.compile(r"(?:(?<![\w'’.,/$€£#-])|(?<=[\u3040-\u30ff\u4e00-\u9fff](?=\d)))[\w'’]")
_IN = (
    r"(?:as\s+(?=of\b|at\b))?(?P<preposition>in|during|throughout|of|from|on|over|within|for|at|around|between|through)\s+"
    r"(?P<article>the\s+)?(?:(?:past|years)\s+(?=\d{4}))?"
)
# What stands before an expression, and how its days are meant; the first that matches counts.
_BEFORE: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("range", r"(?:between|from)\s+(?P<article>the\s+)?(?:years\s+(?=\d{4}))?"),
        (
            "since",
            (
                r"(?:(?:ever\s+since|since|not\s+(?:before|until|earlier\s+than)|no\s+earlier\s+than"
                r"|(?:on|in|during)\s+(?:or|and)\s+after|after\s+or\s+on"
                r"|starting(?:\s+(?:in|from|on|with))?)\s+|(?:since|after|from):\s*)"
                r"(?P<article>the\s+)?"
            ),
        ),
        (
            "until",
            (
                r"(?:(?:up\s+)?(?:until|till)|up\s+to(?:\s+and\s+including)?|through(?:\s+to)?|by"
                r"|not\s+(?:after|later\s+than)|(?:on|in|during)\s+or\s+before|before\s+or\s+on"
                r"|no\s+later\s+than)\s+(?P<article>the\s+)?|until:\s*"
            ),
        ),
        (
            "after",
            r"(?:(?:after|later\s+than|newer\s+than)\s+|post-(?=\d{4}\b))(?P<article>the\s+)?",
        ),
        (
            "before",
            (
                r"(?:before:?|prior\s+to|earlier\s+than|older\s+than|pre-|pre\s(?=\d{4}\b))\s*"
                r"(?P<article>the\s+)?"
            ),
        ),
        ("in", _IN),
    )
)
_NOT = re.compile(
    r"(?:but\s+|and\s+)?(?:not(?!\s+(?:before|after|until|earlier|later)\b)|except(?:ing)?"
    r"(?:\s+for)?|excluding|other\s+than|outside(?:\s+of)?"
    r"|apart\s+from|aside\s+from|without|before\s+(?:or|and)\s+after"
    r"|(?:anything|everything|(?:any|every|all)\s+(?:years?|months?|weeks?|days?|times?))\s+(?:but"
    r"|except(?:\s+for)?|other\s+than))\s+"
    r"(?:(?:articles|reports|news|stories|coverage|anything|everything|those)\s+(?=from|of|in|on))?"
)
# "older than two weeks", "less than a month ago"
_AGE = re.compile(
    rf"(?P<no>not?\s+)?(?:(?:(?P<older>older|more|longer)|newer|younger|less)\s+than"
    rf"|(?P<over>over)|at\s+most)\s+(?P<count>{NUMBER})\s+"
    r"(?P<unit>day|week|month|quarter|year|decade)s?(?P<ago>\s+(?:ago|old))?\b"
)
_ARROW = (
    r"-|–|—|\.\.+|/(?=\d{4}-)|\b(?:up\s+)?to\b|\b(?:up\s+)?(?:un)?till?\b|\bthrough\b(?:\s+to\b)?"
)
_JOINS = re.compile(rf"\s*(?:{_ARROW}|\band\b)\s*(?:the\s+)?")
_TO = re.compile(rf"\s*(?:{_ARROW})\s*(?:the\s+)?")
_UP_TO_NOW = re.compile(r"\s+(?:up\s+)?(?:to|until|till)\s+(?:now|today|date|the\s+present)\b")
# A year of accounts begins in another month everywhere: it is said, and nothing is read.
_FISCAL = re.compile(
    r"(?:fy\s?['’]?|(?:fiscal|financial|tax)(?:\s+years?)?\s+['’]?)\d{2,4}(?:[-–/]\d{2,4})?\b"
)
_NOW = re.compile(r"(?:now|the\s+present|present|date|today)\b")
_ONWARDS = re.compile(
    r"\s*(?:onwards?\b|and\s+(?:later|after|since)\b|or\s+later\b|on(?=\s*(?:$|[?.,])))"
)
_OR_EARLIER = re.compile(r"\s*(?:and|or)\s+(?:earlier|before)\b")
_AND = re.compile(
    r"\s*(?:,\s*(?:and|or|nor)?|\band\b|\bor\b|\bnor\b|&|/(?=[a-z]))\s*(?:(?:in|during)\s+)?"
)
_JOINT = re.compile(r"^(?:and|or|nor|&),?\s+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s?(?!\w)")
# "Windows 2019", "more than 2000", "room 2019": a version or a number.
_NUMBERED = re.compile(
    r"(?:\b(?:windows|server|office|studio|dynamics|room|flight|route|page|no\.?|number|model"
    r"|version|building|article|resolution|over|nearly|almost|than|least|most|roughly|about"
    r"|approximately)|[$€£#])\s*$"
)
_DASH_AND_NUMBER = re.compile(r"\s?[-–—]\s?\d")
_REPORTS = re.compile(
    r"\b(?:news|articles?|reports?|stor(?:y|ies)|coverage|headlines?|pieces?|anything|everything"
    r"|something|what)\s+(?:is\s+)?$"
)
# A year alone is one of reporting only after these; "plans for 2021" are about it.
_REPORTING = frozenset("in during throughout of from".split())
_ARTICLE_BEFORE = re.compile(r"\b(?:the|that|this|a)\s+$")
_NOUN_AFTER = re.compile(
    r"\s+(?!(?:to|and|for|on|about|by|in|at|with|or|of|from|but|not|did|do|does|was|were|is|are"
    r"|has|have|had|who|what|how|why|when|where|which|that|the|an?|as|until|since)\b)[a-z]"
)
_COUNTS_BACK = re.compile(
    rf"\b(?:last|past|this|previous|current|ago|yesterday|today|tonight|recent\w*|{WEEKDAY}|weekend)\b"
)
_DAY_TO_DAY = re.compile(r"from\s+\d{1,2}\s*(?:-|–|to|until)\s*\d")
_SEASON = re.compile(SEASON)
_WORD = re.compile(r"[\w']+")
A_DAY = (
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}[/.-]\d{1,2}[/.-]\d{1,2}|\d{1,2}/\d{1,2}/\d\d"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?\s+{MONTH}(?:,?\s+{YEAR})?"
    rf"|{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+{YEAR})?(?!\s*%)"
)
_DAY_LIKE = re.compile(rf"(?:{A_DAY})(?!\w)")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of time: where it stands and the days that it asks for or leaves out.

    ``to_come``: it is rather a day after that of asking, such as "by Friday", and no time of
    reporting. ``others`` are those that were taken as one with it.
    """

    start: int
    end: int
    words: str
    window: Window
    counted: bool
    taken_out: bool = True
    excluded: bool = False
    to_come: bool = False
    notes: tuple[str, ...] = ()
    others: tuple["Phrase", ...] = ()

    def note(self, today: date | None) -> str:
        """What it does to the answer, in a sentence."""
        words = f'"{self.words}"' + (f", counted from {today}" if self.counted else "")
        if self.excluded:
            return f"Articles {self.window.days()} are left out ({words})."
        later = ", or later about that time," if self.window.event else ""
        return f"Articles {self.window.days()}{later} come first ({words})."

    def places(self) -> list[tuple[int, int]]:
        """Spans of the text that are taken out of it."""
        parts = self.others or (self,)
        return [(one.start, one.end) for one in parts if one.taken_out]


def phrases(context: Context, skipping: Sequence[tuple[int, int]]) -> Iterator[Phrase]:
    """All phrases of time, from left to right."""
    place = 0
    year: int | None = None
    while (begin := _START.search(context.text, place)) is not None:
        place = begin.start()
        inside = next((end for start, end in skipping if start <= place < end), None)
        phrases = [] if inside is not None else _phrase_at(context, place)
        if year is not None:
            phrases = _of_year(context, place, phrases, year)
        yield from phrases
        years = {end.year for one in phrases for end in (one.window.first, one.window.last)}
        if len(years) == 1 and not any(one.counted or one.excluded for one in phrases):
            (year,) = years
        if phrases:
            place = max(phrases[-1].end, place + 1)
        elif inside is not None:
            place = inside
        else:
            # no "February 2021" of a 31 February 2021
            wrong = _FISCAL.match(context.text, place) or _DAY_LIKE.match(context.text, place)
            word = wrong or _WORD.match(context.text, place)
            place = word.end() if word else place + 1


def _of_year(context: Context, place: int, phrases: list[Phrase], year: int) -> list[Phrase]:
    """Months and days that are left out of a year that the question names before them.

    "In 2019, but not in March" leaves out March 2019.
    """
    without = [one for one in phrases if one.excluded and one.counted]
    if not without or any(_COUNTS_BACK.search(one.words.lower()) for one in without):
        return phrases
    at_its_end = replace(context, today=date(year, 12, 31))
    return [replace(one, counted=False) for one in _phrase_at(at_its_end, place)]


def _phrase_at(context: Context, place: int) -> list[Phrase]:
    """The phrase that begins at a place; of several times if it lists them; else nothing."""
    if _FISCAL.match(context.text, place):
        return []
    negated = _NOT.match(context.text, place)
    if negated is not None and not _AGE.match(context.text, place):
        inner = _plain_phrases(context, place, negated.end(), negated=True)
        if inner and not inner[0].window.event:
            return [
                replace(one, excluded=True, words=context.written[place : inner[-1].end])
                for one in inner
            ]
    return _plain_phrases(context, place, place, negated=False)


def _plain_phrases(context: Context, start: int, place: int, *, negated: bool) -> list[Phrase]:
    """The phrase at ``place``, which counts from ``start`` when it is cut out."""
    if (age := _AGE.match(context.text, place)) and (phrase := _aged(context, start, age)):
        return [phrase]
    for kind, pattern in _BEFORE:
        before = pattern.match(context.text, place)
        if before is None:
            continue
        at, article = before.end(), before["article"] is not None
        if kind == "range":
            phrase = _joined(context, start, at, _JOINS if context.text[place] == "b" else _TO)
        elif kind == "in":
            if (phrase := _joined(context, start, at, _TO)) is not None:
                return [phrase]
            phrases = _listed(context, start, at, before["preposition"], article=article)
            if phrases:
                return phrases
            continue
        else:
            phrase = _bounded(context, start, at, kind, article=article)
        if phrase is not None:
            return [phrase]
    if (phrase := _joined(context, start, place, _TO)) is not None:
        return [phrase]
    return _listed(context, start, place, "in" if negated else "", article=False)


def _aged(context: Context, start: int, age: re.Match[str]) -> Phrase | None:
    """Older or newer than some days, weeks or months; than years only with "ago"."""
    plain = age["unit"] in ("day", "week", "month") and re.search(r"\b(?:older|newer)\b", age[0])
    if context.today is None or not (age["ago"] or plain):
        return None
    try:
        day = back(context.today, count_of(age["count"]), Unit[age["unit"].upper()])
        older = bool(age["older"] or age["over"]) is not bool(age["no"])
        span = (date.min, day - timedelta(1)) if older else (day, context.today)
    except (ValueError, OverflowError):
        return None
    return _phrase(context, start, age.end(), span, event=False, counted=True, notes=())


def _joined(context: Context, start: int, place: int, joins: re.Pattern[str]) -> Phrase | None:
    """Two expressions that are the ends of one span: "March to May 2023", "2019-2021"."""
    first = expression_at(context, place, led=start != place) or _leading_part(context, place)
    if first is None:
        return None
    joint = joins.match(context.text, first.end)
    if joint is None:
        return None
    now = _NOW.match(context.text, joint.end())
    if now is not None:
        return _until_now(context, start, first, now)
    second = expression_at(context, joint.end(), led=True)
    if second is None or (first.bare and not second.bare and start == place):
        return None
    try:
        span = _ends(first, second, context.today)
    except (ValueError, OverflowError):
        return None
    notes = (*first.notes, *second.notes)
    counted = second.counted or (first.counted and first.year is not None)
    return _phrase(context, start, second.end, span, event=False, counted=counted, notes=notes)


def _leading_part(context: Context, place: int) -> Expression | None:
    """A month or season without a year at the beginning of a span: "March to May 2023"."""
    if not context.written[place : place + 1].isupper():
        return None
    return expression_at(context, place, led=True)


def _until_now(
    context: Context, start: int, first: Expression, now: re.Match[str]
) -> Phrase | None:
    try:
        span = first.span(context.today)[0], date.max
    except (ValueError, OverflowError):
        return None
    return _phrase(
        context, start, now.end(), span, event=False, counted=first.counted, notes=first.notes
    )


def _ends(first: Expression, second: Expression, today: date | None) -> Span:
    """The span from one expression to another; one without a year takes that of the other.

    Raises:
        ValueError: It would end before it begins.
    """
    if first.year is None and second.year is not None:
        begin, end = first.build(second.year), second.span(today)
        if begin[0] > end[1]:
            begin = first.build(second.year - 1)
    elif second.year is None and first.year is not None:
        begin, end = first.span(today), second.build(first.year)
        if begin[0] > end[1]:
            end = second.build(first.year + 1)
    else:
        begin, end = first.span(today), second.span(today)
        if begin[0] > end[1] and first.year is None and end[0].year > 1:
            begin = first.build(end[0].year - 1)
    if begin[0] > end[1] and first.recurring and first.counted:
        begin = begin[0] - timedelta(7), begin[1] - timedelta(7)  # Monday to Wednesday last week
    if begin[0] > end[1] and not (first.counted or second.counted):
        begin, end = end, begin  # "between 2021 and 2019"
    if begin[0] > end[1]:
        raise ValueError
    return begin[0], end[1]


def _bounded(
    context: Context, start: int, place: int, kind: str, *, article: bool
) -> Phrase | None:
    """A span with one end open: "since 2020", "before last week"."""
    found = expression_at(context, place, led=True)
    if found is None:
        return None
    if article and _names_event(context, found):
        return None  # "after the March 2021 outage": it is read as that event's time
    word = context.text[start:place].split()[0]
    try:
        first, last = found.span(context.today)
        match kind:
            case "since":
                span = first, date.max
            case "until":
                span = date.min, last
            case "after":
                span = last + timedelta(1), date.max
            case _:
                span = date.min, first - timedelta(1)
    except (ValueError, OverflowError):
        return None
    now = _UP_TO_NOW.match(context.text, found.end) if kind == "since" else None
    # "starting today", "by Friday", "no waste by 2030": rather the next one, or a goal
    to_come = found.counted and (word == "starting" or (word == "by" and found.recurring))
    ahead = context.today is not None and last > context.today
    if ahead and (word in ("by", "before") or (kind == "until" and not found.counted)):
        to_come = True
    end = now.end() if now else found.end
    one = _phrase(context, start, end, span, event=False, counted=found.counted, notes=found.notes)
    return replace(one, to_come=to_come)


def _listed(
    context: Context, start: int, place: int, preposition: str, *, article: bool
) -> list[Phrase]:
    """One expression or a list of them: "in 2019", "in March and May 2021"."""
    found = _expressions(context, place, led=bool(preposition))
    if not found or (found[0].bare and _is_no_year(context, start, preposition, found)):
        return []
    spans, last = _spans_of(found, context.today), found[-1]
    if onwards := _ONWARDS.match(context.text, last.end):
        return [_whole(context, start, onwards.end(), (spans[-1][0], date.max), last)]
    if earlier := _OR_EARLIER.match(context.text, last.end):
        return [_whole(context, start, earlier.end(), (date.min, spans[-1][1]), last)]
    event = _names_event(context, last) and (
        article or bool(_ARTICLE_BEFORE.search(context.text[:place]))
    )
    if found[0].bare and preposition not in _REPORTING:
        event = True
    own = _POSSESSIVE.match(context.text, last.end)  # "last week's storm"
    phrases = []
    begin = start
    for one, span in zip(found, spans, strict=True):
        counted = one.counted and (one.year is not None or not any(each.year for each in found))
        owner = own if one is last and counted else None
        phrase = _phrase(
            context,
            begin,
            owner.end() if owner else one.end,
            span,
            event=event or owner is not None,
            counted=counted,
            notes=one.notes,
            taken_out=not event,
        )
        to_come = counted and one.recurring and _is_to_come(context, start, preposition)
        to_come = to_come or (counted and context.today is not None and span[0] > context.today)
        phrases.append(replace(phrase, to_come=to_come))
        begin = one.end
    return phrases


def _expressions(context: Context, place: int, *, led: bool) -> list[Expression]:
    """As many expressions as are listed from here on and have days."""
    found: list[Expression] = []
    at: int | None = place
    while at is not None:
        one = expression_at(context, at, led=led or bool(found))
        if one is None and not found:
            one = _first_of_list(context, at)
        if one is None:
            break
        found.append(one)
        joint = _AND.match(context.text, one.end)
        at = None if joint is None else joint.end()
    while found:
        try:
            _spans_of(found, context.today)
        except (ValueError, OverflowError):
            found.pop()
        else:
            break
    return found


def _first_of_list(context: Context, place: int) -> Expression | None:
    """A month or season before others with a year: "May & June 2021", "spring/summer 2021"."""
    season = _SEASON.match(context.text, place)
    if season is not None:
        one = yearly(season.end(), context, None, season_span(season[0]))
        one = replace(one, notes=hemisphere_note(season[0]))
    else:
        month = expression_at(context, place, led=True)
        if month is None or month.year is not None or not context.written[place].isupper():
            return None
        one = month
    joint = _AND.match(context.text, one.end)
    more = expression_at(context, joint.end(), led=True) if joint else None
    return one if more is not None and more.year is not None and not more.counted else None


def _is_to_come(context: Context, start: int, preposition: str) -> bool:
    """Whether a Friday or a May is rather the next one: "set for Friday", "from January"."""
    if preposition == "from":
        a_range = _DAY_TO_DAY.match(context.text, start)
        return not a_range and not _REPORTS.search(context.text[:start])
    return preposition in ("for", "at", "around")


def _is_no_year(
    context: Context, start: int, preposition: str, found: Sequence[Expression]
) -> bool:
    """Whether four digits are a number or the beginning of a range."""
    return (
        preposition in ("over", "around", "at")
        or bool(_NUMBERED.search(context.text[:start]))
        or bool(_DASH_AND_NUMBER.match(context.text, found[-1].end))
    )


def _spans_of(found: Sequence[Expression], today: date | None) -> list[Span]:
    """The days of some expressions; those without a year take that of the next which has one.

    Raises:
        ValueError, OverflowError: One has none.
    """
    named = [one.year for one in found if one.year is not None]
    spans: list[Span] = []
    for place, one in enumerate(found):
        later = [each.year for each in found[place:] if each.year is not None]
        year = next(iter(later), named[-1] if named else None)
        spans.append(one.span(today) if one.year is not None or year is None else one.build(year))
    return spans


def _whole(context: Context, start: int, end: int, span: Span, one: Expression) -> Phrase:
    return _phrase(context, start, end, span, event=False, counted=one.counted, notes=one.notes)


def _phrase(
    context: Context,
    start: int,
    end: int,
    span: Span,
    *,
    event: bool,
    counted: bool,
    notes: tuple[str, ...],
    taken_out: bool = True,
) -> Phrase:
    words = _JOINT.sub("", context.written[start:end].strip(" ,."))
    return Phrase(start, end, words, Window(*span, event=event), counted, taken_out, notes=notes)


def _names_event(context: Context, one: Expression) -> bool:
    """Whether an expression stands before what happened then: "March 2021 outage"."""
    return one.may_name_event and bool(_NOUN_AFTER.match(context.text, one.end))

"""Lineage: who has a text from whom, from which source, and what was changed.

``lineage`` tells it of two articles with the same text, ``parents`` of the members of a group.
"""

import re
from collections.abc import Sequence
from datetime import time

from semsearch.model.article import FIELDS, Article
from semsearch.model.relation import Lineage, LineageKind, RelationKind, SharedSpan, Side
from semsearch.relate.facts import PRESS_WIRES, credits_of, credits_outlet, names_itself, own_agency
from semsearch.relate.profile import Profile
from semsearch.relate.spans import unshared_spans
from semsearch.text.shingles import contained

RULES = "lineage-3"
"""Which rules these are; an index related by others is related anew."""
_HOUR = 3600.0
_DAY = 24 * _HOUR
_ZONES = 14 * _HOUR
"""The most that a time may be off whose zone is not known."""
# As agencies mark it: "CORRECTED - ", "(Correction)", "UPDATE 2-", "RPT-", "REFILE-", "1st LD".
_FOLLOWS = re.compile(
    r"\W*(?:(?:correct(?:ed|ion)|re-?filed?|re-?issued?|rpt|repeat(?:ed|ing)?"
    r"|updated?(?:[ -]?\d{1,2})?|wrap-?up[ -]?\d{1,2})\s*[-–—:)\]|]"
    r"|\d(?:st|nd|rd|th)[ -](?:ld|lead)\b|(?:ld|lead)[ -]\d{1,2}\s*[-–—:)])",
    re.IGNORECASE,
)


def lineage(
    relation: RelationKind, a: Profile, b: Profile, shared: tuple[SharedSpan, ...]
) -> Lineage:
    """The lineage of a copy or an edited copy."""
    credits_a, credits_b = credits_of("a", a.article), credits_of("b", b.article)
    agencies_a = {credit.agency for credit in credits_a}
    agencies_b = {credit.agency for credit in credits_b}
    source, source_reasons = _source(a, b, agencies_a, agencies_b)
    first, order_reasons = _first(a, b, agencies_a, agencies_b)
    only_a, only_b = unshared_spans("a", a, b), unshared_spans("b", b, a)
    added, cut = (only_a, only_b) if first == "b" else (only_b, only_a)
    return Lineage(
        kind=_kind(relation, source, first),
        first=first,
        source=source,
        reasons=(*source_reasons, *order_reasons, *_containment(a, b, shared)),
        credits=credits_a + credits_b,
        kept=tuple(
            sorted(
                (span for span in shared if not span.boilerplate),
                key=lambda span: (FIELDS.index(span.field_a), span.start_a, span.start_b),
            )
        ),
        added=added,
        cut=cut,
    )


def _kind(relation: RelationKind, source: str, first: Side | None) -> LineageKind:
    if source:
        return LineageKind.COMMON_SOURCE
    if first is None:
        return LineageKind.UNKNOWN
    return LineageKind.COPY_OF if relation is RelationKind.COPY else LineageKind.EDITED_FROM


def _source(
    a: Profile, b: Profile, agencies_a: set[str], agencies_b: set[str]
) -> tuple[str, tuple[str, ...]]:
    """The agency that both have it from, unless one of the two is the agency's own."""
    own = {own_agency(a.article), own_agency(b.article)}
    for agency in sorted((agencies_a & agencies_b) - own):
        return agency, (f"both credit {agency}",)
    return "", ()


def _first(
    a: Profile, b: Profile, agencies_a: set[str], agencies_b: set[str]
) -> tuple[Side | None, tuple[str, ...]]:
    """The one that the other was made from, where two kinds of evidence agree; else None.

    Every duplicate holds the other's words; beside that counts a credit to the other, or that it is
    the release of a press wire. Dates do so only within one outlet, and for a text that an agency
    credits to itself, as agencies print releases, too: of two outlets that print a release or a
    report of an agency either may be the first.
    """
    earlier, dates = _dates(a, b)
    said, reasons = _credited(a, b, agencies_a, agencies_b, earlier)
    if said is not None:
        return said, (*reasons, *dates)
    elsewhere = sorted((agencies_a | agencies_b) - {own_agency(a.article), own_agency(b.article)})
    if elsewhere:
        return None, (f"{elsewhere[0]} is credited, and neither is its own article", *dates)
    if earlier is None:
        return None, dates
    own, other = (a, b) if earlier == "a" else (b, a)
    if own.article.provider.key == other.article.provider.key != "":
        return earlier, ("both are of one outlet", *dates)
    credited = agencies_a if earlier == "a" else agencies_b
    if own_agency(own.article) in credited or names_itself(own.article):
        return earlier, (f"{earlier} is an agency's own article", *dates)
    return None, (*dates, "that alone does not tell where the text came from")


def _credited(
    a: Profile, b: Profile, agencies_a: set[str], agencies_b: set[str], earlier: Side | None
) -> tuple[Side | None, tuple[str, ...]]:
    """The one that the other credits, or that a press wire sent out; None where both or none is.

    A release that is dated after the other, which does not name the wire, was its issuer's before.
    """
    own_a, own_b = own_agency(a.article), own_agency(b.article)
    found: dict[Side, str] = {}
    if own_a != own_b:
        if own_a in agencies_b:
            found["a"] = f"b credits {own_a}, whose article a is"
        if own_b in agencies_a:
            found["b"] = f"a credits {own_b}, whose article b is"
    if not found and a.article.provider.key != b.article.provider.key:
        if credits_outlet(b.article, a.article.provider):
            found["a"] = "b credits the outlet of a"
        if credits_outlet(a.article, b.article.provider):
            found["b"] = "a credits the outlet of b"
    wires = own_a in PRESS_WIRES, own_b in PRESS_WIRES
    if not found and wires[0] != wires[1]:
        side: Side = "a" if wires[0] else "b"
        wire, credited = (own_a, agencies_b) if wires[0] else (own_b, agencies_a)
        if earlier in (None, side) and not (credited & PRESS_WIRES) - {wire}:
            found[side] = f"{side} is the release as {wire} sent it out"
    if len(found) != 1:
        return None, ()
    side = next(iter(found))
    return side, (found[side],)


def _dates(a: Profile, b: Profile) -> tuple[Side | None, tuple[str, ...]]:
    if a.seconds is None or b.seconds is None:
        return None, ("the date of one is unknown",)
    days = is_day(a.article), is_day(b.article)
    if a.seconds == b.seconds and not any(days):
        return None, ("both are dated alike",)
    first: Side = "a" if a.seconds < b.seconds else "b"
    gap = abs(a.seconds - b.seconds)
    if days["ab".index(first)]:
        gap -= _DAY
        if gap < 0:
            return None, ("one date has no time of day",)
    elif any(days) and int(a.seconds // _DAY) == int(b.seconds // _DAY):
        return None, ("one date has no time of day",)
    is_one_outlet = a.article.provider.key == b.article.provider.key
    if (a.article.zone_assumed or b.article.zone_assumed) and not is_one_outlet and gap < _ZONES:
        return None, ("the time zone of one date is unknown",)
    gap = abs(a.seconds - b.seconds)
    if any(days):
        gap = abs(a.seconds // _DAY - b.seconds // _DAY) * _DAY
    span = f"{gap / _DAY:.0f} days" if gap >= 2 * _DAY else f"{gap / _HOUR:.1f} hours"
    if any(days) and gap == _DAY:
        span = "a day"
    return first, (f"{first} is dated {span} earlier",)


def is_day(article: Article) -> bool:
    """Whether the date of an article is a day without a time, which is written as its midnight."""
    moment = article.published
    return moment is not None and moment.time() == time(0)


def follows_an_item(article: Article) -> bool:
    """Whether a headline begins with the mark of a text that corrects, updates or repeats one."""
    return _FOLLOWS.match(article.headline) is not None


def _containment(a: Profile, b: Profile, shared: tuple[SharedSpan, ...]) -> tuple[str, ...]:
    """Which of the two is the fuller one, where either holds most of the other."""
    words = sum(span.words for span in shared if not span.boilerplate)
    of_a, of_b = min(1.0, words / max(a.size, 1)), min(1.0, words / max(b.size, 1))
    if max(of_a, of_b) < 1 / 2:
        return ()
    if of_a == of_b:
        return (f"each holds {of_a:.0%} of the other's words",)
    fuller, part, share = ("b", "a", of_a) if of_a > of_b else ("a", "b", of_b)
    return (f"{fuller} holds {share:.0%} of the words of {part}",)


def parents(original: Profile, others: Sequence[Profile]) -> list[Profile]:
    """The version that each of ``others`` comes from.

    That is the earlier one that holds most of its runs of words: a late version that takes over
    what an intermediate one added descends from that one. Where several hold as much it is the
    original, then the first. Articles without a date hang on the original, and so do those dated
    before it, which came first by something weightier than dates.
    """
    return [_parent(original, member, others) for member in others]


def _parent(original: Profile, member: Profile, others: Sequence[Profile]) -> Profile:
    earlier = [
        other for other in others if other is not member and _between(original, other, member)
    ]
    return min(
        (original, *earlier),
        key=lambda other: (
            -round(contained(member.shingles, other.all_shingles), 2),
            other is not original,
            other.seconds or 0.0,
            other.article.id,
        ),
    )


def _between(original: Profile, other: Profile, member: Profile) -> bool:
    """Whether ``other`` appeared before ``member``, and not before the original."""
    if original.seconds is None or other.seconds is None or member.seconds is None:
        return False
    return original.seconds <= other.seconds < member.seconds

"""Lineage: who has a text from whom, from which source, and what was changed.

``lineage`` tells it of two articles with one text, ``parents`` of the members of a group.
"""

from collections.abc import Sequence

from semsearch.model.article import FIELDS
from semsearch.model.relation import (
    Lineage,
    LineageKind,
    RelationKind,
    SharedSpan,
    Side,
)
from semsearch.relate.facts import credits_of, own_agency
from semsearch.relate.profile import Profile
from semsearch.relate.spans import unshared_spans
from semsearch.text.shingles import contained

_HOUR = 3600.0
_DAY = 24 * _HOUR


def lineage(
    relation: RelationKind, a: Profile, b: Profile, shared: tuple[SharedSpan, ...]
) -> Lineage:
    """The lineage of a copy or an edited copy.

    Args:
        relation: ``COPY`` or ``EDITED``.
        a: The one article.
        b: The other.
        shared: Their shared spans, in the order of a.
    """
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
    """A credit to the other outlet outweighs the dates, which feeds set as they publish."""
    own_a, own_b = own_agency(a.article), own_agency(b.article)
    if own_a != own_b:
        if own_a in agencies_b:
            return "a", (f"b credits {own_a}, whose article a is", *_dates(a, b)[1])
        if own_b in agencies_a:
            return "b", (f"a credits {own_b}, whose article b is", *_dates(a, b)[1])
    return _dates(a, b)


def _dates(a: Profile, b: Profile) -> tuple[Side | None, tuple[str, ...]]:
    if a.seconds is None or b.seconds is None:
        return None, ("the date of one is unknown",)
    if a.seconds == b.seconds:
        return None, ("both are dated alike",)
    (day_a, time_a), (day_b, time_b) = divmod(a.seconds, _DAY), divmod(b.seconds, _DAY)
    if day_a == day_b and 0 in (time_a, time_b):
        return None, ("one date has no time of day",)
    first: Side = "a" if a.seconds < b.seconds else "b"
    gap = abs(a.seconds - b.seconds)
    span = f"{gap / _DAY:.0f} days" if gap >= 2 * _DAY else f"{gap / _HOUR:.1f} hours"
    return first, (f"{first} is dated {span} earlier",)


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

    Args:
        original: The group's.
        others: The other members, in any order.
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

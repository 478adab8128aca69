"""Which of two articles with one text came first, from which source, and what was changed."""

from semsearch.model.article import FIELDS
from semsearch.model.relation import (
    AgencyCredit,
    Lineage,
    LineageKind,
    RelationKind,
    SharedSpan,
    Side,
)
from semsearch.relate.agencies import agency_itself, credits_of
from semsearch.relate.profile import Profile
from semsearch.relate.spans import unshared_spans

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
    source, told = _source(a, b, credits_a, credits_b)
    first, why = _first(a, b, credits_a, credits_b)
    later_is_a = first == "b"
    return Lineage(
        kind=_kind(relation, source, first),
        first=first,
        source=source,
        reasons=(*told, *why, *_containment(a, b, shared)),
        credits=credits_a + credits_b,
        kept=tuple(
            sorted(
                (span for span in shared if not span.boilerplate),
                key=lambda span: (FIELDS.index(span.field_a), span.start_a, span.start_b),
            )
        ),
        added=unshared_spans("a", a, b) if later_is_a else unshared_spans("b", b, a),
        cut=unshared_spans("b", b, a) if later_is_a else unshared_spans("a", a, b),
    )


def _kind(relation: RelationKind, source: str, first: Side | None) -> LineageKind:
    if source:
        return LineageKind.COMMON_SOURCE
    if first is None:
        return LineageKind.UNKNOWN
    return LineageKind.COPY_OF if relation is RelationKind.COPY else LineageKind.EDITED_FROM


def _source(
    a: Profile,
    b: Profile,
    credits_a: tuple[AgencyCredit, ...],
    credits_b: tuple[AgencyCredit, ...],
) -> tuple[str, tuple[str, ...]]:
    """The agency that both have it from, unless one of the two is the agency's own."""
    of_b = {credit.agency for credit in credits_b}
    common = sorted({credit.agency for credit in credits_a} & of_b)
    own = {agency_itself(a.article), agency_itself(b.article)}
    for agency in common:
        if agency not in own:
            return agency, (f"both credit {agency}",)
    return "", ()


def _first(
    a: Profile,
    b: Profile,
    credits_a: tuple[AgencyCredit, ...],
    credits_b: tuple[AgencyCredit, ...],
) -> tuple[Side | None, tuple[str, ...]]:
    """A credit to the other outlet outweighs the dates, which feeds set as they publish."""
    agency_a, agency_b = agency_itself(a.article), agency_itself(b.article)
    if agency_a != agency_b:
        if agency_a and agency_a in {credit.agency for credit in credits_b}:
            return "a", (f"b credits {agency_a}, whose article a is", *_dates(a, b)[1])
        if agency_b and agency_b in {credit.agency for credit in credits_a}:
            return "b", (f"a credits {agency_b}, whose article b is", *_dates(a, b)[1])
    return _dates(a, b)


def _dates(a: Profile, b: Profile) -> tuple[Side | None, tuple[str, ...]]:
    if a.seconds is None or b.seconds is None:
        return None, ("the date of one is unknown",)
    if _day(a) == _day(b) and (_is_midnight(a) or _is_midnight(b)):
        same = "both are dated alike" if a.seconds == b.seconds else "one date has no time of day"
        return None, (same,)
    if a.seconds == b.seconds:
        return None, ("both are dated alike",)
    first: Side = "a" if a.seconds < b.seconds else "b"
    gap = abs(a.seconds - b.seconds)
    span = f"{gap / _DAY:.0f} days" if gap >= 2 * _DAY else f"{gap / _HOUR:.1f} hours"
    return first, (f"{first} is dated {span} earlier",)


def _day(profile: Profile) -> int:
    return int((profile.seconds or 0.0) // _DAY)


def _is_midnight(profile: Profile) -> bool:
    return (profile.seconds or 0.0) % _DAY == 0


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

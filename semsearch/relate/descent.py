"""From which earlier version each article of a duplicate group has its text."""

from collections.abc import Sequence

from semsearch.relate.profile import Profile
from semsearch.text.words import contained


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
    return [_parent(original, one, others) for one in others]


def _parent(original: Profile, one: Profile, others: Sequence[Profile]) -> Profile:
    earlier = [other for other in others if other is not one and _between(original, other, one)]
    return min(
        (original, *earlier),
        key=lambda other: (
            -round(contained(one.runs, other.known), 2),
            other is not original,
            other.seconds or 0.0,
            other.article.id,
        ),
    )


def _between(original: Profile, other: Profile, one: Profile) -> bool:
    """Whether ``other`` appeared before ``one``, and not before the original."""
    if original.seconds is None or other.seconds is None or one.seconds is None:
        return False
    return original.seconds <= other.seconds < one.seconds

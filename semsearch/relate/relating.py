"""Relate: what two articles are to each other, and why."""

from collections.abc import Iterable, Sequence

from semsearch.deadline import go_on
from semsearch.errors import BatchTooLargeError, NoSuchArticleError
from semsearch.library import Library, consistent_read
from semsearch.model.article import Article
from semsearch.model.coverage import Relations
from semsearch.model.relation import Relation
from semsearch.relate.profile import Profile
from semsearch.relate.profile_cache import Profiles
from semsearch.relate.relate import compare
from semsearch.store.snapshot import Snapshot

Side = str | Article
"""The id of an article in the index, or an article that need not be there."""


class Relater:
    """Compares articles."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @consistent_read
    def relate(self, pairs: Sequence[tuple[Side, Side]]) -> Relations:
        """The relations of some pairs, in their order.

        Needs an index only for ids.

        Raises:
            BatchTooLargeError: There are too many pairs.
            TimeLimitError: They are too large to be compared in time.
            NoSuchArticleError: An id is not in the index.
            InvalidArticleError: A text is too large or holds nothing.
        """
        most = self._library.limits.max_pairs
        if len(pairs) > most:
            raise BatchTooLargeError(f"At most {most:,} pairs at once, not {len(pairs):,}.")
        sides = dict.fromkeys(side for pair in pairs for side in pair if isinstance(side, str))
        held = profiles_of(self._library, sides) if sides else {}
        given: dict[int, Profile] = {}

        def profile(side: Side) -> Profile:
            if isinstance(side, str):
                return held[side]
            if id(side) not in given:
                given[id(side)] = profile_of(self._library, side)
            return given[id(side)]

        def compared(a: Side, b: Side) -> Relation:
            go_on()
            return compare(profile(a), profile(b))

        return Relations(tuple(compared(a, b) for a, b in pairs))


def profiles_of(
    library: Library, ids: Iterable[str], snapshot: Snapshot | None = None
) -> dict[str, Profile]:
    """Profiles of articles in the index, by id.

    Raises:
        NoSuchArticleError: One of them is not there.
    """
    snapshot = snapshot or library.snapshot()
    pks = library.catalog.pks_at(ids, snapshot.sequence)
    held = Profiles(library, snapshot).of(pks.values())
    found = {identity: held[pk] for identity, pk in pks.items() if pk in held}
    for identity in ids:
        if identity not in found:
            raise NoSuchArticleError(f"There is no article {identity}.")
    return found


def profile_of(library: Library, article: Article) -> Profile:
    """The profile of an article that need not be in the index; its passages are encoded."""
    pieces = library.split(article)
    vectors = library.encode([piece.text for piece in pieces])
    return Profile.of(article, [piece.passage for piece in pieces], vectors)

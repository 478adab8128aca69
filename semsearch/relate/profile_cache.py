"""Profiles of articles, made from what the index holds and kept while they are in use."""

from collections import OrderedDict
from collections.abc import Iterable

from semsearch.library import Library
from semsearch.relate.profile import Profile
from semsearch.store.snapshot import Snapshot

_KEPT = 1_500


class Profiles:
    """What articles of one generation are compared by.

    Texts come from the catalog, vectors from the generation; nothing is encoded.
    """

    def __init__(self, library: Library, snapshot: Snapshot) -> None:
        self._catalog = library.catalog
        self._snapshot = snapshot
        self._kept: OrderedDict[int, Profile] = OrderedDict()

    def of(self, pks: Iterable[int]) -> dict[int, Profile]:
        """Profiles of some versions; those already collected are missing."""
        wanted = dict.fromkeys(pks)
        articles = self._catalog.by_pk(pk for pk in wanted if pk not in self._kept)
        for pk, article in articles.items():
            self._kept[pk] = Profile.of(article, *self._snapshot.vectors_of(pk))
        found = {pk: self._kept[pk] for pk in wanted if pk in self._kept}
        for pk in found:
            self._kept.move_to_end(pk)
        while len(self._kept) > max(_KEPT, len(found)):
            self._kept.popitem(last=False)
        return found

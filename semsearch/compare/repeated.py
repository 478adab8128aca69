"""Sentences that an outlet prints again and again: nobody's news, and never compared.

An appeal to donate, a line on who took part in a poll, the history of a treaty under each report of
it. Which these are is asked of the sentences that are kept anyway, at the time of the comparison:
nothing is counted in advance, and the order in which articles came does not matter.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from semsearch.library import Library
from semsearch.model.article import Article
from semsearch.store.catalog.catalog_reader import MANY_HOLDERS
from semsearch.store.catalog.clusters import ClusterKind

OTHER_TEXTS = 2
"""Texts of the outlet beside those that are compared, in which such a sentence stands, too."""

_AT_ONCE = 500

Sentence = tuple[int, bytes]
"""Key of a version, and hash of the sentence."""


def repeated_sentences(
    library: Library,
    stored: Mapping[int, Article],
    hashes: Mapping[int, AbstractSet[bytes]],
    at: int,
) -> set[Sentence]:
    """Sentences of some articles of the index that stand in other texts of their outlets.

    Copies are one text, and those of a compared article are none beside it. Seen are the articles
    of stories, of which sentences are kept; those that watches keep of others change nothing.
    """
    every = {one for some in hashes.values() for one in some}
    kept = library.catalog.repeated_sentences(every, OTHER_TEXTS + 1, at)
    if not kept:
        return set()
    holders = _of_stories(library, kept, at)
    pks = {pk for held in holders.values() for pk in held or ()} | stored.keys()
    groups = library.coverage.clusters_of(ClusterKind.GROUP, pks, at)

    def text(pk: int) -> tuple[str, int | str]:
        return ("group", groups[pk].id) if pk in groups else ("article", pk)

    compared = {text(pk) for pk in stored}
    found = set()
    for pk, some in hashes.items():
        outlet = stored[pk].provider.key
        for sentence in some & holders.keys():
            held = holders[sentence]
            if held is None:  # so many hold it that they are others, but for a text copied as often
                if pk not in groups or groups[pk].size <= MANY_HOLDERS:
                    found.add((pk, sentence))
                continue
            others = {text(other) for other, key in held.items() if key == outlet != ""}
            if len(others - compared) >= OTHER_TEXTS:
                found.add((pk, sentence))
    return found


def _of_stories(
    library: Library, kept: Mapping[bytes, Mapping[int, str] | None], at: int
) -> dict[bytes, dict[int, str] | None]:
    """Who holds each sentence, of the articles of stories; None where very many do."""

    def members(pks: Iterable[int]) -> AbstractSet[int]:
        return library.coverage.clusters_of(ClusterKind.STORY, pks, at).keys()

    named = members({pk for held in kept.values() for pk in held or ()})
    found: dict[bytes, dict[int, str] | None] = {}
    for sentence, held in kept.items():
        if held is not None:
            found[sentence] = {pk: key for pk, key in held.items() if pk in named}
            continue
        of_stories: dict[int, str] = {}
        last = 0
        while some := library.catalog.holders(sentence, at, last, _AT_ONCE):
            last = max(some)
            told = members(some)
            of_stories |= {pk: key for pk, key in some.items() if pk in told}
            if len(of_stories) > MANY_HOLDERS:
                break
        found[sentence] = of_stories if len(of_stories) <= MANY_HOLDERS else None
    return found

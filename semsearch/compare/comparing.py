"""Compare: how providers tell one story, from the articles that are held or given.

articles -> sentences with vectors -> groups of one text -> comparison
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import combinations
from pathlib import Path
from threading import Lock

import numpy as np

from semsearch.ask.searching import Searcher
from semsearch.compare.comparison import compare
from semsearch.compare.frames import Frames, build_frames, read_frames
from semsearch.compare.texts import texts_of
from semsearch.errors import InvalidQueryError, NoSuchArticleError
from semsearch.library.library import Library
from semsearch.library.one_index import from_one_index
from semsearch.model.article import Article
from semsearch.model.comparison import Comparison
from semsearch.model.relation import RelationKind
from semsearch.model.search import Collapse, Query
from semsearch.relate.profile_cache import Profiles
from semsearch.relate.relate import judge
from semsearch.relate.relating import Side, profile_of
from semsearch.relate.story_lists import StoryFinder
from semsearch.store.backend import Snapshot
from semsearch.store.catalog.coverage_rows import ClusterKind

MIN_ARTICLES = 2
MAX_ARTICLES = 200
_HITS = 20
_AS_GOOD = 0.6  # share of the best score from which an article is compared, too
_STORIES_KEPT = 16  # so that the page of a story, its pictures and its reports compare it once
_DUPLICATE = 0.5
_FEW = 8  # encoded at a time: the encoder keeps the room that its largest batch took


class Detail(StrEnum):
    """How much a comparison says; ``SENTENCES`` adds every sentence's status."""

    SUMMARY = "summary"
    SENTENCES = "sentences"


class Comparer:
    """Compares articles, stories and the answers to questions.

    Args:
        library: The index.
        searcher: Answers questions.
        frames: A YAML file of frames in place of those that come with the package.
    """

    def __init__(self, library: Library, searcher: Searcher, frames: Path | None = None) -> None:
        self._library = library
        self._searcher = searcher
        self._stories = StoryFinder(library)
        self._path = frames
        self._frames: Frames | None = None
        self._building = Lock()
        self._kept: dict[tuple[int, str], Comparison] = {}

    def prepare(self) -> None:
        """Read and encode the frames, so that no comparison waits for it.

        Raises:
            ConfigurationError: The frames cannot be read.
        """
        self._known_frames()

    @from_one_index
    def articles(self, sides: Sequence[Side], detail: Detail = Detail.SUMMARY) -> Comparison:
        """Compare articles; what is given twice counts once. Needs an index only for ids.

        Raises:
            InvalidQueryError: They are fewer than 2 or more than 200, two different ones have
                one id, or fewer than 2 hold a sentence.
            NoSuchArticleError: An id is not in the index.
            ConfigurationError: The frames cannot be read.
        """
        ids = list(dict.fromkeys(side for side in sides if isinstance(side, str)))
        given = _distinct(side for side in sides if isinstance(side, Article))
        for article in given:
            if article.id in ids:
                raise InvalidQueryError(
                    f"The article {article.id} is given and named by its id, too.",
                    "Leave out one of them, or give the article another id.",
                )
        _check(len(ids) + len(given))
        return self._compared(self._library.snapshot() if ids else None, ids, given, detail)

    @from_one_index
    def story(self, identity: str, detail: Detail = Detail.SUMMARY) -> Comparison:
        """Compare the articles of a story.

        Raises:
            NoSuchStoryError: It is not there.
            InvalidQueryError: It has more than 200 articles.
            ConfigurationError: The frames cannot be read.
        """
        view = self._stories.story(identity)
        _check(len(view.members))
        key = (view.generation, identity)
        kept = self._kept.get(key) if detail is Detail.SUMMARY else None
        if kept is not None:
            return kept
        ids = [member.article.id for member in view.members]
        snapshot = self._library.snapshot_at(view.generation)
        found = self._compared(snapshot, ids, (), detail)
        if detail is Detail.SUMMARY:
            self._kept[key] = found
            for old in list(self._kept)[:-_STORIES_KEPT]:
                self._kept.pop(old, None)
        return found

    @from_one_index
    def question(self, query: Query, detail: Detail = Detail.SUMMARY) -> Comparison:
        """Compare the articles that answer a question, at most 20, one of each text.

        What scores less than 60 % of the best is left out, but two are compared at least.

        Where nothing seems to answer it, these are the nearest; ``answer_confidence`` says so.

        Raises:
            InvalidQueryError: The question cannot be asked, or fewer than 2 articles answer it.
            ConfigurationError: The frames cannot be read.
        """
        found = self._searcher.search(replace(query, k=_HITS, collapse=Collapse.DUPLICATES))
        if len(found.hits) < MIN_ARTICLES:
            raise InvalidQueryError("Fewer than two articles satisfy this.", "Ask for less.")
        least = _AS_GOOD * found.hits[0].score
        ids = [
            hit.article.id for hit in found.hits if hit.rank <= MIN_ARTICLES or hit.score >= least
        ]
        compared = self._compared(self._library.snapshot_at(found.generation), ids, (), detail)
        return replace(compared, answer_confidence=found.answer_confidence)

    def _compared(
        self,
        snapshot: Snapshot | None,
        ids: Sequence[str],
        given: Sequence[Article],
        detail: Detail,
    ) -> Comparison:
        """Compare articles of a generation (None: no index is needed) and given ones."""
        held = {} if snapshot is None else self._held(ids, snapshot)
        texts = texts_of(self._library, held, given)
        if len(texts) < MIN_ARTICLES:
            raise InvalidQueryError("Fewer than two of the articles hold a sentence.")
        groups = [] if snapshot is None else self._groups(held, snapshot)
        return compare(
            texts,
            self._known_frames(),
            duplicates=[*groups, *self._same(given, held, snapshot)],
            sentences=detail is Detail.SENTENCES,
            title="" if snapshot is None or given else self._title(held, snapshot),
        )

    def _held(self, ids: Sequence[str], snapshot: Snapshot) -> dict[int, Article]:
        pks = self._library.catalog.pks_at(ids, snapshot.sequence)
        for identity in ids:
            if identity not in pks:
                raise NoSuchArticleError(f"There is no article {identity}.")
        return self._library.hydrate(pks.values())

    def _groups(self, held: Mapping[int, Article], snapshot: Snapshot) -> list[list[str]]:
        """Ids of those that the catalog knows to have one text, by group."""
        clusters = self._library.coverage.clusters_of(ClusterKind.GROUP, held, snapshot.sequence)
        groups: dict[str, list[str]] = {}
        for pk, cluster in clusters.items():
            groups.setdefault(cluster.id, []).append(held[pk].id)
        return list(groups.values())

    def _title(self, held: Mapping[int, Article], snapshot: Snapshot) -> str:
        """That of the story to which all of them belong; empty where there is none."""
        stories = self._library.coverage.clusters_of(ClusterKind.STORY, held, snapshot.sequence)
        titles = {story.key: story.title for story in stories.values()}
        return next(iter(titles.values())) if len(stories) == len(held) and len(titles) == 1 else ""

    def _same(
        self, given: Sequence[Article], held: Mapping[int, Article], snapshot: Snapshot | None
    ) -> list[tuple[str, str]]:
        """Pairs of ids with one text, of which one at least is a given article's."""
        if not given:
            return []
        mine = [profile_of(self._library, article) for article in given]
        pairs = list(combinations(mine, 2))
        if snapshot is not None:
            theirs = Profiles(self._library, snapshot).of(held).values()
            pairs += [(one, other) for one in mine for other in theirs]
        judged = [(a.article.id, b.article.id, judge(a, b)) for a, b in pairs]
        return [
            (a, b)
            for a, b, found in judged
            if found.p_duplicate >= _DUPLICATE and found.relation is not RelationKind.UNDECIDABLE
        ]

    def _known_frames(self) -> Frames:
        """The frames, read and encoded once."""
        encoder = self._library.encoder  # of another model, frames and sentences do not compare
        with self._building:
            if self._frames is None:
                described = read_frames(self._path)
                encoded = [text for frame in described for text in frame.encoded]
                parts = [encoded[at : at + _FEW] for at in range(0, len(encoded), _FEW)]
                vectors = np.concatenate([encoder.encode_documents(part) for part in parts])
                self._frames = build_frames(described, vectors)
            return self._frames


def _distinct(articles: Iterable[Article]) -> list[Article]:
    """Articles without repetitions.

    Raises:
        InvalidQueryError: Two different ones have one id.
    """
    found: dict[str, Article] = {}
    for article in articles:
        if found.setdefault(article.id, article) != article:
            raise InvalidQueryError(
                f"Two different articles have the id {article.id}.", "Give each an id of its own."
            )
    return list(found.values())


def _check(number: int) -> None:
    if not MIN_ARTICLES <= number <= MAX_ARTICLES:
        raise InvalidQueryError(
            f"A comparison takes {MIN_ARTICLES} to {MAX_ARTICLES} different articles, not {number}."
        )

"""Compare articles, stories and answers of one index, and articles that are given.

articles -> sentences with vectors -> groups of one text -> comparison
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from math import prod
from pathlib import Path
from threading import Lock

import numpy as np
from pydantic import TypeAdapter

from semsearch.ask.search import Searcher
from semsearch.compare.comparison import compare
from semsearch.compare.evidence import NOTHING, Published, published
from semsearch.compare.frames import Frames, build_frames, read_frames
from semsearch.compare.repeated import repeated_sentences
from semsearch.compare.sentences import ComparedText, prepare
from semsearch.deadline import go_on
from semsearch.errors import InvalidQueryError, NoSuchArticleError
from semsearch.library import Library, consistent_read
from semsearch.model.article import Article, Field, Passage
from semsearch.model.comparison import MAX_ARTICLES, Comparison, Detail
from semsearch.model.relation import RelationKind
from semsearch.model.search import Collapse, Query
from semsearch.relate.profile import ProfileCache, profile_article
from semsearch.relate.relate import ArticleOrId, judge
from semsearch.relate.story_views import story_at
from semsearch.relate.update import encoded_sentences, sentence_texts
from semsearch.store.catalog.catalog_reader import SENTENCE_RULES
from semsearch.store.catalog.clusters import ClusterKind
from semsearch.store.catalog.rows import Float16Array, text_hash
from semsearch.store.snapshot import Snapshot
from semsearch.text.language import with_language
from semsearch.text.sentences import CUT_BY, article_sentences
from semsearch.text.shingles import MAX_CHARS

MIN_ARTICLES = 2
_HITS = 20
_AS_GOOD = 0.55  # share of the best score from which an article is compared, too
# Comparisons are kept so that the page of a story, its pictures and its reports compare it once.
_COMPARISON = TypeAdapter(Comparison)
_KEPT_BYTES = 16 * 2**20  # as JSON; in memory some four times as much
_MAX_PAIRS = 40_000_000  # of sentences of different texts: 4 bytes each are held
_MAX_PAIRS_OF_TWO = 4_000_000  # of two texts: 100 bytes each are in use at a time
_DUPLICATE = 0.5
_FEW = 8  # encoded at a time: the encoder keeps the room that its largest batch took


Sentences = tuple[tuple[Passage, ...], Float16Array]
"""Of one article, with a vector each."""


@dataclass(frozen=True, slots=True)
class _KeptComparison:
    """The comparison of a story, with the figures that it quotes and its bytes as JSON."""

    figures: Published
    comparison: Comparison
    size: int


class Comparer:
    """Compares articles, stories and the answers to questions."""

    def __init__(self, library: Library, searcher: Searcher, frames: Path | None = None) -> None:
        self._library = library
        self._searcher = searcher
        self._path = frames
        self._frames: Frames | None = None
        self._building = Lock()
        self._kept: dict[tuple[int, str], _KeptComparison] = {}
        self._keeping = Lock()

    def prepare(self) -> None:
        """Read and encode the frames, so that no comparison waits for it.

        Raises:
            ConfigurationError: The frames cannot be read.
        """
        self._encoded_frames()

    @consistent_read
    def articles(self, sides: Sequence[ArticleOrId], detail: Detail = Detail.SUMMARY) -> Comparison:
        """Compare articles; what is given twice counts once. Needs an index only for ids.

        Raises:
            InvalidQueryError: They are fewer than 2 or more than 200, two different ones have
                one id, or fewer than 2 hold a sentence.
            NoSuchArticleError: An id is not in the index.
            ConfigurationError: The frames cannot be read.
        """
        by_id: dict[str, ArticleOrId] = {}
        for side in sides:
            identity = side if isinstance(side, str) else side.id
            other = by_id.setdefault(identity, side)
            if isinstance(other, str) is not isinstance(side, str):
                raise InvalidQueryError(
                    f"The article {identity} is given and named by its id, too.",
                    "Leave out one of them, or give the article another id.",
                )
            if other != side:
                raise InvalidQueryError(
                    f"Two different articles have the id {identity}.", "Give each an id of its own."
                )
        _check_number(len(by_id))
        ids = [side for side in by_id.values() if isinstance(side, str)]
        given = [side for side in by_id.values() if isinstance(side, Article)]
        return self._compare(self._library.snapshot() if ids else None, ids, given, detail)

    @consistent_read
    def story(self, identity: str, detail: Detail = Detail.SUMMARY) -> Comparison:
        """Compare the articles of a story."""
        snapshot = self._library.snapshot()
        _, members = story_at(self._library, identity, snapshot.sequence)
        _check_number(len(members))
        key = (snapshot.generation, identity)
        audited = published(self._library.catalog)
        kept = self._kept.get(key)
        if detail is Detail.SUMMARY and kept is not None and kept.figures == audited:
            return kept.comparison
        ids = [article.id for article in members.values()]
        comparison = self._compare(snapshot, ids, (), detail)
        if detail is Detail.SUMMARY:
            size = len(_COMPARISON.dump_json(comparison))
            self._keep(key, _KeptComparison(audited, comparison, size))
        return comparison

    def _keep(self, key: tuple[int, str], kept: _KeptComparison) -> None:
        """Keep a comparison; those that were kept first go, where all take too much."""
        with self._keeping:
            self._kept.pop(key, None)
            self._kept[key] = kept
            while sum(one.size for one in self._kept.values()) > _KEPT_BYTES:
                del self._kept[next(iter(self._kept))]

    @consistent_read
    def question(self, query: Query, detail: Detail = Detail.SUMMARY) -> Comparison:
        """Compare the articles that answer a question, at most 20, one of each text.

        What scores less than 55 % of the best is left out, but two are compared at least.

        Where nothing seems to answer it, these are the nearest; ``answer_confidence`` says so.
        """
        answer = self._searcher.search(replace(query, k=_HITS, collapse=Collapse.DUPLICATES))
        hits = answer.hits
        notes = answer.query.interpreted.notes
        if len(hits) < MIN_ARTICLES:
            hint = " ".join((*notes, "Ask for less."))
            raise InvalidQueryError("Fewer than two articles satisfy this.", hint)
        least = _AS_GOOD * hits[0].score
        ids = [hit.article.id for hit in hits if hit.rank <= MIN_ARTICLES or hit.score >= least]
        comparison = self._compare(self._library.snapshot_at(answer.generation), ids, (), detail)
        return replace(comparison, answer_confidence=answer.answer_confidence, notes=notes)

    def _compare(
        self,
        snapshot: Snapshot | None,
        ids: Sequence[str],
        given: Sequence[Article],
        detail: Detail,
    ) -> Comparison:
        """Compare articles of a generation (None: no index is needed) and given ones."""
        stored: dict[int, Article] = {}
        if snapshot is not None:
            pks = self._library.catalog.pks_at(ids, snapshot.sequence)
            for identity in ids:
                if identity not in pks:
                    raise NoSuchArticleError(f"There is no article {identity}.")
            stored = self._library.hydrate(pks.values())
        texts = self.prepared(stored, given, snapshot)
        if len(texts) < MIN_ARTICLES:
            raise InvalidQueryError("Fewer than two of the articles hold a sentence.")
        return compare(
            texts,
            self._encoded_frames(),
            duplicates=[
                *(() if snapshot is None else self._groups(stored, snapshot)),
                *self._duplicates_of_given(given, stored, snapshot),
            ],
            sentences=detail is Detail.SENTENCES,
            title="" if snapshot is None or given else self._title(stored, snapshot),
            audited=NOTHING if snapshot is None else published(self._library.catalog),
        )

    def prepared(
        self, stored: Mapping[int, Article], given: Sequence[Article], snapshot: Snapshot | None
    ) -> list[ComparedText]:
        """Articles ready to be compared, without those that hold no sentence.

        What an outlet says again and again is left out of those of the index.

        Those of the index whose sentences are stored, cut by the rules of today, are not encoded.

        Raises:
            InvalidQueryError: They are too long to be compared.
        """
        catalog = self._library.catalog
        current = catalog.setting(SENTENCE_RULES) == CUT_BY
        known = catalog.sentences_of(stored) if current else {}
        if snapshot is not None:
            known = self._without_repeated(stored, known, snapshot)
        rest = [article for pk, article in stored.items() if pk not in known]
        rest += [with_language(article) for article in given]
        split = []
        sizes = [len(spans) for spans, _ in known.values()]
        _check_sizes(sizes)
        for article in rest:
            _check_length(article)
            if spans := article_sentences(article):
                split.append((article, spans))
                sizes.append(len(spans))
                _check_sizes(sizes)  # before more of them are split
        texts = []
        for pk, (spans, vectors) in known.items():
            go_on()
            texts.append(prepare(stored[pk], spans, vectors.astype(np.float32)))
        vector = encoded_sentences(
            self._library,
            {text_hash(text): text for each in split for text in sentence_texts(each)},
        )
        for article, spans in split:
            go_on()
            rows = [vector[text_hash(text)] for text in sentence_texts((article, spans))]
            texts.append(prepare(article, spans, np.array(rows, np.float32)))
        return texts

    def _without_repeated(
        self, stored: Mapping[int, Article], known: Mapping[int, Sentences], snapshot: Snapshot
    ) -> dict[int, Sentences]:
        """Kept sentences but those that an outlet says again and again; headlines stay."""
        keys = {
            pk: [text_hash(text) for text in sentence_texts((stored[pk], spans))]
            for pk, (spans, _) in known.items()
        }
        gone = repeated_sentences(
            self._library, stored, {pk: set(some) for pk, some in keys.items()}, snapshot.sequence
        )
        left = {}
        for pk, (spans, vectors) in known.items():
            rows = [
                row
                for row, span in enumerate(spans)
                if span.field is Field.TITLE or (pk, keys[pk][row]) not in gone
            ]
            left[pk] = (tuple(spans[row] for row in rows), vectors[rows])
        return left

    def _groups(self, stored: Mapping[int, Article], snapshot: Snapshot) -> list[list[str]]:
        """Ids of those that the catalog knows to have one text, by group."""
        clusters = self._library.coverage.clusters_of(ClusterKind.GROUP, stored, snapshot.sequence)
        groups: dict[str, list[str]] = {}
        for pk, cluster in clusters.items():
            groups.setdefault(cluster.id, []).append(stored[pk].id)
        return list(groups.values())

    def _title(self, stored: Mapping[int, Article], snapshot: Snapshot) -> str:
        """That of the story to which all of them belong; empty where there is none."""
        stories = self._library.coverage.clusters_of(ClusterKind.STORY, stored, snapshot.sequence)
        titles = {story.key: story.title for story in stories.values()}
        in_one = len(stories) == len(stored) and len(titles) == 1
        return next(iter(titles.values())) if in_one else ""

    def _duplicates_of_given(
        self, given: Sequence[Article], stored: Mapping[int, Article], snapshot: Snapshot | None
    ) -> list[tuple[str, str]]:
        """Pairs of ids with one text, of which one at least is a given article's."""
        profiles = [profile_article(self._library, article) for article in given]
        pairs = list(combinations(profiles, 2))
        if snapshot is not None and given:
            pairs += product(profiles, ProfileCache(self._library, snapshot).get(stored).values())
        same: list[tuple[str, str]] = []
        for a, b in pairs:
            go_on()
            verdict = judge(a, b)
            if (
                verdict.p_duplicate >= _DUPLICATE
                and verdict.relation is not RelationKind.UNDECIDABLE
            ):
                same.append((a.article.id, b.article.id))
        return same

    def _encoded_frames(self) -> Frames:
        """The frames, read and encoded once."""
        encoder = self._library.encoder  # of another model, frames and sentences do not compare
        with self._building:
            if self._frames is None:
                described = read_frames(self._path)
                texts = [text for frame in described for text in frame.encoded]
                parts = [texts[start : start + _FEW] for start in range(0, len(texts), _FEW)]
                vectors = np.concatenate([encoder.encode_documents(part) for part in parts])
                self._frames = build_frames(described, vectors)
            return self._frames


def _check_length(article: Article) -> None:
    if len(article.body) > MAX_CHARS:
        length = f"{len(article.body):,} characters, and at most {MAX_CHARS:,} are"
        raise InvalidQueryError(f"The text of {article.id} is too long to be compared: {length}.")


def _check_sizes(sentences: Sequence[int]) -> None:
    """Refuse texts of so many sentences that comparing each with each takes too much memory."""
    total = sum(sentences)
    pairs = (total**2 - sum(number**2 for number in sentences)) // 2
    if pairs > _MAX_PAIRS or prod(sorted(sentences)[-2:]) > _MAX_PAIRS_OF_TWO:
        raise InvalidQueryError(
            f"The texts are too long to be compared: {total:,} sentences or more.",
            "Compare fewer or shorter ones.",
        )


def _check_number(number: int) -> None:
    if not MIN_ARTICLES <= number <= MAX_ARTICLES:
        raise InvalidQueryError(
            f"A comparison takes {MIN_ARTICLES} to {MAX_ARTICLES} different articles, not {number}."
        )

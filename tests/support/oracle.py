"""What an index must hold and answer, kept in dictionaries and computed by brute force."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from semsearch.articles.article import FIELDS, Article, Field
from semsearch.articles.filters import Condition
from semsearch.embed.encoder import Encoder
from semsearch.ingest.identity import content_hash
from semsearch.ingest.passages import split_article
from semsearch.ingest.records import Removed, stubs_of

WEIGHTS = {Field.TITLE: 0.35, Field.EXCERPT: 0.35, Field.BODY: 0.30}
OVERLAP = 1

Records = tuple[Article | Removed, ...]


@dataclass
class ExactIndex:
    """The articles of an index, written one record after the other."""

    encoder: Encoder
    full: dict[str, Article] = field(default_factory=dict)
    stubs: dict[str, Article] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    buried: set[str] = field(default_factory=set)
    files: dict[str, Records] = field(default_factory=dict)

    @property
    def articles(self) -> dict[str, Article]:
        return {**self.stubs, **self.full}

    # --- writing --------------------------------------------------------------------------

    def put(self, records: Iterable[Article | Removed]) -> None:
        for one in records:
            self._take(one, None)
        self._drop_orphans()

    def delete(self, ids: Sequence[str]) -> None:
        for identity in ids:
            source = self.sources.get(identity)
            if source is not None:
                self.files.pop(source, None)
            self._remove(identity)
            self.buried.add(identity)
        self._drop_orphans()

    def index(self, folder: Mapping[str, Records], *, prune: bool) -> None:
        """Index the files of a folder, given by path with their records."""
        changed = {path for path, records in folder.items() if self.files.get(path) != records}
        for path in sorted(changed):
            for one in folder[path]:
                self._take(one, path)
            self.files[path] = folder[path]
        if prune:
            for identity, source in list(self.sources.items()):
                kept = {one.id for one in folder.get(source, ())}
                if source not in folder or (source in changed and identity not in kept):
                    self._remove(identity)
                if source not in folder:
                    self.files.pop(source, None)
        self._drop_orphans()

    def _take(self, one: Article | Removed, source: str | None) -> None:
        self._remove(one.id)
        if isinstance(one, Removed):
            self.buried.add(one.id)
            return
        self.full[one.id] = one
        self.buried.discard(one.id)
        if source is not None:
            self.sources[one.id] = source
        for stub in stubs_of(one):
            if stub.id not in self.full and stub.id not in self.buried:
                rivals = [stub, self.stubs.get(stub.id, stub)]
                self.stubs[stub.id] = max(rivals, key=_richness)

    def _remove(self, identity: str) -> None:
        self.full.pop(identity, None)
        self.stubs.pop(identity, None)
        self.sources.pop(identity, None)

    def _drop_orphans(self) -> None:
        linked = {link.id for article in self.full.values() for link in article.related}
        self.stubs = {key: stub for key, stub in self.stubs.items() if key in linked}

    # --- answering ------------------------------------------------------------------------

    def matching(self, condition: Condition) -> dict[str, Article]:
        return {key: one for key, one in self.articles.items() if condition.matches(one)}

    def dense(self, question: str, condition: Condition) -> dict[str, float]:
        """The score of every article that has a passage and satisfies the condition."""
        query = self.encoder.encode_query(question).astype(np.float64)
        return {
            key: score
            for key, article in self.matching(condition).items()
            if (score := self._score(article, query)) is not None
        }

    def cosines(self, article: Article, query: np.ndarray) -> list[tuple[Field, float]]:
        """The cosine of every passage with the question, at the precision that is kept."""
        pieces = split_article(
            article, self.encoder.count_tokens, self.encoder.passage_budget, OVERLAP
        )
        vectors = self.encoder.encode_documents([piece.text for piece in pieces])
        kept = vectors.astype(np.float16).astype(np.float64)
        return [
            (piece.passage.field, float(vector @ query))
            for piece, vector in zip(pieces, kept, strict=True)
        ]

    def _score(self, article: Article, query: np.ndarray) -> float | None:
        best: dict[Field, float] = {}
        for name, cosine in self.cosines(article, query):
            best[name] = max(best.get(name, -1.0), cosine)
        if not best:
            return None
        total = sum(WEIGHTS[name] for name in best)
        return sum(WEIGHTS[name] * cosine for name, cosine in best.items()) / total

    def lexical(self, words: Iterable[str], condition: Condition) -> set[str]:
        """The articles that hold any of the words."""
        wanted = set(words)
        return {
            key
            for key, article in self.matching(condition).items()
            if any(wanted & set(re.findall(r"\w+", article.text(f).casefold())) for f in FIELDS)
        }


def _richness(stub: Article) -> tuple[int, int, str]:
    return len(stub.excerpt), len(stub.title), content_hash(stub)

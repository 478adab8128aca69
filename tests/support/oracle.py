"""What an index must hold and answer, kept in dictionaries and computed by brute force."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from math import log1p

import numpy as np

from semsearch.config import RankSettings
from semsearch.encode.encoder import Encoder
from semsearch.ingest.identity import content_hash
from semsearch.ingest.records import Removed, stubs_of
from semsearch.model.article import FIELDS, Article, Field
from semsearch.model.filters import Condition
from semsearch.text.language import with_language
from semsearch.text.passages import split_article

WEIGHTS = RankSettings()
OVERLAP = 1
# Lengths of texts as the word index keeps them, in a byte: exact up to 40 words.
LENGTHS: list[int] = [*range(41)]
while len(LENGTHS) < 256:
    LENGTHS += [LENGTHS[-1] + (2 << (len(LENGTHS) - 41) // 8)]

Records = tuple[Article | Removed, ...]
Parts = dict[str, float]


@dataclass
class ExactIndex:
    """The articles of an index, written one record after the other."""

    encoder: Encoder
    full: dict[str, Article] = field(default_factory=dict)
    stubs: dict[str, Article] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    buried: dict[str, str] = field(default_factory=dict)
    files: dict[str, Records] = field(default_factory=dict)

    @property
    def articles(self) -> dict[str, Article]:
        return {key: with_language(one) for key, one in {**self.stubs, **self.full}.items()}

    # --- writing --------------------------------------------------------------------------

    def put(self, records: Iterable[Article | Removed]) -> None:
        for one in records:
            self._take(one, None)
        self._drop_orphans()

    def delete(self, ids: Sequence[str]) -> None:
        for identity in ids:
            self._bury(identity, record=True)
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
        if isinstance(one, Removed):
            self._bury(one.id, record=False)
            return
        # What was deleted does not come back by itself from a file that still holds it.
        if source is None or self.buried.get(one.id) != content_hash(one):
            self._remove(one.id)
            self.full[one.id] = one
            self.buried.pop(one.id, None)
            if source is not None:
                self.sources[one.id] = source
        for stub in stubs_of(one):
            if stub.id not in self.full and stub.id not in self.buried:
                rivals = [stub, self.stubs.get(stub.id, stub)]
                self.stubs[stub.id] = max(rivals, key=_richness)

    def _bury(self, identity: str, *, record: bool) -> None:
        """Keep mentions from bringing it back; after a deletion also its own unchanged record."""
        held = self.full.get(identity) or self.stubs.get(identity)
        if held or identity not in self.buried:
            self.buried[identity] = content_hash(held) if held and record else ""
        self._remove(identity)

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
        """The score by vectors of every article that has a passage and satisfies the condition."""
        parts = self.dense_parts(question, condition)
        return {key: sum(mine.values()) for key, mine in parts.items()}

    def dense_parts(self, question: str, condition: Condition) -> dict[str, Parts]:
        """What the nearest of title, lead and passages adds to a score."""
        query = self.encoder.encode_query(question).astype(np.float64)
        found = {}
        for key, article in self.matching(condition).items():
            best: dict[Field, float] = {}
            for name, cosine in self.cosines(article, query):
                best[name] = max(best.get(name, -1.0), cosine)
            if not best:
                continue
            found[key] = {"passage": WEIGHTS.passage * max(best.values())}
        return found

    def cosines(self, article: Article, query: np.ndarray) -> list[tuple[Field, float]]:
        """The cosine of every passage with the question, at the precision that is kept."""
        pieces = split_article(
            article, self.encoder.count_tokens, self.encoder.passage_budget, OVERLAP
        )
        vectors = self.encoder.encode_documents([piece.text for piece in pieces])
        kept = vectors.astype(np.float16).astype(np.float64)
        return [
            (piece.passage.field, float(np.clip(vector @ query, -1, 1)))
            for piece, vector in zip(pieces, kept, strict=True)
        ]

    def lexical(self, words: Iterable[str], condition: Condition) -> set[str]:
        """The articles that hold any of the words."""
        wanted = set(words)
        return {
            key
            for key, article in self.matching(condition).items()
            if any(wanted & set(re.findall(r"\w+", article.text(f).casefold())) for f in FIELDS)
        }

    def lexical_parts(self, words: Iterable[str], condition: Condition) -> dict[str, Parts]:
        """What the words add to a score by the shares of them that title, lead and body attain.

        Args:
            words: Lower case, none of them a stop word or one of asking.
            condition: What articles must satisfy.
        """
        everyone = self.articles.items()
        held = {
            "title": {key: _words(one.title if one.has_own_title else "") for key, one in everyone},
            "lead": {key: _words(one.lead) for key, one in everyone},
            "body": {key: _words(one.body) for key, one in everyone},
        }
        articles = len(everyone)
        weights = {}
        for word in set(words):
            times = max(sum(word in text for text in texts.values()) for texts in held.values())
            if times:
                weights[word] = log1p((articles - times + 0.5) / (times + 0.5))
        share = {
            name: {
                key: _attained(text, list(texts.values()), weights) for key, text in texts.items()
            }
            for name, texts in held.items()
        }
        found = {}
        for key, article in self.matching(condition).items():
            body = share["body" if article.body.strip() else "lead"][key]
            title = share["title"][key] if article.has_own_title else body
            found[key] = {
                "lexical_title": WEIGHTS.lexical_title * title,
                "lexical_lead": WEIGHTS.lexical_lead * share["lead"][key],
                "lexical_body": WEIGHTS.lexical_body * body,
            }
        return found


def kept_length(words: int) -> int:
    """The length of a text as the word index keeps it."""
    return max(takewhile(lambda kept: kept <= words, LENGTHS))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _attained(text: list[str], texts: list[list[str]], weights: Mapping[str, float]) -> float:
    """The share of the weights that a text attains, each by ``tf / (tf + K)``."""
    if not weights:
        return 0.0
    mean = sum(map(len, texts)) / len(texts)
    length = kept_length(len(text))
    total = 0.0
    for word, weight in weights.items():
        times = text.count(word)
        if times:
            total += weight * times / (times + 1.2 * (0.25 + 0.75 * length / mean))
    return total / sum(weights.values())


def _richness(stub: Article) -> tuple[int, int, str]:
    return len(stub.excerpt), len(stub.title), content_hash(stub)

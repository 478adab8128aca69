"""Words as a Milvus with a BM25 of its own finds them, beside the passages of a collection.

A row is a part of an article: its index terms as short codes, each as often as it stands there,
as many as a text of Milvus may have; the articles are few that need a second row. Milvus proposes
articles by weights of its own, and the catalog scores them. So its answers are those that full
text of the catalog's database would give, but for which articles are looked at where very many
hold a word.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from semsearch.model.article import Article
from semsearch.model.filters import Condition
from semsearch.store.milvus.client import MOST, SETTLED_SECONDS, Milvus
from semsearch.store.milvus.conditions import as_milvus
from semsearch.store.milvus.documents import attributes_of, coded, document_of, topics_of
from semsearch.store.milvus.fulltext import codes
from semsearch.store.milvus.rows import TEXT_BYTES, WordRow

WORDS_KEY = "words"
"""The setting that names the collection that has words beside it."""

WORDS_BY = "Milvus BM25, scored anew as BM25"
"""What searches words then, for people."""

POSITIONS = 2**20
"""Rows of one article at most, whose ids follow each other."""


def words_of(collection: str) -> str:
    """The collection of words beside one of passages."""
    return f"{collection}w"


def word_rows(pk: int, article: Article, added: int, ended: int) -> list[WordRow]:
    """The rows of an article: none where it holds no word."""
    attributes, topics = attributes_of(article), topics_of(article)
    return [
        WordRow(
            id=pk * POSITIONS + part,
            numbers={**attributes, "article": pk, "added": added, "ended": ended, "field": part},
            topics=topics,
            terms=terms,
        )
        for part, terms in enumerate(_texts(article))
    ]


def _texts(article: Article) -> Iterator[str]:
    """The terms, the most frequent ones first, in texts that Milvus takes."""
    total = sum(document_of(article).terms.values(), start=Counter[str]())
    held: list[str] = []
    size = 0
    for term in chain.from_iterable(repeat(one, times) for one, times in _coded(total)):
        if size + len(term) + 1 > TEXT_BYTES:
            yield " ".join(held)
            held, size = [], 0
        held.append(term)
        size += len(term) + 1
    if held:
        yield " ".join(held)


def _coded(total: Counter[str]) -> Iterator[tuple[str, int]]:
    counts = total.most_common()
    return zip(codes(term for term, _ in counts), (times for _, times in counts), strict=True)


@dataclass(frozen=True, slots=True)
class MilvusWords:
    """Words of a state.

    Attributes:
        collection: Where its passages are.
        sequence: Which versions are seen.
        published_at: Seconds since 1970 at which it was shown first.
    """

    milvus: Milvus
    collection: str
    sequence: int
    published_at: float

    def propose(self, terms: Sequence[str], condition: Condition, most: int) -> list[int]:
        """Articles that hold any of some terms, those that Milvus thinks best, ascending.

        Raises:
            EngineUnavailableError: It does not answer at once.
            DamagedIndexError: It has no such collection.
        """
        if not terms:
            return []
        seen = f"added <= {self.sequence} and ended > {self.sequence}"
        found = self.milvus.best(
            words_of(self.collection),
            " ".join(codes(terms)),
            min(most, MOST),
            f"{seen} and ({as_milvus(coded(condition))})",
            strong=time.time() < self.published_at + SETTLED_SECONDS,
        )
        return sorted({row // POSITIONS for row in found})

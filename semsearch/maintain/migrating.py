"""Migrate: an index, moved to other engines and verified, without encoding anything.

copy the catalog -> derive a generation from it -> compare counts, checksums and answers
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from semsearch.ask.parsing import normalised
from semsearch.ask.search import Searcher
from semsearch.encode.encoder import EncoderSpec, Vectors
from semsearch.errors import DamagedIndexError, EngineUnavailableError, ModelUnavailableError
from semsearch.library import Library
from semsearch.model.article import Field
from semsearch.model.search import Query

QUESTIONS = 200
TOP = 10
LEAST_OVERLAP = 0.99
_QUESTION_CHARS = 200


@dataclass(frozen=True, slots=True)
class Migrated:
    """What was moved, and how it was verified.

    Attributes:
        rows: Rows of the catalog, each table compared by its checksum.
        sha256: Of every table, by name.
        articles: In the new index as in the old one, stubs included.
        questions: How many were asked of both.
        same: Of them answered with the same ten articles in the same order.
        overlap: Mean share of the ten articles that both give, 0-1.
    """

    rows: int
    sha256: dict[str, str]
    articles: int
    generation: int
    questions: int
    same: int
    overlap: float


class RecallingEncoder:
    """Gives the vectors of texts that it was told; no model is needed to ask for those."""

    def __init__(self) -> None:
        self._made_with: dict[str, Any] = {}
        self._vectors: dict[str, Vectors] = {}

    def recall(self, made_with: dict[str, Any], vectors: dict[str, Vectors]) -> None:
        """Be the encoder of an index for some questions."""
        self._made_with, self._vectors = made_with, vectors

    @property
    def spec(self) -> EncoderSpec:
        """That of the index."""
        return EncoderSpec(**{one.name: self._made_with[one.name] for one in fields(EncoderSpec)})

    @property
    def passage_budget(self) -> int:
        """That of the index."""
        return int(self._made_with["passage_tokens"])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """About as many as there are words."""
        return [len(text.split()) for text in texts]

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Known texts only.

        Raises:
            ModelUnavailableError: One is not known.
        """
        return np.stack([self.encode_query(text) for text in texts])

    def encode_query(self, text: str) -> Vectors:
        """A known question.

        Raises:
            ModelUnavailableError: It is not known.
        """
        if text not in self._vectors:
            raise ModelUnavailableError("Only known questions are asked while an index is moved.")
        return self._vectors[text]


def publish(target: Library) -> None:
    """Derive everything beside the catalog.

    Raises:
        EngineUnavailableError: The engine stopped answering; run it again to go on.
    """
    with target.writing():
        manifest = target.publish()
    if manifest.sequence < target.catalog.sequence:
        raise EngineUnavailableError("The engine stopped answering before it had everything.")


def verify(
    source: Library,
    target: Library,
    encoder: RecallingEncoder,
    watch: Callable[[int, int], None] = lambda _, __: None,
) -> Migrated:
    """Compare two indexes with one catalog: sizes, and the answers to questions.

    The questions are titles of the archive, with the vectors of their leads.

    Args:
        source: The index that is trusted.
        target: The other one.
        encoder: The encoder that both were opened with.
        watch: Told how many questions were asked, of how many.

    Raises:
        DamagedIndexError: They differ.
    """
    old, new = source.snapshot(), target.snapshot()
    target.generations.check(new.generation)
    if len(old) != len(new):
        raise DamagedIndexError(f"The new index shows {len(new)} articles, the old one {len(old)}.")
    questions = questions_of(source)
    made_with = source.made_with
    overlaps: list[float] = []
    same = 0
    if made_with is not None:
        encoder.recall(made_with, questions)
    searchers = [Searcher(source), Searcher(target)]
    for number, text in enumerate(questions, start=1):
        there, here = (
            [hit.article.id for hit in one.search(Query(text, k=TOP, steps=())).hits]
            for one in searchers
        )
        overlaps.append(len(set(there) & set(here)) / max(len(there), len(here), 1))
        same += there == here
        watch(number, len(questions))
    overlap = float(np.mean(overlaps)) if overlaps else 1.0
    if overlap < LEAST_OVERLAP:
        raise DamagedIndexError(
            f"Of {len(questions)} questions the first {TOP} articles agree by {overlap:.3f} only.",
            "Derive it anew: semsearch rebuild --index TARGET, and run this again.",
        )
    return Migrated(
        rows=0,
        sha256={},
        articles=len(new),
        generation=new.generation,
        questions=len(questions),
        same=same,
        overlap=round(overlap, 4),
    )


def questions_of(library: Library, number: int = QUESTIONS) -> dict[str, Vectors]:
    """Titles from all over the archive with the vectors of their leads."""
    snapshot = library.snapshot()
    pks = library.catalog.pks_added(0, snapshot.sequence)
    chosen = pks[:: max(1, len(pks) // number)][:number]
    found: dict[str, Vectors] = {}
    for pk, article in library.catalog.heads(chosen).items():
        if not article.title.strip():  # agency records may have none
            continue
        text = normalised(article.title[:_QUESTION_CHARS])
        passages, vectors = snapshot.vectors_of(pk)
        leads = [row for row, passage in enumerate(passages) if passage.field is Field.LEAD]
        if text and leads:
            found[text] = vectors[leads[0]]
    return found

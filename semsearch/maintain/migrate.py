"""Migrate: move an index to other engines and verify it, without encoding anything.

copy the catalog (``store.catalog.migration``) -> derive a generation from it -> compare counts and
answers
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from semsearch.ask.search import Searcher
from semsearch.ask.wording import normalised
from semsearch.config import DEFAULT_FILE, Settings, place_of
from semsearch.encode.encoder import EncoderSpec, Vectors
from semsearch.errors import (
    ConfigurationError,
    ConflictError,
    DamagedIndexError,
    EngineUnavailableError,
    ModelUnavailableError,
)
from semsearch.library import Library
from semsearch.model.article import Field
from semsearch.model.search import Query
from semsearch.store.backup.backup import CATALOG
from semsearch.store.catalog.migration import TableChecksum
from semsearch.store.files import make_folder

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


class RecordedEncoder:
    """Gives vectors that were recorded; no model is needed to ask for those."""

    def __init__(self) -> None:
        self._made_with: dict[str, Any] = {}
        self._vectors: dict[str, Vectors] = {}

    def record(self, made_with: dict[str, Any], vectors: dict[str, Vectors]) -> None:
        """Be the encoder of an index for some questions."""
        self._made_with, self._vectors = made_with, vectors

    @property
    def spec(self) -> EncoderSpec:
        """That of the index."""
        return EncoderSpec(**{key.name: self._made_with[key.name] for key in fields(EncoderSpec)})

    @property
    def passage_budget(self) -> int:
        """That of the index."""
        return int(self._made_with["passage_tokens"])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """About as many as there are words."""
        return [len(text.split()) for text in texts]

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors of recorded texts; see ``encode_query``."""
        return np.stack([self.encode_query(text) for text in texts])

    def encode_query(self, text: str) -> Vectors:
        """The vector of a recorded question.

        Raises:
            ModelUnavailableError: It was not recorded.
        """
        if text not in self._vectors:
            raise ModelUnavailableError("Only known questions are asked while an index is moved.")
        return self._vectors[text]


def derive_and_verify(
    source: Library,
    target: Library,
    tables: Mapping[str, TableChecksum],
    encoder: RecordedEncoder,
    watch: Callable[[int, int], None],
) -> Migrated:
    """Derive everything beside a copied catalog, and compare the two indexes.

    Compared are sizes, and the answers to questions: titles of the archive, with the vectors of
    their leads.

    Raises:
        EngineUnavailableError: The engine stopped answering; run it again to go on.
        DamagedIndexError: The two differ.
    """
    if target.generations.current_number() is None:
        target.generations.adopt(source.snapshot().whitening)
    with target.writing():
        manifest = target.publish()
    if manifest.sequence < target.catalog.sequence:
        raise EngineUnavailableError("The engine stopped answering before it had everything.")
    old, new = source.snapshot(), target.snapshot()
    target.generations.check(new.generation)
    if len(old) != len(new):
        raise DamagedIndexError(f"The new index shows {len(new)} articles, the old one {len(old)}.")
    questions = questions_of(source)
    if source.made_with is not None:
        encoder.record(source.made_with, questions)
    searchers = [Searcher(source), Searcher(target)]
    overlaps: list[float] = []
    same = 0
    for number, text in enumerate(questions, start=1):
        expected, given = (
            [hit.article.id for hit in searcher.search(Query(text, k=TOP, steps=())).hits]
            for searcher in searchers
        )
        overlaps.append(len(set(expected) & set(given)) / max(len(expected), len(given), 1))
        same += expected == given
        watch(number, len(questions))
    overlap = float(np.mean(overlaps)) if overlaps else 1.0
    if overlap < LEAST_OVERLAP:
        raise DamagedIndexError(
            f"Of {len(questions)} questions the first {TOP} articles agree by {overlap:.3f} only.",
            "Derive it anew: semsearch rebuild --index TARGET, and run this again.",
        )
    return Migrated(
        rows=sum(table.rows for table in tables.values()),
        sha256={name: table.sha256 for name, table in tables.items()},
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
    questions: dict[str, Vectors] = {}
    for pk, article in library.catalog.heads(chosen).items():
        if not article.title.strip():  # agency records may have none
            continue
        text = normalised(article.title[:_QUESTION_CHARS])
        passages, vectors = snapshot.vectors_of(pk)
        leads = [row for row, passage in enumerate(passages) if passage.field is Field.LEAD]
        if text and leads:
            questions[text] = vectors[leads[0]]
    return questions


def settings_of_target(settings: Settings, target: Path, urls: list[str]) -> Settings:
    """The settings of an index that is to lie elsewhere, written into its folder, too.

    Raises:
        ConfigurationError: An address is of no known kind, or two are of one.
        ConflictError: The folder opens another index already.
    """
    named: dict[str, str] = {}
    for url in urls:
        key = "catalog" if url.startswith(("postgresql", "sqlite")) else "index"
        if key == "index" and not url.startswith("milvus+"):
            raise ConfigurationError(
                f"--to {url.partition(':')[0]}: neither PostgreSQL nor Milvus.",
                "Addresses begin with postgresql+psycopg:, milvus+http:, milvus+https: "
                "or milvus+file:.",
            )
        if key in named:
            raise ConfigurationError(f"--to names two places for the {key}.")
        named[key] = url
    if place_of(settings).folder.resolve() == target.resolve():
        raise ConflictError("The target is the index itself.", "Name another folder: --target DIR.")
    make_folder(target)
    file = target / DEFAULT_FILE
    sections = {"model", "passages", "vectors", "milvus"}
    kept = {
        **settings.model_dump(mode="json", include=sections, exclude_defaults=True),
        "index": str(target.resolve()),
        "catalog": f"sqlite:///{target.resolve() / CATALOG}",
        **named,
    }
    text = yaml.safe_dump(kept, sort_keys=True, allow_unicode=True)
    if file.exists() and file.read_text("utf-8") != text:
        raise ConflictError(f"{file} names other places.", "Name an empty folder: --target DIR.")
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # it may hold secrets
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    return settings.model_copy(update={"index": target, "catalog": ""})

"""Generations: published, immutable states of an index, derived from the catalog.

What all engines share stands here: what a generation says of itself, which generations are kept,
and what can be done with them. ``store.local`` keeps them as folders, ``store.milvus`` as rows.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from semsearch.errors import DamagedIndexError, FormatMismatchError
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.files import dump_json
from semsearch.store.snapshot import Snapshot
from semsearch.store.whitening import MAX_LEADS, Whitening

FORMAT = 2
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of a generation as it was written."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """The contents of ``manifest.json``.

    Attributes:
        sequence: Last sequence number of the catalog that the generation contains.
        encoder: What its vectors were made with, as ``EncoderSpec`` and passage settings.
        vectors: How vectors are indexed; see ``store.local.vectors``.
        segments: Names of the segment folders, oldest first.
        files: Every file but the manifest, by path within the generation.
    """

    generation: int
    sequence: int
    encoder: dict[str, Any]
    vectors: str
    articles: int
    stubs: int
    passages: int
    segments: tuple[str, ...]
    files: dict[str, FileRecord]
    format: int = field(default=FORMAT)

    def to_json(self) -> bytes:
        """The file's bytes."""
        said, place = self._said, self._said.index(b'\n "encoder"')
        return b'%b\n "checksum": "%b",%b' % (said[:place], self.checksum.encode(), said[place:])

    @cached_property
    def checksum(self) -> str:
        """SHA-256 of everything it says."""
        return hashlib.sha256(self._said).hexdigest()

    @cached_property
    def _said(self) -> bytes:
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        files = self.files.items()
        held = {name: {"bytes": file.bytes, "sha256": file.sha256} for name, file in files}
        return dump_json({**values, "files": held})


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a generation's folder.

    Raises:
        DamagedIndexError: It is missing or not what was written, or another generation's.
        FormatMismatchError: It is of another format.
    """
    try:
        data = (folder / MANIFEST).read_bytes()
        values = json.loads(data)
        if values.get("format") != FORMAT:
            raise FormatMismatchError(
                f"Generation {folder.name} has format {values.get('format')}; "
                f"this version of semsearch reads {FORMAT}.",
                "Run: semsearch rebuild (nothing is encoded again).",
            )
        del values["checksum"]  # compared below, with everything else
        files = {path: FileRecord(**record) for path, record in values.pop("files").items()}
        segments = tuple(values.pop("segments"))
        manifest = Manifest(**values, segments=segments, files=files)
    except FileNotFoundError as error:
        raise DamagedIndexError(f"{folder / MANIFEST} is missing.") from error
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise DamagedIndexError(f"{folder / MANIFEST} is damaged.") from error
    if data != manifest.to_json():
        raise DamagedIndexError(f"{folder / MANIFEST} is damaged.")
    if folder.name != str(manifest.generation):
        raise DamagedIndexError(
            f"{folder / MANIFEST} belongs to generation {manifest.generation}, not {folder.name}."
        )
    return manifest


@dataclass(frozen=True, slots=True)
class Keep:
    """Which old generations stay for page tokens, beside those that are being read."""

    newest: int = 2
    seconds: float = 120.0
    at_most: int = 64  # a write makes two: its articles, then what was related

    def keeps(self, place: int, age: float) -> bool:
        """Whether a generation stays.

        ``place`` 0 is the newest; ``age`` is in seconds.
        """
        return place < self.newest or (age < self.seconds and place < self.at_most)


class Generations(ABC):
    """The generations of one index."""

    @abstractmethod
    def current_number(self) -> int | None:
        """Number of the newest generation; None before the first.

        Raises:
            DamagedIndexError: It cannot be told.
            EngineUnavailableError: A server does not answer.
        """

    @abstractmethod
    def place(self) -> str:
        """What tells this index from another one that takes its place; empty where none can.

        Raises:
            EngineUnavailableError: A server does not answer.
        """

    @abstractmethod
    def numbers(self) -> list[int]:
        """The generations that are kept, ascending."""

    @abstractmethod
    def manifest(self, number: int) -> Manifest:
        """What a generation says about itself.

        Raises:
            NoSuchIndexError: It is not kept.
            DamagedIndexError: It is missing or broken.
            FormatMismatchError: It is of another format.
        """

    @abstractmethod
    def check(self, number: int) -> Manifest:
        """The manifest of a generation all of which is looked at.

        Raises:
            DamagedIndexError: Something is missing or not what was written.
        """

    @abstractmethod
    def open(self, number: int) -> Snapshot:
        """A generation, opened for searching.

        Raises:
            NoSuchIndexError: It is not kept.
            DamagedIndexError: It cannot be opened.
        """

    @abstractmethod
    def published_at(self, number: int) -> float:
        """When a generation was published, in seconds since 1970.

        Raises:
            NoSuchIndexError: It is not kept.
        """

    def sizes(self, number: int) -> dict[str, int]:
        """Bytes that a generation takes, by part; empty where a server keeps that to itself."""
        del number
        return {}

    @abstractmethod
    def capabilities(self) -> dict[str, str]:
        """What the engine is and can do, as it was probed, in words."""

    def refused(self) -> dict[int, str]:
        """Articles that the engine does not take, by key, with the reason."""
        return {}

    @abstractmethod
    def adopt(self, whitening: Whitening) -> None:
        """Make similarities as another index does; before the first generation is published."""

    def publish(
        self, catalog: Catalog, encoder: dict[str, Any], *, durable: bool = True
    ) -> Manifest:
        """Make everything that the catalog holds searchable.

        Nothing is encoded: vectors come from the catalog. With nothing new, the current
        generation stays.

        Args:
            catalog: The truth.
            encoder: What the vectors were made with.
            durable: Whether the generation itself survives a power loss. Without, it costs less,
                and after one the generation before is the newest, until the next is published.

        Raises:
            StorageError: The operating system refused; the current generation stays.
            DamagedIndexError: The current generation cannot be built upon: ``rebuild``.
            EngineUnavailableError: A server does not answer, and there is no generation before.
        """
        number = self.current_number()
        base = None if number is None else self.manifest(number)
        if base is not None and base.sequence == catalog.sequence:
            if durable:
                self.secure(catalog)
            return base
        return self._publish(catalog, encoder, base, durable=durable)

    def is_durable(self) -> bool:
        """Whether the newest generation survives a power loss."""
        return True

    def is_interrupted(self) -> bool:
        """Whether a power loss took the newest generation: what it showed is to be published."""
        return False

    def secure(self, catalog: Catalog) -> None:
        """Let the newest generation survive a power loss.

        Raises:
            StorageError: The operating system refused.
        """
        del catalog

    @abstractmethod
    def _publish(
        self, catalog: Catalog, encoder: dict[str, Any], base: Manifest | None, *, durable: bool
    ) -> Manifest:
        """Publish what is new since a generation or, without one, everything."""

    @abstractmethod
    def rebuild(self, catalog: Catalog, encoder: dict[str, Any]) -> Manifest:
        """Derive a new generation from the catalog alone and drop all others."""

    def drop_older(self) -> int:
        """Remove all generations but the newest at once, even those that somebody reads.

        Returns:
            How many others still read; their bytes go when those processes let go of them.
        """
        return 0

    @abstractmethod
    def close(self) -> None:
        """Give back files and connections; who still reads a generation must not go on."""


def learned_whitening(catalog: Catalog, pks: list[int], dimension: int) -> Whitening:
    """What some articles' leads, evenly chosen where there are very many, teach of an archive."""
    step = max(1, -(-len(pks) // MAX_LEADS))
    return Whitening.learned(catalog.lead_vectors(pks[::step], dimension), dimension)

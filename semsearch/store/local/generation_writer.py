"""Writes the next generation into a folder that nobody reads yet.

It is derived from the catalog and from the generation before, whose segments and words it shares
by hard links as far as they did not change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from semsearch.store.catalog.catalog import Catalog
from semsearch.store.files import files_of, link_tree, make_folder, sha256_of, write_durably
from semsearch.store.generations import MANIFEST, FileRecord, Manifest, learned_whitening
from semsearch.store.local.lexical import update_lexical
from semsearch.store.local.segment import open_segment, write_segment
from semsearch.store.whitening import Whitening

LEXICAL = "lexical"
SEGMENTS = "segments"
REMOVED = "removed.npy"
WHITENING = "geometry.npz"
ADOPTED = "adopted.npz"
"""Beside the generations: the whitening that the first of them takes over from another index."""

# A segment grows by merging with the next as long as it is less than twice as large: every
# article is rewritten at most log2(n) times and there are at most log2(n) segments.
_GROWTH = 2
_MAX_DEAD_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Part:
    """A segment of the next generation: taken over by name, or written from its keys."""

    name: str | None
    pks: Sequence[int]


@dataclass(frozen=True, slots=True)
class GenerationWriter:
    """Writes what is new since a generation beside what that one holds.

    Attributes:
        folder: Of the generations.
        catalog: The truth.
        encoder: What the vectors were made with.
        base: The generation that is built upon; None: everything comes from the catalog.
        until: The last write that is shown.
        kind: How vectors are indexed; see ``store.local.vectors``.
    """

    folder: Path
    catalog: Catalog
    encoder: dict[str, Any]
    base: Manifest | None
    until: int
    kind: str

    def write(self, draft: Path, number: int) -> Manifest:
        """Write everything of a generation.

        Args:
            draft: A folder that is not there, among the generations.
            number: Of the generation.

        Raises:
            OSError, StorageError: The operating system refused.
        """
        make_folder(draft)
        segments = self._write_segments(draft)
        if self.base is not None:
            link_tree(self._before(LEXICAL), draft / LEXICAL)
        make_folder(draft / LEXICAL)
        added = self.catalog.added(self._since, self.until)
        update_lexical(draft / LEXICAL, added, self._ended())
        counts = self.catalog.counts()
        manifest = Manifest(
            generation=number,
            sequence=self.until,
            encoder=self.encoder,
            vectors=self.kind,
            articles=counts[False],
            stubs=counts[True],
            passages=sum(len(open_segment(draft / SEGMENTS / name).vectors) for name in segments),
            segments=segments,
            files=self._records(draft),
        )
        write_durably(draft / MANIFEST, manifest.to_json())
        return manifest

    @property
    def _since(self) -> int:
        return 0 if self.base is None else self.base.sequence

    def _before(self, name: str) -> Path:
        """A file or folder of the generation that is built upon."""
        assert self.base is not None  # noqa: S101 - asked for where there is one
        return self.folder / str(self.base.generation) / name

    def _ended(self) -> list[int]:
        """Keys that the generation before may show and this one does not."""
        return [] if self.base is None else list(self.catalog.pks_ended(self._since, self.until))

    def _write_segments(self, draft: Path) -> tuple[str, ...]:
        """Write or link everything but the word index.

        Returns:
            The names of the segments.
        """
        gone = set[int]()
        parts: list[Part] = []
        if self.base is not None:
            gone = {int(pk) for pk in np.load(self._before(REMOVED), allow_pickle=False)}
            gone |= set(self._ended())
            for name in self.base.segments:
                pks = open_segment(self._before(SEGMENTS) / name).articles["pk"].tolist()
                parts.append(Part(name, pks))
        added = self.catalog.pks_added(self._since, self.until)
        parts = merged([*parts, Part(None, added)], gone)
        whitening = self._whitening(parts)
        write_durably(draft / WHITENING, whitening.to_bytes())
        make_folder(draft / SEGMENTS)
        names = []
        for part in parts:
            name = part.name or f"{part.pks[0]}-{part.pks[-1]}-{self.until}"
            names.append(name)
            if part.name is not None:
                link_tree(self._before(SEGMENTS) / name, draft / SEGMENTS / name)
            else:
                rows = self.catalog.segment_rows(part.pks, self._dimension)
                write_segment(draft / SEGMENTS / name, rows, self._dimension, self.kind, whitening)
        shown = {pk for part in parts for pk in part.pks}
        np.save(draft / REMOVED, np.array(sorted(gone & shown), np.int64), allow_pickle=False)
        return tuple(names)

    @property
    def _dimension(self) -> int:
        return int(self.encoder["dimension"])

    def _whitening(self, parts: list[Part]) -> Whitening:
        """That of the generation before, which kept segments were written for.

        It is learned anew when all segments are written anew, as happens each time the archive has
        doubled.
        """
        if any(part.name is not None for part in parts):
            return Whitening.from_bytes(self._before(WHITENING).read_bytes())
        if (self.folder / ADOPTED).is_file():
            return Whitening.from_bytes((self.folder / ADOPTED).read_bytes())
        pks = [pk for part in parts for pk in part.pks]
        return learned_whitening(self.catalog, pks, self._dimension)

    def _records(self, draft: Path) -> dict[str, FileRecord]:
        """Size and checksum of every file; those shared with the generation before keep theirs."""
        records = {}
        for path in files_of(draft):
            name = str(path.relative_to(draft))
            if path.name.endswith(".lock"):
                continue
            known = None if self.base is None else self.base.files.get(name)
            if known and self._before(name).exists() and path.samefile(self._before(name)):
                records[name] = known
            else:
                records[name] = FileRecord(path.stat().st_size, sha256_of(path))
        return records


def merged(parts: Sequence[Part], gone: set[int]) -> list[Part]:
    """The segments after merging small neighbours and dropping what is mostly or wholly dead.

    Args:
        parts: In order of their keys.
        gone: Keys that are no longer in the index.
    """
    kept: list[Part] = []
    for part in parts:
        alive = [pk for pk in part.pks if pk not in gone]
        sound = len(alive) >= (1 - _MAX_DEAD_SHARE) * len(part.pks)
        if alive:
            kept.append(part if sound else Part(None, alive))
        while len(kept) > 1 and len(kept[-2].pks) < _GROWTH * len(kept[-1].pks):
            last, before = kept.pop(), kept.pop()
            kept.append(Part(None, [pk for pk in (*before.pks, *last.pks) if pk not in gone]))
    return kept

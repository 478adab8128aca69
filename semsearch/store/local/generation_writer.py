"""Writes the next generation into a folder that nobody reads yet.

It is derived from the catalog and from the generation before, whose segments and words it shares
by hard links as far as they did not change. What it costs depends on what is new.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.rows import ChangedVersions
from semsearch.store.files import entries, link, link_tree, sha256_of
from semsearch.store.generations import MANIFEST, FileRecord, Manifest, learned_whitening
from semsearch.store.local.lexical import update_lexical
from semsearch.store.local.lexical_folder import is_lock
from semsearch.store.local.segment import Segment, write_segment
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
_QUICK = 1_000
"""Articles that are rewritten when somebody waits."""

Keys = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A segment of the next generation: taken over by name, or written from its keys, ascending."""

    name: str | None
    pks: Keys


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
        segment: Opens a segment of a generation's folder by its name.
        whitening: Opens what a generation's similarities are made with.
        quick: Whether somebody waits: then large segments are merged another time.
    """

    folder: Path
    catalog: Catalog
    encoder: dict[str, Any]
    base: Manifest | None
    until: int
    kind: str
    segment: Callable[[Path, str], Segment]
    whitening: Callable[[Path, Manifest], Whitening]
    quick: bool

    def write(self, draft: Path, number: int) -> Manifest:
        """Write everything of a generation; it is durable after ``sync_tree``.

        Raises:
            OSError, StorageError: The operating system refused.
        """
        draft.mkdir(parents=True)
        changed = self.catalog.changed(self._since, self.until)
        segments, passages = self._write_segments(draft, changed)
        self._write_words(draft, changed)
        articles = len(changed.added) - len(changed.ended)
        stubs = sum(changed.added.values()) - sum(changed.ended.values())
        if self.base is not None:
            articles += self.base.articles + self.base.stubs
            stubs += self.base.stubs
        manifest = Manifest(
            generation=number,
            sequence=self.until,
            encoder=self.encoder,
            vectors=self.kind,
            articles=articles - stubs,
            stubs=stubs,
            passages=passages,
            segments=segments,
            files=self._records(draft),
        )
        (draft / MANIFEST).write_bytes(manifest.to_json())
        return manifest

    @property
    def _since(self) -> int:
        return 0 if self.base is None else self.base.sequence

    def _before(self, name: str = "") -> Path:
        """A file or folder of the generation that is built upon."""
        assert self.base is not None  # noqa: S101 - asked for where there is one
        return self.folder / str(self.base.generation) / name

    def _write_segments(self, draft: Path, changed: ChangedVersions) -> tuple[tuple[str, ...], int]:
        """Write or link everything but the word index.

        Returns:
            The names of the segments, and how many passages they hold.
        """
        gone = np.array(sorted(changed.ended), np.int64)
        parts: list[Part] = []
        if self.base is not None:
            before = np.load(self._before(REMOVED), allow_pickle=False)
            gone = np.union1d(gone, before)
            parts = [
                Part(name, self.segment(self._before(), name).articles["pk"])
                for name in self.base.segments
            ]
        added = Part(None, np.fromiter(changed.added, np.int64, len(changed.added)))
        parts = merged([*parts, added], gone, _QUICK if self.quick else None)
        if any(part.name is not None for part in parts):
            assert self.base is not None  # noqa: S101 - a segment is taken over from it
            whitening = self.whitening(self._before(), self.base)
            link(self._before(WHITENING), draft / WHITENING)
        else:
            whitening = self._whitening(parts)
            (draft / WHITENING).write_bytes(whitening.to_bytes())
        (draft / SEGMENTS).mkdir()
        names, passages = [], 0
        for part in parts:
            name = part.name or f"{part.pks[0]}-{part.pks[-1]}-{self.until}"
            names.append(name)
            if part.name is not None:
                link_tree(self._before(SEGMENTS) / name, draft / SEGMENTS / name)
                passages += len(self.segment(self._before(), name).vectors)
            else:
                rows = self.catalog.segment_rows(part.pks.tolist(), self._dimension)
                passages += write_segment(
                    draft / SEGMENTS / name, rows, self._dimension, self.kind, whitening
                )
        removed = [gone[np.isin(gone, part.pks)] for part in parts] if len(gone) else []
        np.save(
            draft / REMOVED,
            np.sort(np.concatenate([np.empty(0, np.int64), *removed])),
            allow_pickle=False,
        )
        return tuple(names), passages

    def _write_words(self, draft: Path, changed: ChangedVersions) -> None:
        """Bring the word index up to date; where nothing changed, it is that of before."""
        if self.base is not None:
            link_tree(self._before(LEXICAL), draft / LEXICAL)
            if not (changed.added or changed.ended):
                return
        (draft / LEXICAL).mkdir(exist_ok=True)
        added = self.catalog.added(self._since, self.until)
        update_lexical(draft / LEXICAL, added, changed.ended, in_memory=self.quick)

    @property
    def _dimension(self) -> int:
        return int(self.encoder["dimension"])

    def _whitening(self, parts: list[Part]) -> Whitening:
        """Learned anew, as all segments are written anew: each time the archive has doubled.

        Kept segments were written for that of the generation before.
        """
        if (self.folder / ADOPTED).is_file():
            return Whitening.from_bytes((self.folder / ADOPTED).read_bytes())
        pks = [pk for part in parts for pk in part.pks.tolist()]
        return learned_whitening(self.catalog, pks, self._dimension)

    def _records(self, draft: Path) -> dict[str, FileRecord]:
        """Size and checksum of every file; those shared with the generation before keep theirs."""
        before = {} if self.base is None else _inodes(self._before())
        known = {} if self.base is None else self.base.files
        records = {}
        for name, inode in sorted(_inodes(draft).items()):
            if name in known and before.get(name) == inode:
                records[name] = known[name]
            elif not is_lock(name):
                path = draft / name
                records[name] = FileRecord(path.stat().st_size, sha256_of(path))
        return records


def _inodes(folder: Path, prefix: str = "") -> dict[str, int]:
    """The files below a folder by their path in it."""
    found: dict[str, int] = {}
    for entry in entries(folder):
        if entry.is_dir():
            found |= _inodes(Path(entry.path), f"{prefix}{entry.name}/")
        else:
            found[prefix + entry.name] = entry.inode()
    return found


def merged(parts: Sequence[Part], gone: Keys, most: int | None = None) -> list[Part]:
    """The segments after merging small neighbours and dropping what is mostly or wholly dead.

    Args:
        parts: In order of their keys.
        gone: Keys that are no longer in the index.
        most: Articles of a segment that is written anew from others; None: any number.
    """
    kept: list[Part] = []
    for part in parts:
        dead = np.isin(gone, part.pks, assume_unique=True).sum() if len(gone) else 0
        few = part.name is None or most is None or len(part.pks) <= most
        if dead < len(part.pks):
            is_sound = dead <= _MAX_DEAD_SHARE * len(part.pks) or not few
            kept.append(part if is_sound else Part(None, _alive(part.pks, gone)))
        while len(kept) > 1 and len(kept[-2].pks) < _GROWTH * len(kept[-1].pks):
            if most is not None and len(kept[-2].pks) + len(kept[-1].pks) > most:
                break
            last, before = kept.pop(), kept.pop()
            pks = np.concatenate([before.pks, last.pks])
            kept.append(Part(None, _alive(pks, gone)))
    return kept


def _alive(pks: Keys, gone: Keys) -> Keys:
    return pks[~np.isin(pks, gone, assume_unique=True)] if len(gone) else pks

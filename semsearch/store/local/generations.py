"""Generations as folders of an index.

What did not change since the generation before is shared by hard links: whole segments, and the
segment files of the word index. ``CURRENT`` names the newest and is replaced in one step, so a
reader sees one generation or the next and never a mixture.

``CURRENT`` holds the checksum of the newest manifest, and a manifest those of all files: so every
damaged, missing or exchanged file is noticed. A generation stays while anybody reads it.
"""

import os
import re
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary, finalize

import numpy as np

from semsearch.errors import (
    DamagedIndexError,
    FormatMismatchError,
    NoSuchIndexError,
    StorageError,
)
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.files import (
    make_folder,
    remove_tree,
    rename_durably,
    replace_durably,
    sha256_of,
    sync_tree,
    write_durably,
)
from semsearch.store.generations import (
    MANIFEST,
    FileRecord,
    Generations,
    Keep,
    Manifest,
    read_manifest,
)
from semsearch.store.local.generation_writer import (
    ADOPTED,
    LEXICAL,
    REMOVED,
    SEGMENTS,
    WHITENING,
    GenerationWriter,
)
from semsearch.store.local.lexical import TantivyIndex
from semsearch.store.local.segment import Segment, open_segment
from semsearch.store.local.segments import SegmentVectors
from semsearch.store.local.vectors import AUTO
from semsearch.store.lock import take_read_lock, unread
from semsearch.store.snapshot import Snapshot
from semsearch.store.whitening import Whitening

CURRENT = "CURRENT"
GENERATIONS = "generations"
_CURRENT_FORM = re.compile(r"([0-9]{1,18})(?: ([0-9a-f]{64}))?\n")  # once without a checksum

# Opening must not read gigabytes: of larger files it checks the size, ``doctor`` and the next
# publication everything.
_READ_AT_OPENING = 64 * 2**20


class LocalGenerations(Generations):
    """The generations of one index folder; see ``Generations`` for what the methods promise.

    Args:
        folder: The index folder.
        kind: How vectors are indexed; see ``store.local.vectors``.
        keep: Which old generations stay.
    """

    def __init__(self, folder: Path, kind: str = AUTO, keep: Keep = Keep()) -> None:
        self._folder = folder / GENERATIONS
        self._current = folder / CURRENT
        self._kind = kind
        self._keep = keep
        self._segments: WeakValueDictionary[tuple[str, int], Segment] = WeakValueDictionary()
        self._verified: set[tuple[int, int, str]] = set()
        self._read_locks: list[finalize[[int], Snapshot]] = []

    # --- reading ------------------------------------------------------------------------

    def current_number(self) -> int | None:
        """Number of the newest generation; None before the first."""
        current = self._read_current()
        return None if current is None else current[0]

    def _read_current(self) -> tuple[int, str] | None:
        """Number of the newest generation and the checksum of its manifest."""
        try:
            text = self._current.read_text("ascii")
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise DamagedIndexError(f"{self._current} cannot be read.") from error
        match = _CURRENT_FORM.fullmatch(text)
        if match is None:
            raise DamagedIndexError(f"{self._current} is damaged.")
        return int(match[1]), match[2] or ""

    def manifest(self, number: int) -> Manifest:
        """The manifest of a generation."""
        return read_manifest(self._folder / str(number))

    def published_at(self, number: int) -> float:
        """When a generation was published, in seconds since 1970."""
        try:
            return (self._folder / str(number)).stat().st_mtime
        except OSError:
            raise NoSuchIndexError(f"Generation {number} is not kept.") from None

    def sizes(self, number: int) -> dict[str, int]:
        """Bytes on disk, by part."""
        folder = self._folder / str(number)
        return {
            "vectors": _size(folder.rglob("*.faiss")),
            "lexical": _size((folder / LEXICAL).rglob("*")),
            "generation": _size(folder.rglob("*")),
        }

    def capabilities(self) -> dict[str, str]:
        """What searches."""
        return {"vectors": f"FAISS, {self._kind}", "words": "tantivy"}

    def close(self) -> None:
        """Let go of all generations; those who still read one must not go on."""
        for read_lock in self._read_locks:
            read_lock()
        self._read_locks.clear()

    def numbers(self) -> list[int]:
        """The generations that are on disk, ascending."""
        if not self._folder.is_dir():
            return []
        return sorted(int(path.name) for path in self._folder.iterdir() if path.name.isdigit())

    def open(self, number: int) -> Snapshot:
        """A generation, opened for searching; it stays on disk as long as this object lives.

        Files are checked against their checksums, very large ones against their sizes.

        Raises:
            NoSuchIndexError: That generation is not kept.
            DamagedIndexError: A file is missing or damaged; the message names it.
        """
        folder = self._folder / str(number)
        if not folder.is_dir():
            raise NoSuchIndexError(f"Generation {number} is not kept.")
        try:
            read_lock = take_read_lock(folder / MANIFEST)
        except BlockingIOError:
            raise NoSuchIndexError(f"Generation {number} is being removed.") from None
        except OSError as error:
            raise DamagedIndexError(f"{folder / MANIFEST} is missing or unreadable.") from error
        try:
            snapshot = self._opened(folder, self.check(number, _READ_AT_OPENING))
        except BaseException:
            os.close(read_lock)
            raise
        self._read_locks = [lock for lock in self._read_locks if lock.alive]
        self._read_locks.append(finalize(snapshot, os.close, read_lock))
        return snapshot

    def _opened(self, folder: Path, manifest: Manifest) -> Snapshot:
        try:
            segments = tuple(self._segment(folder, name) for name in manifest.segments)
            removed = np.load(folder / REMOVED, allow_pickle=False)
            return Snapshot(
                generation=manifest.generation,
                sequence=manifest.sequence,
                vectors=SegmentVectors(segments, removed),
                words=TantivyIndex(folder / LEXICAL),
                whitening=Whitening.from_bytes((folder / WHITENING).read_bytes()),
            )
        except (OSError, ValueError, KeyError) as error:
            raise DamagedIndexError(
                f"Generation {folder.name} cannot be opened: {error}"
            ) from error

    def _segment(self, folder: Path, name: str) -> Segment:
        """A segment; one that an open generation shares is not read again."""
        path = folder / SEGMENTS / name
        key = (name, (path / "articles.npy").stat().st_ino)
        segment = self._segments.get(key)
        if segment is None:
            segment = open_segment(path)
            self._segments[key] = segment
        return segment

    def check(self, number: int, read: int | None = None) -> Manifest:
        """The manifest of a generation of which every file is what the manifest says.

        Args:
            number: Which generation.
            read: Of files with more bytes only the size is looked at; None: all are read, those
                that several generations share once.

        Raises:
            DamagedIndexError: One is missing or damaged; the message names it.
            FormatMismatchError: It is of another format.
        """
        manifest = self.manifest(number)
        current = self._read_current()
        if current is not None and current[0] == number and current[1] != manifest.checksum:
            raise DamagedIndexError(f"{self._current} and manifest.json of {number} do not match.")
        for path, record in manifest.files.items():
            self._verify(self._folder / str(number), path, record, read)
        return manifest

    def _verify(self, folder: Path, path: str, record: FileRecord, read: int | None) -> None:
        try:
            status = (folder / path).stat()
            key = (status.st_ino, status.st_mtime_ns, record.sha256)
            if key in self._verified:  # shared with a generation that was opened before
                return
            sound = status.st_size == record.bytes
            if sound and read is not None and record.bytes > read:
                return
            sound = sound and sha256_of(folder / path) == record.sha256
        except OSError as error:
            raise DamagedIndexError(
                f"{path} of generation {folder.name} is missing or unreadable."
            ) from error
        if not sound:
            raise DamagedIndexError(f"{path} of generation {folder.name} is damaged.")
        self._verified.add(key)

    # --- publishing -----------------------------------------------------------------------

    def rebuild(self, catalog: Catalog, encoder: dict[str, Any]) -> Manifest:
        """Derive a new generation from the catalog alone and drop all others."""
        manifest = self._publish(catalog, encoder, None)
        for number in self.numbers():
            if number != manifest.generation:
                self._remove(number)
        return manifest

    def drop_older(self) -> int:
        """Remove all generations but the newest at once; those who read one have its files open."""
        newest, still_read = self.current_number(), 0
        for number in self.numbers():
            if number != newest:
                folder = self._folder / str(number)
                with unread(folder / MANIFEST) as free:
                    still_read += not free
                remove_tree(folder)
        return still_read

    def _remove(self, number: int) -> bool:
        """Remove a generation unless somebody reads it."""
        folder = self._folder / str(number)
        with unread(folder / MANIFEST) as free:
            if free:
                remove_tree(folder)
        return free

    def _publish(
        self, catalog: Catalog, encoder: dict[str, Any], base: Manifest | None
    ) -> Manifest:
        if base is not None:
            self.check(base.generation)  # damage that is built upon would get checksums of its own
        number = self.next_number()
        draft = self._folder / f".{number}.{os.getpid()}.tmp"
        shutil.rmtree(draft, ignore_errors=True)
        writer = GenerationWriter(
            self._folder, catalog, encoder, base, catalog.sequence, self._kind
        )
        try:
            manifest = writer.write(draft, number)
            sync_tree(draft)
            rename_durably(draft, self._folder / str(number))
        except OSError as error:
            raise StorageError(f"{draft}: {error.strerror}", "Check free space.") from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        replace_durably(self._current, current_line(manifest))
        (self._folder / ADOPTED).unlink(missing_ok=True)
        self._retire(catalog, number)
        return manifest

    def next_number(self) -> int:
        """Larger than all before, even where ``CURRENT`` or the generations are lost."""
        try:
            current = self.current_number() or 0
        except DamagedIndexError:
            current = 0
        return max([current, *self.numbers()]) + 1

    def adopt(self, whitening: Whitening) -> None:
        """Make similarities as another index does; before the first generation is published."""
        make_folder(self._folder)
        write_durably(self._folder / ADOPTED, whitening.to_bytes())

    def _retire(self, catalog: Catalog, newest: int) -> None:
        """Remove generations that are no longer kept, then what only they could see."""
        now = time.time()
        sequences = [self.manifest(newest).sequence]
        older = sorted((number for number in self.numbers() if number != newest), reverse=True)
        for place, number in enumerate(older, 1):
            age = now - (self._folder / str(number)).stat().st_mtime
            sequence = self._readable_sequence(number)
            unwanted = sequence is None or not self._keep.keeps(place, age)
            removed = unwanted and self._remove(number)
            if not removed and sequence is not None:
                sequences.append(sequence)
        for leftover in self._folder.glob(".*.tmp"):
            shutil.rmtree(leftover, ignore_errors=True)
        current = {record.sha256 for record in self.manifest(newest).files.values()}
        self._verified = {key for key in list(self._verified) if key[2] in current}
        catalog.collect(min(sequences))

    def _readable_sequence(self, number: int) -> int | None:
        """The sequence number of a generation; None where it cannot be opened any more."""
        try:
            return self.manifest(number).sequence
        except (DamagedIndexError, FormatMismatchError):
            return None


def current_line(manifest: Manifest) -> bytes:
    """What ``CURRENT`` holds when a generation is the newest."""
    return f"{manifest.generation} {manifest.checksum}\n".encode()


def _size(paths: Iterable[Path]) -> int:
    total = 0
    for path in paths:
        with suppress(OSError):  # removed while we were looking
            total += path.stat().st_size if path.is_file() else 0
    return total

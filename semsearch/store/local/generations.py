"""Generations: published, immutable states of an index, derived from the catalog.

A generation is a folder of its own. What did not change since the one before is shared by hard
links: whole segments, and the segment files of the word index. ``CURRENT`` names the newest and
is replaced in one step, so a reader sees one generation or the next and never a mixture.

``CURRENT`` holds the checksum of the newest manifest, and a manifest those of all files: so every
damaged, missing or exchanged file is noticed. A generation stays while anybody reads it.
"""

import os
import re
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
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
from semsearch.store.local.generation_writer import (
    ADOPTED,
    LEXICAL,
    REMOVED,
    SEGMENTS,
    WHITENING,
    Base,
    write_draft,
)
from semsearch.store.local.lexical import LexicalIndex
from semsearch.store.local.read_locks import take_read_lock, unread
from semsearch.store.local.segment import Segment, open_segment
from semsearch.store.local.snapshot import EmbeddedSnapshot
from semsearch.store.local.vectors import AUTO
from semsearch.store.manifest import NAME, FileRecord, Manifest, read_manifest
from semsearch.store.whitening import Whitening

CURRENT = "CURRENT"
GENERATIONS = "generations"
_CURRENT_FORM = re.compile(r"([0-9]{1,18})(?: ([0-9a-f]{64}))?\n")  # once without a checksum

# Opening must not read gigabytes: of larger files it checks the size, ``doctor`` and the next
# publication everything.
_READ_AT_OPENING = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Keep:
    """Which old generations stay for page tokens, beside those that are being read."""

    newest: int = 2
    seconds: float = 120.0
    at_most: int = 64  # a write makes two: its articles, then what was related


class Generations:
    """The generations of one index folder.

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
        self._read_locks: list[finalize[[int], EmbeddedSnapshot]] = []

    # --- reading ------------------------------------------------------------------------

    def current_number(self) -> int | None:
        """Number of the newest generation; None before the first.

        Raises:
            DamagedIndexError: ``CURRENT`` is damaged.
        """
        held = self._read_current()
        return None if held is None else held[0]

    def place(self) -> str:
        """Empty: as long as anybody reads them, nothing takes their place."""
        return ""

    def _read_current(self) -> tuple[int, str] | None:
        """Number of the newest generation and the checksum of its manifest."""
        try:
            text = self._current.read_text("ascii")
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise DamagedIndexError(f"{self._current} cannot be read.") from error
        found = _CURRENT_FORM.fullmatch(text)
        if found is None:
            raise DamagedIndexError(f"{self._current} is damaged.")
        return int(found[1]), found[2] or ""

    def manifest(self, number: int) -> Manifest:
        """The manifest of a generation.

        Raises:
            DamagedIndexError: It is missing or broken.
            FormatMismatchError: It is of another format.
        """
        return read_manifest(self._folder / str(number))

    def published_at(self, number: int) -> float:
        """When a generation was published, in seconds since 1970.

        Raises:
            NoSuchIndexError: It is not kept.
        """
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

    def refused(self) -> dict[int, str]:
        """FAISS takes everything."""
        return {}

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

    def open(self, number: int) -> EmbeddedSnapshot:
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
            read_lock = take_read_lock(folder)
        except BlockingIOError:
            raise NoSuchIndexError(f"Generation {number} is being removed.") from None
        except OSError as error:
            raise DamagedIndexError(f"{folder / NAME} is missing or unreadable.") from error
        try:
            snapshot = self._opened(folder, self._sound(number, _READ_AT_OPENING))
        except BaseException:
            os.close(read_lock)
            raise
        self._read_locks = [held for held in self._read_locks if held.alive]
        self._read_locks.append(finalize(snapshot, os.close, read_lock))
        return snapshot

    def _opened(self, folder: Path, manifest: Manifest) -> EmbeddedSnapshot:
        try:
            return EmbeddedSnapshot(
                generation=manifest.generation,
                sequence=manifest.sequence,
                segments=tuple(self._segment(folder, name) for name in manifest.segments),
                removed=np.load(folder / REMOVED, allow_pickle=False),
                whitening=Whitening.from_bytes((folder / WHITENING).read_bytes()),
                lexical_index=LexicalIndex(folder / LEXICAL),
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

    def _sound(self, number: int, read: int | None = None) -> Manifest:
        """The manifest of a generation of which every file is what the manifest says.

        Args:
            number: Which generation.
            read: Of files with more bytes only the size is looked at; None: all are read.
        """
        manifest = self._chained(number)
        for path, record in manifest.files.items():
            self._verify(self._folder / str(number), path, record, read)
        return manifest

    def check(self, number: int) -> Manifest:
        """Read every file of a generation; one that several share is read once.

        Raises:
            DamagedIndexError: One is missing or damaged; the message names it.
            FormatMismatchError: It is of another format.
        """
        return self._sound(number)

    def _chained(self, number: int) -> Manifest:
        """The manifest of a generation; that of the newest is the one ``CURRENT`` means."""
        manifest = self.manifest(number)
        current = self._read_current()
        if current is not None and current[0] == number and current[1] != manifest.checksum:
            raise DamagedIndexError(f"{self._current} and manifest.json of {number} do not match.")
        return manifest

    def _verify(self, folder: Path, path: str, record: FileRecord, read: int | None) -> None:
        try:
            state = (folder / path).stat()
            key = (state.st_ino, state.st_mtime_ns, record.sha256)
            if key in self._verified:  # shared with a generation that was opened before
                return
            sound = state.st_size == record.bytes
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

    def publish(self, catalog: Catalog, encoder: dict[str, Any]) -> Manifest:
        """Make everything that the catalog holds searchable.

        Nothing is encoded: vectors come from the catalog. With nothing new, the current
        generation stays.

        Args:
            catalog: The truth.
            encoder: What the vectors were made with.

        Raises:
            StorageError: The operating system refused; the current generation stays.
            DamagedIndexError: The current generation cannot be built upon: ``rebuild``.
        """
        number = self.current_number()
        base = None if number is None else self.manifest(number)
        until = catalog.sequence
        if base is not None and base.sequence == until:
            return base
        if number is not None:
            self._sound(number)  # damage that is built upon would get checksums of its own
        return self._publish(catalog, encoder, base, until)

    def rebuild(self, catalog: Catalog, encoder: dict[str, Any]) -> Manifest:
        """Derive a new generation from the catalog alone and drop all others."""
        manifest = self._publish(catalog, encoder, None, catalog.sequence)
        for number in self.numbers():
            if number != manifest.generation:
                self._remove(number)
        return manifest

    def _remove(self, number: int) -> bool:
        """Remove a generation unless somebody reads it."""
        folder = self._folder / str(number)
        with unread(folder) as free:
            if free:
                remove_tree(folder)
        return free

    def _publish(
        self, catalog: Catalog, encoder: dict[str, Any], base: Manifest | None, until: int
    ) -> Manifest:
        number = self.next_number()
        draft = self._folder / f".{number}.{os.getpid()}.tmp"
        shutil.rmtree(draft, ignore_errors=True)
        try:
            upon = None if base is None else Base(self._folder / str(base.generation), base)
            manifest = write_draft(draft, number, catalog, encoder, upon, until, self._kind)
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
        numbers = [number for number in self.numbers() if number != newest]
        numbers.reverse()
        now = time.time()
        sequences = [self.manifest(newest).sequence]
        for place, number in enumerate(numbers):
            folder = self._folder / str(number)
            young = now - folder.stat().st_mtime < self._keep.seconds
            wanted = place + 1 < self._keep.newest or (young and place + 1 < self._keep.at_most)
            sequence = self._readable_sequence(number)
            gone = (sequence is None or not wanted) and self._remove(number)
            if not gone and sequence is not None:
                sequences.append(sequence)
        for leftover in self._folder.glob(".*.tmp"):
            shutil.rmtree(leftover, ignore_errors=True)
        held = {record.sha256 for record in self.manifest(newest).files.values()}
        self._verified = {key for key in list(self._verified) if key[2] in held}
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

"""Generations as folders of an index.

What did not change since the generation before is shared by hard links: whole segments, and the
segment files of the word index. ``CURRENT`` names the newest and is replaced in one step, so a
reader sees one generation or the next and never a mixture.

``CURRENT`` holds the checksum of the newest manifest, and a manifest those of all files: so every
damaged, missing or exchanged file is noticed. A generation stays while anybody reads it.

A write that somebody waits for is shown by a generation of which nothing has been synced: the
catalog holds it durably. ``RECENT`` names such a generation beside ``CURRENT``, with the start of
the machine that it is good for. A power loss ends that, and ``CURRENT`` counts again; what it does
not show is published anew from the catalog (docs/decisions/0026).
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

from semsearch.errors import DamagedIndexError, FormatMismatchError, NoSuchIndexError, StorageError
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.files import (
    make_folder,
    remove_tree,
    replace_file,
    sha256_of,
    sync,
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
RECENT = "RECENT"
GENERATIONS = "generations"
_CURRENT_FORM = re.compile(r"([0-9]{1,18})(?: ([0-9a-f]{64}))?\n")  # once without a checksum
_RECENT_FORM = re.compile(r"([0-9]{1,18}) ([0-9a-f]{64}) ([0-9a-f-]{36})\n")
_BOOT = Path("/proc/sys/kernel/random/boot_id")

_MANIFESTS = 4  # that are kept in memory

# Opening must not read gigabytes: of larger files it checks the size, ``doctor`` and the next
# publication everything.
_READ_AT_OPENING = 64 * 2**20


class LocalGenerations(Generations):
    """The generations of one index folder; see ``Generations`` for what the methods promise."""

    def __init__(self, folder: Path, kind: str = AUTO, keep: Keep = Keep()) -> None:
        self._folder = folder / GENERATIONS
        self._current = folder / CURRENT
        self._recent = folder / RECENT
        self._boot = _this_boot()
        self._kind = kind
        self._keep = keep
        self._segments: WeakValueDictionary[tuple[str, int], Segment] = WeakValueDictionary()
        self._verified: set[tuple[int, int, str]] = set()
        self._read_locks: list[finalize[[int], Snapshot]] = []
        self._manifests: dict[int, tuple[tuple[int, int, int], Manifest]] = {}
        self._whitenings: WeakValueDictionary[str, Whitening] = WeakValueDictionary()
        self._written: tuple[int, object] = 0, None  # the last generation, and what it shares
        self._sequences: dict[int, int] = {}  # of generations that are kept

    # --- reading ------------------------------------------------------------------------

    def current_number(self) -> int | None:
        """Number of the newest generation; None before the first."""
        current = self._read_current()
        return None if current is None else current[0]

    def place(self) -> str:
        """Nothing: a folder stays the same index."""
        return ""

    def _read_current(self) -> tuple[int, str] | None:
        """Number of the newest generation and the checksum of its manifest."""
        recent = self._read_recent()  # before the other: it goes once that names a newer one
        durable = self._read_durable()
        if recent is None or recent[2] != self._boot:
            return durable
        return recent[:2] if durable is None or durable[0] < recent[0] else durable

    def is_durable(self) -> bool:
        """Whether ``CURRENT`` names the newest generation."""
        return self._read_current() == self._read_durable()

    def is_interrupted(self) -> bool:
        """Whether a generation that was not synced was newer than what ``CURRENT`` names."""
        recent, current = self._read_recent(), self._read_current()
        return recent is not None and recent[0] > (0 if current is None else current[0])

    def _read_recent(self) -> tuple[int, str, str] | None:
        """As ``_read_durable``, of what is not synced; and the start of the machine."""
        try:
            match = _RECENT_FORM.fullmatch(self._recent.read_text("ascii"))
        except (OSError, ValueError):  # it may be lost: what it names can be made again
            return None
        return None if match is None else (int(match[1]), match[2], match[3])

    def _read_durable(self) -> tuple[int, str] | None:
        """Number of the newest generation that is synced and the checksum of its manifest."""
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
        folder = self._folder / str(number)
        try:
            state = _state(folder / MANIFEST)
        except OSError:
            return read_manifest(folder)
        held = self._manifests.get(number)
        if held is None or held[0] != state:
            held = self._manifests[number] = state, read_manifest(folder)
            for old in sorted(self._manifests)[:-_MANIFESTS]:
                self._manifests.pop(old, None)
        return held[1]

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
                whitening=self._whitening(folder, manifest),
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

    def _whitening(self, folder: Path, manifest: Manifest) -> Whitening:
        """What similarities are made with; taking a covariance apart takes longer than a write."""
        digest = manifest.files[WHITENING].sha256
        held = self._whitenings.get(digest)
        if held is None:
            held = Whitening.from_bytes((folder / WHITENING).read_bytes())
            self._whitenings[digest] = held
        return held

    def check(self, number: int, read: int | None = None) -> Manifest:
        """The manifest of a generation of which every file is what the manifest says.

        Of files with more than ``read`` bytes only the size is looked at; None: all are read, those
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
        manifest = self._publish(catalog, encoder, None, durable=True)
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

    def secure(self, catalog: Catalog) -> None:
        """Sync the newest generation and let ``CURRENT`` name it."""
        number = self.current_number()
        if number is None or self.is_durable():
            return
        sync_tree(self._folder / str(number))
        self._show(self.manifest(number))
        self._retire(catalog, number)

    def _show(self, manifest: Manifest) -> None:
        """Let ``CURRENT`` name a generation whose files are synced."""
        sync(self._folder)
        replace_file(self._current, current_line(manifest))
        with suppress(OSError):
            self._recent.unlink(missing_ok=True)

    def _publish(
        self, catalog: Catalog, encoder: dict[str, Any], base: Manifest | None, *, durable: bool
    ) -> Manifest:
        quick = not durable and base is not None and bool(self._boot)
        if base is not None and not (quick and base.generation == self._written[0]):
            self.check(base.generation)  # damage that is built upon would get checksums of its own
        number = self.next_number()
        draft = self._folder / f".{number}.{os.getpid()}.tmp"
        shutil.rmtree(draft, ignore_errors=True)
        writer = GenerationWriter(
            self._folder,
            catalog,
            encoder,
            base,
            catalog.sequence,
            self._kind,
            self._segment,
            self._whitening,
            quick,
        )
        try:
            manifest = writer.write(draft, number)
            if not quick:
                sync_tree(draft)
            draft.rename(self._folder / str(number))
        except OSError as error:
            raise StorageError(f"{draft}: {error.strerror}", "Check free space.") from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        if quick:
            line = f"{number} {manifest.checksum} {self._boot}\n"
            replace_file(self._recent, line.encode(), durable=False)
        else:
            self._show(manifest)
            (self._folder / ADOPTED).unlink(missing_ok=True)
            self._retire(catalog, number)
        folder = self._folder / str(number)
        self._manifests[number] = _state(folder / MANIFEST), manifest
        shared = [self._segment(folder, name) for name in manifest.segments]
        self._written = number, (shared, self._whitening(folder, manifest))
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
        numbers = self.numbers()
        self._sequences = {n: held for n, held in self._sequences.items() if n in numbers}
        sequences = [self.manifest(newest).sequence]
        older = sorted((number for number in numbers if number != newest), reverse=True)
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
        if number not in self._sequences:
            try:
                self._sequences[number] = self.manifest(number).sequence
            except (DamagedIndexError, FormatMismatchError):
                return None
        return self._sequences[number]


def current_line(manifest: Manifest) -> bytes:
    """What ``CURRENT`` holds when a generation is the newest."""
    return f"{manifest.generation} {manifest.checksum}\n".encode()


def _state(file: Path) -> tuple[int, int, int]:
    """What changes when a file does."""
    status = file.stat()
    return status.st_ino, status.st_mtime_ns, status.st_size


def _this_boot() -> str:
    """What tells this start of the machine from others; empty where nothing does."""
    try:
        return _BOOT.read_text("ascii").strip()
    except OSError:
        return ""


def _size(paths: Iterable[Path]) -> int:
    total = 0
    for path in paths:
        with suppress(OSError):  # removed while we were looking
            total += path.stat().st_size if path.is_file() else 0
    return total

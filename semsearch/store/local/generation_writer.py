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
from semsearch.store.local.lexical import update_lexical
from semsearch.store.local.segment import open_segment, write_segment
from semsearch.store.manifest import NAME, FileRecord, Manifest
from semsearch.store.whitening import MAX_LEADS, Whitening

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
class Base:
    """The generation that the next one is built upon."""

    folder: Path
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Part:
    """A segment of the next generation: taken over by name, or written from its keys."""

    name: str | None
    pks: Sequence[int]


def write_draft(
    draft: Path,
    number: int,
    catalog: Catalog,
    encoder: dict[str, Any],
    base: Base | None,
    until: int,
    kind: str,
) -> Manifest:
    """Write everything of a generation.

    Args:
        draft: A folder that is not there, among the generations.
        number: Of the generation.
        catalog: The truth.
        encoder: What the vectors were made with.
        base: What it is built upon; None: the catalog alone.
        until: The last write that it shows.
        kind: How vectors are indexed; see ``store.local.vectors``.

    Raises:
        OSError, StorageError: The operating system refused.
    """
    make_folder(draft)
    segments = _write_segments(draft, catalog, base, until, int(encoder["dimension"]), kind)
    if base is not None:
        link_tree(base.folder / LEXICAL, draft / LEXICAL)
    make_folder(draft / LEXICAL)
    since = 0 if base is None else base.manifest.sequence
    ended = [] if base is None else catalog.pks_ended(since, until)
    update_lexical(draft / LEXICAL, catalog.added(since, until), ended)
    counts = catalog.counts()
    manifest = Manifest(
        generation=number,
        sequence=until,
        encoder=encoder,
        vectors=kind,
        articles=counts[False],
        stubs=counts[True],
        passages=sum(len(open_segment(draft / SEGMENTS / name).vectors) for name in segments),
        segments=segments,
        files=_records(draft, base),
    )
    write_durably(draft / NAME, manifest.to_json())
    return manifest


def _write_segments(
    draft: Path, catalog: Catalog, base: Base | None, until: int, dimension: int, kind: str
) -> tuple[str, ...]:
    """Write or link everything but the word index.

    Returns:
        The names of the segments.
    """
    gone = set[int]()
    parts: list[Part] = []
    since = 0
    if base is not None:
        since = base.manifest.sequence
        gone = {int(pk) for pk in np.load(base.folder / REMOVED, allow_pickle=False)}
        gone |= set(catalog.pks_ended(since, until))
        for name in base.manifest.segments:
            pks = open_segment(base.folder / SEGMENTS / name).articles["pk"].tolist()
            parts.append(Part(name, pks))
    parts = merged([*parts, Part(None, catalog.pks_added(since, until))], gone)
    whitening = _whitening(draft.parent, catalog, parts, base, dimension)
    write_durably(draft / WHITENING, whitening.to_bytes())
    make_folder(draft / SEGMENTS)
    names = []
    for part in parts:
        name = part.name or f"{part.pks[0]}-{part.pks[-1]}-{until}"
        names.append(name)
        target = draft / SEGMENTS / name
        if part.name is not None and base is not None:
            link_tree(base.folder / SEGMENTS / name, target)
        else:
            rows = catalog.segment_rows(part.pks, dimension)
            write_segment(target, rows, dimension, kind, whitening)
    held = {pk for part in parts for pk in part.pks}
    np.save(draft / REMOVED, np.array(sorted(gone & held), np.int64), allow_pickle=False)
    return tuple(names)


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


def _whitening(
    generations: Path, catalog: Catalog, parts: list[Part], base: Base | None, dimension: int
) -> Whitening:
    """That of the generation before, which kept segments were written for.

    It is learned anew when all segments are written anew, as happens each time the archive has
    doubled.
    """
    if base is not None and any(part.name is not None for part in parts):
        return Whitening.from_bytes((base.folder / WHITENING).read_bytes())
    if (generations / ADOPTED).is_file():
        return Whitening.from_bytes((generations / ADOPTED).read_bytes())
    pks = [pk for part in parts for pk in part.pks]
    step = max(1, -(-len(pks) // MAX_LEADS))
    return Whitening.learned(catalog.lead_vectors(pks[::step], dimension), dimension)


def _records(draft: Path, base: Base | None) -> dict[str, FileRecord]:
    """Size and checksum of every file; files shared with the generation before keep theirs."""
    held = {} if base is None else base.manifest.files
    records = {}
    for path in files_of(draft):
        name = str(path.relative_to(draft))
        if path.name.endswith(".lock"):
            continue
        old = None if base is None else base.folder / name
        shared = old is not None and name in held and old.exists() and path.samefile(old)
        records[name] = held[name] if shared else FileRecord(path.stat().st_size, sha256_of(path))
    return records

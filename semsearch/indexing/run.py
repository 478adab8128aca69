"""One indexing run: records are collected into batches, compared, encoded and written."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path

import numpy as np

from semsearch.deadline import stage
from semsearch.errors import StorageError
from semsearch.indexing.batch import Batch
from semsearch.indexing.diff import Changes, diff
from semsearch.ingest.identity import address_id
from semsearch.ingest.reading import (
    ParseBlocks,
    ReadOptions,
    Record,
    SourceFile,
    blocks_of,
    find_files,
    fingerprint,
    parse_here,
)
from semsearch.ingest.records import Removed
from semsearch.library.library import Library
from semsearch.model.article import Article
from semsearch.model.report import IndexReport, Skipped
from semsearch.relate.tracking import Tracked
from semsearch.store.catalog.catalog import WriteBatch
from semsearch.store.catalog.rows import FileState, Half, NewArticle, StoredPassage
from semsearch.store.catalog.sentences import text_hash
from semsearch.text.language import with_language
from semsearch.text.passages import PassageText

_PART_CHARS = 50_000  # enough for the encoder to have passages of like length


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. ``done`` and ``total`` count files, ``related`` new articles."""

    done: int
    total: int
    articles: int
    encoded: int
    tokens: int
    related: int = 0
    to_relate: int = 0


class IndexingRun:
    """One run: collects records into batches, writes them, counts."""

    def __init__(
        self,
        library: Library,
        options: ReadOptions,
        *,
        reader: ParseBlocks = parse_here,
        dry_run: bool = False,
    ) -> None:
        self._library = library
        self._reader = reader
        self._catalog = library.catalog
        self._options = options
        self._dry_run = dry_run
        self._batch = Batch()
        self._counts: Counter[str] = Counter()
        self._skipped: list[Skipped] = []
        self._encoding_seconds = 0.0
        self.relating_seconds = 0.0
        self._tried: set[str] = set()
        self._watch: Callable[[Progress], None] = lambda _: None
        self._files = 0
        self.outcome: dict[str, list[str]] = {
            "added": [],
            "updated": [],
            "unchanged": [],
            "removed": [],
        }

    def read(
        self, paths: Sequence[Path], *, prune: bool, watch: Callable[[Progress], None]
    ) -> None:
        """Read everything under the paths, write what changed, prune."""
        found = list(find_files(paths))
        files = [entry for entry in found if isinstance(entry, SourceFile)]
        self._skipped += [entry for entry in found if isinstance(entry, Skipped)]
        states = self._catalog.file_states()
        seen: dict[str, set[str]] = {}
        self._watch, self._files = watch, len(files)
        marks: dict[SourceFile, str] = {}
        changed = self._changed(files, states, marks)
        blocks = (block for file in changed for block in blocks_of(file))
        read = self._reader(blocks, self._options)
        for file, parts in groupby(read, key=itemgetter(0)):
            records = chain.from_iterable(part for _, part in parts)
            ids = self._take_file(file, marks.pop(file), records)
            if ids is not None:
                seen[str(file.path)] = ids
            self._counts["files"] += 1
        self.flush()
        if prune:
            self._prune(paths, {str(file.path) for file in files}, seen)
        self.drop_orphans()
        self._tell()

    def _changed(
        self,
        files: Sequence[SourceFile],
        states: Mapping[str, FileState],
        marks: dict[SourceFile, str],
    ) -> Iterator[SourceFile]:
        """Files that are not as they were; ``marks`` takes what each is now."""
        for file in files:
            self._tell()
            try:
                mark = fingerprint(file, self._options)
            except StorageError as error:
                self._skipped.append(Skipped(file.shown, None, error.message))
                self._counts["files"] += 1
                continue
            held = states.get(str(file.path))
            if held is None or held.fingerprint != mark:
                marks[file] = mark
                yield file
                continue
            self._counts["unchanged"] += held.records
            self._counts["files_unchanged"] += 1
            self._counts["files"] += 1

    def _take_file(self, file: SourceFile, mark: str, found: Iterable[Record]) -> set[str] | None:
        """Take a file's records; None where they are not all known: it is faulty."""
        path = str(file.path)
        ids = set()
        records = 0
        faulty = False
        for record in found:
            if isinstance(record, Skipped):
                self._skipped.append(record)
                faulty = True
            else:
                ids.add(record.id)
                records += 1
                self.take(record, path)
        if faulty:
            return None  # looked at again next time; what could not be read may still be there
        self._batch.files.append(FileState(path, mark, records))
        return ids

    def take(self, record: Article | Removed, source: str | None) -> None:
        """Add a record to the batch; a full batch is written."""
        if record.id in self._batch.articles or record.id in self._batch.removed:
            self.flush()  # the later record is compared with the earlier one, not lost in it
        self._batch.add(record, source, stubs=self._options.stubs)
        if self._batch.full:
            self.flush()

    def flush(self) -> None:
        """Write the batch: diff, split, encode what is new, commit."""
        batch, self._batch = self._batch, Batch()
        changes = diff(batch, self._catalog, self._tried)
        self._count(changes)
        changed = [replace(one, article=with_language(one.article)) for one in changes.changed]
        articles = [one.article for one in changed]
        pieces, vectors = self._split_and_encoded(articles)
        gone = self._gone(batch.removed)
        self.outcome["removed"] += sorted(batch.removed)
        if self._dry_run:  # nothing is written, so what was counted must be remembered
            self._tried |= changes.stubs
            return
        if not (changed or changes.moved or gone or batch.files):
            return
        self._catalog.write(
            WriteBatch(
                articles=[
                    NewArticle(
                        one.article,
                        one.content_hash,
                        one.source,
                        tuple(
                            StoredPassage(piece.passage, text_hash(piece.text))
                            for piece in pieces[one.article.id]
                        ),
                    )
                    for one in changed
                ],
                moved=changes.moved,
                vectors=vectors,
                delete=gone,
                bury=True,
                files=batch.files,
            )
        )
        replaced = self._replaced_stubs(articles)
        if replaced:
            self._catalog.write(WriteBatch(delete=replaced))
            self._counts["stubs_replaced"] += len(replaced)
        self._tell()

    def _count(self, changes: Changes) -> None:
        for name in ("added", "updated", "unchanged"):
            self.outcome[name] += getattr(changes, name)
        for name in ("stubs_added", "stubs_updated", "stubs_replaced"):
            self._counts[name] += getattr(changes, name)

    def _replaced_stubs(self, articles: list[Article]) -> list[str]:
        """Stubs of articles that now came under ids of their own."""
        addresses = {
            address_id(article.url): article.id
            for article in articles
            if not article.stub and article.url
        }
        own = {address for address, identity in addresses.items() if address != identity}
        return sorted(i for i, held in self._catalog.known(own).items() if held.stub)

    def _gone(self, removed: set[str]) -> list[str]:
        """Ids to end or, where a later mention must not bring them in as stubs, to bury."""
        return sorted(
            self._catalog.known(removed).keys() | removed - set(self._catalog.buried(removed))
        )

    def _split_and_encoded(
        self, articles: Sequence[Article]
    ) -> tuple[dict[str, list[PassageText]], dict[bytes, Half]]:
        """Passages by article, and vectors of those texts that have none yet, each text once.

        A part of the articles is encoded while the next is being split.
        """
        pieces: dict[str, list[PassageText]] = {}
        known: set[bytes] = set()
        encoded = []
        with ThreadPoolExecutor(1) as encoding:
            for part in _parts(articles):
                split = {article.id: self._library.split(article) for article in part}
                pieces |= split
                texts = {text_hash(p.text): p.text for group in split.values() for p in group}
                known |= self._catalog.held_vectors(texts.keys() - known)
                missing = {digest: text for digest, text in texts.items() if digest not in known}
                known |= missing.keys()
                self._counts["passages"] += sum(len(group) for group in split.values())
                self._counts["encoded"] += len(missing)
                if missing and not self._dry_run:
                    encoded.append(encoding.submit(copy_context().run, self._encode, missing))
        return pieces, {digest: row for one in encoded for digest, row in one.result().items()}

    def _encode(self, texts: Mapping[bytes, str]) -> dict[bytes, Half]:
        encoder = self._library.encoder
        started = time.perf_counter()
        with stage("encode"):
            matrix = encoder.encode_documents(list(texts.values())).astype(np.float16)
        self._encoding_seconds += time.perf_counter() - started
        self._counts["tokens"] += sum(encoder.count_tokens(list(texts.values())))
        return dict(zip(texts, matrix, strict=True))

    def _prune(self, paths: Sequence[Path], present: set[str], seen: dict[str, set[str]]) -> None:
        # What could not be looked at (a folder that is not mounted, say) is not known to be gone.
        roots = [path.resolve() for path in paths if path.exists()]
        unseen = [Path(one.path).resolve() for one in self._skipped]
        gone: list[str] = []
        forgotten: list[str] = []
        for source, ids in self._catalog.sources().items():
            if not any(Path(source).is_relative_to(root) for root in roots):
                continue
            if any(Path(source).is_relative_to(path) for path in unseen):
                continue
            if source not in present:
                gone += ids
                forgotten.append(source)
            elif source in seen:
                gone += [identity for identity in ids if identity not in seen[source]]
        self._counts["pruned"] += len(gone)
        if gone and not self._dry_run:
            self._catalog.write(WriteBatch(delete=sorted(gone), forget_files=forgotten))

    def drop_orphans(self) -> None:
        """Remove stubs that no article mentions any more."""
        orphans = [] if self._dry_run else self._catalog.orphan_stubs()
        if orphans:
            self._catalog.write(WriteBatch(delete=orphans))

    def _tell(self) -> None:
        """Say how far the run is: at each file, and within large files at each batch."""
        self._watch(self.progress())

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """What could not be read."""
        return tuple(self._skipped)

    def progress(self, tracked: Tracked = Tracked(0, 0)) -> Progress:
        """How far the run is."""
        return Progress(
            self._counts["files"],
            self._files,
            sum(len(self.outcome[kind]) for kind in ("added", "updated")),
            self._counts["encoded"],
            self._counts["tokens"],
            tracked.done,
            tracked.total,
        )

    def report(self, seconds: float) -> IndexReport:
        """The run's figures."""
        counts = self._catalog.counts()
        numbers = {name: self._counts[name] for name in _COUNTED}
        numbers["unchanged"] += len(self.outcome["unchanged"])
        current = self._library.generations.current_number() or 0
        return IndexReport(
            **numbers,
            added=len(self.outcome["added"]),
            updated=len(self.outcome["updated"]),
            removed=len(self.outcome["removed"]),
            skipped=self.skipped,
            seconds=round(seconds, 3),
            encoding_seconds=round(self._encoding_seconds, 3),
            relating_seconds=round(self.relating_seconds, 3),
            articles_total=counts[False],
            stubs_total=counts[True],
            generation=current,
            sequence=self._catalog.sequence,
            dry_run=self._dry_run,
        )


_COUNTED = (
    "files",
    "files_unchanged",
    "unchanged",
    "pruned",
    "stubs_added",
    "stubs_updated",
    "stubs_replaced",
    "passages",
    "encoded",
    "tokens",
)


def _parts(articles: Sequence[Article]) -> Iterator[list[Article]]:
    """Articles in their order, some that are encoded together at a time."""
    part: list[Article] = []
    chars = 0
    for article in articles:
        part.append(article)
        chars += len(article.body) + len(article.excerpt) + len(article.title)
        if chars >= _PART_CHARS:
            yield part
            part, chars = [], 0
    if part:
        yield part

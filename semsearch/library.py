"""Open an index: its catalog, its generations and the encoder that made them, together."""

import json
import math
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from secrets import token_bytes
from threading import Event, Lock, RLock, Thread, get_ident
from typing import Any, NoReturn, TypeVar, cast

import numpy as np

from semsearch.config import PassagesSettings, ServiceSettings
from semsearch.deadline import Budget, stage, within
from semsearch.encode.encoder import CheckedEncoder, Encoder, Vectors
from semsearch.errors import (
    DamagedIndexError,
    FormatMismatchError,
    IndexLockedError,
    LostWritesError,
    NoSuchIndexError,
    SemsearchError,
    StaleGenerationError,
    StorageError,
)
from semsearch.model.article import Article
from semsearch.store.backup.backup import is_snapshot
from semsearch.store.cache import Cache
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.coverage import Coverage
from semsearch.store.catalog.watches import WatchStore
from semsearch.store.generations import Generations, Manifest
from semsearch.store.lock import writer_lock
from semsearch.store.snapshot import Snapshot
from semsearch.text.passages import PassageText, split_article

_ENCODER_KEY = "encoder"
_OPEN_GENERATIONS = 4
_ENCODED_AT_ONCE = 256  # a batch for each core; between two the work may be stopped
_STOPPING_SECONDS = 5.0
_FEW = 100  # articles that are asked for at once: more of them would displace all that are kept
_KEPT_CHARS = 4 * 2**20
_KEPT_HEADS = 4_096
_PROCESS_SECRET = token_bytes(32)
_UNPUBLISHED = "Nothing of the index is published yet."
_IS_REBUILT = "It is being rebuilt from the catalog; ask again in a while."


@dataclass(frozen=True, slots=True)
class Repair:
    """A damaged generation was replaced by one derived from the catalog anew."""

    damage: str
    generation: int


class Library:
    """One index. Safe to use from several threads; writing takes the writer's lock.

    Args:
        folder: The index folder.
        catalog: Its catalog.
        generations: Its generations.
        load_encoder: Gives the encoder when one is needed first, told which model the index was
            made with, if any.
        passages: How texts are cut.
        on_repair: Told when a damaged generation was rebuilt.
        limits: How much is given for one question.
    """

    def __init__(
        self,
        folder: Path,
        catalog: Catalog,
        generations: Generations,
        load_encoder: Callable[[str | None], Encoder],
        passages: PassagesSettings = PassagesSettings(),
        on_repair: Callable[[Repair], None] = lambda _: None,
        limits: ServiceSettings = ServiceSettings(),
    ) -> None:
        self.limits = limits
        self.folder = folder
        self.catalog = catalog
        self.coverage = Coverage(catalog.database)
        self.watches = WatchStore(catalog.database)
        self.generations = generations
        self.passages = passages
        self._model = CheckedEncoder(load_encoder, passages, lambda: self.made_with)
        self._on_repair = on_repair
        self._open: OrderedDict[int, Snapshot] = OrderedDict()
        self._articles = Cache[int, Article](_KEPT_CHARS, _chars)
        self._heads = Cache[int, Article](_KEPT_HEADS)
        self._opening = Lock()
        self._writing = RLock()
        self._written_by: int | None = None  # the thread that holds the lock
        self._resumed = False
        self._identity = ""
        self._page_secret = b""
        self._repairs_in_background = False
        self._repair: Thread | None = None
        self._repair_error: SemsearchError | None = None
        self._closing = Event()

    def close(self) -> None:
        """Give back files and connections."""
        self._closing.set()
        if self._repair is not None:
            self._repair.join(_STOPPING_SECONDS)
        self._open.clear()
        self.generations.close()
        self.catalog.close()

    # --- the encoder ----------------------------------------------------------------------

    @property
    def encoder(self) -> Encoder:
        """The configured encoder, loaded once and checked against the one of the index.

        Raises:
            ModelUnavailableError: It cannot be loaded.
            ModelMismatchError: The index was made with another.
            ModelChangedError: It was made with this one until another took its place.
        """
        return self._model.get(self._identity)

    def split(self, article: Article) -> list[PassageText]:
        """The passages of an article, cut as this index cuts."""
        encoder = self.encoder
        return split_article(
            article,
            encoder.count_tokens,
            self._model.passage_tokens(encoder),
            self.passages.overlap,
        )

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Passages to unit vectors, shape (texts, dimension), as long as the work may go on.

        Raises:
            TimeLimitError, StoppingError: It may not.
        """
        encoder = self.encoder
        parts = [np.empty((0, encoder.spec.dimension), np.float32)]
        for first in range(0, len(texts), _ENCODED_AT_ONCE):
            with stage("encode"):
                parts.append(encoder.encode_documents(texts[first : first + _ENCODED_AT_ONCE]))
        return np.concatenate(parts)

    @property
    def made_with(self) -> dict[str, Any] | None:
        """Model and passage settings of the index; None before the first article."""
        text = self.catalog.setting(_ENCODER_KEY)
        return None if text is None else dict(json.loads(text))

    # --- consistent reads -----------------------------------------------------------------

    def refresh(self) -> str:
        """Forget what was opened of an index that another one replaced.

        Returns:
            What tells the present one from others; empty where nothing can.

        Raises:
            ClosedIndexError: This one was closed.
        """
        self.catalog.database.check_open()
        identity = self.generations.place()
        with self._opening:
            if identity != self._identity:
                self._open.clear()
                self._forget_versions()
                self.coverage.forget()
                self._page_secret = b""
                self._identity = identity
        return identity

    def page_secret(self) -> bytes:
        """The secret that page tokens of this index are signed with.

        Where none was kept yet and nothing can be written, it is this process's own.
        """
        if not self._page_secret:
            try:
                self._page_secret = self.catalog.page_secret()
            except StorageError:
                self._page_secret = _PROCESS_SECRET
        return self._page_secret

    def check_same(self, identity: str) -> None:
        """Refuse what was read if another index has taken the place of the one that was read.

        Raises:
            StaleGenerationError: It has: what was read may be of both.
        """
        if identity and self.refresh() != identity:
            raise StaleGenerationError("The index was replaced while the question was answered.")

    @contextmanager
    def consistent_read(self) -> Iterator[None]:
        """Answer from one index, whatever takes its place meanwhile.

        Raises:
            StaleGenerationError: Another did; what came of it is not to be given to anybody.
        """
        identity = self.refresh()
        try:
            yield
        except Exception:  # it may have come of both
            self.check_same(identity)
            raise
        self.check_same(identity)

    # --- reading --------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """The newest generation, opened.

        One that is damaged, or that was never published, is derived from the catalog first: here,
        or, after ``repair_in_background``, by another thread, while this one is refused.

        Raises:
            NoSuchIndexError: Nothing has been indexed yet.
            LostWritesError: The catalog lacks writes that it shows.
            DamagedIndexError: It is damaged, and so is the catalog or it is not rebuilt yet.
        """
        damage = ""
        self._resume()
        try:
            current = self._current()
        except LostWritesError:  # whether they are given up is not for a reader to decide
            raise
        except DamagedIndexError as error:
            damage = error.message
        else:
            if current is not None:
                return current
            if self.catalog.sequence == 0:
                raise NoSuchIndexError(f"The index {self.folder} is empty.")
        if self._repairs_in_background:
            self._repair_beside(damage)
        return self._repaired(damage)

    def _resume(self) -> None:
        """Once, publish what a power loss took from sight, where this process may."""
        if self._resumed:
            return
        self._resumed = True
        with suppress(DamagedIndexError, IndexLockedError, StorageError):  # the reader is told
            if self.generations.is_interrupted():
                with self.writing():
                    self.publish()

    def repair_in_background(self) -> None:
        """Have no reader wait for a repair, which may take minutes: it is refused meanwhile."""
        self._repairs_in_background = True

    def snapshot_at(self, generation: int) -> Snapshot:
        """An older generation that is still kept.

        Raises:
            StaleGenerationError: It is gone.
        """
        try:
            return self._opened(generation)
        except (NoSuchIndexError, DamagedIndexError):
            raise StaleGenerationError(
                f"Generation {generation} of the index is no longer kept."
            ) from None

    def hydrate(self, pks: Collection[int], *, texts: bool = True) -> dict[int, Article]:
        """Versions by the keys that a generation named, with their texts or without.

        A version never changes; those that were asked for last are kept until another generation
        is opened, for what is purged is gone from then on.

        Raises:
            StaleGenerationError: They are gone; the generation is no longer kept.
        """
        with stage("hydrate"):
            read = self.catalog.by_pk if texts else self.catalog.heads
            kept = self._articles if texts else self._heads
            articles = kept.get(pks, read) if len(pks) <= _FEW else read(pks)
        if len(articles) < len(set(pks)):
            raise StaleGenerationError("The index moved on while the question was answered.")
        return articles

    def _forget_versions(self) -> None:
        self._articles.clear()
        self._heads.clear()

    def _current(self) -> Snapshot | None:
        """The generation that ``CURRENT`` names; None before the first."""
        number = self.generations.current_number()
        while number is not None:
            try:
                return self._opened(number)
            except (NoSuchIndexError, DamagedIndexError) as error:
                newest = self.generations.current_number()
                if newest == number:
                    if isinstance(error, DamagedIndexError):
                        raise
                    raise DamagedIndexError(
                        f"Generation {number}, the newest, is missing."
                    ) from error
                number = newest  # it was replaced and removed while it was being opened
        return None

    def _opened(self, number: int) -> Snapshot:
        with self._opening:
            snapshot = self._open.get(number)
            if snapshot is None:
                snapshot = self.generations.open(number)
                self._forget_versions()
                self._check_complete(number, snapshot.sequence)
            self._open[number] = snapshot
            self._open.move_to_end(number)
            if len(self._open) > _OPEN_GENERATIONS:
                self._open.popitem(last=False)
            return snapshot

    def _repaired(self, damage: str) -> Snapshot:
        """The newest generation, derived from the catalog; ``damage``: what is wrong with it."""
        with self.writing(mending=True):
            with suppress(DamagedIndexError):
                current = self._current()  # by another, while this one waited for the lock
                if current is not None:
                    return current
            manifest = self.rebuild() if damage else self.publish()
        if damage:
            self._on_repair(Repair(damage, manifest.generation))
        return self._opened(manifest.generation)

    def _repair_beside(self, damage: str) -> NoReturn:
        """Refuse a reader; a thread repairs the index, unless one does already."""

        def repair() -> None:
            try:
                with within(Budget(math.inf, self._closing)):
                    self._repaired(damage)
            except SemsearchError as error:
                self._repair_error = error

        with self._opening:
            failure, self._repair_error = self._repair_error, None
            if self._repair is None or not self._repair.is_alive():
                self._repair = Thread(target=repair, name="repair", daemon=True)
                self._repair.start()
        raise failure or DamagedIndexError(damage or _UNPUBLISHED, _IS_REBUILT)

    # --- writing --------------------------------------------------------------------------

    @contextmanager
    def writing(self, *, mending: bool = False) -> Iterator[None]:
        """Hold the writer's lock; a thread that holds it may take it again.

        ``mending``: even where writes were lost: everything is derived from the catalog anew.

        Raises:
            LostWritesError: Numbers of writes would be given twice, and what is new not be seen.
            IndexLockedError: Another process holds it, or this is a snapshot.
            ModelChangedError: The index has another model than this process.
        """
        if is_snapshot(self.folder):
            raise IndexLockedError(
                f"{self.folder} is a snapshot, which is not written to.",
                "Restore it: semsearch snapshot restore. Or check it: semsearch snapshot verify.",
            )
        with self._writing:
            if self.is_writing:
                yield
                return
            with self.catalog.database.writer(), writer_lock(self.folder):
                self._written_by = get_ident()
                try:
                    self.refresh()
                    self.catalog.bring_up_to_date()
                    if not mending:
                        self._refuse_lost_writes()
                    if self._model.is_loaded:
                        self.encoder  # noqa: B018 - one of another model writes nothing
                    yield
                finally:
                    self._written_by = None

    @property
    def is_writing(self) -> bool:
        """Whether this thread holds the writer's lock."""
        return self._written_by == get_ident()

    def _refuse_lost_writes(self) -> None:
        with suppress(FormatMismatchError, NoSuchIndexError):  # told, or mended, by publishing
            try:
                number = self.generations.current_number()
                if number is not None:
                    self._check_complete(number, self.generations.manifest(number).sequence)
            except LostWritesError:
                raise
            except DamagedIndexError:
                return  # publishing derives it anew

    def _check_complete(self, number: int, sequence: int) -> None:
        """Return if the catalog holds all that a generation shows.

        Raises:
            LostWritesError: It does not, as when ``catalog.db`` was copied without its log.
        """
        last = self.catalog.sequence
        if sequence > last:
            raise LostWritesError(
                f"Generation {number} shows write {sequence}, the catalog ends at {last}: "
                "the writes after that are lost, as when catalog.db is copied without "
                "catalog.db-wal."
            )

    def remember_encoder(self) -> None:
        """Write down what the index is made with, before its first article."""
        if self.made_with is None:
            self.catalog.write_setting(_ENCODER_KEY, json.dumps(self._model.settings(self.encoder)))

    def publish_first(self) -> None:
        """Give an index that was just made its first generation, so that it can be asked."""
        if self.generations.current_number() is None:
            with self.writing():
                self.remember_encoder()
                self.publish()

    def publish(self, *, durable: bool = True) -> Manifest:
        """Make everything in the catalog searchable; needs no encoder.

        A damaged generation is not built upon but replaced.

        ``durable``: whether the generation survives a power loss; the catalog always does.
        """
        settings = self.made_with or self._model.settings(self.encoder)
        try:
            return self.generations.publish(self.catalog, settings, durable=durable)
        except DamagedIndexError as damage:
            manifest = self.generations.rebuild(self.catalog, settings)
            self._on_repair(Repair(damage.message, manifest.generation))
            return manifest

    def rebuild(self) -> Manifest:
        """Derive a generation from the catalog alone; needs no encoder."""
        settings = self.made_with or self._model.settings(self.encoder)
        with self._opening:
            self._open.clear()  # so that what is not being read can go
        return self.generations.rebuild(self.catalog, settings)


def _chars(article: Article) -> int:
    return 500 + len(article.title) + len(article.excerpt) + len(article.body)


F = TypeVar("F", bound=Callable[..., Any])


def consistent_read(method: F) -> F:
    """A method of what holds a ``_library``; its answer is refused if it may be of two indexes."""

    @wraps(method)
    def consistent(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        with self._library.consistent_read():
            return method(self, *args, **kwargs)

    return cast("F", consistent)

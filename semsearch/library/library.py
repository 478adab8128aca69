"""An index folder, opened: the catalog, its generations and the encoder that made them."""

import json
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock, RLock
from typing import Any

import numpy as np

from semsearch.config import PassagesSettings
from semsearch.deadline import stage
from semsearch.encode.encoder import Encoder, Vectors
from semsearch.errors import (
    DamagedIndexError,
    IndexLockedError,
    ModelChangedError,
    ModelMismatchError,
    NoSuchIndexError,
    StaleGenerationError,
)
from semsearch.library.limits import Limits
from semsearch.library.made_with import check_made_with
from semsearch.model.article import Article
from semsearch.store.backend import IndexBackend, Snapshot
from semsearch.store.backup.backups import is_snapshot
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.coverage import Coverage
from semsearch.store.catalog.sentences import SentenceStore
from semsearch.store.lock import writer_lock
from semsearch.store.manifest import Manifest
from semsearch.text.passages import PassageText, split_article

_ENCODER_KEY = "encoder"
_OPEN_GENERATIONS = 4
_ENCODED_AT_ONCE = 256  # a batch for each core; between two the work may be stopped


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
        generations: IndexBackend,
        load_encoder: Callable[[str | None], Encoder],
        passages: PassagesSettings = PassagesSettings(),
        on_repair: Callable[[Repair], None] = lambda _: None,
        limits: Limits = Limits(),
    ) -> None:
        self.limits = limits
        self.folder = folder
        self.catalog = catalog
        self.coverage = Coverage(catalog.database)
        self.sentences = SentenceStore(catalog.database)
        self.generations = generations
        self.passages = passages
        self._load_encoder = load_encoder
        self._on_repair = on_repair
        self._open: OrderedDict[int, Snapshot] = OrderedDict()
        self._opening = Lock()
        self._writing = RLock()
        self._written_to = False
        self._loading = Lock()
        self._encoder: Encoder | None = None
        self._place = ""
        self._checked_for = ""

    def close(self) -> None:
        """Give back files and connections."""
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
        with self._loading:
            place = self._place
            if self._encoder is not None and self._checked_for != place:
                self._check_again(self._encoder)
            elif self._encoder is None:
                made_with = self.made_with
                encoder = self._load_encoder(None if made_with is None else made_with["model"])
                if made_with is not None:
                    check_made_with(made_with, self._settings_of(encoder))
                self._encoder = encoder
            self._checked_for = place
            return self._encoder

    def _check_again(self, encoder: Encoder) -> None:
        made_with = self.made_with
        if made_with is not None:
            try:
                check_made_with(made_with, self._settings_of(encoder))
            except ModelMismatchError:
                raise ModelChangedError(
                    f"The index is made with the model {made_with['model']} since it was changed, "
                    f"and this process runs {encoder.spec.model}.",
                    f"Set model.name to {made_with['model']} and start it again.",
                ) from None

    def split(self, article: Article) -> list[PassageText]:
        """The passages of an article, cut as this index cuts."""
        encoder = self.encoder
        return split_article(
            article, encoder.count_tokens, self._passage_tokens(encoder), self.passages.overlap
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

    def _passage_tokens(self, encoder: Encoder) -> int:
        budget = encoder.passage_budget
        return min(self.passages.max_tokens or budget, budget)

    @property
    def made_with(self) -> dict[str, Any] | None:
        """Model and passage settings of the index; None before the first article."""
        text = self.catalog.setting(_ENCODER_KEY)
        return None if text is None else dict(json.loads(text))

    def _settings_of(self, encoder: Encoder) -> dict[str, Any]:
        return {
            **asdict(encoder.spec),
            "passage_tokens": self._passage_tokens(encoder),
            "passage_overlap": self.passages.overlap,
        }

    # --- the index that is read -------------------------------------------------------------

    def settle(self) -> str:
        """Forget what was opened of an index if another took its place; which one it is now."""
        place = self.generations.place()
        with self._opening:
            if place != self._place:
                self._open.clear()
                self._place = place
        return place

    def confirm(self, place: str) -> None:
        """Refuse what was read if another index has taken the place of the one that was read.

        Raises:
            StaleGenerationError: It has: what was read may be of both.
        """
        if place and self.settle() != place:
            raise StaleGenerationError("The index was replaced while the question was answered.")

    @contextmanager
    def settled(self) -> Iterator[None]:
        """Answer from one index, whatever takes its place meanwhile.

        Raises:
            StaleGenerationError: Another did; what came of it is not to be given to anybody.
        """
        place = self.settle()
        try:
            yield
        except Exception:  # it may have come of both
            self.confirm(place)
            raise
        self.confirm(place)

    # --- reading --------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """The newest generation, opened. A damaged one is rebuilt from the catalog first.

        Raises:
            NoSuchIndexError: Nothing has been indexed yet.
            DamagedIndexError: It is damaged and so is the catalog.
        """
        try:
            current = self._current()
        except DamagedIndexError as damage:
            return self._rebuilt(damage)
        return self._first_snapshot() if current is None else current

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

        Raises:
            StaleGenerationError: They are gone; the generation is no longer kept.
        """
        with stage("hydrate"):
            held = self.catalog.by_pk(pks) if texts else self.catalog.heads(pks)
        if len(held) < len(set(pks)):
            raise StaleGenerationError("The index moved on while the question was answered.")
        return held

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

    def _first_snapshot(self) -> Snapshot:
        """A catalog without a generation: indexing stopped before it published."""
        if self.catalog.sequence == 0:
            raise NoSuchIndexError(f"The index {self.folder} is empty.")
        with self.writing():
            return self._opened(self.publish().generation)

    def _opened(self, number: int) -> Snapshot:
        with self._opening:
            snapshot = self._open.get(number)
            if snapshot is None:
                snapshot = self.generations.open(number)
            self._open[number] = snapshot
            self._open.move_to_end(number)
            if len(self._open) > _OPEN_GENERATIONS:
                self._open.popitem(last=False)
            return snapshot

    def _rebuilt(self, damage: DamagedIndexError) -> Snapshot:
        with self.writing():
            with suppress(DamagedIndexError):
                mended = self._current()  # by another, while this one waited for the lock
                if mended is not None:
                    return mended
            manifest = self.rebuild()
        self._on_repair(Repair(damage.message, manifest.generation))
        return self._opened(manifest.generation)

    # --- writing --------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock; a thread that holds it may take it again.

        Raises:
            IndexLockedError: Another process holds it, or this is a snapshot.
            ModelChangedError: The index has another model than this process.
        """
        if is_snapshot(self.folder):
            raise IndexLockedError(
                f"{self.folder} is a snapshot, which is not written to.",
                "Restore it: semsearch snapshot restore. Or check it: semsearch snapshot verify.",
            )
        with self._writing:
            if self._written_to:
                yield
                return
            with self.catalog.database.writer(), writer_lock(self.folder):
                self._written_to = True
                try:
                    self.settle()
                    if self._encoder is not None:
                        self.encoder  # noqa: B018 - one of another model writes nothing
                    yield
                finally:
                    self._written_to = False

    def remember_encoder(self) -> None:
        """Write down what the index is made with, before its first article."""
        if self.made_with is None:
            self.catalog.keep_setting(_ENCODER_KEY, json.dumps(self._settings_of(self.encoder)))

    def publish(self) -> Manifest:
        """Make everything in the catalog searchable; needs no encoder.

        A damaged generation is not built upon but replaced.
        """
        settings = self.made_with or self._settings_of(self.encoder)
        try:
            return self.generations.publish(self.catalog, settings)
        except DamagedIndexError as damage:
            manifest = self.generations.rebuild(self.catalog, settings)
            self._on_repair(Repair(damage.message, manifest.generation))
            return manifest

    def rebuild(self) -> Manifest:
        """Derive a generation from the catalog alone; needs no encoder."""
        settings = self.made_with or self._settings_of(self.encoder)
        with self._opening:
            self._open.clear()  # so that what is not being read can go
        return self.generations.rebuild(self.catalog, settings)

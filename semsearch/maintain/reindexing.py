"""Another model: every text is encoded anew beside the index, then one takes the other's place.

articles that the new index lacks or holds otherwise -> split -> encode -> commit -> what is gone
-> publish, relate -> switch

Questions and writes go on with the old model until the switch. A run that was stopped goes on
where it was, and each run brings over what was written since the one before.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np

from semsearch.errors import EngineUnavailableError, ModelMismatchError
from semsearch.indexing.indexer import Indexer
from semsearch.library import Library
from semsearch.maintain.succeeding import Succeed, in_a_folder
from semsearch.model.article import Article
from semsearch.store.catalog.catalog import WriteBatch
from semsearch.store.catalog.migration import copy_history
from semsearch.store.catalog.rows import KnownArticle, NewArticle, StoredPassage
from semsearch.store.catalog.sentences import text_hash
from semsearch.store.manifest import Manifest

BESIDE = "next"
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Reindexed:
    """How far the new index is.

    Attributes:
        articles: In the old one, stubs included.
        carried: Written to the new one by this run; ``removed`` likewise.
        encoded: Passages that this run encoded.
        sequence: Last write of the old index when this run began.
        switched: Whether the new one has taken the old one's place.
    """

    model: str
    articles: int
    carried: int
    removed: int
    encoded: int
    sequence: int
    switched: bool = False


class Reindexer:
    """Brings what one index holds into another with another model.

    Args:
        old: The index as it is.
        new: The one that is made beside it; its folder goes with the switch.
        watch: Told how many articles have been looked at.
        succeed: Puts the new one in the old one's place, as their kind needs it.
    """

    def __init__(
        self,
        old: Library,
        new: Library,
        watch: Callable[[int], None] = lambda _: None,
        succeed: Succeed = in_a_folder,
    ) -> None:
        self._old = old
        self._new = new
        self._watch = watch
        self._succeed = succeed

    def catch_up(self) -> Reindexed:
        """Bring over everything that the old index holds and the new one does not, yet.

        Raises:
            ModelMismatchError: The new one was begun with a third model, or is of the same.
            IndexLockedError: Another process is at it.
            ModelUnavailableError, StorageError, EngineUnavailableError: What was brought over
                stays.
        """
        model = self._checked_model()
        sequence = self._old.catalog.sequence
        seen: set[str] = set()
        carried = encoded = 0
        with self._new.writing():
            self._new.remember_encoder()
            articles = self._old.catalog.all_articles()
            while chunk := list(islice(articles, _AT_ONCE)):
                seen.update(article.id for article in chunk)
                known = self._old.catalog.known([article.id for article in chunk])
                fresh = self._fresh(chunk, known)
                encoded += self._write(fresh, known)
                carried += len(fresh)
                self._watch(len(seen))
            gone = [held for held in self._new.catalog.ids() if held not in seen]
            if gone:
                self._new.catalog.write(WriteBatch(delete=gone))
            self._publish()
        return Reindexed(model, len(seen), carried, len(gone), encoded, sequence)

    def switch(self) -> Reindexed:
        """Bring over what is left, and put the new index in the place of the old one, in one step.

        Raises:
            IndexLockedError: Somebody writes the index or, where it lies in a folder, reads it:
                the service must be stopped.
            As ``catch_up``.
        """
        with self._old.writing():
            done = self.catch_up()
            with self._new.writing():
                copy_history(self._old.catalog.database, self._new.catalog.database)
                manifest = self._publish()
            self._succeed(self._old, self._new, manifest)
            shutil.rmtree(self._new.folder, ignore_errors=True)
        return replace(done, switched=True)

    def _publish(self) -> Manifest:
        """Make everything that the new index holds searchable, and relate it.

        Raises:
            EngineUnavailableError: Not all of it is.
        """
        indexer = Indexer(self._new)
        manifest = indexer.publish()
        if indexer.behind():
            raise EngineUnavailableError("The engine stopped answering before it had everything.")
        return manifest

    def _checked_model(self) -> str:
        model = self._new.encoder.spec.model
        made_with = self._old.made_with
        if made_with is not None and made_with["weights_sha256"] == (
            self._new.encoder.spec.weights_sha256
        ):
            raise ModelMismatchError(f"The index is made with {model} already.")
        return model

    def _fresh(self, chunk: Sequence[Article], known: dict[str, KnownArticle]) -> list[Article]:
        """Those that the new index lacks or holds otherwise."""
        held = self._new.catalog.known(known)
        return [
            article
            for article in chunk
            if article.id in known and not _same(known[article.id], held.get(article.id))
        ]

    def _write(self, fresh: Sequence[Article], known: dict[str, KnownArticle]) -> int:
        """Encode and commit some articles; how many passages were encoded."""
        pieces = {article.id: self._new.split(article) for article in fresh}
        texts = {text_hash(one.text): one.text for cut in pieces.values() for one in cut}
        held = self._new.catalog.stored_vectors(texts)
        missing = {key: text for key, text in texts.items() if key not in held}
        vectors = self._new.encode(list(missing.values())).astype(np.float16)
        if fresh:
            self._new.catalog.write(
                WriteBatch(
                    articles=[
                        NewArticle(
                            article,
                            known[article.id].content_hash,
                            known[article.id].source,
                            tuple(
                                StoredPassage(one.passage, text_hash(one.text))
                                for one in pieces[article.id]
                            ),
                        )
                        for article in fresh
                    ],
                    vectors=dict(zip(missing, vectors, strict=True)),
                )
            )
        return len(missing)


def beside(folder: Path) -> Path:
    """Where the new index of an index folder is made."""
    return folder / BESIDE


def _same(old: KnownArticle, new: KnownArticle | None) -> bool:
    return new is not None and (old.content_hash, old.source) == (new.content_hash, new.source)

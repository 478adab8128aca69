"""A writer that is meant to be killed: it says what it begins and what is done.

Runs in a process of its own and sends one JSON document per message: ``["op", kind]`` when an
operation begins, ``["stage", name]`` when it comes to a stage, ``["writing", changes]`` and
``["written", sequence]`` around each write of the catalog, ``["done", sequence]`` when the
operation is acknowledged, and ``["error", class]`` when it is refused. ``changes`` maps ids to
content hashes, null for what is removed.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

from semsearch.errors import SemsearchError
from semsearch.index import Index
from semsearch.indexing import diff as batches
from semsearch.indexing import run
from semsearch.ingest.reading import ReadOptions
from semsearch.model.article import Article
from semsearch.relate import update
from semsearch.store.catalog.catalog import Catalog, WriteBatch
from semsearch.store.generations import Keep
from semsearch.store.local import generation_writer as drafting
from semsearch.store.local import generations as published
from semsearch.store.local.generations import LocalGenerations
from tests.support.articles import WORDS, make_article, write_json_lines
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index

KINDS = ("bulk", "update", "delete", "compact", "publish")
_ARTICLES = 60
_BATCH = 12
_FILE_EVENTS = {"open", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.scandir"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a writer does before it is killed.

    Attributes:
        seed: Of the texts and choices.
        kinds: Operations, one after the other.
        step: It kills itself before this touch of a file in the last operation; 0: it does not.
    """

    seed: int
    kinds: tuple[str, ...]
    step: int = 0


def write(folder: Path, plan: Plan, pipe: Connection, ready: Callable[[], None]) -> None:
    """Do what is planned.

    Args:
        folder: The index.
        plan: What to do.
        pipe: Where to tell it.
        ready: Called when the index is open and before anything is written.
    """

    def tell(*message: object) -> None:
        pipe.send_bytes(json.dumps(message).encode())

    index = open_index(folder, HashingEncoder())
    index.library.generations = LocalGenerations(folder, keep=Keep(newest=2, seconds=3))
    _instrument(tell)
    ready()
    rng = Random(plan.seed)
    for number, kind in enumerate(plan.kinds):
        if plan.step and number == len(plan.kinds) - 1:
            _die_at(plan.step)
        tell("op", kind)
        try:
            _OPERATIONS[kind](index, rng, folder.parent / "archive")
        except SemsearchError as error:
            tell("error", type(error).__name__)
            continue
        tell("done", index.library.catalog.sequence)
    index.close()


def _instrument(tell: Callable[..., None]) -> None:
    """Tell of every write and stage; small batches, so that a bulk run has many."""
    vars(batches)["_BATCH_RECORDS"] = _BATCH
    write = Catalog.write

    def told_write(catalog: Catalog, batch: WriteBatch) -> int:
        changes: dict[str, str | None] = dict.fromkeys(batch.delete)
        changes.update({new.article.id: new.content_hash for new in batch.articles})
        tell("writing", changes)
        tell("stage", "commit")
        sequence = write(catalog, batch)
        tell("written", sequence)
        return sequence

    def staged(holder: Any, name: str, stage: str) -> None:
        real = getattr(holder, name)

        def told(*arguments: Any, **named: Any) -> Any:
            tell("stage", stage)
            return real(*arguments, **named)

        setattr(holder, name, told)

    vars_of: Any = Catalog
    vars_of.write = told_write
    staged(LocalGenerations, "_publish", "publish")
    staged(drafting, "write_segment", "segments")
    staged(drafting, "update_lexical", "words")
    staged(published, "sync_tree", "sync")
    staged(published, "replace_file", "switch")
    staged(LocalGenerations, "_retire", "retire")
    staged(Catalog, "collect", "collect")
    staged(update, "catch_up", "relate")
    staged(run, "diff", "compare")


def _die_at(step: int) -> None:
    """Kill this process before it touches a file for the ``step``-th time."""
    left = step

    def count(event: str, _: object) -> None:
        nonlocal left
        if event in _FILE_EVENTS:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def _text(rng: Random, words: int) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(words)).capitalize() + "."


def _record(rng: Random, identity: str) -> dict[str, str]:
    return {
        "id": identity,
        "title": _text(rng, 4),
        "excerpt": _text(rng, 12),
        "body": " ".join(_text(rng, 9) for _ in range(rng.randrange(8))),
    }


def _article(rng: Random, identity: str) -> Article:
    values = _record(rng, identity)
    return make_article(values.pop("id"), values.pop("title"), **values)


def _some(index: Index, rng: Random, most: int) -> list[str]:
    held = sorted(article.id for article in index.library.catalog.all_articles())
    return rng.sample(held, min(most, len(held)))


def _bulk(index: Index, rng: Random, archive: Path) -> None:
    records = [
        _record(rng, f"n{number:03}") for number in rng.sample(range(_ARTICLES * 2), _ARTICLES)
    ]
    write_json_lines(archive / f"{rng.choice('abc')}.jsonl", records)
    index.add_files(archive)


def _update(index: Index, rng: Random, _: Path) -> None:
    chosen = _some(index, rng, 4) or ["n000"]
    index.add(_article(rng, one) for one in chosen)


def _delete(index: Index, rng: Random, _: Path) -> None:
    chosen = _some(index, rng, 3)
    if chosen:
        index.delete(chosen)


def _compact(index: Index, rng: Random, _: Path) -> None:
    """Remove a third, so that segments are written anew, or derive everything anew."""
    chosen = _some(index, rng, 200)
    if len(chosen) > _ARTICLES:
        index.delete(chosen[: len(chosen) // 3])
        return
    with index.library.writing():
        index.library.rebuild()


def _publish(index: Index, rng: Random, _: Path) -> None:
    with index.library.writing():
        index.library.remember_encoder()
        taken = run.IndexingRun(index.library, ReadOptions())
        for number in range(3):
            taken.take(_article(rng, f"p{number}"), None)
        taken.flush()
        index.publish()


_OPERATIONS: dict[str, Callable[[Index, Random, Path], None]] = {
    "bulk": _bulk,
    "update": _update,
    "delete": _delete,
    "compact": _compact,
    "publish": _publish,
}

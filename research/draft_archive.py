"""The archive that drafts are checked against when checking is measured, and what it lacks.

Articles of ``abp`` and of ``framing`` in the folder of development sets, drawn by a seed. Two
months of ``abp`` are kept for other measurements; no article of them is looked at, nor any whose
date is unknown.
"""

import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

SEED = 20
ARCHIVE, LACKING = 5_000, 1_500
_KEPT_MONTHS = ("2019-06", "2019-10")
_BODY = range(1_500, 12_000)  # characters: long enough to quote, short enough to index in minutes


@dataclass(frozen=True, slots=True)
class Source:
    """A record of an article, as the index takes it."""

    id: str
    title: str
    body: str
    provider: str
    published: str

    def record(self) -> dict[str, object]:
        """The fields as they are given to an index."""
        return {
            "id": self.id,
            "title": self.title,
            "body": self.body,
            "provider": self.provider,
            "published": self.published,
        }


@dataclass(frozen=True, slots=True)
class Archive:
    """What is indexed, and articles that are not.

    Attributes:
        data_hash: SHA-256 of the ids and bodies of both, in order.
    """

    held: tuple[Source, ...]
    lacking: tuple[Source, ...]
    data_hash: str


def draw_archive(data: Path, seed: int = SEED) -> Archive:
    """The archive: 5,000 articles of ``abp`` and all of ``framing``; and 1,500 that it lacks."""
    usable = [
        one
        for one in _read(data / "abp.jsonl.xz")
        if one.published and one.published[:7] not in _KEPT_MONTHS and len(one.body) in _BODY
    ]
    usable.sort(key=lambda one: sha256(f"{seed} {one.id}".encode()).digest())
    framing = [one for one in _read(data / "framing" / "basil_dev.jsonl.xz") if one.body]
    held = (*usable[:ARCHIVE], *framing)
    lacking = tuple(usable[ARCHIVE : ARCHIVE + LACKING])
    digest = sha256()
    for one in (*held, *lacking):
        digest.update(f"{one.id}\n{one.body}\n".encode())
    return Archive(held, lacking, digest.hexdigest())


def _read(path: Path) -> Iterator[Source]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            yield Source(
                row["id"],
                row.get("title") or "",
                row.get("body") or "",
                str(row.get("provider_domain") or row.get("provider") or ""),
                str(row.get("published") or ""),
            )

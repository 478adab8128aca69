#!/usr/bin/env python
"""Measure what checking says of quotations whose fate is known, beside simpler ways.

research/measure_check.py DATA INDEX [--drafts N] [--seed S] [--json]. DATA is the folder of the
development sets. INDEX is where the archive of some 5,000 articles is indexed, the first time;
quotations are looked up by words, so its vectors are made by a hash and no model is needed for
them. Prints the table of docs/measured.md.
"""

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from pathlib import Path
from statistics import median
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from research.draft_archive import SEED, Archive, draw_archive
from research.draft_baseline import simpler
from research.draft_quotations import Draft, Planted, make_drafts, words
from semsearch.assembly import build_encoder, open_index
from semsearch.config import load_settings
from semsearch.encode.encoder import Encoder, EncoderSpec, Vectors
from semsearch.index import Index
from semsearch.model.check import CheckedQuotation

_STATUSES = ("verbatim", "cut", "altered", "not_found")


class HashedEncoder:
    """The encoder of an archive that is looked up by words: a vector is a hash of its text."""

    def __init__(self, model: Encoder) -> None:
        self._model = model

    @property
    def spec(self) -> EncoderSpec:
        """That of the model, so that an index can be opened with it."""
        return self._model.spec

    @property
    def passage_budget(self) -> int:
        """That of the model."""
        return self._model.passage_budget

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Those of the model."""
        return self._model.count_tokens(texts)

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """A unit vector of each text, float32 (n, dimension)."""
        rows = np.stack([self._row(text) for text in texts])
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def encode_query(self, text: str) -> Vectors:
        """A unit vector."""
        unit: Vectors = self.encode_documents([text])[0]
        return unit

    def _row(self, text: str) -> Vectors:
        seed = int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())
        return np.random.default_rng(seed).standard_normal(self.spec.dimension, np.float32)


@dataclass
class Measured:
    """What one way said of the planted quotations."""

    name: str
    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    named: int = 0
    source_right: int = 0
    with_source: int = 0
    wrong: list[tuple[str, str, str]] = field(default_factory=list)

    def add(
        self,
        planted: Planted,
        status: str,
        source: str | None,
        changes: frozenset[tuple[str, str]] | None,
    ) -> None:
        """Count one answer."""
        self.told[planted.status, status] += 1
        self.kinds[planted.kind, status] += 1
        if status != planted.status:
            self.wrong.append((planted.kind, status, planted.text))
        if planted.status != "not_found":
            self.with_source += 1
            self.source_right += source in planted.sources
        if planted.status == "altered" == status:
            named = changes == planted.changes
            self.named += named
            if not named and changes is not None:
                self.wrong.append(
                    (
                        planted.kind,
                        f"named {sorted(changes)} of {sorted(planted.changes)}",
                        planted.text,
                    )
                )

    def rates(self) -> dict[str, tuple[int, int]]:
        """Each measure as a count of how many."""
        said = sum(self.told[truth, "altered"] for truth in _STATUSES)

        def planted(*truths: str) -> int:
            """How many there are, those among them that were not read as quotations, too."""
            return sum(number for (truth, _), number in self.told.items() if truth in truths)

        right = self.told["altered", "altered"]
        whole = ("verbatim", "cut")
        return {
            "altered: precision": (right, said),
            "altered: recall": (right, planted("altered")),
            "verbatim and cut told right": (
                sum(self.told[one, one] for one in whole),
                planted(*whole),
            ),
            "not found told right": (
                self.told["not_found", "not_found"],
                planted("not_found"),
            ),
            "changed words named exactly": (self.named, right),
            "source article right": (self.source_right, self.with_source),
        }


def main(
    data: Path,
    index: Path,
    drafts: int = 150,
    seed: int = SEED,
    show: Annotated[int, typer.Option(help="How many wrong answers are printed.")] = 0,
    *,
    baseline: bool = True,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Index the archive if need be, make the drafts, and measure."""
    archive = draw_archive(data)
    made = make_drafts(archive, drafts, seed)
    settings = load_settings(None).model_copy(update={"index": index, "catalog": ""})
    encoder = HashedEncoder(build_encoder(settings.model))
    with open_index(settings, create=True, encoder=encoder) as opened:
        if not opened.ids():
            opened.add([one.record() for one in archive.held])
        ours, seconds = _checked(opened, made)
        ways = [ours, *(_simpler(opened, made, archive) if baseline else ())]
    _print(archive, made, ways, seconds, as_json=as_json)
    for kind, status, text in ours.wrong[:show]:
        print(f"{kind} -> {status}: {text}")


def _checked(index: Index, drafts: Sequence[Draft]) -> tuple[Measured, list[float]]:
    ours, seconds = Measured("semsearch check"), []
    for draft in drafts:
        started = time.perf_counter()
        found = index.check(draft.text)
        seconds.append(time.perf_counter() - started)
        by_place = {(one.start, one.end): one for one in found.quotations}
        for start, end, planted in draft.planted:
            one = by_place.get((start, end)) or _nearest(found.quotations, start, end)
            if one is None:
                ours.add(planted, "not seen", None, None)
                continue
            changes = frozenset(
                (" ".join(words(each.was)), " ".join(words(each.is_))) for each in one.changes
            )
            source = None if one.source is None else one.source.article
            ours.add(planted, one.status.value, source, changes)
    return ours, seconds


def _nearest(
    quotations: Sequence[CheckedQuotation], start: int, end: int
) -> CheckedQuotation | None:
    """The quotation that begins where one was planted, marks and blanks aside."""
    return next((one for one in quotations if abs(one.start - start) <= 1 >= abs(one.end - end)),
                None)  # fmt: skip


def _simpler(index: Index, drafts: Sequence[Draft], archive: Archive) -> list[Measured]:
    """What fuzzy matching over the first ten hits says of the same quotations."""
    ways = []
    for name, told in simpler(index, drafts, archive).items():
        way = Measured(name)
        for one in told:
            way.add(one.planted, one.status, one.source, one.changes)
        ways.append(way)
    return ways


def _print(
    archive: Archive,
    drafts: Sequence[Draft],
    ways: Sequence[Measured],
    seconds: Sequence[float],
    *,
    as_json: bool,
) -> None:
    number = sum(len(draft.planted) for draft in drafts)
    made = sha256("".join(draft.text for draft in drafts).encode()).hexdigest()
    about = {
        "articles": len(archive.held),
        "data_sha256": archive.data_hash,
        "drafts": len(drafts),
        "drafts_sha256": made,
        "quotations": number,
        "seconds_median": round(median(seconds), 3),
    }
    if as_json:
        rates = {way.name: way.rates() for way in ways}
        kinds = {way.name: {f"{a} as {b}": n for (a, b), n in sorted(way.kinds.items())}
                 for way in ways}  # fmt: skip
        print(json.dumps({**about, "rates": rates, "kinds": kinds}, indent=1))
        return
    table = Table("", *(way.name for way in ways))
    for measure in ways[0].rates():
        cells = [way.rates()[measure] for way in ways]
        table.add_row(measure, *(f"{a / n:.3f} ({a} of {n})" if n else "-" for a, n in cells))
    console = Console(width=140)
    console.print(about)
    console.print(table)
    for (kind, status), count in sorted(ways[0].kinds.items()):
        console.print(f"{kind:12} {status:10} {count}")


if __name__ == "__main__":
    typer.run(main)

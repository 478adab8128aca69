"""LanceDB: a table with vectors by sentence-transformers and an index of words."""

import shutil
import time
from pathlib import Path

import lancedb
from lancedb.embeddings import get_registry
from lancedb.pydantic import LanceModel, Vector

from benchmarks.bench.peers.model import model_folder, read_rows

_ENCODER = get_registry().get("sentence-transformers").create(name=model_folder(), device="cpu")


class Row(LanceModel):  # type: ignore[misc]  # untyped
    """A row of the table."""

    id: str
    text: str = _ENCODER.SourceField()
    vector: Vector(_ENCODER.ndims()) = _ENCODER.VectorField()  # type: ignore[valid-type]


class Indexing:
    """Indexing with the model loaded."""

    def __init__(self) -> None:
        _ENCODER.compute_source_embeddings(["warm up"] * 64)

    def index(self, rows: Path, folder: Path) -> float:
        """Seconds from rows to a table on the disk, with an index of its words."""
        shutil.rmtree(folder, ignore_errors=True)
        held = [{"id": identity, "text": text} for identity, text in read_rows(rows)]
        started = time.perf_counter()
        table = lancedb.connect(folder).create_table("articles", schema=Row)
        table.add(held)
        table.create_fts_index("text")
        return time.perf_counter() - started

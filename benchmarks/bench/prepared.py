"""Indexes that several parts ask; each is made once."""

from pathlib import Path

from benchmarks.bench.apart import Apart
from benchmarks.bench.corpora import Setting, whole
from benchmarks.bench.peers.model import write_rows


def semsearch_index(setting: Setting, corpus: Path) -> Path:
    """An index of semsearch over a corpus."""
    return _made(setting, corpus, "semsearch", corpus)


def txtai_index(setting: Setting, corpus: Path) -> Path:
    """An index of txtai, an article a row."""
    return _made(setting, corpus, "txtai", _rows(corpus))


def chroma_index(setting: Setting, corpus: Path) -> Path:
    """A collection of Chroma, an article a row."""
    return _made(setting, corpus, "chroma", _rows(corpus))


def _made(setting: Setting, corpus: Path, engine: str, given: Path) -> Path:
    folder = setting.work / f"{corpus.stem}.{engine}"
    if not folder.exists():
        part = folder.with_name(f"{folder.name}.part")
        with Apart(f"benchmarks.bench.peers.{engine}:Indexing") as indexer:
            indexer.call("index", given, part)
        part.rename(folder)
    return folder


def _rows(corpus: Path) -> Path:
    path = corpus.with_suffix(".whole.tsv")
    write_rows(path, whole(corpus))
    return path

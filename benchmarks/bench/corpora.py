"""The texts, as JSON Lines in the work folder: every engine reads the same."""

import json
import lzma
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.bench.apart import Apart
from semsearch.errors import UnreadableError
from semsearch.ingest.reading import ReadOptions, read_document
from semsearch.model.article import Article

EVERYDAY = "everyday_azure"
ABP = "abp"
_KEYS = ("id", "title", "excerpt", "body", "provider", "url", "published")
_TITLE_WORDS = 8


@dataclass(frozen=True, slots=True)
class Setting:
    """What a run is about.

    Attributes:
        data: Folder of the development sets.
        work: Where corpora and indexes are kept.
        most: No part takes more articles than this of a corpus; None: as many as it likes.
        vectors: What benchmarks/make_million.py wrote, if the large sizes are measured, too.
    """

    data: Path
    work: Path
    most: int | None = None
    vectors: Path | None = None

    def corpus(self, name: str, number: int) -> Path:
        """A file with the first articles of a corpus, made if it is not there."""
        number = min(number, self.most or number)
        path = self.work / f"{name}-{number}.jsonl"
        if not path.exists():
            read = {EVERYDAY: _everyday, ABP: _abp}[name]
            # Chroma refuses an id that comes twice, as that of an article in two files does.
            distinct = {record["id"]: record for record in islice(read(self.data), number)}
            lines = (json.dumps(record) + "\n" for record in distinct.values())
            part = path.with_suffix(".part")
            with part.open("w", encoding="utf-8") as file:
                file.writelines(lines)
            part.replace(path)
        return path

    def passages(self, corpus: Path, reader: Apart) -> Path:
        """The rows of a corpus's fields, written by an ``Encoding`` if they are not there."""
        path = corpus.with_suffix(".fields.tsv")
        if not path.exists():
            reader.call("write_passages", corpus, path)
        return path

    def questions(self, corpus: Path) -> list[str]:
        """Distinct questions: those of people, if there are any to this corpus, then headlines."""
        asked: list[str] = []
        if corpus.name.startswith(EVERYDAY):
            lines = (self.data / "questions_dev" / "queries.jsonl").read_text("utf-8").splitlines()
            asked = [json.loads(line)["text"] for line in lines]
        titles = (str(one["title"]).split()[:_TITLE_WORDS] for one in records(corpus))
        return list(dict.fromkeys([*asked, *(" ".join(words) for words in titles if words)]))


def records(path: Path) -> list[dict[str, str]]:
    """The articles of a corpus."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def whole(path: Path) -> list[tuple[str, str]]:
    """Id and text of each article, its fields one after the other."""
    return [
        (one["id"], "\n".join(filter(None, (one["title"], one["excerpt"], one["body"]))))
        for one in records(path)
    ]


def named(path: Path) -> str:
    """A corpus in a table: its name, and how many articles were taken."""
    name, _, _ = path.stem.rpartition("-")
    return f"{name}, {len(records(path)):,}"


def _everyday(data: Path) -> Iterator[dict[str, str]]:
    with tarfile.open(data / f"{EVERYDAY}_md.tar.xz") as archive:
        files = (member for member in archive if member.name.endswith(".md"))
        for member in files:
            stream = archive.extractfile(member)
            text = stream.read().decode("utf-8", "replace") if stream else ""
            try:
                article = read_document(text, Path(member.name).stem, ReadOptions(stubs=False))
            except UnreadableError:
                continue
            if isinstance(article, Article) and article.title:
                yield {
                    "id": article.id,
                    "title": article.title,
                    "excerpt": article.excerpt,
                    "body": article.body,
                    "provider": article.provider.name,
                    "url": article.url,
                    "published": article.published.isoformat() if article.published else "",
                }


def _abp(data: Path) -> Iterator[dict[str, str]]:
    with lzma.open(data / f"{ABP}.jsonl.xz", "rt", encoding="utf-8") as stream:
        for line in stream:
            record = json.loads(line)
            if record["title"] and record["body"]:
                yield {key: str(record[key] or "") for key in _KEYS}

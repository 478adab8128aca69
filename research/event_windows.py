"""Whole windows of articles whose events and threads were read: the articles and their labels.

Four of them fitted the weights that tell events apart, four were read after that and only measure.
Labels are ids and verdicts (research/events/README.md); the articles lie in DATA, the folder of
the development sets, which is not part of the project.
"""

import csv
import lzma
import tarfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, cast

from semsearch.ingest.formats.jsonlines import read_json_lines
from semsearch.ingest.reading import ReadOptions, read_document
from semsearch.ingest.records import article_from_fields
from semsearch.model.article import Article

HERE = Path(__file__).parent / "events"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reader said of an article.

    Attributes:
        event: Equal for articles of one event.
        thread: Equal for articles of one thread; "-" for none.
        kind: report, analysis, opinion, roundup, live, notice or other.
        sure: Whether another careful reader would hardly differ.
    """

    event: str
    thread: str
    kind: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Window:
    """Every article of some days, in order of their ids, and what a reader said of each."""

    name: str
    articles: tuple[Article, ...]
    verdicts: tuple[Verdict, ...]


def windows(data: Path) -> Iterator[Window]:
    """The four windows of the fit: two that come with DATA, two that come with the project."""
    for path, archive in (
        (data / "events/abp_2018-09.tsv", "abp.jsonl.xz"),
        (data / "events/realtimeqa_2024-02.tsv", "realtimeqa.jsonl.xz"),
        (HERE / "everyday_azure_2020-09.tsv", "everyday_azure_md.tar.xz"),
        (HERE / "realtimeqa_2022-07.tsv", "realtimeqa.jsonl.xz"),
    ):
        yield window(path, data / archive)


def later_windows(data: Path) -> Iterator[Window]:
    """The four windows that were read when the weights were fixed: nothing is fitted on them."""
    for name, archive in (
        ("abp_2017-05", "abp.jsonl.xz"),
        ("abp_2019-02", "abp.jsonl.xz"),
        ("realtimeqa_2023-03", "realtimeqa.jsonl.xz"),
        ("reuters_1987-03-17", "reuters21578.jsonl.xz"),
    ):
        yield window(HERE / f"{name}.tsv", data / archive)


def second_reading(one: Window) -> tuple[Verdict, ...]:
    """What another reader said of each article of a window, without the first one's labels."""
    verdicts = _verdicts(HERE / "second" / f"{one.name}.tsv")
    return tuple(verdicts[article.id] for article in one.articles)


def window(labels: Path, archive: Path) -> Window:
    """One window, from its labels and the archive that it was drawn from."""
    verdicts = _verdicts(labels)
    read = _markdown if archive.name.endswith(".tar.xz") else articles
    found = {article.id: article for article in read(archive, verdicts.keys())}
    ids = sorted(found)
    return Window(
        labels.stem, tuple(found[one] for one in ids), tuple(verdicts[one] for one in ids)
    )


def _verdicts(path: Path) -> dict[str, Verdict]:
    with path.open(encoding="utf-8", newline="") as stream:
        return {
            row["article"]: Verdict(row["event"], row["thread"], row["kind"], row["sure"] != "0")
            for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        }


def articles(path: Path, wanted: Collection[str] | None = None) -> Iterator[Article]:
    """Articles of a file of JSON Lines, all or those of some ids; without an id, by its place."""
    with lzma.open(path) as stream:
        for number, line in enumerate(read_json_lines(cast("BinaryIO", stream))):
            fields = line.fields
            if isinstance(fields, dict) and (wanted is None or fields.get("id") in wanted):
                record = article_from_fields(fields, fallback_id=str(number))
                if isinstance(record, Article):
                    yield record


def _markdown(path: Path, wanted: Collection[str]) -> Iterator[Article]:
    with tarfile.open(path) as archive:
        for member in archive:
            stem = Path(member.name).stem
            if member.isfile() and stem in wanted and (stream := archive.extractfile(member)):
                article = read_document(stream.read().decode("utf-8"), stem, ReadOptions())
                if isinstance(article, Article):
                    yield replace(article, id=stem)  # labels name files by their stems

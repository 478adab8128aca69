"""A round trip of articles through every format that can hold them, and how fast each is read.

benchmarks/read_formats.py ARCHIVE.jsonl.xz [N]

Writes the first N articles that have a title and a body in each format, reads them back, and counts
articles and fields that are not what they were; then the rate of reading, beside the library alone.
"""

import csv
import html
import io
import json
import sys
import time
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import feedparser
import pyarrow as pa
import trafilatura
import yaml
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
from lxml import etree
from pyarrow import csv as arrow_csv
from pyarrow import ipc, parquet

from semsearch.ingest.files import SourceFile
from semsearch.ingest.reading import ReadOptions, read_file
from semsearch.model.article import Article, DatePrecision, export_record

ALL = ("title", "excerpt", "body", "url", "published", "provider", "topics", "category", "language")
FEED = ("title", "excerpt", "body", "url", "published", "provider", "topics")
PAGE = ("title", "excerpt", "url", "published", "provider", "topics")
AGENCY = ("title", "excerpt", "body", "published", "provider", "topics")


@dataclass(frozen=True)
class Format:
    """One format: how articles are written in it, and how the library alone reads them.

    Attributes:
        names: Fields that it can hold.
        words: Compare words of texts: the format has no blanks and lines of its own.
    """

    name: str
    write: Callable[[Sequence[Article], Path], list[Path]]
    alone: Callable[[Path], object]
    names: tuple[str, ...] = ALL
    words: bool = False


@dataclass
class Outcome:
    """What came back."""

    lost: int = 0
    differ: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    alone: float = 0.0


def articles(path: Path, number: int) -> list[Article]:
    file = SourceFile(path, path.name)
    found = (one for one in read_file(file, ReadOptions()) if isinstance(one, Article))
    return list(islice((one for one in found if one.title and one.body and one.url), number))


def record(article: Article) -> dict[str, Any]:
    return dict(export_record(article))


def flat(article: Article) -> dict[str, str]:
    given = record(article)
    return {
        "id": article.id,
        "title": article.title,
        "excerpt": article.excerpt,
        "body": article.body,
        "provider": article.provider.name,
        "provider_domain": article.provider.domain,
        "url": article.url,
        "published": str(given.get("publishedDateTime", "")),
        "topics": ";".join(article.topics),
        "category": article.category,
        "language": article.language,
    }


def one_file(name: str, text: Callable[[Sequence[Article]], str]) -> Any:
    def write(items: Sequence[Article], folder: Path) -> list[Path]:
        path = folder / name
        path.write_text(text(items), "utf-8", newline="")
        return [path]

    return write


def a_file_each(ending: str, text: Callable[[Article], str]) -> Any:
    def write(items: Sequence[Article], folder: Path) -> list[Path]:
        paths = []
        for number, article in enumerate(items):
            path = folder / f"{number:05}{ending}"
            path.write_text(text(article), "utf-8", newline="")
            paths.append(path)
        return paths

    return write


def as_yaml(article: Article) -> str:
    given = {name: value for name, value in record(article).items() if name != "body"}
    return f"---\n{yaml.safe_dump(given, allow_unicode=True)}---\n{article.body}"


def as_toml(article: Article) -> str:
    given = {name: value for name, value in flat(article).items() if name != "body" and value}
    lines = [f"{name} = {json.dumps(value)}" for name, value in given.items() if name != "topics"]
    lines.append(f"topics = {json.dumps(list(article.topics))}")
    return "+++\n" + "\n".join(lines) + f"\n+++\n{article.body}"


def as_json_first(article: Article) -> str:
    given = {name: value for name, value in record(article).items() if name != "body"}
    return f"{json.dumps(given)}\n{article.body}"


def as_csv(delimiter: str) -> Callable[[Sequence[Article]], str]:
    def text(items: Sequence[Article]) -> str:
        sink = io.StringIO(newline="")
        writer = csv.DictWriter(sink, list(flat(items[0])), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(map(flat, items))
        return sink.getvalue()

    return text


def table(items: Sequence[Article]) -> pa.Table:
    return pa.Table.from_pylist([{**flat(one), "topics": list(one.topics)} for one in items])


def write_parquet(items: Sequence[Article], folder: Path) -> list[Path]:
    parquet.write_table(table(items), folder / "a.parquet")
    return [folder / "a.parquet"]


def write_arrow(items: Sequence[Article], folder: Path) -> list[Path]:
    whole = table(items)
    with ipc.new_file(folder / "a.arrow", whole.schema) as writer:
        writer.write_table(whole)
    return [folder / "a.arrow"]


def marked_up(text: str) -> str:
    return "".join(f"<p>{html.escape(one)}</p>" for one in text.split("\n") if one.strip())


def date_of(article: Article) -> str:
    return flat(article)["published"]


def as_rss(items: Sequence[Article]) -> str:
    escape = html.escape
    body = "".join(
        f"<item><title>{escape(escape(one.title))}</title><link>{escape(one.url)}</link>"
        f"<pubDate>{date_of(one)}</pubDate>"
        f'<source url="http://{one.provider.domain}/">{escape(one.provider.name)}</source>'
        + "".join(f"<category>{escape(topic)}</category>" for topic in one.topics)
        + f"<description>{escape(marked_up(one.excerpt))}</description>"
        f"<content:encoded>{escape(marked_up(one.body))}</content:encoded></item>"
        for one in items
    )
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return f'<rss version="2.0" {space}><channel><title>All</title>{body}</channel></rss>'


def as_json_feed(items: Sequence[Article]) -> str:
    entries = [
        {
            "id": one.id,
            "url": one.url,
            "title": one.title,
            "summary": one.excerpt,
            "content_text": one.body,
            "date_published": date_of(one),
            "tags": list(one.topics),
            "source": {"name": one.provider.name, "domain": one.provider.domain},
            "language": one.language,
            "category": one.category,
        }
        for one in items
    ]
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "All", "items": entries}
    )


def as_page(article: Article) -> str:
    linked = {
        "@type": "NewsArticle",
        "headline": article.title,
        "description": article.excerpt,
        "datePublished": date_of(article),
        "publisher": {"name": article.provider.name},
        "keywords": list(article.topics),
    }
    script = json.dumps(linked).replace("</", "<\\/")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>x</title>'
        f'<link rel="canonical" href="{html.escape(article.url)}">'
        f'<script type="application/ld+json">{script}</script></head><body>'
        f'<nav><a href="/">Home</a></nav><article><h1>{html.escape(article.title)}</h1>'
        f"{marked_up(article.body)}</article>"
        "</body></html>"
    )


def write_warc(items: Sequence[Article], folder: Path) -> list[Path]:
    path = folder / "a.warc"
    with path.open("wb") as sink:
        for one in items:
            body = as_page(one).encode()
            made = WarcRecord()
            made.init_headers(WarcRecordType.response)
            made.headers["WARC-Target-URI"] = one.url
            made.headers["Content-Type"] = "application/http; msgtype=response"
            head = (
                f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            made.set_bytes_content(head.encode() + body)
            made.write(sink)
    return [path]


def as_newsml(article: Article) -> str:
    escape = html.escape
    subjects = "".join(
        f'<subject qcode="t:{n}"><name>{escape(topic)}</name></subject>'
        for n, topic in enumerate(article.topics)
    )
    return (
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="{escape(article.id)}">'
        f'<itemMeta><provider literal="{escape(article.provider.name)}"/>'
        f"<firstCreated>{date_of(article)}</firstCreated></itemMeta><contentMeta>{subjects}"
        f"<headline>{escape(article.title)}</headline>"
        f"<description>{escape(article.excerpt)}</description></contentMeta><contentSet>"
        f"<inlineData>{escape(article.body)}</inlineData></contentSet></newsItem>"
    )


def write_zip(items: Sequence[Article], folder: Path) -> list[Path]:
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, one in enumerate(items):
            archive.writestr(f"{number:05}.md", as_yaml(one))
    return [folder / "a.zip"]


def json_lines(items: Sequence[Article]) -> str:
    return "".join(json.dumps(record(one)) + "\n" for one in items)


def envelope(items: Sequence[Article]) -> str:
    return json.dumps({"status": "ok", "articles": [record(one) for one in items]})


def loads_yaml(path: Path) -> object:
    text = path.read_text("utf-8")
    return yaml.load(text.split("\n---\n")[0][4:], Loader=yaml.CSafeLoader)


def loads_toml(path: Path) -> object:
    return tomllib.loads(path.read_text("utf-8").split("\n+++\n")[0][4:])


def loads_lines(path: Path) -> object:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def loads_first(path: Path) -> object:
    return json.JSONDecoder().raw_decode(path.read_text("utf-8"))


def loads(path: Path) -> object:
    return json.loads(path.read_text("utf-8"))


def loads_csv(path: Path) -> object:
    options = arrow_csv.ParseOptions(
        newlines_in_values=True, delimiter="\t" if path.suffix == ".tsv" else ","
    )
    return arrow_csv.read_csv(
        path, arrow_csv.ReadOptions(block_size=2**26), parse_options=options
    ).to_pylist()


def loads_warc(path: Path) -> object:
    with path.open("rb") as stream:
        return [
            trafilatura.extract(one.reader.read().decode())
            for one in ArchiveIterator(stream, record_types=WarcRecordType.response)
        ]


def loads_zip(path: Path) -> object:
    with zipfile.ZipFile(path) as archive:
        return [archive.read(name) for name in archive.namelist()]


FORMATS = (
    Format("front matter, YAML", a_file_each(".md", as_yaml), loads_yaml),
    Format("front matter, TOML", a_file_each(".md", as_toml), loads_toml),
    Format("front matter, JSON", a_file_each(".md", as_json_first), loads_first),
    Format("YAML in .zip", write_zip, loads_zip),
    Format("JSON Lines", one_file("a.jsonl", json_lines), loads_lines),
    Format("JSON list", one_file("a.json", lambda items: json.dumps([*map(record, items)])), loads),
    Format("JSON envelope", one_file("a.json", envelope), loads),
    Format("JSON Feed", one_file("a.json", as_json_feed), loads),
    Format("CSV", one_file("a.csv", as_csv(",")), loads_csv),
    Format("TSV", one_file("a.tsv", as_csv("\t")), loads_csv),
    Format("Parquet", write_parquet, lambda path: parquet.read_table(path).to_pylist()),
    Format("Arrow", write_arrow, lambda path: ipc.open_file(path).read_all().to_pylist()),
    Format(
        "RSS", one_file("a.rss", as_rss), lambda path: feedparser.parse(str(path)), FEED, words=True
    ),
    Format(
        "HTML page",
        a_file_each(".html", as_page),
        lambda path: trafilatura.extract(path.read_text("utf-8")),
        (*PAGE, "body"),
        words=True,
    ),
    Format("WARC", write_warc, loads_warc, (*PAGE, "body"), words=True),
    Format(
        "NewsML-G2",
        a_file_each(".xml", as_newsml),
        lambda path: etree.fromstring(path.read_bytes()),
        AGENCY,
        words=True,
    ),
)


def read_all(paths: Sequence[Path]) -> Iterator[Article]:
    for path in paths:
        for one in read_file(SourceFile(path, path.name), ReadOptions()):
            if isinstance(one, Article):
                yield one
            else:
                print(f"  {path.name}: {one}", file=sys.stderr)


def value_of(article: Article, name: str, *, words: bool) -> object:
    value = getattr(article, name)
    if name == "provider":
        return article.provider.name
    if name == "published" and article.precision is DatePrecision.DAY:
        return value and value.date()
    return value.split() if words and isinstance(value, str) else value


def tried(form: Format, items: Sequence[Article]) -> Outcome:
    outcome = Outcome()
    with TemporaryDirectory() as folder:
        paths = form.write(items, Path(folder))
        started = time.process_time()
        found = list(read_all(paths))
        outcome.seconds = time.process_time() - started
        started = time.process_time()
        for path in paths:
            form.alone(path)
        outcome.alone = time.process_time() - started
    outcome.lost = len(items) - len(found)
    for given, back in zip(items, found, strict=False):
        for name in form.names:
            before, after = (value_of(one, name, words=form.words) for one in (given, back))
            if before != after:
                outcome.differ[name] = outcome.differ.get(name, 0) + 1
    return outcome


def main() -> None:
    archive, number = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000  # noqa: PLR2004
    items = articles(archive, number)
    print(f"{len(items)} articles of {archive.name}\n")
    print("| format | lost | fields that differ | articles/s | the library alone |")
    print("|---|---|---|---|---|")
    for form in FORMATS:
        outcome = tried(form, items)
        differ = ", ".join(f"{name} {count}" for name, count in outcome.differ.items()) or "none"
        rates = (f"{len(items) / max(one, 1e-9):,.0f}" for one in (outcome.seconds, outcome.alone))
        print(f"| {form.name} | {outcome.lost} | {differ} | {' | '.join(rates)} |", flush=True)


if __name__ == "__main__":
    main()

"""One file to its records, whatever its format."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from semsearch.articles.article import Article, Provider
from semsearch.articles.report import Skipped
from semsearch.errors import StorageError, UnreadableError
from semsearch.ingest.files import SourceFile, open_lines, read_text
from semsearch.ingest.frontmatter import has_front_matter, read_front_matter
from semsearch.ingest.jsonlines import read_json_lines
from semsearch.ingest.plaintext import read_plain_text, refuse_blob
from semsearch.ingest.records import NOBODY, Removed, article_from_fields


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How records become articles.

    Attributes:
        provider: Outlet of the records that name none.
        stubs: Whether ``related`` entries become stubs.
    """

    provider: Provider = NOBODY
    stubs: bool = True


Record = Article | Removed | Skipped


def read_file(file: SourceFile, options: ReadOptions, name: str = "") -> Iterator[Record]:
    """The records of a file; what cannot be read is ``Skipped``, never an exception.

    ``name`` tells records apart that say nothing of themselves; without one the path does.
    """
    name = name or str(file.path)
    if file.is_json_lines:
        yield from _read_lines(file, options, name)
        return
    try:
        yield read_document(read_text(file.path), name, options)
    except UnreadableError as error:
        yield Skipped(file.shown, error.line, error.reason)


def read_document(text: str, fallback_id: str, options: ReadOptions) -> Article | Removed:
    """One article from the text of a front matter or plain text file.

    Raises:
        UnreadableError: It is neither.
    """
    fields = read_front_matter(text) if has_front_matter(text) else read_plain_text(text)
    for name in ("title", "excerpt", "body"):
        refuse_blob(str(fields.get(name) or ""))
    return article_from_fields(fields, fallback_id=fallback_id, default_provider=options.provider)


def fingerprint(file: SourceFile, options: ReadOptions) -> str:
    """Changes whenever reading the file again could give other records.

    Raises:
        StorageError: The file cannot be read.
    """
    settings = (options.provider.name, options.provider.domain, str(options.stubs))
    try:
        with file.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "blake2b")
    except OSError as error:
        raise StorageError(f"{file.shown}: {error.strerror}") from None
    digest.update("\x1f".join(settings).encode())
    return digest.hexdigest()[:32]


def _read_lines(file: SourceFile, options: ReadOptions, name: str) -> Iterator[Record]:
    try:
        stream = open_lines(Path(file.path))
    except OSError as error:
        yield Skipped(file.shown, None, f"cannot be read: {error.strerror}")
        return
    with stream:
        for line in read_json_lines(stream):
            if isinstance(line.fields, UnreadableError):
                yield Skipped(file.shown, line.number, line.fields.reason)
                continue
            try:
                yield article_from_fields(
                    line.fields,
                    fallback_id=f"{name}:{line.number}",
                    default_provider=options.provider,
                )
            except UnreadableError as error:
                yield Skipped(file.shown, line.number, error.reason)

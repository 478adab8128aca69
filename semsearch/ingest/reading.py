"""One file to its records, whatever its format."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from semsearch.errors import StorageError, UnreadableError
from semsearch.ingest.files import SourceFile, open_lines, read_text
from semsearch.ingest.frontmatter import has_front_matter, read_front_matter
from semsearch.ingest.jsonlines import Line, RawLine, parse_line, raw_lines
from semsearch.ingest.plaintext import read_plain_text, refuse_blob
from semsearch.ingest.records import NOBODY, Removed, article_from_fields
from semsearch.model.article import Article, Provider
from semsearch.model.report import Skipped

_PIECE_BYTES = 64 * 2**10  # of JSON Lines
_GROUP_BYTES = 256 * 2**10  # a tenth of a second of reading


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


@dataclass(frozen=True, slots=True)
class Piece:
    """What is read at a time: a document, some lines of JSON Lines, or what could not be opened."""

    file: SourceFile
    content: str | tuple[RawLine, ...] | Skipped


Reader = Callable[[Iterable[Piece], ReadOptions], Iterator[tuple[SourceFile, list[Record]]]]
"""Gives the records of each piece, in the order of the pieces."""


def read_file(file: SourceFile, options: ReadOptions, name: str = "") -> Iterator[Record]:
    """The records of a file; what cannot be read is ``Skipped``, never an exception.

    ``name`` tells records apart that say nothing of themselves; without one the path does.
    """
    for piece in pieces(file):
        yield from records_of(piece, options, name)


def pieces(file: SourceFile) -> Iterator[Piece]:
    """The pieces of a file, one at least, unread."""
    if not file.is_json_lines:
        try:
            yield Piece(file, read_text(file.path))
        except UnreadableError as error:
            yield Piece(file, Skipped(file.shown, error.line, error.reason))
        return
    try:
        stream = open_lines(Path(file.path))
    except OSError as error:
        yield Piece(file, Skipped(file.shown, None, f"cannot be read: {error.strerror}"))
        return
    with stream:
        lines, size = list[RawLine](), 0
        for number, data in raw_lines(stream):
            lines.append((number, data))
            size += len(data) if isinstance(data, bytes) else 0
            if size >= _PIECE_BYTES:
                yield Piece(file, tuple(lines))
                lines, size = [], 0
        yield Piece(file, tuple(lines))


def read_here(
    found: Iterable[Piece], options: ReadOptions
) -> Iterator[tuple[SourceFile, list[Record]]]:
    """A ``Reader`` that works when it is asked for the next."""
    for piece in found:
        yield piece.file, list(records_of(piece, options))


def grouped(found: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Pieces in their order, so many together that reading them is worth a call elsewhere."""
    group, size = list[Piece](), 0
    for piece in found:
        group.append(piece)
        size += _size(piece)
        if size >= _GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def read_group(options: ReadOptions, group: list[Piece]) -> list[tuple[SourceFile, list[Record]]]:
    """The records of some pieces."""
    return list(read_here(group, options))


def _size(piece: Piece) -> int:
    if isinstance(piece.content, tuple):
        return sum(len(data) for _, data in piece.content if isinstance(data, bytes))
    return len(piece.content) if isinstance(piece.content, str) else 0


def records_of(piece: Piece, options: ReadOptions, name: str = "") -> Iterator[Record]:
    """The records of a piece; see ``read_file``."""
    name = name or str(piece.file.path)
    if isinstance(piece.content, Skipped):
        yield piece.content
    elif isinstance(piece.content, str):
        try:
            yield read_document(piece.content, name, options)
        except UnreadableError as error:
            yield Skipped(piece.file.shown, error.line, error.reason)
    else:
        for line in map(parse_line, piece.content):
            yield _record_of(line, piece.file.shown, name, options)


def _record_of(line: Line, shown: str, name: str, options: ReadOptions) -> Record:
    if isinstance(line.fields, UnreadableError):
        return Skipped(shown, line.number, line.fields.reason)
    try:
        return article_from_fields(
            line.fields,
            fallback_id=f"{name}:{line.number}",
            default_provider=options.provider,
        )
    except UnreadableError as error:
        return Skipped(shown, line.number, error.reason)


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

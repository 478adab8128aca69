"""From files and folders to records, whatever their formats."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from semsearch.errors import InvalidArticleError, StorageError, UnreadableError
from semsearch.ingest.formats import ENDINGS, readers_of
from semsearch.ingest.formats.reader import RawRecord, Reader, read_text
from semsearch.ingest.records import NOBODY, Removed, article_from_fields
from semsearch.model.article import Article, Provider
from semsearch.model.status import Skipped
from semsearch.text.repair import repair

_OF_RECORDS = (".jsonl", ".ndjson", ".gz", ".xz")
_GROUP_BYTES = 256 * 2**10  # a tenth of a second of parsing


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
class SourceFile:
    """A file to read; ``path`` is absolute, ``shown`` is how the user named it."""

    path: Path
    shown: str


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a file that is parsed at a time, or why the file could not be opened."""

    file: SourceFile
    content: Any | Skipped


ParseBlocks = Callable[[Iterable[Block], ReadOptions], Iterator[tuple[SourceFile, list[Record]]]]
"""Gives the records of each block, in the order of the blocks."""


def find_files(paths: Sequence[Path]) -> Iterator[SourceFile | Skipped]:
    """All readable files under the paths, each once, in a stable order.

    Folders are walked recursively in name order without following links to folders (so a loop
    ends) or links to files outside the folder. Hidden files and unknown endings inside a
    folder are passed over; a file that is named itself must have a known ending.
    """
    seen: set[Path] = set()
    for path in paths:
        for found in _walk(path) if os.path.isdir(path) else _named(path):  # noqa: PTH112
            if isinstance(found, Skipped):
                yield found
            elif found.path not in seen:
                seen.add(found.path)
                yield found


def _named(path: Path) -> Iterator[SourceFile | Skipped]:
    if not os.path.exists(path):  # noqa: PTH110
        yield Skipped(_shown(path), None, "no such file or folder")
    elif path.is_file() and not path.name.lower().endswith(ENDINGS):
        yield Skipped(_shown(path), None, f"unknown ending: {path.suffix or 'none'}")
    else:
        yield _source(path)


def _walk(folder: Path) -> Iterator[SourceFile | Skipped]:
    root = _target(folder)
    errors: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=errors.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith(".") or not name.lower().endswith(ENDINGS):
                continue
            path = Path(parent, name)
            if _target(path).is_relative_to(root):
                yield _source(path)
            else:
                yield Skipped(_shown(path), None, "a link to a file outside the folder")
    for error in errors:
        yield Skipped(_shown(Path(error.filename)), None, f"cannot be listed: {error.strerror}")


def _source(path: Path) -> SourceFile | Skipped:
    shown, target = _shown(path), _target(path)
    if not target.is_file():
        return Skipped(shown, None, "not a regular file")
    if (shown, _shown(target)) != (str(path), str(target)):
        return Skipped(shown, None, "its name is not valid UTF-8")
    return SourceFile(target, shown)


def _target(path: Path) -> Path:
    """Where the path leads; unlike ``Path.resolve`` it does not fail on links in a circle."""
    return Path(os.path.realpath(path))


def _shown(path: Path) -> str:
    r"""The path as text that can be printed and stored: bytes that are not UTF-8 as ``\xff``."""
    return str(path).encode(errors="surrogateescape").decode(errors="backslashreplace")


def read_file(file: SourceFile, options: ReadOptions, name: str = "") -> Iterator[Record]:
    """The records of a file; what cannot be read is ``Skipped``, never an exception.

    ``name`` tells records apart that say nothing of themselves; without one the path does.
    """
    for block in blocks_of(file):
        yield from records_of(block, options, name)


def blocks_of(file: SourceFile) -> Iterator[Block]:
    """The blocks of a file, one at least, unparsed."""
    try:
        for content in readers_of(file.path.name)[0].blocks(file.path):
            yield Block(file, content)
    except UnreadableError as error:
        yield Block(file, Skipped(file.shown, error.line, error.reason))


def parse_here(
    blocks: Iterable[Block], options: ReadOptions
) -> Iterator[tuple[SourceFile, list[Record]]]:
    """A ``ParseBlocks`` that works when it is asked for the next."""
    for block in blocks:
        yield block.file, list(records_of(block, options))


def grouped(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """Blocks in their order, so many together that parsing them is worth a call elsewhere."""
    group, size = list[Block](), 0
    for block in blocks:
        group.append(block)
        if not isinstance(block.content, Skipped):
            size += readers_of(block.file.path.name)[0].size(block.content)
        if size >= _GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def parse_group(options: ReadOptions, group: list[Block]) -> list[tuple[SourceFile, list[Record]]]:
    """The records of some blocks."""
    return list(parse_here(group, options))


def records_of(block: Block, options: ReadOptions, name: str = "") -> Iterator[Record]:
    """The records of a block; see ``read_file``."""
    shown, name = block.file.shown, name or str(block.file.path)
    if isinstance(block.content, Skipped):
        yield block.content
        return
    try:
        for raw in _recognised(block.file.path.name, block.content).records(block.content):
            try:
                yield _article(raw, name, options)
            except UnreadableError as error:
                yield Skipped(shown, raw.line or error.line, error.reason)
    except UnreadableError as error:
        yield Skipped(shown, error.line, error.reason)


def read_document(text: str, fallback_id: str, options: ReadOptions) -> Article | Removed:
    """One article from the text of a front matter or plain text file.

    Raises:
        UnreadableError: It is neither.
    """
    (raw,) = _recognised(".txt", text).records(text)
    return _article(raw, fallback_id, options)


def read_article(source: Path | str) -> Article:
    """The one article in a file, or in the text of a front matter or plain text file.

    Raises:
        InvalidArticleError: It cannot be read, is marked as removed, or the file holds records.
    """
    name = str(source) if isinstance(source, Path) else "-"
    if name.casefold().endswith(_OF_RECORDS):
        raise InvalidArticleError(
            f"{name} holds records, not one text.", "Index it, and name its articles by their ids."
        )
    try:
        text = read_text(source) if isinstance(source, Path) else repair(source)
        article = read_document(text, name, ReadOptions())
    except UnreadableError as error:
        raise InvalidArticleError(f"{name} cannot be read: {error.reason}.") from None
    if isinstance(article, Removed):
        raise InvalidArticleError(f"{name} is marked as removed.")
    return article


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


def _recognised(name: str, content: object) -> Reader:
    return next(reader for reader in readers_of(name) if reader.recognises(content))


def _article(raw: RawRecord, name: str, options: ReadOptions) -> Article | Removed:
    if isinstance(raw.fields, UnreadableError):
        raise raw.fields
    return article_from_fields(
        raw.fields,
        fallback_id=name if raw.line is None else f"{name}:{raw.line}",
        default_provider=options.provider,
    )

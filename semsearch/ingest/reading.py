"""From files to records, whatever their formats."""

import hashlib
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from semsearch.errors import ConfigurationError, InvalidArticleError, StorageError, UnreadableError
from semsearch.ingest.aliases import FieldNames, has_field
from semsearch.ingest.files import SourceFile, printable
from semsearch.ingest.formats import can_read, reader_of
from semsearch.ingest.formats.archives import FAULTS, is_archive, is_hidden, members_of, reason_of
from semsearch.ingest.formats.compression import DAMAGE, StreamOver, expanded, without_ending
from semsearch.ingest.formats.compression import ENDINGS as PACKED
from semsearch.ingest.formats.encodings import is_encoding
from semsearch.ingest.formats.frontmatter import FrontMatter
from semsearch.ingest.formats.plaintext import PlainText
from semsearch.ingest.formats.reader import (
    HEAD_BYTES,
    TEXT_ENDINGS,
    Head,
    RawRecord,
    Reader,
    Source,
)
from semsearch.ingest.records import NOBODY, Placed, Removed, article_from_fields
from semsearch.model.article import Article, Provider
from semsearch.model.status import Note, PassedOver, Skipped
from semsearch.text.repair import repair

_READING = "4"
"""Changes when files are read otherwise than before, so that they are read again."""
_DATED_NAME = re.compile(
    r"(\d{4})(?:(?=[-_]\d\d[-_])|(?=(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[-_ ]))"
    r"[-_]?(\d\d)[-_]?(\d\d)(?=[-_. ])"
)
_DATED_PATH = re.compile(r"(?:.*/)?(\d{4})/(\d\d)/(\d\d)/")


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How records become articles.

    Attributes:
        provider: Outlet of the records that name none.
        stubs: Whether ``related`` entries become stubs.
        names: Where the user says that fields are.
        encoding: Of texts that are not UTF-8; empty: what is likely.
    """

    provider: Provider = NOBODY
    stubs: bool = True
    names: FieldNames = ()
    encoding: str = ""

    def __post_init__(self) -> None:
        """Refuse an encoding that there is not.

        Raises:
            ConfigurationError: There is none of that name.
        """
        if self.encoding and not is_encoding(self.encoding):
            raise ConfigurationError(
                f"There is no encoding {self.encoding}.",
                "Names are as Python has them: cp1252, koi8-r.",
            )


Record = Placed | Skipped | Note | PassedOver
"""What a block gives, in its order."""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a file that is parsed at a time, or what is to be said about the file.

    Attributes:
        member: Which file of an archive it is of; empty: the file is none.
    """

    file: SourceFile
    content: Any | Skipped | Note | PassedOver
    reader: Reader = PlainText()  # noqa: RUF009 - readers have no state
    member: str = ""

    @property
    def shown(self) -> str:
        """The file, or the member of it, as the user knows it."""
        return f"{self.file.shown}/{self.member}" if self.member else self.file.shown


def read_file(
    file: SourceFile, options: ReadOptions, name: str = ""
) -> Iterator[Article | Removed | Skipped]:
    """The records of a file; what cannot be read is ``Skipped``, never an exception.

    ``name`` tells records apart that say nothing of themselves; without one the path does.
    """
    for block in blocks_of(file, options):
        for one in records_of(block, options, name):
            if isinstance(one, Placed):
                yield one.record
            elif isinstance(one, Skipped):
                yield one


def blocks_of(file: SourceFile, options: ReadOptions = ReadOptions()) -> Iterator[Block]:
    """The blocks of a file, one at least, unparsed; an archive's are those of its members."""
    try:
        with opened(file.path, options) as source:
            if is_archive(source.head()):
                yield from _blocks_of_members(file, source)
            else:
                yield from _blocks(file, source, "")
    except UnreadableError as error:
        yield Block(file, Skipped(file.shown, error.line, error.reason))


def _blocks(file: SourceFile, source: Source, member: str) -> Iterator[Block]:
    head = source.head()
    if member and is_archive(head):
        raise UnreadableError("an archive within an archive is not opened")
    reader = reader_of(head)
    if reader is None:
        raise UnreadableError("its content is of no format that is read")
    for content in reader.blocks(source):
        yield Block(file, content, reader, member)
    for text in source.notes:
        said = Block(file, None, reader, member)
        yield replace(said, content=Note(text, said.shown, None))


def _blocks_of_members(file: SourceFile, archive: Source) -> Iterator[Block]:
    found = False
    for member in members_of(archive, file.path.stat().st_size):
        name = printable(Path(member.name)).lstrip("/")
        shown = f"{file.shown}/{name}"
        if is_hidden(name):
            continue
        if member.stream is None or not can_read(name):
            yield Block(file, PassedOver(shown), member=name)
            continue
        found = True
        try:
            stream = expanded(member.stream, 0)
            source = Source(without_ending(Path(name).name), stream, archive.encoding)
            yield from _blocks(file, source, name)
        except UnreadableError as error:
            yield Block(file, Skipped(shown, error.line, error.reason), member=name)
        except FAULTS as error:
            yield Block(file, Skipped(shown, None, reason_of(error)), member=name)
    if not found:
        raise UnreadableError("an archive without a file that can be read")


@contextmanager
def opened(path: Path, options: ReadOptions = ReadOptions()) -> Iterator[Source]:
    """A file at its beginning, decompressed.

    Raises:
        UnreadableError: It cannot be opened or read, or it is damaged.
    """
    try:
        with path.open("rb", HEAD_BYTES) as packed:
            stream = expanded(packed, path.stat().st_size)
            if stream is packed and path.name.lower().endswith(PACKED) and b"\0" in stream.peek():
                raise UnreadableError("damaged file: it is not compressed, as its ending says")
            yield Source(without_ending(path.name), stream, options.encoding)
    except DAMAGE as error:
        reason = getattr(error, "strerror", None)
        raise UnreadableError(
            f"cannot be read: {reason}" if reason else f"damaged file: {error}"
        ) from None


def records_of(block: Block, options: ReadOptions, name: str = "") -> Iterator[Record]:
    """The records of a block; see ``read_file``."""
    shown, name = block.shown, name or str(block.file.path)
    name = f"{name}/{block.member}" if block.member else name
    if isinstance(block.content, Skipped | Note | PassedOver):
        yield block.content
        return
    try:
        for raw in block.reader.records(block.content):
            try:
                notes = list(raw.notes)
                article = _article(raw, name, options, notes)
                yield from (Note(text, shown, raw.line) for text in notes)
                yield Placed(article, raw.line)
            except UnreadableError as error:
                yield Skipped(shown, raw.line or error.line, error.reason)
    except UnreadableError as error:
        yield Skipped(shown, error.line, error.reason)


def raw_records(
    stream: BinaryIO, name: str, *, declared: str, notes: list[str]
) -> Iterator[RawRecord]:
    """The records of a stream that is neither compressed nor an archive, not yet articles.

    Args:
        stream: At its beginning.
        name: Its ending says the format where the content does not.
        declared: The encoding that who sent it declares; empty: none.
        notes: Take, at the end, what is to be said of how the stream was read.

    Raises:
        UnreadableError: It is of no format that is read, or nothing more of it can be read.
    """
    source = Source(name, io.BufferedReader(StreamOver(stream), HEAD_BYTES), "", declared)
    reader = reader_of(source.head())
    if reader is None:
        raise UnreadableError("its content is of no format that is read")
    for block in reader.blocks(source):
        yield from reader.records(block)
    notes += source.notes


def read_document(text: str, fallback_id: str, options: ReadOptions) -> Article | Removed:
    """One article from the text of a front matter or plain text file.

    Raises:
        UnreadableError: It is neither.
    """
    beginning = Head(b"", text[:HEAD_BYTES].removeprefix("\ufeff"), ".txt")
    front_matter = FrontMatter()
    reader = front_matter if front_matter.recognises(beginning) else PlainText()
    (raw,) = reader.records(text)
    return _article(raw, fallback_id, options, [])


def read_article(source: Path | str) -> Article:
    """The one article in a file, or in the text of a front matter or plain text file.

    Raises:
        InvalidArticleError: It cannot be read, is marked as removed, or there is more than one.
    """
    name = str(source) if isinstance(source, Path) else "-"
    if isinstance(source, Path):
        found = list(islice(read_file(SourceFile(source, name), ReadOptions()), 2))
    else:
        try:
            found = [read_document(repair(source), name, ReadOptions())]
        except UnreadableError as error:
            found = [Skipped(name, error.line, error.reason)]
    if len(found) != 1:
        raise InvalidArticleError(
            f"{name} holds {'several records' if found else 'no record'}, not one text.",
            "Index it, and name its articles by their ids.",
        )
    match found[0]:
        case Skipped(reason=reason):
            raise InvalidArticleError(f"{name} cannot be read: {reason}.")
        case Removed():
            raise InvalidArticleError(f"{name} is marked as removed.")
        case article:
            return article


def fingerprint(file: SourceFile, options: ReadOptions) -> str:
    """Changes whenever reading the file again could give other records.

    Raises:
        StorageError: The file cannot be read.
    """
    settings = (
        *(_READING, options.provider.name, options.provider.domain, str(options.stubs)),
        *(str(options.names), options.encoding),
    )
    try:
        with file.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "blake2b")
    except OSError as error:
        raise StorageError(f"{file.shown}: {error.strerror}") from None
    digest.update("\x1f".join(settings).encode())
    return digest.hexdigest()[:32]


def _article(
    raw: RawRecord, name: str, options: ReadOptions, notes: list[str]
) -> Article | Removed:
    if isinstance(raw.fields, UnreadableError):
        raise raw.fields
    fields = raw.fields
    if raw.line is None and not raw.place:
        fields = _titled_by_name(_dated_by_name(fields, name), name, notes)
    identity = ":".join([name, *(str(one) for one in (raw.line, raw.place) if one)])
    return article_from_fields(
        fields,
        fallback_id=identity,
        default_provider=options.provider,
        names=options.names,
        notes=notes,
    )


def _titled_by_name(fields: dict[str, object], name: str, notes: list[str]) -> dict[str, object]:
    """The fields, with a file's name as the title where they have none, as notes of Obsidian are.

    A name of one word, such as ``index`` or ``a-slug``, is none.
    """
    stem = Path(name).stem
    dated = _DATED_NAME.match(stem)
    stem = stem[dated.end() if dated else 0 :].strip(" -_.")
    if not name.lower().endswith(TEXT_ENDINGS) or " " not in stem or has_field(fields, "title"):
        return fields
    notes.append("the name of a file was taken for its title")
    return {**fields, "title": stem}


def _dated_by_name(fields: dict[str, object], name: str) -> dict[str, object]:
    """The fields, with the date that a file's name begins with where they have none.

    Else with that of its folders, such as ``2024/03/05/``, or of its address on the site, as Zola
    has it in ``path``.
    """
    found = (
        _DATED_NAME.match(os.path.basename(name))  # noqa: PTH119 - may not be a path
        or _DATED_PATH.match(str(fields.get("path", "")))
        or _DATED_PATH.match(name)
    )
    if found is None or has_field(fields, "publishedDateTime"):
        return fields
    return {**fields, "publishedDateTime": "-".join(found.groups())}

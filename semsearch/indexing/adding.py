"""Records that come without a file: which can be written, and what is to be said of them."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from semsearch.errors import InvalidArticleError, UnreadableError
from semsearch.indexing.findings import Findings
from semsearch.indexing.indexer import Indexer
from semsearch.ingest.aliases import FieldNames
from semsearch.ingest.formats.tables import is_arrow, rows_of_arrow
from semsearch.ingest.records import Placed, Removed, article_from_fields, unsealed
from semsearch.ingest.secured import MAX_DEPTH
from semsearch.library import Library
from semsearch.model.article import Article
from semsearch.model.status import IndexReport, Note, Skipped, Written

Fields = Mapping[str, object]
_PLAIN = (str, int, float, bool, type(None))
Given = Article | Removed | Fields | Skipped | Note


def add(
    library: Library, indexer: Indexer, given: object, names: FieldNames, *, stubs: bool
) -> Written:
    """Write the records of one call; see ``Index.add``."""
    call = Adding(given, names)
    records = call.records()
    first = next(records, None)
    if first is None:
        number = library.generations.current_number() or 0
        written = Written((), (), (), (), library.catalog.sequence, number)
    else:
        written = indexer.put(chain([first], records), stubs=stubs)
    return replace(written, skipped=tuple(call.skipped), notes=call.notes())


class Adding:
    """The records of one call, read one by one.

    Attributes:
        skipped: What could not be read; ``line`` is its place, from 1.
    """

    def __init__(self, given: object, names: FieldNames) -> None:
        self.skipped: list[Skipped] = []
        self._given = given
        self._names = names
        self._findings = Findings()

    def records(self) -> Iterator[Article | Removed]:
        """Those that can be written.

        Raises:
            InvalidArticleError: It is no table and no records.
        """
        place = 0
        for one in records_in(self._given):
            if isinstance(one, Note):
                self._findings.note(one.text, one.path, one.line)
                continue
            place += 1
            record = one if isinstance(one, Removed | Skipped) else self._read(one, place)
            if isinstance(record, Skipped):
                self.skipped.append(record)
                continue
            self._findings.take(Placed(record, place), "")
            yield record

    def notes(self) -> tuple[Note, ...]:
        """What was read otherwise than it stands, or not at all."""
        found = self._findings.added_to(IndexReport(added=1))
        unread = found.unread_dates
        notes = list(found.notes)
        if unread.records:
            dates = ", ".join(unread.examples)
            text = f"dates that could not be read stay under extra.published_unread: {dates}"
            notes.append(Note(text, "", None, unread.records))
        for missing in found.without_text:
            if missing.field:
                text = (
                    "records without text have their longest text under "
                    f"'{missing.field}': say so by fields={{'body': '{missing.field}'}}, or under "
                    "fields in the settings"
                )
                notes.append(Note(text, "", missing.line, missing.records))
        if found.collisions:
            text = "a record had the id of an earlier one, with another text, and replaced it"
            line = found.collisions[0].later_line
            notes.append(Note(text, "", line, len(found.collisions)))
        return tuple(notes)

    def _read(self, given: object, place: int) -> Article | Removed | Skipped:
        if not isinstance(given, Article | Mapping):
            return Skipped("", place, f"no record with named fields, but {type(given).__name__}")
        try:
            if isinstance(given, Article):
                return unsealed(given)
            notes: list[str] = []
            fallback = f"record:{place - 1}:{time.time_ns()}"
            fields = {name: _native(value) for name, value in given.items()}
            read = article_from_fields(fields, fallback_id=fallback, names=self._names, notes=notes)
        except UnreadableError as error:
            return Skipped("", place, error.reason)
        for text in notes:
            self._findings.note(text, "", place)
        return read


def _native(value: Any, depth: int = 1) -> Any:
    """A value as Python has it: those of numpy and pandas, of which data frames are made, are not.

    Arrays are lists, their numbers and moments plain ones, and what pandas has for nothing is None.
    What is nested too deep stays as it is: it is refused when it is read.
    """
    if type(value) in _PLAIN or depth > MAX_DEPTH:
        return value
    if isinstance(value, Mapping):
        return {name: _native(item, depth + 1) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_native(item, depth + 1) for item in value]
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if hasattr(value, "dtype") and hasattr(value, "tolist"):
        # Nanoseconds would come out as a number.
        plain = (value.astype("M8[us]") if value.dtype.kind == "M" else value).tolist()
        return _native(plain, depth)
    return value


def records_in(given: object) -> Iterable[Given]:
    """The records of a table, a data frame or anything iterable.

    Raises:
        InvalidArticleError: It is none of them, or cannot be read.
    """
    if is_arrow(given):
        try:
            yield from rows_of_arrow(given)
        except UnreadableError as error:
            raise InvalidArticleError(
                f"The table cannot be read: {error.reason}.",
                "Give each column one type, or add the rows as dictionaries.",
            ) from None
    elif isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        raise InvalidArticleError(
            "Records are a data frame, an Arrow table, or a list of dictionaries or articles, "
            f"not {type(given).__name__}.",
            "One record is a list of one: add([record]).",
        )
    else:
        yield from given

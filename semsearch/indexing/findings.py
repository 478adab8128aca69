"""What a run over files has to say: what was passed over, not understood, or lost to another."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from semsearch.ingest.dates import parse_date
from semsearch.ingest.formats import ENDINGS, instead_of, kind_of
from semsearch.ingest.identity import text_digest
from semsearch.ingest.records import LOOKED_FOR, UNREAD_DATE, Placed
from semsearch.model.article import Article
from semsearch.model.status import (
    Collision,
    IndexReport,
    MissingText,
    Note,
    Understood,
    UnreadDates,
)

_EXAMPLES = 5
_SHOWN = 10  # records of a dry run
_LONG_TEXT = 100  # characters of a field that may be the text of an article
_MOST_NOTES = 1_000
_MOST_CHARS = 60
_NAMED_AS_DATE = re.compile(r"date|time|publi|_at\Z|At\Z", re.IGNORECASE)
_OF_THE_COPY = re.compile(
    r"modif|updat|embargo|crawl|download|scrap|fetch|index|access|expir|saved|added|filedate",
    re.IGNORECASE,
)
"""When somebody got or changed the text; says nothing of when it was published."""


KEPT = (
    "a record has no text, and the article of another file with its id or address has one: that "
    "was kept"
)


_AHEAD = "a record is dated in the future; the date was kept"


@dataclass(frozen=True, slots=True)
class _Seen:
    """A record of the run: the digest of its text, and where it stands."""

    digest: int
    path: str
    line: int | None
    has_text: bool


class Findings:
    """Collects them, and says them by kind.

    Some 200 bytes are kept of each record.
    """

    def __init__(self) -> None:
        self.collisions: list[Collision] = []
        self._seen: dict[str, _Seen] = {}
        self._passed_over: Counter[str] = Counter()
        self._notes: dict[str, Note] = {}
        self._records = 0
        self._latest = datetime.now(UTC) + timedelta(days=1)  # clocks and zones are often wrong
        self._unread: Counter[str] = Counter()
        self._without_text: dict[str, MissingText] = {}
        self._understood: list[Understood] = []

    def passed_over(self, path: str) -> None:
        """A file whose ending is of no format that is read."""
        self._passed_over[kind_of(path)] += 1

    def note(self, text: str, path: str, line: int | None) -> None:
        """A record was read, but not all of it as it stands."""
        first = self._notes.get(text)
        if first is not None:
            self._notes[text] = Note(text, first.path, first.line, first.records + 1)
        elif len(self._notes) < _MOST_NOTES:
            self._notes[text] = Note(text, path, line)

    def file_ended(self, path: str, *, is_empty: bool) -> None:
        """A file was read to its end; empty: without a record and without a word on why."""
        if is_empty:
            self.note("a file without a record", path, None)

    def take(self, placed: Placed, path: str) -> None:
        """A record of a file."""
        article = placed.record
        self._records += 1
        if not isinstance(article, Article):
            return
        if len(self._understood) < _SHOWN:
            self._understood.append(_understood(article, path, placed.line))
        if UNREAD_DATE in article.extra:
            self._unread[str(article.extra[UNREAD_DATE])[:_MOST_CHARS]] += 1
        elif article.published is None and (name := _date_in(article.extra)):
            self.note(
                f"no date, but '{name}' holds one: --field published={name}, or fields in the "
                "settings, says so",
                path,
                placed.line,
            )
        if article.published is not None and article.published > self._latest:
            self.note(_AHEAD, path, placed.line)
        if not article.body.strip():
            self._take_without_text(article, path, placed.line)
        digest, has_text = text_digest(article), bool(article.body.strip())
        before = self._seen.get(article.id)
        if before is not None and before.has_text and not has_text and before.path != path:
            return  # see KEPT
        if before is not None and before.digest != digest:
            collision = Collision(article.id, before.path, before.line, path, placed.line)
            self.collisions.append(collision)
        self._seen[article.id] = _Seen(digest, path, placed.line, has_text)

    def _take_without_text(self, article: Article, path: str, line: int | None) -> None:
        least = max(_LONG_TEXT, len(article.excerpt))
        field = max(
            (field for field in _texts(article.extra) if len(field[1]) >= least),
            key=lambda field: len(field[1]),
            default=("", ""),
        )[0]
        if not field and article.excerpt.strip():
            return  # archives of teasers have nothing more
        first = self._without_text.get(field)
        self._without_text[field] = (
            MissingText(field, 1, path, line)
            if first is None
            else MissingText(field, first.records + 1, first.path, first.line)
        )

    def added_to(self, report: IndexReport) -> IndexReport:
        """The report of the run with all this."""
        passed_over = sorted(self._passed_over.items(), key=lambda one: (-one[1], one[0]))
        examples = tuple(text for text, _ in self._unread.most_common(_EXAMPLES))
        return replace(
            report,
            collisions=tuple(self.collisions),
            passed_over=dict(passed_over),
            notes=tuple(filter(self._holds, self._notes.values())),
            unread_dates=UnreadDates(self._unread.total(), examples),
            without_text=tuple(sorted(self._without_text.values(), key=lambda one: -one.records)),
            next=tuple(self._advice(report)),
            understood=tuple(self._understood) if report.dry_run else (),
        )

    def _holds(self, note: Note) -> bool:
        return not note.text.startswith(LOOKED_FOR) or note.records >= self._records

    def _advice(self, report: IndexReport) -> Iterator[str]:
        if not report.records:
            yield f"Nothing was read. Formats: {', '.join(ENDINGS)}."
        for advice in dict.fromkeys(filter(None, map(instead_of, self._passed_over))):
            yield f"{advice[0].upper()}{advice[1:]}."
        for missing in self._without_text.values():
            if missing.field:
                yield (
                    f"Index again with --field body={missing.field}: {missing.records:,} records "
                    "without text have their longest text there."
                )
        if self._unread:
            yield (
                "Dates that were not read stay under extra.published_unread. Where they could be "
                "two days (03/05/2024), a field lang of the record (en-us, en-gb, de) tells."
            )
        if self.collisions:
            yield "Records that are different articles need ids or addresses of their own."


def _date_in(extra: Mapping[str, object]) -> str:
    """The first field that may hold the date of publication; empty where none may."""
    for name, value in extra.items():
        text = str(value)
        named = _NAMED_AS_DATE.search(name) is not None
        if (
            isinstance(value, str | int)
            and len(text) <= _MOST_CHARS
            and (named or not text.isdecimal())
            and any(map(str.isdecimal, text))
            and not _OF_THE_COPY.search(name)
            and parse_date(text)
        ):
            return name
    return ""


def _texts(extra: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Names and values of fields that hold a text, or a list of texts; of objects as ``a.b``."""
    for name, value in extra.items():
        if isinstance(value, str) and " " in value.strip():
            yield name, value
        elif isinstance(value, list):
            yield name, " ".join(one for one in value if isinstance(one, str))
        elif isinstance(value, Mapping):
            for inner, text in value.items():
                if isinstance(text, str) and " " in text.strip():
                    yield f"{name}.{inner}", text


def _understood(article: Article, path: str, line: int | None) -> Understood:
    return Understood(
        path=path,
        line=line,
        id=article.id,
        title=article.title,
        provider=article.provider,
        published=article.published,
        precision=article.precision,
        url=article.url,
        topics=article.topics,
        category=article.category,
        language=article.language,
        excerpt_chars=len(article.excerpt),
        body_chars=len(article.body),
        others=tuple(article.extra),
    )

"""A labelled set: questions, and what readers said about articles.

A set is a folder with ``queries.jsonl``, ``qrels.tsv`` and, where there are any,
``none_extra.jsonl``; docs/evaluate.md has the formats.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from semsearch.errors import InvalidRequestError, NotFoundError, StorageError
from semsearch.ingest.dates import parse_date
from semsearch.ingest.files import SourceFile, find_files

QUERIES = "queries.jsonl"
QRELS = "qrels.tsv"
NONE_EXTRA = "none_extra.jsonl"
UNANSWERABLE = "none"
MAX_GRADE = 10
_KINDLESS = "any"
_SHOWN_UNRESOLVED = 20
_TO_MAKE_ONE = "To make a set of questions: semsearch eval label DIR"


@dataclass(frozen=True, slots=True)
class SetFiles:
    """Where a set's questions and judgments are; ``extra`` need not be there."""

    folder: Path
    queries: Path
    qrels: Path
    extra: Path

    def articles(self) -> list[Path]:
        """Readable files of the folder that are neither questions, judgments nor a README."""
        own = {path.resolve() for path in (self.queries, self.qrels, self.extra)}
        return [
            file.path
            for file in find_files([self.folder])
            if isinstance(file, SourceFile)
            and file.path not in own
            and not file.path.name.lower().startswith(("queries", "qrels", "readme"))
        ]


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the set.

    Attributes:
        kind: Free; ``none`` where the archive has no answer.
        asked_at: When it was asked, in UTC; None: unknown.
        answerable: Whether the archive answers it, as the set says.
    """

    id: str
    text: str
    kind: str = _KINDLESS
    asked_at: datetime | None = None
    answerable: bool = True


@dataclass(frozen=True, slots=True)
class Judgment:
    """One line of the judgments: how well an article answers a question, 0 to 10."""

    question: str
    article: str
    grade: int


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Judged articles that the index does not hold.

    Attributes:
        articles: How many; ``relevant`` - how many of them answer a question.
        names: The first of them, as the file names them.
    """

    articles: int
    relevant: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Questions with judgments whose articles are named as in the index.

    Attributes:
        questions: In the order of the file, unanswerable ones of ``none_extra.jsonl`` last.
        grades: Question id -> article id -> grade.
        threshold: The least grade that counts as relevant: 2 where the set has such grades,
            else 1.
        unresolved: Articles that the index lacks. They stay in ``grades`` under their own
            name: an answer that cannot be found counts as not found.
    """

    questions: tuple[Question, ...]
    grades: Mapping[str, Mapping[str, int]]
    threshold: int
    unresolved: Unresolved

    def relevant(self, question: str) -> frozenset[str]:
        """Ids of the articles that answer a question."""
        grades = self.grades.get(question, {})
        return frozenset(one for one, grade in grades.items() if grade >= self.threshold)

    @property
    def answerable(self) -> tuple[Question, ...]:
        """Questions with an answer that is known: on these the ranking is measured."""
        return tuple(one for one in self.questions if one.answerable and self.relevant(one.id))

    @property
    def unanswerable(self) -> tuple[Question, ...]:
        """Questions without an answer."""
        return tuple(one for one in self.questions if not one.answerable)

    @property
    def unjudged(self) -> tuple[Question, ...]:
        """Questions said to be answerable for which no relevant article is known."""
        return tuple(one for one in self.questions if one.answerable and not self.relevant(one.id))


def set_files(folder: Path, queries: Path | None, qrels: Path | None) -> SetFiles:
    """The files of a set: those that are named, else those of the folder.

    Raises:
        NotFoundError: There is no such folder.
    """
    if not folder.is_dir():
        raise NotFoundError(f"There is no folder {folder}.")
    return SetFiles(
        folder, queries or folder / QUERIES, qrels or folder / QRELS, folder / NONE_EXTRA
    )


def read_questions(path: Path, *, answerable: bool = True) -> list[Question]:
    """Read questions, one JSON object a line.

    ``answerable`` holds for questions that do not say it themselves.

    Raises:
        NotFoundError: There is no such file.
        InvalidRequestError: A line is no question, or an id stands twice; names the line.
    """
    questions: dict[str, Question] = {}
    for number, line in lines_of(path):
        try:
            question = _question(json.loads(line), answerable=answerable)
        except (ValueError, RecursionError) as error:
            raise InvalidRequestError(f"{path}, line {number}: {reason_of(error)}.") from None
        if question.id in questions:
            raise InvalidRequestError(f"{path}, line {number}: {question.id} stands there twice.")
        questions[question.id] = question
    return list(questions.values())


def read_judgments(path: Path) -> list[Judgment]:
    """Read judgments in TREC form: question, anything, article, grade; a header may stand first.

    Three columns (question, article, grade) are read, too. Columns are separated by tabs, or by
    blanks in a line without tabs. Grades are whole numbers up to 10; negative ones count as 0.

    Raises:
        NotFoundError: There is no such file.
        InvalidRequestError: A line is no judgment; names the line.
    """
    judgments = []
    for place, (number, line) in enumerate(lines_of(path)):
        columns = [one.strip() for one in (line.split("\t") if "\t" in line else line.split())]
        try:
            if len(columns) not in (3, 4):
                raise ValueError("not question, 0, article and grade")  # noqa: TRY301
            grade = int(columns[-1])
            if grade > MAX_GRADE:
                raise ValueError(f"a grade above {MAX_GRADE}")  # noqa: TRY301
        except ValueError as error:
            if place == 0 and len(columns) in (3, 4):
                continue  # a header
            raise InvalidRequestError(f"{path}, line {number}: {reason_of(error)}.") from None
        judgments.append(Judgment(columns[0], columns[-2], max(grade, 0)))
    return judgments


def resolve(
    questions: Sequence[Question],
    judgments: Sequence[Judgment],
    ids: Mapping[str, str],
) -> LabelledSet:
    """Name the judged articles as the index does.

    Args:
        questions: All of the set.
        judgments: A later judgment of the same pair replaces an earlier one; of an article
            judged under two names the better grade counts.
        ids: Article ids by the names of the judgments; see ``Index.ids_of``.
    """
    threshold = 2 if any(one.grade >= 2 for one in judgments) else 1  # noqa: PLR2004
    last = {(one.question, one.article): one.grade for one in judgments}
    grades: dict[str, dict[str, int]] = {}
    missing: dict[str, bool] = {}
    for (question, given), grade in last.items():
        name = ids.get(given)
        if name is None:
            missing[given] = missing.get(given, False) or grade >= threshold
            name = given
        by_article = grades.setdefault(question, {})
        by_article[name] = max(grade, by_article.get(name, 0))
    judged = {one.article for one in judgments}
    if judged and len(missing) == len(judged):
        raise InvalidRequestError(
            f"None of the {len(judged):,} judged articles is in the index.",
            "Name articles by their id (semsearch search shows it) or by their file's name "
            "without its ending, and check --index.",
        )
    unresolved = Unresolved(len(missing), sum(missing.values()), tuple(missing)[:_SHOWN_UNRESOLVED])
    return LabelledSet(tuple(questions), grades, threshold, unresolved)


def _question(fields: Any, *, answerable: bool) -> Question:
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - told with the line
    given = {name: fields.get(name) for name in ("id", "text", "kind", "answerable")}
    if given["id"] is None:
        given["id"] = fields.get("_id")
    identity = str(given["id"]).strip() if isinstance(given["id"], str | int) else ""
    if not identity or "\t" in identity:
        raise ValueError("no id")
    text = given["text"]
    if not isinstance(text, str) or not text.strip():
        raise ValueError("no text")
    kind = given["kind"] or (_KINDLESS if answerable else UNANSWERABLE)
    if not isinstance(kind, str):
        raise ValueError("kind is no text")  # noqa: TRY004
    said = given["answerable"]
    if not isinstance(said, bool | None):
        raise ValueError("answerable is neither true nor false")  # noqa: TRY004
    return Question(
        id=identity,
        text=text,
        kind=kind.strip(),
        asked_at=_asked_at(fields),
        answerable=answerable and kind.strip() != UNANSWERABLE if said is None else said,
    )


def _asked_at(fields: Mapping[str, object]) -> datetime | None:
    """The moment a question was asked; a day without a time is its first moment, as in a search."""
    value = fields.get("asked_at") or fields.get("date")
    if value is None or value == "":
        return None
    read = parse_date(value) if isinstance(value, str) else None
    if read is None:
        raise ValueError(f"{value!r} is no date")
    return read.moment


def lines_of(path: Path, hint: str = _TO_MAKE_ONE) -> Iterator[tuple[int, str]]:
    """Lines that are not blank, with their 1-based numbers.

    Raises:
        NotFoundError: There is no such file; with the hint.
        InvalidRequestError, StorageError: It cannot be read.
    """
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise NotFoundError(f"There is no {path}.", hint) from None
    except UnicodeDecodeError:
        raise InvalidRequestError(f"{path} is not valid UTF-8.") from None
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror or error}.") from None
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line.rstrip("\r")


def reason_of(error: Exception) -> str:
    """Why a line could not be read, without a full stop."""
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON ({error.msg}, column {error.colno})"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return str(error)

"""Label: a person grades what the systems find, one article after another.

Questions -> pool of every system's first articles -> one question to the reader per article ->
one durable line per answer. What is graded already is not asked again, so a round can end at any
time.
"""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from semsearch.errors import NotFoundError, StorageError
from semsearch.evaluation.questions import UNANSWERABLE, Question, read_judgments, read_questions
from semsearch.evaluation.report import LabelReport
from semsearch.evaluation.systems import System
from semsearch.index import Index
from semsearch.model.article import Article

POOL_DEPTH = 10
_GRADES = {"2": 2, "1": 1, "0": 0}
_EXCERPT_CHARS = 600
_HELP = "2 answers it, 1 partly or background, 0 not, s skip, q quit"


class _Quit(Exception):  # noqa: N818 - not an error
    """The reader has had enough."""


class Labeller:
    """Asks a person.

    ``ask`` raises ``EOFError`` where nobody types any more.
    """

    def __init__(
        self,
        queries: Path,
        qrels: Path,
        systems: Sequence[System],
        index: Index,
        ask: Callable[[str], str],
        tell: Callable[[str], None],
    ) -> None:
        self._queries = queries
        self._qrels = qrels
        self._systems = systems
        self._index = index
        self._ask = ask
        self._tell = tell
        self._judged = 0
        self._skipped = 0

    def run(self) -> LabelReport:
        """Take new questions where there is no file of them, then grade what is not graded.

        Raises:
            InvalidRequestError: A file that is there cannot be read.
            StorageError: An answer could not be written.
        """
        asked = 0
        if not self._queries.is_file():
            asked = self._take_questions()
        try:
            questions = read_questions(self._queries)
        except NotFoundError:
            return LabelReport(0, 0, 0, 0)  # no question was typed
        graded = self._graded()
        pools = {
            question.id: [
                article
                for article in pool(question, self._systems)
                if article not in graded.get(question.id, ())
            ]
            for question in questions
            if question.answerable
        }
        left = sum(map(len, pools.values()))
        self._tell(f"{len(pools)} questions, {left} articles to grade. {_HELP}.")
        try:
            for place, question in enumerate((one for one in questions if one.answerable), start=1):
                self._grade(question, pools[question.id], f"{place} of {len(pools)}")
        except (_Quit, EOFError):
            self._tell("Stopped; every grade so far is kept.")
        return LabelReport(asked, self._judged, self._skipped, left - self._judged)

    def _take_questions(self) -> int:
        self._tell(f"{self._queries} is not there yet. Type questions; an empty line ends them.")
        number = 0
        try:
            while text := self._ask("Question: ").strip():
                number += 1
                kind = self._ask(f"Its kind ('{UNANSWERABLE}': no answer here; empty: any): ")
                fields = {"id": f"q{number}", "text": text}
                if kind.strip():
                    fields["kind"] = kind.strip()
                append_line(self._queries, json.dumps(fields, ensure_ascii=False))
        except EOFError:
            pass
        return number

    def _graded(self) -> dict[str, set[str]]:
        judgments = read_judgments(self._qrels) if self._qrels.is_file() else []
        ids = self._index.ids_of({one.article for one in judgments})
        graded: dict[str, set[str]] = {}
        for one in judgments:
            graded.setdefault(one.question, set()).add(ids.get(one.article, one.article))
        return graded

    def _grade(self, question: Question, articles: Sequence[str], place: str) -> None:
        if not articles:
            return
        self._tell(f"\nQuestion {place}: {question.text}")
        there = self._index.articles(articles)
        for number, identity in enumerate(articles, start=1):
            if identity not in there:  # removed meanwhile
                continue
            self._tell(f"\n({number} of {len(articles)}) {card(there[identity])}")
            grade = self._answer()
            if grade is None:
                self._skipped += 1
                continue
            append_line(self._qrels, f"{question.id}\t0\t{identity}\t{grade}")
            self._judged += 1

    def _answer(self) -> int | None:
        """The grade that was typed; None: skip."""
        while True:
            typed = self._ask("2/1/0/s/q: ").strip().lower()
            if typed in _GRADES:
                return _GRADES[typed]
            if typed in ("s", "skip"):
                return None
            if typed in ("q", "quit"):
                raise _Quit
            self._tell(f"Not understood. {_HELP}.")


def pool(question: Question, systems: Sequence[System], depth: int = POOL_DEPTH) -> list[str]:
    """The first articles of every system, each once, in an order that tells nothing of ranks.

    Readers grade what stands first more kindly, so the order is that of a hash.
    """
    found = {one for system in systems for one in system.answer(question).ranked[:depth]}
    return sorted(found, key=lambda one: hashlib.blake2b(f"{question.id}\t{one}".encode()).digest())


def card(article: Article) -> str:
    """What a reader sees of an article: title, provider, day, the beginning of its text."""
    day = "no date" if article.published is None else article.published.strftime("%Y-%m-%d")
    provider = article.provider.name or article.provider.domain or "unknown provider"
    text = article.excerpt.strip() or article.body.strip()
    shown = text if len(text) <= _EXCERPT_CHARS else text[:_EXCERPT_CHARS].rstrip() + " …"
    return "\n".join((article.title or "(no title)", f"{provider}, {day}", shown)).rstrip()


def append_line(path: Path, line: str) -> None:
    """Append a line so that it survives a power loss; a last line without an end gets one.

    Raises:
        StorageError: The operating system refused.
    """
    try:
        with path.open("ab+") as stream:
            data = f"{line}\n".encode()
            if stream.seek(0, os.SEEK_END):
                stream.seek(-1, os.SEEK_END)
                data = data if stream.read(1) == b"\n" else b"\n" + data
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise StorageError(
            f"{path}: {error.strerror or error}.", "Check free space and permissions."
        ) from error

"""SQLite's FTS5, as the sqlite3 module has it."""

import json
import re
import sqlite3
from pathlib import Path

from benchmarks.bench.peers.timing import seconds, timed

_WORD = re.compile(r"\w+")


class WordSearch:
    """Title, excerpt and body, Porter's stems; any of a question's words, by bm25."""

    def __init__(self, corpus: Path, folder: Path) -> None:
        folder.mkdir(parents=True)
        records = [json.loads(line) for line in corpus.read_text("utf-8").splitlines()]
        self._database = sqlite3.connect(folder / "words.db", check_same_thread=False)

        def fill() -> None:
            self._database.execute(
                "CREATE VIRTUAL TABLE words USING fts5(title, excerpt, body, tokenize='porter')"
            )
            self._database.executemany(
                "INSERT INTO words VALUES (:title, :excerpt, :body)", records
            )
            self._database.commit()

        self._seconds = seconds(fill)

    def seconds(self) -> float:
        """From articles to a database on the disk."""
        return self._seconds

    def search(self, questions: list[str]) -> float:
        """Median milliseconds of a question for ten articles."""

        def one(question: str) -> None:
            match = " OR ".join(f'"{word}"' for word in _WORD.findall(question))
            self._database.execute(
                "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT 10", (match,)
            ).fetchall()

        return timed(questions, one)

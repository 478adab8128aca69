"""Word search alone, beside bm25s and SQLite's FTS5."""

import shutil
from contextlib import ExitStack

from benchmarks.bench.apart import Apart, interleaved
from benchmarks.bench.corpora import ABP, EVERYDAY, Setting, named
from benchmarks.bench.disk import bytes_of
from benchmarks.bench.table import Measure, Row, beside

ARTICLES = {EVERYDAY: 5_000, ABP: 8_000}
QUESTIONS = 200
ROUNDS = 3
ENGINES = {
    "semsearch": "benchmarks.bench.peers.semsearch_words:WordSearch",
    "bm25s": "benchmarks.bench.peers.bm25s:WordSearch",
    "FTS5": "benchmarks.bench.peers.fts5:WordSearch",
}


def words(setting: Setting) -> list[Row]:
    """Each with its own way of cutting words, as it is installed."""
    rows = []
    for name, number in ARTICLES.items():
        corpus = setting.corpus(name, number)
        work = setting.work / "words"
        shutil.rmtree(work, ignore_errors=True)
        questions = setting.questions(corpus)[:QUESTIONS]
        with ExitStack() as stack:
            engines = {
                label: stack.enter_context(Apart(engine, corpus, work / label))
                for label, engine in ENGINES.items()
            }
            built = {label: [one.call("seconds")] for label, one in engines.items()}
            given = dict.fromkeys(engines, (questions,))
            taken = interleaved(engines, ROUNDS, "search", given)
        sizes = {label: [bytes_of(work / label) / 2**20] for label in engines}
        texts = named(corpus)
        rows += beside(Measure("word search alone, median", texts, "ms"), taken)
        rows += beside(Measure("word index built", texts, "s"), built)
        rows += beside(Measure("word index on disk", texts, "MiB"), sizes)
    return rows

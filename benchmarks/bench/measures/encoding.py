"""Passages encoded per second, beside sentence-transformers with its default settings."""

from contextlib import ExitStack

from benchmarks.bench.apart import Apart, interleaved
from benchmarks.bench.corpora import ABP, EVERYDAY, Setting, named
from benchmarks.bench.peers.model import read_rows
from benchmarks.bench.table import Measure, Row, beside

ARTICLES = {EVERYDAY: 500, ABP: 60}
ROUNDS = 5


def encoding(setting: Setting) -> list[Row]:
    """The same passages, as the index cuts them."""
    rows = []
    with ExitStack() as stack:
        engines = {
            "semsearch": stack.enter_context(Apart("benchmarks.bench.peers.semsearch:Encoding")),
            "SentenceTransformer.encode": stack.enter_context(
                Apart("benchmarks.bench.peers.sentence_transformers:Encoding")
            ),
        }
        for name, number in ARTICLES.items():
            corpus = setting.corpus(name, number)
            path = setting.passages(corpus, engines["semsearch"])
            texts = [text for _, text in read_rows(path)]
            taken = interleaved(engines, ROUNDS, "encode", dict.fromkeys(engines, (texts,)))
            measure = Measure("passages encoded", named(corpus), "/s", more=True, aim=4)
            rates = {each: [len(texts) / one for one in taken[each]] for each in taken}
            rows += beside(measure, rates)
    return rows

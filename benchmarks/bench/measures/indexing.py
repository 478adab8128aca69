"""Documents indexed per second: the same fields, the same model."""

from contextlib import ExitStack
from pathlib import Path

from benchmarks.bench.apart import Apart, interleaved
from benchmarks.bench.corpora import ABP, EVERYDAY, Setting, named, whole
from benchmarks.bench.peers.model import write_rows
from benchmarks.bench.table import Measure, Row, beside

ARTICLES = {EVERYDAY: 500, ABP: 50}
ROUNDS = 3
ENGINES = {
    "semsearch": "benchmarks.bench.peers.semsearch:Indexing",
    "txtai": "benchmarks.bench.peers.txtai:Indexing",
    "Chroma": "benchmarks.bench.peers.chroma:Indexing",
    "LanceDB": "benchmarks.bench.peers.lancedb:Indexing",
}


def indexing(setting: Setting) -> list[Row]:
    """Every field a row of the peers; then each document one row, cut by the model at 256 tokens.

    All are durable at the end of the time taken; semsearch's holds relations and stories, too.
    """
    rows = []
    with ExitStack() as stack:
        engines = {label: stack.enter_context(Apart(engine)) for label, engine in ENGINES.items()}
        reader = stack.enter_context(Apart("benchmarks.bench.peers.semsearch:Encoding"))
        for name, number in ARTICLES.items():
            corpus = setting.corpus(name, number)
            documents = whole(corpus)
            cut = corpus.with_suffix(".whole.tsv")
            write_rows(cut, documents)
            layouts = {
                "documents indexed, each field encoded": setting.passages(corpus, reader),
                "documents indexed, one vector each": cut,
            }
            for title, given in layouts.items():
                measure = Measure(title, named(corpus), "/s", more=True, aim=3)
                taken = _taken(engines, corpus, given, setting.work / "indexing")
                rates = {each: [len(documents) / one for one in taken[each]] for each in taken}
                rows += beside(measure, rates)
    return rows


def _taken(
    engines: dict[str, Apart], corpus: Path, given: Path, work: Path
) -> dict[str, list[float]]:
    arguments = {
        label: (corpus if label == "semsearch" else given, work / label) for label in engines
    }
    return interleaved(engines, ROUNDS, "index", arguments)

"""Documents indexed per second: the same fields, the same model."""

from contextlib import ExitStack
from pathlib import Path

from benchmarks.bench.apart import Apart, interleaved
from benchmarks.bench.corpora import ABP, EVERYDAY, Setting, named, whole
from benchmarks.bench.peers.model import write_rows
from benchmarks.bench.table import Measure, Row, beside

ARTICLES = {EVERYDAY: 500, ABP: 50}
ROUNDS = 3
EACH_FIELD = "documents indexed, each field encoded"
ONE_VECTOR = "documents indexed, one vector each"
AIMS: dict[str, dict[str, float | None]] = {
    EACH_FIELD: {EVERYDAY: 2.0, ABP: 2.5},
    ONE_VECTOR: {EVERYDAY: None, ABP: 0.9},
}
ENGINES = {
    "semsearch": "benchmarks.bench.peers.semsearch:Indexing",
    "txtai": "benchmarks.bench.peers.txtai:Indexing",
    "Chroma": "benchmarks.bench.peers.chroma:Indexing",
    "LanceDB": "benchmarks.bench.peers.lancedb:Indexing",
}


def indexing(setting: Setting) -> list[Row]:
    """Every field a row of the peers; then each document one row, cut by the model at 256 tokens.

    All are durable at the end of the time taken; semsearch's holds relations and stories, too.
    Time is that of the clock, and of the processor in all threads, which company changes less.
    """
    rows = []
    with ExitStack() as stack:
        engines = {label: stack.enter_context(Apart(engine)) for label, engine in ENGINES.items()}
        reader = stack.enter_context(Apart("benchmarks.bench.peers.semsearch:Encoding"))
        for name, most in ARTICLES.items():
            corpus = setting.corpus(name, most)
            documents = whole(corpus)
            cut = corpus.with_suffix(".whole.tsv")
            write_rows(cut, documents)
            layouts = {
                EACH_FIELD: setting.passages(corpus, reader),
                ONE_VECTOR: cut,
            }
            for title, given in layouts.items():
                number = len(documents)
                taken = _taken(engines, corpus, given, setting.work / "indexing")
                rates = {
                    each: [number / seconds for seconds, _ in rounds]
                    for each, rounds in taken.items()
                }
                spent = {
                    each: [1000 * seconds / number for _, seconds in rounds]
                    for each, rounds in taken.items()
                }
                rows += beside(
                    Measure(title, named(corpus), "/s", more=True, aim=AIMS[title][name]), rates
                )
                said = title.replace("documents indexed", "processor's time a document")
                rows += beside(Measure(said, named(corpus), "ms"), spent)
    return rows


def _taken(
    engines: dict[str, Apart], corpus: Path, given: Path, work: Path
) -> dict[str, list[tuple[float, float]]]:
    arguments = {
        label: (corpus if label == "semsearch" else given, work / label) for label in engines
    }
    return interleaved(engines, ROUNDS, "index", arguments, Apart.spending)

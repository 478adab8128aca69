"""How far away the limits are: of the processor, and of an answer's parts."""

from statistics import median

from benchmarks.bench.apart import Apart
from benchmarks.bench.corpora import ABP, EVERYDAY, Setting, named
from benchmarks.bench.peers.model import read_rows
from benchmarks.bench.prepared import semsearch_index
from benchmarks.bench.servers import semsearch_server
from benchmarks.bench.table import Measure, Row, beside

PASSAGES_OF = 60
ARTICLES = 5_000
ROUNDS = 5
QUESTIONS = 40  # of each round
PER_TOKEN = 23e6  # floating point operations of this model


def limit(setting: Setting) -> list[Row]:
    """Shares of the limits: 1 would be all of it."""
    return [*_encoder(setting), *_answers(setting)]


def _encoder(setting: Setting) -> list[Row]:
    corpus = setting.corpus(ABP, PASSAGES_OF)
    with (
        Apart("benchmarks.bench.peers.semsearch:Encoding") as encoder,
        Apart("benchmarks.bench.peers.processor:Products") as processor,
    ):
        texts = [text for _, text in read_rows(setting.passages(corpus, encoder))]
        tokens = encoder.call("tokens", texts)
        rates: dict[str, list[float]] = {"semsearch": [], "a large bfloat16 product": []}
        for _ in range(ROUNDS):
            seconds = encoder.call("encode", texts)
            rates["semsearch"].append(tokens * PER_TOKEN / seconds / 1e9)
            rates["a large bfloat16 product"].append(processor.call("rate") / 1e9)
    note = f"{tokens:,} tokens of 23 MFLOP"
    measure = Measure(
        "share of the processor's peak, encoding", named(corpus), "GFLOP/s", more=True
    )
    return beside(measure, rates, {"a large bfloat16 product": note})


def _answers(setting: Setting) -> list[Row]:
    corpus = setting.corpus(EVERYDAY, ARTICLES)
    index = semsearch_index(setting, corpus)
    questions = setting.questions(corpus)
    share = min(QUESTIONS, len(questions) // (2 * ROUNDS))
    taken: dict[str, list[float]] = {"HTTP": [], "encoding, vectors, words": []}
    with (
        semsearch_server(index) as server,
        Apart("benchmarks.bench.peers.semsearch:Asking", index) as bare,
    ):
        server.ask_each(["warm up"] * 3)
        for number in range(ROUNDS):
            mine = questions[number * share : (number + 1) * share]
            taken["HTTP"].append(1000 * median(server.ask_each(mine)))
            alone = [1000 * bare.call("bare", question) for question in mine]
            taken["encoding, vectors, words"].append(median(alone))
    title = "a question over HTTP, beside its bare parts"
    return beside(Measure(title, named(corpus), "ms", aim=1 / 1.6), taken)

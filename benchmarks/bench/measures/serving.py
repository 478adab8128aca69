"""One question over HTTP, and many at a time, beside txtai's API on the same articles."""

from benchmarks.bench.corpora import ABP, EVERYDAY, Setting, named
from benchmarks.bench.prepared import semsearch_index, txtai_index
from benchmarks.bench.servers import Server, semsearch_server, txtai_server
from benchmarks.bench.table import Measure, Row, beside

ARTICLES = {EVERYDAY: 5_000, ABP: 500}
ROUNDS = 5
ALONE = 100  # questions of a round that come one after the other
CLIENTS = 16
AT_ONCE = 160  # questions of a round that these clients ask


def serving(setting: Setting) -> list[Row]:
    """No question is asked twice of one server: neither is helped by remembering answers."""
    rows: list[Row] = []
    for name, number in ARTICLES.items():
        corpus = setting.corpus(name, number)
        questions = setting.questions(corpus)
        own, other = semsearch_index(setting, corpus), txtai_index(setting, corpus)
        with semsearch_server(own) as ours, txtai_server(other) as theirs:
            rows += _rounds({"semsearch": ours, "txtai": theirs}, questions, named(corpus))
    return rows


def _rounds(servers: dict[str, Server], questions: list[str], corpus: str) -> list[Row]:
    share = len(questions) // ROUNDS
    alone = min(ALONE, share // 3)
    many = min(AT_ONCE, share - alone)
    middle: dict[str, list[float]] = {label: [] for label in servers}
    slow: dict[str, list[float]] = {label: [] for label in servers}
    rate: dict[str, list[float]] = {label: [] for label in servers}
    for server in servers.values():
        server.ask_each(["warm up"] * 3)
    for number in range(ROUNDS):
        mine = questions[number * share : (number + 1) * share]
        for label, server in servers.items():
            taken = sorted(1000 * each for each in server.ask_each(mine[:alone]))
            middle[label].append(taken[len(taken) // 2])
            slow[label].append(taken[int(0.99 * len(taken))])
        for label, server in servers.items():
            rate[label].append(server.rate(mine[alone : alone + many], CLIENTS))
    memory = {label: [server.memory()] for label, server in servers.items()}
    return [
        *beside(Measure("a question over HTTP, median", corpus, "ms", aim=1 / 0.6), middle),
        *beside(Measure("a question over HTTP, p99 of a round", corpus, "ms"), slow),
        *beside(Measure(f"questions of {CLIENTS} clients", corpus, "/s", more=True, aim=2.5), rate),
        *beside(Measure("memory of the server after them", corpus, "MiB", aim=1), memory),
    ]

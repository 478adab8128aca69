"""Cold start, memory and disk, beside txtai and Chroma."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.bench.apart import Apart
from benchmarks.bench.corpora import EVERYDAY, Setting, named, records
from benchmarks.bench.disk import bytes_of
from benchmarks.bench.prepared import chroma_index, semsearch_index, txtai_index
from benchmarks.bench.table import Measure, Row, beside

ARTICLES = 5_000
QUESTION = "What was announced in March?"
QUESTIONS = 100
ROUNDS = 5
PEERS = "benchmarks.bench.peers"
BARE = "import sentence_transformers"


def footprint(setting: Setting) -> list[Row]:
    """A question to a process that does not run yet; then what a process that answers holds."""
    corpus = setting.corpus(EVERYDAY, ARTICLES)
    texts = named(corpus)
    indexes = {
        "semsearch": semsearch_index(setting, corpus),
        "txtai": txtai_index(setting, corpus),
        "Chroma": chroma_index(setting, corpus),
    }
    asked = {label: str(indexes[label]) for label in indexes}
    commands = {
        "semsearch": ["-m", "semsearch", "search", QUESTION, "--index", asked["semsearch"]],
        "txtai": ["-m", f"{PEERS}.txtai", asked["txtai"], QUESTION],
        "Chroma": ["-m", f"{PEERS}.chroma", asked["Chroma"], QUESTION],
        BARE: ["-c", BARE],
    }
    runs: dict[str, list[tuple[float, float]]] = {label: [] for label in commands}
    for _ in range(ROUNDS):
        for label, command in commands.items():
            runs[label].append(_cold(command))
    taken = {label: [seconds for seconds, _ in each] for label, each in runs.items()}
    most = {label: [held for _, held in each] for label, each in runs.items()}
    bare = {label: taken[label] for label in ("semsearch", BARE)}
    del taken[BARE]
    articles = len(records(corpus))
    sizes = {label: [bytes_of(folder) / articles] for label, folder in indexes.items()}
    return [
        *beside(Measure("cold start to the first answer", texts, "s", aim=1), taken),
        *beside(Measure("cold start to the first answer", texts, "s", aim=1 / 0.22), bare),
        *beside(Measure("most memory of it", texts, "MiB", aim=1), most),
        *beside(
            Measure("memory of a process that answers", texts, "MiB", aim=1),
            _resident(indexes, setting.questions(corpus)[:QUESTIONS]),
        ),
        *beside(Measure("on disk per article", texts, "bytes", aim=1), sizes),
    ]


def _cold(command: list[str]) -> tuple[float, float]:
    """Seconds that a command takes, and the most memory that it held, in MiB."""
    folder = str(Path(__file__).parents[3])
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command],
        env=os.environ | {"PYTHONPATH": folder},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} fails")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def _resident(indexes: dict[str, Path], questions: list[str]) -> dict[str, list[float]]:
    """What each process holds after some questions, in MiB."""
    names = {"semsearch": "semsearch", "txtai": "txtai", "Chroma": "chroma"}
    held = {}
    with ExitStack() as stack:
        for label, folder in indexes.items():
            engine = stack.enter_context(Apart(f"{PEERS}.{names[label]}:Asking", folder))
            for question in questions:
                engine.call("ask", question)
            held[label] = [engine.memory()]
    return held

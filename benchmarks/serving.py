#!/usr/bin/env python
"""What answers over HTTP cost: benchmarks/serving.py INDEX QUESTIONS [OPTIONS].

Starts ``semsearch serve`` of this checkout, and beside it what the options name, and has all of
them answer the same questions (a line each) in rounds that take turns: first one client, then
sixteen. Prints the median of a round's medians, the processor's time an answer (of all processes of
a service), answers a second, memory, and of the ratios the median, the least and the largest round.
Ratios hold on a busy machine; the processor's time hardly depends on others at all.

No question is asked twice of one service. Runs with an environment that has what is beside it.
"""

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from benchmarks.bench.apart import Apart
from benchmarks.bench.servers import Server, semsearch_server, txtai_server

CLIENTS = 16
ALONE, AT_ONCE = "one client, ms", f"{CLIENTS} clients, answers/s"
OF_ONE, OF_MANY = "processor, one client, ms", f"processor, {CLIENTS} clients, ms"
NOW, BARE = "semsearch", "bare parts"


@contextmanager
def services(options: argparse.Namespace) -> Iterator[dict[str, Server]]:
    """The services that are compared, by label."""
    with ExitStack() as stack:
        found = {NOW: stack.enter_context(semsearch_server(options.index))}
        if options.before:
            before = semsearch_server(options.index, options.before)
            found["before"] = stack.enter_context(before)
        if options.txtai:
            found["txtai"] = stack.enter_context(txtai_server(options.txtai))
        for server in found.values():
            server.ask_each(["warm up"] * 8)
        yield found


def arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--before", type=Path, help="another checkout")
    parser.add_argument("--txtai", type=Path, help="an index of txtai over the same articles")
    parser.add_argument("--bare", action="store_true", help="encoding, vectors and words alone")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--alone", type=int, default=40, help="questions of a round, one client")
    parser.add_argument("--at-once", type=int, default=160, help="questions of a round, sixteen")
    options = parser.parse_args()
    if not (options.before or options.txtai or options.bare):
        parser.error("name what stands beside it: --before, --txtai or --bare")
    return options


def main() -> None:
    options = arguments()
    asked = list(dict.fromkeys(options.questions.read_text("utf-8").splitlines()))
    share = options.alone + options.at_once
    if len(asked) < share * options.rounds:
        raise SystemExit(f"{share * options.rounds} questions are needed, not {len(asked)}.")
    figures: dict[str, dict[str, list[float]]] = {}

    def note(measure: str, label: str, value: float) -> None:
        figures.setdefault(measure, {}).setdefault(label, []).append(value)

    with services(options) as servers, ExitStack() as stack:
        bare = None
        if options.bare:
            name = "benchmarks.bench.peers.semsearch:Asking"
            bare = stack.enter_context(Apart(name, options.index))
        for number in range(options.rounds):
            mine = asked[number * share : (number + 1) * share]
            alone, many = mine[: options.alone], mine[options.alone :]
            order = list(servers.items())
            for label, server in order if number % 2 else reversed(order):
                used = server.processor()
                note(ALONE, label, 1000 * median(server.ask_each(alone)))
                note(OF_ONE, label, 1000 * (server.processor() - used) / len(alone))
            if bare is not None:
                note(ALONE, BARE, 1000 * median(bare.call("bare", each) for each in alone))
            for label, server in order if number % 2 else reversed(order):
                if not many:
                    continue
                used = server.processor()
                note(AT_ONCE, label, server.rate(many, CLIENTS))
                note(OF_MANY, label, 1000 * (server.processor() - used) / len(many))
        for label, server in servers.items():
            note("memory afterwards, MiB", label, server.memory())
    report(figures)


def report(figures: dict[str, dict[str, list[float]]]) -> None:
    """Print what was measured as a Markdown table."""
    print("| measure | semsearch | beside | | semsearch / beside (rounds) |\n|---|---|---|---|---|")
    for measure, by in figures.items():
        ours = by.get(NOW, [])
        for label, theirs in by.items():
            if label == NOW:
                continue
            ratios = sorted(mine / other for mine, other in zip(ours, theirs, strict=True))
            print(
                f"| {measure} | {median(ours):.1f} | {label} | {median(theirs):.1f} "
                f"| {median(ratios):.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f}) |"
            )


if __name__ == "__main__":
    main()

#!/usr/bin/env python
"""Tell near misses from answerable questions: research/near_misses.py NAME=INDEX...

NAME is a file of research/near_misses without its ending: questions with whether its archive
answers them, read in what the archive holds. Prints how many of each get which confidence.
"""

import json
import sys
from collections import Counter
from pathlib import Path

from semsearch.assembly import open_index
from semsearch.config import Settings
from semsearch.model.search import Confidence, Query

QUESTIONS = Path(__file__).parent / "near_misses"


def main() -> None:
    print("| archive | kind | none | low | high |\n|---|---|---|---|---|")
    for argument in sys.argv[1:]:
        name, _, folder = argument.partition("=")
        lines = (QUESTIONS / f"{name}.jsonl").read_text("utf-8").splitlines()
        with open_index(Settings(index=Path(folder))) as index:
            judged = Counter(
                (question["answerable"], index.search(Query(question["text"])).answer_confidence)
                for question in map(json.loads, lines)
            )
        for answerable in (False, True):
            numbers = [judged[answerable, each] for each in reversed(Confidence)]
            kind = "answerable" if answerable else "near miss"
            print(f"| {name} | {kind} | {' | '.join(map(str, numbers))} |")


if __name__ == "__main__":
    main()

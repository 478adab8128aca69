#!/usr/bin/env python
"""Time writing a data frame beside indexing a file of the same records.

benchmarks/add_frame.py ARCHIVE.jsonl.xz [N [CHARACTERS]]

The first N records with a title (10,000 by default), of each body the first CHARACTERS (200): once
as a data frame of pandas by ``index.add``, once as JSON Lines by ``index.add_files``, each into an
empty index with the configured model, and each a second time, when nothing is new. Both indexes
must hold the same articles.
"""

import json
import lzma
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

import semsearch


def records(archive: Path, number: int, characters: int) -> list[dict[str, Any]]:
    with lzma.open(archive, "rt", encoding="utf-8") as lines:
        every = (json.loads(line) for line in lines)
        titled = (each for each in every if each.get("title"))
        return [
            {name: each.get(name) for name in ("id", "title", "published", "provider")}
            | {"body": (each.get("body") or "")[:characters]}
            for each in islice(titled, number)
        ]


def timed(name: str, write: Callable[[], object]) -> None:
    started, used = time.perf_counter(), time.process_time()
    write()
    took, work = time.perf_counter() - started, time.process_time() - used
    print(f"| {name} | {took:.1f} | {work:.1f} |", flush=True)


def main(archive: Path, number: int, characters: int) -> None:
    given = records(archive, number, characters)
    frame = pd.DataFrame(given)
    with TemporaryDirectory() as name:
        work = Path(name)
        file = work / "archive.jsonl"
        file.write_text("".join(json.dumps(each) + "\n" for each in given), "utf-8")
        with semsearch.open(work / "warm", create=True) as index:
            index.add(given[:1])
        print(f"{len(given):,} records\n| | seconds | seconds of the processor |\n|---|---|---|")
        with (
            semsearch.open(work / "frame", create=True) as framed,
            semsearch.open(work / "file", create=True) as filed,
        ):
            for again in ("", " again, nothing new"):
                timed(f"`index.add(frame)`{again}", lambda: framed.add(frame))
                timed(f"`index.add_files(file)`{again}", lambda: filed.add_files(file))
            tables = [
                index.articles_table().select(["id", "title", "body", "published"]).sort_by("id")
                for index in (framed, filed)
            ]
            if not tables[0].equals(tables[1]):
                sys.exit("The two indexes differ.")
            print(f"Both hold the same {tables[0].num_rows:,} articles.")


if __name__ == "__main__":
    arguments = [int(each) for each in sys.argv[2:]]
    main(Path(sys.argv[1]), *(arguments + [10_000, 200][len(arguments) :]))

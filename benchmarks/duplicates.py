#!/usr/bin/env python
"""Duplicates beside well-known tools: benchmarks/duplicates.py DATA WORK [MORE].

The articles of the read pairs of DATA, planted among MORE (600) articles of abp, through

- datasketch: MinHash LSH, Jaccard of runs of five words from .5 (128 permutations);
- semhash: the same encoder by sentence-transformers, cosine from .9 (its default);
- semsearch: indexing with its encoder, then relating.

Each runs in a process of its own, one after the other. Printed: seconds, largest resident memory,
pairs found, F1 on the read pairs (copy or edited). semsearch's weights were fitted on these pairs,
so its F1 here flatters it; research/fit_relations.py prints the one on folds. semhash comes with
``pip install 'semsearch[bench]'``.
"""

import csv
import json
import shutil
import subprocess
import sys
import time
from itertools import combinations, islice
from pathlib import Path

from research.relation_data import PAIRS, Archive, read_pairs

Found = set[frozenset[str]]


def corpus(data: Path, work: Path, more: int) -> Path:
    """The articles as JSON Lines, each with an id of its own."""
    archive = Archive(data, work)
    wanted = {key for pair in read_pairs(data) for key in (pair.a, pair.b)}
    wanted |= set(islice((key for key in archive.of("abp") if key not in wanted), more))
    path = work / "planted.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for key in sorted(wanted):
            one = archive[key]
            fields = {
                "id": ":".join(key),
                "title": one.title,
                "excerpt": one.excerpt,
                "body": one.body,
                "provider": one.provider.name,
                "published": one.published.isoformat() if one.published else "",
            }
            file.write(json.dumps(fields) + "\n")
    return path


def texts(path: Path) -> dict[str, str]:
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return {r["id"]: r["body"] or r["excerpt"] or r["title"] for r in records}


def datasketch(path: Path, _work: Path) -> Found:
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415 - each tool in its own process

    lsh = MinHashLSH(threshold=0.5, num_perm=128)
    found: Found = set()
    for identity, text in texts(path).items():
        words = text.casefold().split()
        runs = {" ".join(words[i : i + 5]).encode() for i in range(max(1, len(words) - 4))}
        signature = MinHash(num_perm=128)
        signature.update_batch(sorted(runs))
        found |= {frozenset((identity, other)) for other in lsh.query(signature)}
        lsh.insert(identity, signature)
    return found


def semhash(path: Path, _work: Path) -> Found:
    from semhash import SemHash  # noqa: PLC0415
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    from semsearch.encode.models import find_model  # noqa: PLC0415

    folder = find_model("all-MiniLM-L6-v2").folder
    records = [{"id": identity, "text": text} for identity, text in texts(path).items()]
    model = SentenceTransformer(str(folder), device="cpu")
    done = SemHash.from_records(records, columns=["text"], model=model).self_deduplicate()
    return {
        frozenset((one.record["id"], other["id"]))
        for one in done.filtered
        for other, _score in one.duplicates
        if one.record["id"] != other["id"]
    }


def semsearch(path: Path, work: Path) -> Found:
    from semsearch.assembly import open_index  # noqa: PLC0415
    from semsearch.config import load_settings  # noqa: PLC0415
    from semsearch.model.clusters import CoverageQuery  # noqa: PLC0415

    folder = work / "planted-index"
    shutil.rmtree(folder, ignore_errors=True)
    settings = load_settings().model_copy(update={"index": folder})
    services = open_index(settings, create=True)
    report = services.add_files(path)
    print(f"  of these relating {report.relating_seconds:.1f} s", file=sys.stderr)
    found: Found = set()
    groups = services.groups(CoverageQuery(k=1000)).groups
    for group in groups:
        found |= {
            frozenset(pair)
            for pair in combinations([member.article.id for member in group.members], 2)
        }
    services.close()
    return found


def f1(found: Found, data: Path) -> float:
    with (data / PAIRS).open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    hit = called = true = 0
    for row in rows:
        pair = frozenset((f"{row['set_a']}:{row['id_a']}", f"{row['set_b']}:{row['id_b']}"))
        is_one, said = row["label"] in ("copy", "edited"), pair in found
        hit, called, true = hit + (is_one and said), called + said, true + is_one
    return 2 * hit / (called + true)


def main() -> None:
    if len(sys.argv) > 1 and sys.argv[1] == "--one":
        tool, path, data, work = sys.argv[2], *map(Path, sys.argv[3:6])
        started = time.perf_counter()
        found = {"datasketch": datasketch, "semhash": semhash, "semsearch": semsearch}[tool](
            path, work
        )
        seconds = time.perf_counter() - started
        peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024
        print(f"| {tool} | {seconds:.1f} | {peak:.0f} | {len(found)} | {f1(found, data):.3f} |")
        return
    data, work = Path(sys.argv[1]), Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    path = corpus(data, work, int(sys.argv[3]) if len(sys.argv) > 3 else 600)  # noqa: PLR2004
    print(f"{sum(1 for _ in path.open())} articles")
    print("| tool | seconds | MB | pairs | F1 on the read pairs |", flush=True)
    print("|---|---|---|---|---|", flush=True)
    for tool in ("datasketch", "semhash", "semsearch"):
        subprocess.run([sys.executable, __file__, "--one", tool, path, data, work], check=True)


if __name__ == "__main__":
    main()

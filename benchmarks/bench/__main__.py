"""The parts of the bench one after the other; the table is made of the files they leave."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from pkgutil import resolve_name
from time import perf_counter
from typing import Any

from benchmarks.bench.corpora import Setting
from benchmarks.bench.machine import description, moment
from benchmarks.bench.plot import picture
from benchmarks.bench.table import Row, markdown, shown

PARTS = (
    "encoding",
    "indexing",
    "serving",
    "vectors",
    "words",
    "footprint",
    "limit",
    "scale",
)


def main() -> None:
    asked = _arguments()
    out: Path = asked.out
    work = out / "work"
    work.mkdir(parents=True, exist_ok=True)
    setting = Setting(asked.data, work, asked.articles, asked.vectors)
    for part in PARTS:
        if part in (asked.only or PARTS) and (asked.only or not (out / f"{part}.json").exists()):
            print(f"{part} ...", flush=True)
            _write(out / f"{part}.json", _run(part, setting))
    done = {part: json.loads(path.read_text("utf-8")) for part, path in _files(out)}
    rows = [Row(**row) for each in done.values() for row in each["rows"]]
    report = _report(done, rows)
    print(f"\n{report}")
    (out / "bench.md").write_text(f"{report}\n", "utf-8")
    _write(out / "bench.json", done)
    (out / "bench.svg").write_text(picture(rows), "utf-8")


def _run(part: str, setting: Setting) -> dict[str, Any]:
    before, started = moment(), perf_counter()
    rows: list[Row] = resolve_name(f"benchmarks.bench.measures.{part}:{part}")(setting)
    return {
        "machine": description(),
        "articles": setting.most,
        "before": before,
        "after": moment(),
        "seconds": round(perf_counter() - started, 1),
        "rows": [asdict(row) for row in rows],
    }


def _report(done: dict[str, dict[str, Any]], rows: Sequence[Row]) -> str:
    machines = {json.dumps(each["machine"]): each["machine"] for each in done.values()}
    lines = []
    for machine in machines.values():
        versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
        said = (
            f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
            f"bfloat16: {'yes' if machine['bfloat16'] else 'no'}; {machine['system']}, "
            f"Python {machine['python']}; {versions}."
        )
        lines += [said, ""]
    lines += [
        f"- {part}: {each['before']['at']}, {shown(each['seconds'])} s, load average "
        f"{each['before']['load'][0]} before, {each['after']['load'][0]} after"
        + (f", at most {each['articles']} articles" if each["articles"] else "")
        for part, each in done.items()
    ]
    return "\n".join([*lines, "", markdown(rows)])


def _files(out: Path) -> list[tuple[str, Path]]:
    paths = [(part, out / f"{part}.json") for part in PARTS]
    return [(part, path) for part, path in paths if path.exists()]


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", "utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks/bench.sh",
        description="semsearch beside its peers; a part that has left its file is not run again.",
    )
    parser.add_argument("data", type=Path, help="folder of the development sets")
    parser.add_argument("out", type=Path, help="folder for figures, table, picture and indexes")
    parser.add_argument("--only", action="append", choices=PARTS, help="run this part (again)")
    parser.add_argument("--articles", type=int, help="at most so many of a corpus: a quick look")
    parser.add_argument("--vectors", type=Path, help="vectors.npy of benchmarks/make_million.py")
    return parser.parse_args()


if __name__ == "__main__":
    main()

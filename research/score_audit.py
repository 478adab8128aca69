#!/usr/bin/env python
"""Score claims that were read, from what is kept of them: research/score_audit.py SHEET...

A sheet (research/audit/) is a table of ids and verdicts with the columns claim, kind, articles,
reader_1 and reader_2, and reader_3 where a third one settled what the two did not agree on. A
verdict is 1, 0 or ?, or empty for what was not read. All sheets count together. Prints a table in
Markdown: what both readers call right, of what they agree on, with Wilson's 95 % interval; the same
of all that both have read; and how far they agree.
"""

import csv
from pathlib import Path
from typing import Annotated

import typer

from semsearch.evaluation.audit_claims import Kind
from semsearch.evaluation.audit_score import FilledSheet, JudgedClaim, KindScore, Verdict, score

READERS = ("reader_1", "reader_2", "reader_3")
_VERDICTS = {"1": Verdict.RIGHT, "0": Verdict.WRONG, "?": Verdict.UNSURE, "": None}


def read(path: Path) -> list[FilledSheet]:
    """The sheet of each reader."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        FilledSheet(f"{path.name} {reader}", path.stem, claims)
        for reader in READERS
        if (claims := tuple(judged(row, reader) for row in rows if row.get(reader) is not None))
    ]


def judged(row: dict[str, str], reader: str) -> JudgedClaim:
    """One row of one reader."""
    return JudgedClaim(
        row["claim"], Kind(row["kind"]), _VERDICTS[row[reader]], tuple(row["articles"].split())
    )


def described(one: KindScore) -> str:
    """One row of the table."""
    both = one.agreement
    read_by_both = both.n if both else 0
    agree = f"{both.share:.2f}" if both else "-"
    kappa = "-" if both is None or both.kappa is None else f"{both.kappa:.2f}"
    low, high = one.interval or (0.0, 1.0)
    share = "-" if one.precision is None else f"{one.precision:.2f}"
    return (
        f"| {one.claims} | {one.right} of {one.n} ({share}) | {low:.2f}-{high:.2f} "
        f"| {one.right} of {read_by_both} | {agree}, {kappa} |"
    )


def main(sheets: Annotated[list[Path], typer.Argument()]) -> None:
    """Print the table."""
    scored = score([sheet for path in sheets for sheet in read(path)], pool=True)
    print("| claim | right, of those agreed on | 95 % | right of all read | agree, kappa |")
    print("|---|---|---|---|---|")
    for one in scored.kinds:
        print(described(one))


if __name__ == "__main__":
    typer.run(main)

"""Audits as a user runs them: a sheet is drawn, filled in a spreadsheet, scored and published."""

import csv
import io
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from semsearch.cli.audit import COLUMNS
from semsearch.evaluation.audit import AuditSheet
from semsearch.evaluation.audit_claims import Kind
from semsearch.evaluation.audit_score import AuditScore
from tests.support.commands import answer, run
from tests.support.sample import CORPUS

FIELDS = ("verdict", "kind", "articles", "id", "draw")


def written(path: Path, *rows: tuple[str, str, str, str, str], delimiter: str = "\t") -> Path:
    """A sheet of the columns that are read."""
    lines = io.StringIO()
    csv.writer(lines, delimiter=delimiter).writerows([FIELDS, *rows])
    path.write_text(lines.getvalue(), "utf-8-sig")
    return path


def read(sheet: Path) -> list[dict[str, str]]:
    """The lines of a sheet as they were drawn."""
    with sheet.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, dialect="excel-tab"))
    assert tuple(rows[0]) == COLUMNS
    return rows


def ids(drawn: dict[str, Any]) -> list[str]:
    return [claim["id"] for claim in drawn["claims"]]


# --- reading ------------------------------------------------------------------------------------


def test_sheets_are_read_as_spreadsheets_and_scripts_write_them(tmp_path: Path) -> None:
    rows = [
        ("Right", "shared", "a\n'=b", "shared-1", "one"),
        ("0", "shared", "a", "shared-2", "one"),
        (" ? ", "shared", "a", "shared-3", "one"),
        ("", "group", "a", "group-1", "one"),
    ]
    sheets = [
        written(tmp_path / f"{number}.csv", *rows, delimiter=delimiter)
        for number, delimiter in enumerate("\t,;")
    ]
    lines = [dict(zip(FIELDS, row, strict=True)) | {"articles": row[2].split()} for row in rows]
    sheets.append(tmp_path / "sheet.jsonl")
    sheets[-1].write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    scores = [answer("audit", "score", sheet, kind=AuditScore) for sheet in sheets]
    for one in scores:
        shared, group = one["kinds"]
        assert (shared["right"], shared["n"], shared["unsure"]) == (1, 2, 1)
        assert (group["n"], group["unread"]) == (0, 1)
    assert scores[0]["articles"] == scores[1]["articles"] == ["=b", "a"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("maybe", "shared", "a", "1", "one"), "the verdict 'maybe'"),
        (("1", "rumour", "a", "1", "one"), "an unknown kind, 'rumour'"),
        (("1", "shared", "a", "1", "two"), "claims of several draws"),
    ],
)
def test_a_sheet_that_cannot_be_read_says_where(
    tmp_path: Path, row: tuple[str, str, str, str, str], message: str
) -> None:
    sheet = written(tmp_path / "sheet.tsv", ("1", "shared", "a", "0", "one"), row)
    done = run("audit", "score", sheet)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "sheet.tsv" in done.stderr


def test_a_sheet_that_is_not_there_is_named(tmp_path: Path) -> None:
    for missing in (tmp_path / "none.tsv", tmp_path / "no folder" / "sheet.tsv"):
        done = run("audit", "score", missing)
        assert done.returncode == 1
        assert done.stderr.replace("\n", " ").count(missing.name) == 1
        assert "No such file" in done.stderr


def test_what_is_no_sheet_is_refused(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet"
    for content, message in (
        (b"", "holds no claim"),
        (b"\xff\xfe\x00", "is no sheet in UTF-8"),
        (b"{broken", "is no sheet"),
        (b"a,b\n1,2\n", "claim 1 has no column 'verdict'"),
    ):
        sheet.write_bytes(content)
        done = run("audit", "score", sheet)
        assert done.returncode == 2
        assert message in done.stderr


# --- end to end ---------------------------------------------------------------------------------


@pytest.mark.model
def test_an_audit_goes_from_the_draw_to_the_answers(tmp_path: Path, sample_index: Path) -> None:
    index, sheet = tmp_path / "index", tmp_path / "sheet.tsv"
    shutil.copytree(sample_index, index)
    story = answer("stories", "--index", index)["stories"][0]["id"]
    before = answer("compare", "--story", story, "--index", index)
    # Of these alone, as every pair of articles would be related for others.
    kinds = [word for kind in before["evidence"] for word in ("--kind", kind)]
    draw = ("audit", "draw", "--index", index, "--n", "50", "--seed", "3", *kinds)
    drawn = run(*draw, "--out", sheet)
    assert drawn.returncode == 0
    assert "seed 3" in drawn.stdout
    rows = read(sheet)
    assert [row["id"] for row in rows] == ids(answer(*draw, kind=AuditSheet))
    shown = Counter(row["kind"] for row in rows)
    assert shown.keys() <= before["evidence"].keys()
    ((kind, number),) = shown.most_common(1)
    assert number == 50
    for place, row in enumerate(rows):
        row["verdict"] = "0" if place % 10 == 0 else "1"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, dialect="excel-tab")
        writer.writeheader()
        writer.writerows(rows)
    refused = run("audit", "draw", "--index", index, "--out", sheet)
    assert refused.returncode == 2
    assert "may hold verdicts" in refused.stderr

    scored = answer("audit", "score", sheet, "--publish", "--index", index, kind=AuditScore)
    (figure,) = (one for one in scored["kinds"] if one["kind"] == kind)
    assert (figure["n"], figure["right"]) == (50, 45)
    after = answer("compare", "--story", story, "--index", index)
    assert before["evidence"][kind] != after["evidence"][kind]
    quoted = after["evidence"][kind]["precision"]
    assert (quoted["value"], quoted["n"]) == (0.9, 50)
    assert "generation" in quoted["read_on"]
    table = run("audit", "score", sheet)
    assert "0.90" in table.stdout


@pytest.mark.model
def test_every_kind_is_drawn_unless_some_are_named(tmp_path: Path) -> None:
    index, sheet = tmp_path / "index", tmp_path / "sheet.tsv"
    answer("index", *CORPUS.glob("2024-03-0[56]-*.md"), "--index", index)
    draw = ("audit", "draw", "--index", index, "--n", "2")
    every = answer(*draw, kind=AuditSheet)
    assert list(every["available"]) == [kind.value for kind in Kind]
    assert run(*draw, "--out", sheet).returncode == 0
    assert [row["id"] for row in read(sheet)] == ids(every)


@pytest.mark.model
def test_an_unknown_kind_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    done = run("audit", "draw", "--index", tmp_path, "--kind", "rumour")
    assert done.returncode == 2
    assert "'rumour' is no kind of claim" in done.stderr
    assert "story_pair" in done.stderr

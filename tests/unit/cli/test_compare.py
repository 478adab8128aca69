"""The command that compares, as a user runs it, with the real model."""

import csv
import io
from pathlib import Path

import pytest

from semsearch.model.comparison import Comparison
from tests.support.commands import answer, run
from tests.support.sample import CORPUS

pytestmark = pytest.mark.model

STRIKE = [
    CORPUS / f"{stem}.md"
    for stem in (
        "2024-03-05-dockers-walk-out-at-brackwater",
        "2024-03-05-who-pays-for-the-quiet-quay",
        "2024-03-06-brackwater-strike-holds-trade-hostage",
    )
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compare") / "index"
    answer("index", *STRIKE, "--index", folder)
    return folder


def test_files_are_compared_without_any_index(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    found = answer("compare", *STRIKE, "--index", nowhere, kind=Comparison)
    assert len(found["providers"]) == 3
    assert found["shared_facts"]
    assert found["sentences"] is None
    assert not nowhere.exists()


def test_a_story_and_an_answer_are_those_of_their_articles(index: Path) -> None:
    (story,) = answer("stories", "--index", index)["stories"]
    found = answer("compare", "--story", story["id"], "--index", index, kind=Comparison)
    assert len(found["articles"]) == 3
    ids = [one["id"] for one in found["articles"]]
    assert answer("compare", *ids[::-1], "--index", index) == found
    asked = answer("compare", "--query", "dockers strike Brackwater", "--index", index)
    assert set(ids) <= {one["id"] for one in asked["articles"]}
    detailed = answer("compare", *ids, "--detail", "sentences", "--index", index, kind=Comparison)
    assert {row["article"] for row in detailed["sentences"]} == set(ids)


def test_every_format_is_written(index: Path) -> None:
    shown = {
        form: run("compare", "--query", "dockers AND strike", "--index", index, "--format", form)
        for form in ("table", "md", "html", "csv", "json")
    }
    note = 'Not read as operators: "AND".'
    beside = shown["csv"].stderr  # a table has no place for it
    assert " ".join(beside.split()).startswith(note)
    assert all(done.returncode == 0 for done in shown.values())
    assert {form for form, done in shown.items() if done.stderr} == {"csv"}
    for form in ("table", "md", "html"):
        for part in ("Harbour Ledger", "Common Thread", "dockers", "Not read as operators"):
            assert part in shown[form].stdout
    assert shown["html"].stdout.startswith("<!DOCTYPE html>")
    assert "<svg" in shown["html"].stdout
    assert shown["md"].stdout.startswith("# ")
    rows = list(csv.DictReader(io.StringIO(shown["csv"].stdout)))
    assert {"harbourledger.example", "commonthread.example"} <= {row["provider"] for row in rows}
    detailed = run(
        "compare", "--query", "dockers", "--index", index, "--detail", "sentences"
    ).stdout
    assert "Every sentence" in detailed
    assert "Every sentence" not in shown["table"].stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 2),
        (["one", "--story", "two"], 2),
        (["--story", "s", "--query", "q"], 2),
        (["a", "b", "--format", "pdf"], 2),
        (["a", "b", "--detail", "all"], 2),
        (["a", "b", "--json", "--format", "md"], 2),
        (["nope", "neither"], 3),
        (["--story", "nope"], 3),
        ([STRIKE[0]], 2),
        ([STRIKE[0], STRIKE[0]], 2),
    ],
)
def test_refusals(index: Path, arguments: list[str | Path], code: int) -> None:
    done = run("compare", *arguments, "--index", index)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_of_records_is_no_article(index: Path, tmp_path: Path) -> None:
    records = tmp_path / "records.jsonl"
    records.write_text('{"title": "Storm", "body": "A storm came."}\n' * 2)
    for command in ("compare", "relate"):
        done = run(command, str(records), STRIKE[0], "--index", index)
        assert done.returncode != 0
        assert "holds several records, not one text" in done.stderr


def test_an_index_that_is_not_there_is_told(tmp_path: Path) -> None:
    for arguments in (["--story", "s"], ["--query", "q"], ["a", "b"]):
        done = run("compare", *arguments, "--index", tmp_path / "nowhere")
        assert (done.returncode, done.stdout) == (3, "")

"""The commands about who reports the same, as a user runs them, with the real model."""

import json
from pathlib import Path

import pytest

from semsearch.model.clusters import DuplicateGroups, DuplicatesFound, Stories, StoryView
from semsearch.model.relation import Relation
from tests.support.commands import answer, run
from tests.support.sample import CORPUS

pytestmark = pytest.mark.model

FERRY = CORPUS / "2024-01-18-ferry-aground-off-gull-sands.md"
COPY = CORPUS / "2024-01-18-overnight-ferry-stuck-on-sandbank.md"
BREAD = CORPUS / "2023-12-03-sourdough-and-the-boiler.md"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A text, its copy, and an article about something else."""
    folder = tmp_path_factory.mktemp("coverage") / "index"
    answer("index", FERRY, COPY, BREAD, "--index", folder)
    return folder


@pytest.fixture(scope="module")
def ids(index: Path) -> dict[str, str]:
    """Ids by the first word of the headline."""
    records = [json.loads(line) for line in run("export", "--index", index).stdout.splitlines()]
    return {one["title"].split()[0]: one["id"] for one in records}


def test_two_files_are_compared_without_any_index(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    found = answer("relate", FERRY, COPY, "--index", nowhere, kind=Relation)
    assert found["relation"] == "copy"
    assert found["lineage"]["kind"] != "unknown"
    assert not nowhere.exists()
    done = run("relate", FERRY, "-", "--index", nowhere, stdin=BREAD.read_text("utf-8"))
    assert done.returncode == 0
    assert done.stdout.startswith("unrelated: ")
    assert not nowhere.exists()


def test_ids_and_files_are_compared_with_each_other(index: Path, ids: dict[str, str]) -> None:
    assert len(ids) == 3
    ferry = ids["Ferry"]
    files = answer("relate", ferry, COPY, "--index", index, kind=Relation)
    assert files["relation"] == "copy"
    apart = answer("relate", ferry, ids["How"], "--index", index)
    assert apart["relation"] == "unrelated"
    shown = run("relate", ferry, COPY, "--index", index).stdout
    assert shown.startswith("copy: ")
    for part in ("rests on", "of its text the other has", "Lineage: ", "Longest runs"):
        assert part in shown


def test_groups_and_stories_are_listed(index: Path) -> None:
    groups = answer("duplicates", "--index", index, kind=DuplicateGroups)
    assert groups["total"] == 1
    assert len(groups["groups"][0]["members"]) == 2
    listed = run("duplicates", "--index", index).stdout
    assert "1 group of copies and edited copies" in listed
    assert "original" in listed
    stories = answer("stories", "--index", index, kind=Stories)
    (story,) = stories["stories"]
    assert (story["size"], story["origins"], story["providers"]) == (2, 1, 2)
    assert answer("stories", "--min-origins", "2", "--index", index)["total"] == 0
    assert answer("stories", "--to", "2024-01-17", "--index", index)["total"] == 0
    whole = answer("stories", story["id"], "--index", index, kind=StoryView)
    assert whole["story"] == story
    for command in (("stories",), ("stories", story["id"])):
        done = run(*command, "--index", index)
        assert done.returncode == 0
        assert "Ferry" in done.stdout


def test_what_is_there_already_is_found(index: Path, ids: dict[str, str], tmp_path: Path) -> None:
    text = FERRY.read_text("utf-8").partition("\n---\n")[2]
    pasted = tmp_path / "pasted.txt"
    pasted.write_text(f"Pasted\n\n{text}", "utf-8")
    found = answer("duplicates", pasted, "--index", index, kind=DuplicatesFound)
    assert len(found["duplicates"]) == 2
    piped = answer("duplicates", "-", "--index", index, stdin=pasted.read_text("utf-8"))
    assert piped["duplicates"] == found["duplicates"]
    alone = answer("duplicates", ids["How"], "--index", index, kind=DuplicatesFound)
    assert alone["duplicates"] == []
    assert "No article here has this text" in run("duplicates", ids["How"], "--index", index).stdout
    assert run("duplicates", pasted, "--index", index).stdout.count("copy") == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["relate", "nope", "neither"], 3),
        (["relate", "-", "-"], 2),
        (["duplicates", "nope"], 3),
        (["duplicates", "-"], 2),
        (["stories", "nope"], 3),
        (["stories", "--from", "soon"], 2),
        (["stories", "--from", "2024-05-01", "--to", "2024-01-01"], 2),
        (["stories", "-k", "0"], 2),
        (["duplicates", "--page", "zzz"], 2),
    ],
)
def test_refusals_are_one_line(index: Path, arguments: list[str], code: int) -> None:
    done = run(*arguments, "--index", index, "--json", stdin="")
    assert done.returncode == code
    assert done.stdout == ""
    assert done.stderr.startswith("semsearch: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["relate", "one"], 2),
        (["duplicates", "--min-probability", "1.5"], 2),
        (["stories", "--sort", "beauty"], 2),
        (["stories", "--min-size", "1"], 2),
        (["stories", "--index", "nowhere"], 3),
        (["duplicates", "--index", "nowhere"], 3),
        (["relate", "some", "id", "--index", "nowhere"], 3),
        (["rebuild", "--index", "nowhere"], 3),
    ],
)
def test_wrong_use_ends_with_its_code(arguments: list[str], code: int) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert "Traceback" not in done.stderr
    assert not Path("nowhere").exists()


def test_an_argument_that_is_no_text_is_refused_in_one_line(index: Path) -> None:
    done = run("relate", "\udced\udca0\udc80", "x", "--index", index)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "UTF-8" in done.stderr

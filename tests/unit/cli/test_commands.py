"""The commands as a user runs them, over the sample corpus with the real model."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from semsearch.model.article import ArticleView
from semsearch.model.search import SearchResults, SimilarResults
from semsearch.model.status import IndexReport, IndexStatus
from tests.support.commands import answer, run
from tests.support.sample import CORPUS

pytestmark = pytest.mark.model

QUESTION = "Why did the dockers walk out at Brackwater?"


@pytest.fixture(scope="module")
def index(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(sample_index, tmp_path_factory.mktemp("cli") / "index")


def test_it_runs_in_a_process_of_its_own(index: Path) -> None:
    asked = ("search", QUESTION, "--index", index, "--json")
    done = subprocess.run(
        [sys.executable, "-m", "semsearch", *asked], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert json.loads(done.stdout)["hits"] == answer(*asked[:-1])["hits"]


def test_a_second_run_reads_no_article_and_encodes_nothing(index: Path) -> None:
    report = answer("index", CORPUS, "--index", index, kind=IndexReport)
    assert (report["files_unchanged"], report["encoded"], report["added"]) == (135, 0, 0)
    assert report["generation"] == 2  # the first run published, related and published again


def test_what_is_preferred_and_filtered_is_asked_for_by_options(index: Path) -> None:
    options = ("--prefer-quality", "--diversity", "--language", "xx", "--language", "en")
    found = answer("search", QUESTION, "--index", index, *options, kind=SearchResults)
    assert all(hit["article"]["language"] == "en" for hit in found["hits"])
    wanted = {"quality", "diversity"}
    assert all(wanted <= set(hit["score_parts"]) for hit in found["hits"])


def test_a_question_is_answered_with_the_article_on_top(index: Path) -> None:
    found = answer("search", QUESTION, "--index", index, "--explain", kind=SearchResults)
    assert found["hits"][0]["article"]["title"].startswith("Dockers walk out at Brackwater")
    terms = [one["term"] for one in found["hits"][0]["explanation"]["terms"]]
    assert terms == ["docker", "walk", "brackwat"]
    assert found["hits"][0]["explanation"]["words_by"] == "tantivy"
    told = run("search", QUESTION, "--index", index, "--explain", "-k", "1")
    assert "words found by: tantivy" in told.stdout


def test_an_answer_can_be_read_by_people(index: Path) -> None:
    done = run("search", QUESTION, "--index", index, "-k", "3")
    assert done.returncode == 0
    assert "1. Dockers walk out at Brackwater" in done.stdout
    assert "Harbour Ledger" in done.stdout
    assert "By outlet" in done.stdout
    assert "\x1b[" not in done.stdout


def test_filters_and_pages_work_on_the_command_line(index: Path) -> None:
    found = answer(
        "search", "port", "--provider", "quaysideweekly.example", "--from", "2024-03-01",
        "--to", "2024-03-31", "-k", "2", "--index", index,
    )  # fmt: skip
    domains = {hit["article"]["provider"]["domain"] for hit in found["hits"]}
    assert domains == {"quaysideweekly.example"}
    first = answer("search", "port", "-k", "2", "--index", index)
    second = answer(
        "search", "port", "-k", "2", "--page", first["next_page_token"], "--index", index
    )
    assert [hit["rank"] for hit in second["hits"]] == [3, 4]


def test_show_similar_and_status_answer(index: Path, tmp_path: Path) -> None:
    top = answer("search", QUESTION, "--index", index, "-k", "1")["hits"][0]["article"]["id"]
    shown = answer("show", top, "--index", index, kind=ArticleView)
    like = answer("similar", top, "--index", index, "-k", "3", kind=SimilarResults)
    assert "Brackwater" in like["hits"][0]["article"]["title"]
    draft = tmp_path / "draft.txt"
    draft.write_text(f"A draft\n\n{shown['body']}", "utf-8")
    from_file = answer("similar", draft, "--index", index, "-k", "1")
    from_stdin = answer("similar", "-", "--index", index, "-k", "1", stdin=draft.read_text("utf-8"))
    assert from_file["hits"][0]["article"]["id"] == top
    assert from_stdin["hits"] == from_file["hits"]
    status = answer("status", "--index", index, kind=IndexStatus)
    assert (status["articles"], status["stubs"]) == (134, 7)
    for command in (("show", top), ("similar", top), ("status",)):
        done = run(*command, "--index", index)
        assert done.returncode == 0
        assert done.stdout.strip()


def test_an_export_indexes_to_the_same_articles(tmp_path: Path) -> None:
    index = tmp_path / "index"
    made = answer("index", *CORPUS.glob("2024-03-*.md"), "--index", index)
    assert made["added"]
    assert made["stubs_added"]
    exported = run("export", "--index", index).stdout
    again = tmp_path / "again.jsonl"
    again.write_text(exported, "utf-8")
    copy = tmp_path / "copy"
    report = answer("index", again, "--index", copy)
    assert report["skipped"] == []
    assert all(report[name] == made[name] for name in ("added", "stubs_added"))
    assert run("export", "--index", copy).stdout == exported
    assert json.loads(run("export", "--index", copy, "--json").stdout) == [
        json.loads(line) for line in exported.splitlines()
    ]


def test_delete_and_rebuild(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    answer("index", CORPUS / "2024-03-05-dockers-walk-out-at-brackwater.md", "--index", copy)
    top = answer("search", QUESTION, "--index", copy, "-k", "1")["hits"][0]["article"]["id"]
    assert answer("delete", top, "--index", copy)["removed"] == [top]
    assert run("show", top, "--index", copy).returncode == 3
    assert answer("rebuild", "--index", copy, kind=IndexStatus)["articles"] == 0
    assert run("rebuild", "--index", copy).returncode == 0


def test_a_damaged_generation_is_rebuilt_and_said(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    answer("index", CORPUS / "2024-03-05-dockers-walk-out-at-brackwater.md", "--index", folder)
    damaged = next(folder.glob("generations/*/segments/*/vectors.faiss"))
    damaged.write_bytes(damaged.read_bytes()[:-1])
    done = run("search", QUESTION, "--index", folder, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["hits"][0]["article"]["title"].startswith("Dockers walk out")
    assert "vectors.faiss" in done.stderr
    assert "Rebuilt" in done.stderr


def test_a_question_may_begin_with_a_dash(tmp_path: Path) -> None:
    place = ("--index", tmp_path / "nowhere")
    for arguments in (
        ("-hydrogen energy", *place, "-k", "3"),
        ("-k energy", *place),
        ("-hydrogen", *place),
        (*place, "--explain", "-hydrogen energy"),  # a flag takes no value
        ("--explain", "-hydrogen", *place),
        ("-k3", "-hydrogen energy", *place),
        ("--mode=dense", "-hydrogen energy", *place),
    ):
        done = run("search", *arguments)
        assert "There is no index" in done.stderr  # it was read as a question
    assert "No such option" in run("search", "--nonsense", "a").stderr
    # What stands behind an option is its value.
    wrong = run("search", "a", "--from", "-2 days ago", "--index", tmp_path / "nowhere")
    assert "'-2 days ago' is not a date" in wrong.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["status", "--index", "nowhere"], 3, "no index"),
        (["search", "x", "--index", "nowhere"], 3, "semsearch index"),
        (["search"], 2, "question"),
        (["nonsense"], 2, "nonsense"),
        (["search", "x", "--mode", "psychic"], 2, "psychic"),
        (["index"], 2, "Missing argument"),
        (["status", "--config", "nowhere.yaml"], 2, "nowhere.yaml"),
        # The form is looked at before anything is asked: that there is no index is not met.
        (["search", "x", "--index", "nowhere", "--json", "--format", "csv"], 2, "give one"),
        (["similar", "x", "--index", "nowhere", "--json", "--format", "table"], 2, "give one"),
        (["stories", "--index", "nowhere", "--json", "--format", "parquet"], 2, "give one"),
        (["alerts", "--index", "nowhere", "--json", "--format", "md"], 2, "give one"),
        (["check", "nowhere.txt", "--json", "--format", "html"], 2, "give one"),
        (["search", "x", "--index", "nowhere", "--json", "--format", "json"], 3, "no index"),
    ],
)
def test_wrong_use_ends_with_its_code_and_a_sentence(
    arguments: list[str], code: int, says: str
) -> None:
    done = run(*arguments)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["search", ""], 2),
        (["search", "x" * 100_000], 2),
        (["search", "x", "-k", "0"], 2),
        (["search", "x", "--from", "soon"], 2),
        (["search", "x", "--page", "zzz"], 2),
        (["show", "nope"], 3),
        (["similar", "nope"], 3),
        (["delete", "nope"], 3),
    ],
)
def test_refusals_are_one_line(index: Path, arguments: list[str], code: int) -> None:
    done = run(*arguments, "--index", index)
    assert done.returncode == code
    assert done.stdout == ""
    assert done.stderr.startswith("semsearch: ")
    assert done.stderr.count("\n") == 1


def test_strict_ends_with_2_when_something_was_skipped(tmp_path: Path) -> None:
    (tmp_path / "broken.md").write_text("---\ntopics: []\n---\n", "utf-8")
    (tmp_path / "good.txt").write_text("A title\n\nAn excerpt.\n", "utf-8")
    done = run("index", tmp_path, "--index", tmp_path / "i", "--json")
    assert done.returncode == 0
    report = json.loads(done.stdout)
    assert report["added"] == 1
    assert report["skipped"][0]["path"].endswith("broken.md")
    assert run("index", tmp_path, "--index", tmp_path / "i", "--strict").returncode == 2


def test_a_folder_that_gives_nothing_ends_with_2_and_says_what_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    for name in ("a.pdf", "b.pdf", "c.docx", "d"):
        (folder / name).write_text("...", "utf-8")
    done = run("index", folder, "--index", tmp_path / "i")
    assert done.returncode == 2
    assert "Passed over: 2 .pdf, 1 .docx, 1 without ending." in done.stdout
    assert "Next: Nothing was read. Formats: " in done.stdout
    assert ".jsonl" in done.stdout
    (folder / "a.jsonl").write_text('{"title": "A"}\n', "utf-8")
    assert run("index", folder, "--index", tmp_path / "i").returncode == 0
    assert run("index", folder, "--index", tmp_path / "i").returncode == 0  # unchanged


def test_strict_ends_with_2_where_one_id_has_two_texts(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"id": "a", "title": "A"}\n{"id": "a", "title": "B"}\n', "utf-8")
    done = run("index", path, "--index", tmp_path / "i", "--strict")
    assert done.returncode == 2
    told = " ".join(done.stdout.split())
    assert f"One id, two texts: a in {path}, line 1 and {path}, line 2; the later is kept." in told


def test_in_a_pipe_progress_is_plain_lines(tmp_path: Path) -> None:
    done = run("index", CORPUS / "2024-03-05-banana-drama-docks.md", "--index", tmp_path / "i")
    assert done.stderr == (
        "Indexing: 1 of 1 files, 1 articles, 3 passages encoded\nRelating: 1 of 1 articles\n"
    )


def test_settings_come_from_a_file_and_from_variables(tmp_path: Path) -> None:
    config = tmp_path / "settings.yaml"
    config.write_text(f"index: {tmp_path / 'from-file'}\n", "utf-8")
    assert str(tmp_path / "from-file") in run("status", "--config", config).stderr
    config.write_text("indx: oops\n", "utf-8")
    done = run("status", "--config", config)
    assert (done.returncode, "indx" in done.stderr) == (2, True)


def test_every_command_has_help_with_an_example() -> None:
    listed = run("--help").stdout.partition("Commands:")[2]
    commands = [line.split()[0] for line in listed.splitlines() if line[:3].strip()]
    for command in (line for line in commands if line.isalpha()):
        done = run(command, "--help")
        assert done.returncode == 0
        assert "Example: semsearch " in done.stdout, command

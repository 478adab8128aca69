"""``semsearch eval`` as a user runs it, over the sample corpus with the real model."""

import json
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic import TypeAdapter

from semsearch.evaluation.report import EvalReport
from tests.support.commands import run

SAMPLE = Path(str(files("semsearch.sample")))
TRUTH: dict[str, Any] = yaml.safe_load((SAMPLE / "truth.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def folder(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample corpus and its questions as a labelled set, indexed when it lay elsewhere."""
    made = tmp_path_factory.mktemp("eval")
    shutil.copytree(sample_index, made / ".semsearch-eval")
    shutil.copytree(SAMPLE / "articles", made / "articles")
    (made / "README.txt").write_text("About these questions\n\nNo article.\n", "utf-8")
    with (
        (made / "queries.jsonl").open("w", encoding="utf-8") as queries,
        (made / "qrels.tsv").open("w", encoding="utf-8") as qrels,
    ):
        qrels.write("question\t0\tarticle\tgrade\n")
        for number, question in enumerate(TRUTH["questions"]):
            fields = {"id": f"s{number}", "text": question["text"], "kind": question["kind"]}
            queries.write(json.dumps(fields) + "\n")
            for stem in question["answers"]:
                qrels.write(f"s{number}\t0\t{stem}\t2\n")
    return made


@pytest.mark.model
def test_a_folder_is_evaluated_end_to_end(folder: Path) -> None:
    done = run("eval", folder, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    jsonschema.validate(report, TypeAdapter(EvalReport).json_schema(mode="serialization"))
    asked = TRUTH["questions"]
    assert report["questions"] == len(asked)
    assert report["answerable"] == sum(bool(one["answers"]) for one in asked)
    assert report["unresolved"]["articles"] == 0
    figures = {one["system"]: one for one in report["figures"]}
    assert list(figures) == ["lexical", "dense-title", "dense-lead", "rrf", "ours"]
    assert figures["ours"]["ndcg"]["mean"] > 0.6
    assert figures["ours"]["ndcg"]["low"] < figures["ours"]["ndcg"]["mean"]
    assert {one["kind"] for one in report["kinds"]} == {one["kind"] for one in asked}
    assert len(report["worst"]) == 5

    index = folder / ".semsearch-eval"
    status = json.loads(run("status", "--index", index, "--json").stdout)
    assert status["articles"] == 134  # the README and the questions are no articles
    again = run("eval", "run", folder, "--index", index, "--markdown", "--system", "ours")
    assert again.returncode == 0
    assert again.stdout.startswith("# Evaluation\n")
    assert f"| ours | {figures['ours']['ndcg']['mean']:.3f} (" in again.stdout
    table = run(
        *("eval", folder, "--worst", "1", "--system", "ours"),
        *("--queries", folder / "queries.jsonl"),
    )
    assert "Answered with confidence none" in table.stdout


@pytest.mark.model
def test_a_set_is_made_in_the_terminal_and_then_measured(folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "articles"
    archive.mkdir()
    for stem in ("2024-03-05-dockers-walk-out-at-brackwater", "2024-01-30-bronze-otter-stolen"):
        shutil.copy(folder / "articles" / f"{stem}.md", archive)
    typed = "Why did the dockers walk out?\n\n\n2\nq\n"
    done = run("eval", "label", tmp_path, "--json", stdin=typed)
    assert done.returncode == 0
    report = json.loads(done.stdout)
    assert (report["asked"], report["judged"]) == (1, 1)
    assert "Stopped" in done.stderr
    again = json.loads(run("eval", "label", tmp_path, "--json", stdin="0\n").stdout)
    assert (again["asked"], again["judged"], again["left"]) == (0, 1, report["left"] - 1)
    assert len((tmp_path / "qrels.tsv").read_text("utf-8").splitlines()) == 2
    assert json.loads(run("eval", tmp_path, "--json").stdout)["answerable"] == 1


def test_both_forms_have_help() -> None:
    for arguments in (["eval", "--help"], ["eval", "run", "--help"]):
        shown = run(*arguments).stdout
        assert "Example: semsearch eval questions/" in shown
        assert "--no-asked-at" in shown
        assert "eval label" in shown
    assert "Example: semsearch eval label" in run("eval", "label", "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([], 2, "DIR"),
        (["label"], 2, "DIR"),
        (["nowhere"], 3, "no folder nowhere"),
        (["./label"], 3, "no folder label"),
        ([".", "--k", "0"], 2, "--k"),
        ([".", "--json", "--markdown"], 2, "exclude"),
        ([".", "--index", "nowhere"], 3, "no index"),
        (["coverage", "news.jsonl", "--pairs", "p.tsv"], 2, "research/measure_coverage.py"),
        (["framing", "folder"], 2, "research/measure_framing.py"),
    ],
)
def test_wrong_use_ends_with_its_code_and_a_sentence(
    arguments: list[str], code: int, says: str
) -> None:
    done = run("eval", *arguments)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_without_articles_needs_an_index(tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text('{"id": "q", "text": "Who?"}\n', "utf-8")
    done = run("eval", tmp_path)
    assert done.returncode == 3
    assert "--index" in done.stderr
    assert not (tmp_path / ".semsearch-eval").exists()

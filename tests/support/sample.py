"""The sample corpus, indexed once with the real model for all tests that only copy it."""

import json
from importlib.resources import files
from pathlib import Path

from tests.support.commands import run

SAMPLE = Path(str(files("semsearch.sample")))
CORPUS = SAMPLE / "articles"


def make_sample_index(folder: Path) -> None:
    """Index the sample corpus in a folder, with the command."""
    done = run("index", CORPUS, "--index", folder, "--json")  # stderr may hold progress
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["added"], report["removed"], report["stubs_added"]) == (134, 1, 7)
    assert report["skipped"] == []

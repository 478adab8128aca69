"""The sample corpus, indexed once with the real model for all tests that only copy it."""

from importlib.resources import files
from pathlib import Path

from semsearch.model.status import IndexReport
from tests.support.commands import answer

SAMPLE = Path(str(files("semsearch.sample")))
CORPUS = SAMPLE / "articles"


def make_sample_index(folder: Path) -> None:
    """Index the sample corpus in a folder, with the command."""
    report = answer("index", CORPUS, "--index", folder, kind=IndexReport)
    assert (report["added"], report["removed"], report["stubs_added"]) == (134, 1, 7)
    assert report["skipped"] == []

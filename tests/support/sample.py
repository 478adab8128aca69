"""The sample corpus, indexed once with the real model for all tests that only copy it."""

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

SAMPLE = Path(str(files("semsearch.sample")))
CORPUS = SAMPLE / "articles"


def make_sample_index(folder: Path) -> None:
    """Index the sample corpus in a folder, with the command."""
    command = [sys.executable, "-m", "semsearch", "index"]
    done = subprocess.run(
        [*command, str(CORPUS), "--index", str(folder), "--json"], capture_output=True, check=False
    )  # apart from other tests
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["added"], report["removed"], report["stubs_added"]) == (134, 1, 7)
    assert report["skipped"] == []

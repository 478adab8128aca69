"""What a reader of the documentation has after the quickstart."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT


def semsearch(folder: Path, words: list[str]) -> str:
    """What a command prints that is run in a folder, and must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "semsearch", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def reader(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the sample corpus is indexed, with the real model."""
    folder = tmp_path_factory.mktemp("reader")
    shutil.copytree(sample_index, folder / "indexes" / "sample")
    return folder

"""What a reader of the documentation has after the quickstart."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def reader(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the sample corpus is indexed, with the real model."""
    folder = tmp_path_factory.mktemp("reader")
    shutil.copytree(sample_index, folder / "indexes" / "sample")
    return folder

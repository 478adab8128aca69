"""An index of the sample corpus that tests share and only read."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from semsearch.assembly import build_encoder
from semsearch.config import load_settings
from semsearch.index import Index
from tests.support.indexes import open_index


@pytest.fixture(scope="session")
def sample(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = shutil.copytree(sample_index, tmp_path_factory.mktemp("sample") / "index")
    index = open_index(folder, build_encoder(load_settings().model))
    yield index
    index.close()

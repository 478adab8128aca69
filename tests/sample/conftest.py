"""An index of the sample corpus that tests share and only read."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from semsearch.assembly import build_encoder
from semsearch.config import load_settings
from semsearch.index import Index
from tests.support.indexes import open_index

SAMPLE = Path(str(files("semsearch.sample")))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    index = open_index(tmp_path_factory.mktemp("sample"), build_encoder(load_settings().model))
    index.add_files(SAMPLE / "articles")
    yield index
    index.close()

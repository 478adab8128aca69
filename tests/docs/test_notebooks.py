"""The notebooks of the documentation run, and show what their pages say."""

from pathlib import Path
from typing import Any

import nbformat
import pytest

from scripts.write_notebooks import FOLDER, executed, notebooks, page, settled

NAMES = [path.stem for path in notebooks()]


@pytest.fixture(scope="module")
def run(reader: Path) -> dict[str, Any]:
    """Each notebook as it comes out now, over the sample with the real model."""
    return dict(zip(NAMES, executed(notebooks(), reader), strict=True))


def kept(name: str) -> Any:
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def test_there_are_three_and_each_is_listed() -> None:
    listed = (FOLDER / "index.md").read_text("utf-8")
    assert len(NAMES) == 3
    assert all(f"({name}.md)" in listed for name in NAMES)


@pytest.mark.model
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_shows_what_it_is_kept_with(run: dict[str, Any], name: str) -> None:
    assert settled(run[name]) == settled(kept(name)), "Run scripts/write_notebooks.py"


@pytest.mark.parametrize("name", NAMES)
def test_the_page_of_a_notebook_is_made_of_it(name: str) -> None:
    book = kept(name)
    nbformat.validate(book)
    written = (FOLDER / f"{name}.md").read_text("utf-8")
    assert written == page(book, name), "Run scripts/write_notebooks.py"
    assert "<script" not in written
    assert "<table" in written
    assert "<svg" in written

"""The public surface is what its page says."""

import shutil
from importlib.resources import files
from pathlib import Path

import pytest

import semsearch
from tests.docs.pages import DOCS, blocks

PAGE = DOCS / "python.md"
# A change here is a change for everybody who uses the package: see CHANGELOG.md.
SURFACE = {
    "Article",
    "ArticleView",
    "Comparison",
    "CoverageQuery",
    "DraftCheck",
    "DuplicateGroups",
    "DuplicatesFound",
    "Filters",
    "Hit",
    "Index",
    "IndexReport",
    "IndexStatus",
    "Provider",
    "Query",
    "Relation",
    "SearchResults",
    "SemsearchError",
    "SimilarResults",
    "Skipped",
    "Stories",
    "StoryView",
    "Written",
    "__version__",
    "open",
}


def test_the_public_names_are_there_and_no_others() -> None:
    assert set(semsearch.__all__) == SURFACE
    for name in semsearch.__all__:
        assert getattr(semsearch, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        semsearch.__getattr__("Nothing")


@pytest.mark.model
def test_the_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = Path(str(files("semsearch.sample") / "articles"))
    (tmp_path / "archive").mkdir()
    for path in sorted(corpus.glob("2024-03-*")):
        shutil.copy(path, tmp_path / "archive")
    monkeypatch.setenv("XDG_CACHE_HOME", str(Path("~/.cache").expanduser()))  # the model's
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (example,) = (block for block in blocks(PAGE) if block.language == "python")
    exec(compile(example.text, str(PAGE), "exec"), {})  # noqa: S102 - our own page
    said = capsys.readouterr().out
    assert "articles; 0 records could not be read" in said
    assert "How sure: high" in said
    assert "shared facts" in said

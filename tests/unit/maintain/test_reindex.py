"""Another model: a new index grows beside the old one and takes its place in one step."""

from pathlib import Path

import pytest

from semsearch.assembly import open_index as assemble
from semsearch.config import Place, Settings
from semsearch.errors import IndexLockedError, ModelMismatchError, ModelUnavailableError
from semsearch.index import Index
from semsearch.maintain.doctor import diagnose
from semsearch.maintain.reindex import STAGING, reindex, switch
from tests.support.articles import WORDS, make_article, make_link, record, write_json_lines
from tests.support.encoder import HashingEncoder
from tests.support.indexes import ask, held, ids, open_index


def other(**values: int) -> HashingEncoder:
    return HashingEncoder("other", dimension=32, **values)


def begin(folder: Path, encoder: HashingEncoder) -> Index:
    return open_index(folder / STAGING, encoder)


def fill(index: Index, *words: str) -> None:
    index.add(
        make_article(word, f"Notice {word}", body=f"{word} once. " * 5, related=(make_link("m"),))
        for word in words
    )


def test_the_new_index_holds_the_same_articles_with_other_vectors(
    index: Index, folder: Path, tmp_path: Path
) -> None:
    fill(index, *WORDS)
    archive = write_json_lines(tmp_path / "archive" / "a.jsonl", [record(1), record(2)])
    index.add_files(archive)
    index.delete(["cod"])
    before = held(index)
    sequence = index.library.catalog.sequence
    generation = index.library.snapshot().generation
    encoder = other()
    done = reindex(index.library, begin(folder, encoder).library)
    assert (done.articles, done.carried, done.encoded) == (
        len(before),
        len(before),
        encoder.encoded,
    )
    assert set(ids(ask(index, "notice"))) == set(before)  # the old one answers as it did
    index.close()
    old = open_index(folder, HashingEncoder())
    new = begin(folder, other())
    switched = switch(old.library, new.library, Place(folder, "", ""))
    assert (switched.carried, switched.encoded, switched.switched) == (0, 0, True)
    assert not (folder / STAGING).exists()
    encoder = other()
    again = assemble(Settings(index=folder), encoder=encoder)
    assert held(again) == before
    assert set(ids(ask(again, "notice"))) == set(before)
    assert again.library.made_with is not None
    assert again.library.made_with["model"] == "other"
    assert again.library.catalog.sequence > sequence
    assert again.library.snapshot().generation > generation
    report = again.add_files(archive)
    assert (report.files_unchanged, report.encoded) == (1, 0)
    assert encoder.encoded == 0
    assert "cod" in again.library.catalog.tombstones(["cod"])
    assert diagnose(again.library).sound
    again.close()


def test_what_is_written_meanwhile_is_brought_over(index: Index, folder: Path) -> None:
    fill(index, "tram", "cod", "otter")
    new = begin(folder, other())
    reindex(index.library, new.library)
    fill(index, "salt")
    index.add([make_article("tram", "Notice of another tram")])
    index.delete(["otter"])
    done = reindex(index.library, new.library)
    assert (done.carried, done.removed) == (2, 1)
    assert held(new) == held(index)
    new.close()


def test_a_run_that_stopped_goes_on_where_it_was(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("semsearch.maintain.reindex._CHUNK", 4)
    fill(index, *WORDS)
    failing = begin(folder, other(batches=2))
    with pytest.raises(ModelUnavailableError):
        reindex(index.library, failing.library)
    failing.close()
    encoder = other()
    new = begin(folder, encoder)
    done = reindex(index.library, new.library)
    assert done.carried == len(WORDS) + 1 - 8
    assert held(new) == held(index)
    new.close()


def test_the_same_model_and_a_third_one_are_refused(index: Index, folder: Path) -> None:
    fill(index, "tram")
    same = begin(folder, HashingEncoder())
    with pytest.raises(ModelMismatchError, match="already"):
        reindex(index.library, same.library)
    same.close()
    new = begin(folder, other())
    reindex(index.library, new.library)
    new.close()
    third = begin(folder, HashingEncoder("third"))
    with pytest.raises(ModelMismatchError, match=r"other.*third"):
        reindex(index.library, third.library)
    third.close()


def test_an_index_that_is_read_is_not_switched(index: Index, folder: Path) -> None:
    fill(index, "tram")
    reader = open_index(folder, HashingEncoder())
    assert ids(ask(reader, "notice"))
    new = begin(folder, other())
    with pytest.raises(IndexLockedError, match="being read"):
        switch(index.library, new.library, Place(folder, "", ""))
    assert "tram" in ids(ask(reader, "notice"))
    reader.close()

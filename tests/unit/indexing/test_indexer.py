"""Indexing writes what changed, encodes what is new and loses nothing."""

import json
import shutil
from pathlib import Path

import pytest

from semsearch.errors import ModelUnavailableError, NoSuchArticleError, StorageError
from semsearch.index import Index
from semsearch.indexing import diff
from semsearch.ingest.records import Removed
from semsearch.model.search import Mode
from semsearch.model.status import IndexProgress, IndexReport
from semsearch.store.catalog.checksums import verify_checksums
from tests.support.articles import (
    WORDS,
    address,
    article_of,
    make_article,
    record,
    write_json_lines,
    write_markdown,
)
from tests.support.encoder import HashingEncoder
from tests.support.indexes import ask, held, ids, open_index, tree

SENTENCE = "The {} of Lisk was talked about all day by everybody who came to the old quay."
BODY = " ".join(SENTENCE.format(word) for word in WORDS[:6])


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Six files about different things."""
    for number in range(6):
        fields = record(number, excerpt=f"About the {WORDS[number]}.", body=BODY)
        write_markdown(tmp_path / "archive" / f"{number}.md", fields)
    return tmp_path / "archive"


def by_title(index: Index) -> set[str]:
    return {article.title for article in held(index).values()}


def counted(report: IndexReport) -> dict[str, int]:
    names = ("added", "updated", "unchanged", "removed", "pruned")
    return {name: value for name in names if (value := getattr(report, name))}


def test_a_first_run_adds_everything(index: Index, archive: Path, encoder: HashingEncoder) -> None:
    report = index.add_files(archive)
    assert counted(report) == {"added": 6}
    assert (report.files, report.files_unchanged, report.articles_total) == (6, 0, 6)
    passages = encoder.texts[: report.encoded]  # what follows are sentences of stories
    assert report.encoded == len(passages) < report.passages
    assert report.tokens == sum(encoder.count_tokens(passages))
    assert (report.generation, report.sequence) == (2, index.library.catalog.sequence)
    assert set(ids(ask(index, "harbour"))) == set(held(index))


def test_identical_passages_are_encoded_once(
    index: Index, archive: Path, encoder: HashingEncoder
) -> None:
    index.add_files(archive)
    assert len(set(encoder.texts)) == len(encoder.texts)
    assert all(
        max(encoder.count_tokens([text])) <= encoder.passage_budget for text in encoder.texts
    )
    index.add([make_article("copy", "Notice 0", body=BODY)])
    assert len(set(encoder.texts)) == len(encoder.texts)


def test_a_second_run_encodes_nothing_and_writes_nothing(
    index: Index, archive: Path, encoder: HashingEncoder, folder: Path
) -> None:
    first = index.add_files(archive)
    encoded, before = encoder.encoded, tree(folder / "generations")
    second = index.add_files(archive)
    assert counted(second) == {"unchanged": 6}
    assert second.files_unchanged == 6
    assert (second.encoded, second.passages, encoder.encoded) == (0, 0, encoded)
    assert (second.sequence, second.generation) == (first.sequence, first.generation)
    assert tree(folder / "generations") == before


def test_a_file_that_is_touched_or_rewritten_alike_is_not_written(
    index: Index, archive: Path
) -> None:
    first = index.add_files(archive)
    path = archive / "3.md"
    path.write_bytes(path.read_bytes())
    assert index.add_files(archive).sequence == first.sequence


def test_an_edited_file_encodes_only_its_changed_passages(
    index: Index, archive: Path, encoder: HashingEncoder
) -> None:
    index.add_files(archive)
    encoder.texts.clear()
    write_markdown(archive / "2.md", record(2, excerpt="Quite another otter.", body=BODY))
    report = index.add_files(archive)
    assert counted(report) == {"updated": 1, "unchanged": 5}
    assert encoder.texts == ["Quite another otter.", "Notice 2. Quite another otter."]
    assert report.encoded == 2 < report.passages
    assert "Quite another otter." in {article.excerpt for article in held(index).values()}
    assert len(ask(index, "otter").hits) == 6


def test_a_run_that_is_interrupted_keeps_its_batches_and_goes_on(
    archive: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diff, "_BATCH_RECORDS", 2)
    failing = open_index(folder, HashingEncoder(batches=2))
    with pytest.raises(ModelUnavailableError):
        failing.add_files(archive)
    assert by_title(failing) == {f"Notice {number}" for number in range(4)}
    failing.close()
    encoder = HashingEncoder()
    index = open_index(folder, encoder)
    assert len(ask(index, "harbour").hits) == 4  # published from the catalog
    report = index.add_files(archive)
    assert counted(report) == {"added": 2, "unchanged": 4}
    assert report.files_unchanged >= 3
    assert set(encoder.texts[: report.encoded]) <= {
        *(f"Notice {number}" for number in (4, 5)),
        *(f"About the {WORDS[number]}." for number in (4, 5)),
        *(f"Notice {number}. About the {WORDS[number]}." for number in (4, 5)),
    }
    assert len(ask(index, "harbour").hits) == 6
    index.close()


def test_a_dry_run_counts_and_writes_nothing(
    index: Index, archive: Path, encoder: HashingEncoder, folder: Path
) -> None:
    before = {name: state[2] for name, state in tree(folder).items() if "-shm" not in name}
    dry = index.add_files(archive, dry_run=True)
    assert {name: state[2] for name, state in tree(folder).items() if "-shm" not in name} == before
    assert (encoder.encoded, dry.dry_run, dry.articles_total) == (0, True, 0)
    real = index.add_files(archive)
    for name in ("files", "added", "passages", "encoded", "stubs_added"):
        assert getattr(dry, name) == getattr(real, name)
    assert counted(index.add_files(archive, dry_run=True)) == {"unchanged": 6}
    (archive / "0.md").unlink()
    dry = index.add_files(archive, prune=True, dry_run=True)
    assert counted(dry) == {"unchanged": 5, "pruned": 1}
    assert len(held(index)) == 6


def test_articles_of_lost_files_stay_until_they_are_pruned(
    index: Index, archive: Path, tmp_path: Path
) -> None:
    elsewhere = write_markdown(tmp_path / "elsewhere" / "x.md", record(99))
    index.add_files(archive, elsewhere)
    index.add([make_article("kept", "Came without a file")])
    (archive / "0.md").unlink()
    elsewhere.unlink()
    assert counted(index.add_files(archive)) == {"unchanged": 5}
    assert counted(index.add_files(archive, prune=True)) == {"unchanged": 5, "pruned": 1}
    expected = {*(f"Notice {number}" for number in range(1, 6)), "Notice 99", "Came without a file"}
    assert by_title(index) == expected
    assert set(ids(ask(index, "harbour"))) == set(held(index))


def test_an_archive_that_moved_is_not_written_anew_and_not_pruned(
    index: Index, archive: Path, tmp_path: Path
) -> None:
    index.add_files(archive)
    catalog = index.library.catalog
    keys = catalog.pks_at(held(index), catalog.sequence)
    moved = archive.rename(tmp_path / "moved")
    report = index.add_files(tmp_path, prune=True)
    assert (counted(report), report.encoded) == ({"unchanged": 6}, 0)
    assert catalog.pks_at(held(index), catalog.sequence) == keys
    assert sorted(catalog.sources()) == sorted(str(path) for path in moved.iterdir())
    assert verify_checksums(catalog.database).mismatches == ()
    (moved / "0.md").unlink()
    assert counted(index.add_files(tmp_path, prune=True)) == {"unchanged": 5, "pruned": 1}


def test_a_record_that_left_its_file_is_pruned(index: Index, tmp_path: Path) -> None:
    path = write_json_lines(tmp_path / "many.jsonl", [record(1), record(2), record(3)])
    index.add_files(path)
    write_json_lines(path, [record(1), record(3, excerpt="New.")])
    report = index.add_files(path, prune=True)
    assert counted(report) == {"unchanged": 1, "updated": 1, "pruned": 1}
    assert by_title(index) == {"Notice 1", "Notice 3"}


def test_a_file_that_became_unreadable_does_not_cost_its_articles(
    index: Index, tmp_path: Path
) -> None:
    lines = write_json_lines(tmp_path / "x" / "many.jsonl", [record(1), record(2)])
    page = write_markdown(tmp_path / "x" / "one.md", record(3))
    index.add_files(tmp_path / "x")
    lines.write_text(json.dumps(record(1)) + "\n{broken\n")
    page.write_text("---\ntopics: []\n---\n")
    report = index.add_files(tmp_path / "x", prune=True)
    assert len(report.skipped) == 2
    assert report.pruned == 0
    assert by_title(index) == {"Notice 1", "Notice 2", "Notice 3"}


def test_a_removed_record_leaves_the_index(index: Index, archive: Path) -> None:
    index.add_files(archive)
    write_markdown(archive / "4.md", record(4, removed=True))
    report = index.add_files(archive)
    assert counted(report) == {"unchanged": 5, "removed": 1}
    assert "Notice 4" not in by_title(index)
    assert len(ask(index, "harbour").hits) == 5
    write_markdown(archive / "4.md", record(4, excerpt="Back again."))
    assert counted(index.add_files(archive)) == {"unchanged": 5, "added": 1}


def test_every_record_is_counted_once(index: Index, tmp_path: Path) -> None:
    records: list[dict[str, object]] = [
        record(1),
        record(1, excerpt="Changed."),
        record(2, removed=True),
        record(2),
        record(3),
        record(3, removed=True),
        record(4, removed=True),
        record(4, removed=True),
        {"title": ""},
        record(5),
    ]
    report = index.add_files(write_json_lines(tmp_path / "x.jsonl", records))
    assert counted(report) == {"added": 4, "updated": 1, "removed": 4}
    assert len(report.skipped) == 1
    assert report.skipped[0].line == 9
    assert by_title(index) == {"Notice 1", "Notice 2", "Notice 5"}


def test_the_later_of_two_files_with_one_address_wins_and_stays(
    index: Index, tmp_path: Path
) -> None:
    folder = tmp_path / "x"
    write_markdown(folder / "1.md", record(7, excerpt="Of the first file."))
    other = {**record(7, excerpt="Of the second."), "webUrl": address(7) + "/?utm_source=x"}
    write_markdown(folder / "2.md", other)
    report = index.add_files(folder)
    assert counted(report) == {"added": 1, "updated": 1}
    assert [article.excerpt for article in held(index).values()] == ["Of the second."]
    again = index.add_files(folder)
    assert (again.sequence, counted(again)) == (report.sequence, {"unchanged": 2})


def test_json_lines_and_markdown_of_one_record_are_one_article(
    index: Index, tmp_path: Path
) -> None:
    write_markdown(tmp_path / "x" / "a.md", record(7, quality=5, topics=["Sea"]))
    write_json_lines(tmp_path / "x" / "b.jsonl", [record(7, quality=5, topics=["Sea"])])
    index.add_files(tmp_path / "x")
    assert list(held(index).values()) == [article_of(record(7, quality=5, topics=["Sea"]))]


def test_secured_fields_reach_no_file_of_the_index(
    index: Index, tmp_path: Path, folder: Path
) -> None:
    marker = "c2VjdXJlZC1tYXJrZXI"
    deep = {"title": "Mention", "webUrl": address(8), "secured": marker}
    fields = record(7, secured=marker, related=[deep], images=[{"url": "x", "Secured": marker}])
    write_markdown(tmp_path / "x" / "a.md", fields)
    write_json_lines(tmp_path / "x" / "b.jsonl", [{**fields, "webUrl": address(9)}])
    index.add_files(tmp_path / "x")
    assert len(held(index)) == 3
    index.close()
    for name, (_, _, data) in tree(folder).items():
        assert marker.encode() not in data, name


def test_fields_without_a_place_are_kept_as_extra(index: Index, tmp_path: Path) -> None:
    fields = record(
        1, updated="2024-03-05", nested={"when": "2024-03-05T10:00:00Z", "n": [1, None]}
    )
    path = write_markdown(tmp_path / "a.md", fields)
    path.write_text(path.read_text().replace("'2024-03-05'", "2024-03-05"))
    index.add_files(path)
    extra = next(iter(held(index).values())).extra
    assert str(extra["updated"]) == "2024-03-05"
    assert "nested" in extra


def test_progress_never_falls_and_ends_at_the_total(index: Index, archive: Path) -> None:
    seen: list[IndexProgress] = []
    index.add_files(archive, on_progress=seen.append)
    assert [one.done for one in seen] == sorted(one.done for one in seen)
    assert (seen[-1].done, seen[-1].total, seen[-1].articles) == (6, 6, 6)


def test_a_deleted_article_comes_back_when_its_record_has_changed(
    index: Index, archive: Path
) -> None:
    index.add_files(archive)
    identity = article_of(record(3)).id
    index.delete([identity])
    assert counted(index.add_files(archive)) == {"unchanged": 6}
    path = archive / "3.md"
    path.write_text(path.read_text().replace("---\n", "---\n# noted\n", 1))  # the same record
    assert counted(index.add_files(archive)) == {"unchanged": 6}
    assert identity not in held(index)
    write_markdown(path, record(3, excerpt="Something new.", body=BODY))
    assert counted(index.add_files(archive)) == {"unchanged": 5, "added": 1}
    assert identity in held(index)


def test_a_missing_path_is_skipped_with_its_name(index: Index, archive: Path) -> None:
    report = index.add_files(archive, archive / "nothing")
    assert [entry.path for entry in report.skipped] == [str(archive / "nothing")]
    assert counted(report) == {"added": 6}


def test_an_empty_archive_can_be_indexed_and_asked(index: Index, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    report = index.add_files(tmp_path / "none")
    assert (report.files, report.articles_total, report.generation) == (0, 0, 1)
    assert ask(index, "harbour").hits == ()


def test_an_index_can_be_moved(index: Index, archive: Path, folder: Path, tmp_path: Path) -> None:
    index.add_files(archive)
    before = ask(index, "harbour").hits
    index.close()
    shutil.move(folder, tmp_path / "moved")
    moved = open_index(tmp_path / "moved", HashingEncoder())
    assert ask(moved, "harbour").hits == before
    moved.close()


def test_a_record_that_is_no_longer_marked_removed_comes_back(index: Index, tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    for marked, held_after in ((False, {"a"}), (True, set[str]()), (False, {"a"})):
        fields = {"id": "a", "title": "Harbour notice"} | ({"removed": True} if marked else {})
        file.write_text(json.dumps(fields) + "\n", "utf-8")
        index.add_files(file)
        assert set(held(index)) == held_after


@pytest.mark.parametrize("what", ["removal", "sent"])
@pytest.mark.parametrize(
    ("refusing", "state"),
    [
        ("generation_writer.update_lexical", "not shown"),
        ("generations.sync_tree", "shown, and not related to other articles"),
    ],
)
def test_a_write_that_cannot_be_shown_says_that_it_is_kept(
    index: Index,
    archive: Path,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    refusing: str,
    state: str,
) -> None:
    index.add_files(archive)
    identity = article_of(record(3)).id
    new = {"id": "new", "title": "New"}

    def refuse(path: Path, *_: object, **__: object) -> None:
        raise StorageError(f"{path}: No space left on device.", "Make room.")

    with monkeypatch.context() as full:
        full.setattr(f"semsearch.store.local.{refusing}", refuse)
        with pytest.raises(StorageError, match=rf"is kept, and {state} yet: .*No space") as refused:
            index.delete([identity]) if what == "removal" else index.add([new])
    assert what in refused.value.message
    assert "after: semsearch rebuild" in refused.value.hint
    index.rebuild()
    assert (identity in ids(ask(index, "harbour"))) == (what == "sent")
    assert ("new" in ids(ask(index, "harbour"))) == (what == "sent")


def test_a_deleted_article_stays_away_until_its_record_changes(
    index: Index, tmp_path: Path
) -> None:
    file = tmp_path / "two.jsonl"

    def write(colour: str, other: str) -> None:
        lines = [{"id": "a", "title": "Harbour", "colour": colour}, {"id": "b", "title": other}]
        file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        index.add_files(file)

    write("red", "Ferry")
    index.delete(["a"])
    write("red", "Another ferry")
    assert set(held(index)) == {"b"}
    write("blue", "Another ferry")
    assert set(held(index)) == {"a", "b"}


def titles(index: Index) -> set[str]:
    return {article.title for article in held(index).values()}


def test_written_says_what_became_of_each_article(index: Index) -> None:
    one, two = make_article("a", "Harbour"), make_article("b", "Ferry")
    first = index.add([one, two])
    assert (first.added, first.generation) == (("a", "b"), 1)
    second = index.add([one, make_article("b", "Changed"), Removed("zz")])
    assert (second.added, second.updated) == ((), ("b",))
    assert (second.unchanged, second.removed) == (("a",), ("zz",))
    assert second.sequence > first.sequence
    third = index.add([one])
    assert (third.sequence, third.generation) == (second.sequence, second.generation)


def test_a_deleted_article_is_gone_and_an_unknown_one_deletes_nothing(index: Index) -> None:
    index.add([make_article("a", "Harbour"), make_article("b", "Ferry")])
    with pytest.raises(NoSuchArticleError, match="zz"):
        index.delete(["a", "zz"])
    assert set(held(index)) == {"a", "b"}
    assert index.delete(["a", "a"]).removed == ("a",)
    assert ids(ask(index, "harbour ferry", Mode.LEXICAL)) == ["b"]
    with pytest.raises(NoSuchArticleError):
        index.delete(["a"])


def test_a_put_that_fails_changes_nothing_that_is_seen(folder: Path) -> None:
    index = open_index(folder, HashingEncoder(batches=1))
    index.add([make_article("a", "Harbour")])
    before = ask(index, "harbour")
    with pytest.raises(ModelUnavailableError):
        index.add([make_article("a", "Tram")])
    assert titles(index) == {"Harbour"}
    assert ask(index, "harbour").hits == before.hits
    assert ask(index, "harbour").generation == before.generation
    index.close()

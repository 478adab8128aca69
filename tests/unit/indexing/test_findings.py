"""What a run did not read, or read otherwise than it stands, is said with its number."""

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from semsearch.index import Index
from semsearch.model.status import MissingText, Note, UnreadDates
from tests.support.articles import write_json_lines

TEXT = "Pilots at the port of Brackwater voted on Tuesday to end a walkout. " * 3


def test_files_that_are_passed_over_are_counted_by_kind(index: Index, tmp_path: Path) -> None:
    for name in ("a.pdf", "b.PDF", "x/c.odt.gz", "noending", ".hidden.pdf"):
        path = tmp_path / "x" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    report = index.add_files(tmp_path / "x")
    assert report.passed_over == {".pdf": 2, ".odt.gz": 1, "without ending": 1}
    assert list(report.passed_over) == [".pdf", ".odt.gz", "without ending"]
    advice, other = report.next
    assert advice.startswith("Nothing was read. Formats: ")
    assert ".jsonl" in advice
    assert other == "Documents are read as text or HTML: save them so."


def test_an_unknown_long_field_is_named_with_the_option_that_maps_it(
    index: Index, tmp_path: Path
) -> None:
    records: list[dict[str, object]] = [
        {"id": "a", "title": "A", "ztext": TEXT},
        {"id": "b", "title": "B", "ztext": TEXT * 2, "znote": TEXT},
        {"id": "c", "title": "C", "zstory": {"zfull": TEXT}},
        {"id": "d", "title": "D", "excerpt": "Short.", "ztext": TEXT},
        {"id": "e", "title": "E"},
        {"id": "f", "title": "F", "excerpt": "Short.", "zcode": "x" * 500},
        {"id": "g", "title": "G", "body": "Held.", "ztext": TEXT},
    ]
    path = write_json_lines(tmp_path / "x.jsonl", records)
    report = index.add_files(path)
    assert report.without_text == (
        MissingText("ztext", 3, str(path), 1),
        MissingText("zstory.zfull", 1, str(path), 3),
        MissingText("", 1, str(path), 5),
    )
    assert any("--field body=ztext: 3 records" in step for step in report.next)
    mapped = index.add_files(path, fields={"body": ["ztext", "zstory.zfull"]})
    assert [one.field for one in mapped.without_text] == [""]


def test_unread_dates_are_counted_with_the_most_frequent(index: Index, tmp_path: Path) -> None:
    dates = ["someday", "03/05/2024", "03/05/2024", "2024-03-05", "0001-01-01"]
    records = [{"id": f"{n}", "title": "T", "published": date} for n, date in enumerate(dates)]
    report = index.add_files(write_json_lines(tmp_path / "x.jsonl", records))
    assert report.unread_dates == UnreadDates(4, ("03/05/2024", "someday", "0001-01-01"))
    assert any("published_unread" in step for step in report.next)


def test_a_date_under_an_unknown_name_is_said(index: Index, tmp_path: Path) -> None:
    records: list[dict[str, object]] = [
        {"id": "a", "title": "A", "zwhen": "5 March 2024"},
        {"id": "b", "title": "B", "zwhen": "2024-03-06"},
        {"id": "c", "title": "C", "ztime": 1709652000},
        {"id": "d", "title": "D", "date_download": "2024-03-06", "znumber": 1709652000, "zno": "5"},
        {"id": "e", "title": "E", "zwhen": "2024-03-06", "published": "2024-03-05"},
        {"id": "f", "title": "F", "zwhen": "2024-03-06", "published": "someday"},
    ]
    path = write_json_lines(tmp_path / "x.jsonl", records)
    said = "no date, but '{0}' holds one: --field published={0}, or fields in the settings, says so"
    assert index.add_files(path).notes == (
        Note(said.format("zwhen"), str(path), 1, 2),
        Note(said.format("ztime"), str(path), 3, 1),
    )
    assert not index.add_files(path, fields={"published": ["zwhen", "ztime"]}).notes


def test_what_was_kept_aside_is_noted_once_with_its_number(index: Index, tmp_path: Path) -> None:
    records = [{"id": f"{n}", "title": "T", "category": ["News", "World"]} for n in range(3)]
    path = write_json_lines(tmp_path / "x.jsonl", records)
    text = "of several in 'category' the first counts; see extra.category_unread"
    assert index.add_files(path).notes == (Note(text, str(path), 1, 3),)


def test_a_file_without_a_record_is_said(index: Index, tmp_path: Path) -> None:
    for name, text in {"a.jsonl": "\n", "b.csv": "title,text\n", "c.json": "[]"}.items():
        (tmp_path / name).write_text(text)
    write_json_lines(tmp_path / "d.jsonl", [{"id": "d", "title": "T", "body": TEXT}])
    first = str(tmp_path / "a.jsonl")
    assert index.add_files(tmp_path).notes == (Note("a file without a record", first, None, 3),)


def test_a_run_without_findings_says_nothing(index: Index, tmp_path: Path) -> None:
    path = write_json_lines(tmp_path / "x.jsonl", [{"id": "a", "title": "A", "body": "Text."}])
    report = index.add_files(path)
    assert (report.passed_over, report.notes, report.without_text, report.next) == ({}, (), (), ())
    assert report.unread_dates == UnreadDates()


def test_a_dry_run_shows_its_first_ten_records_as_they_were_understood(
    index: Index, tmp_path: Path
) -> None:
    rows = "".join(f"Title {n},Text {n}.,2024-03-05,x\n" for n in range(12))
    (tmp_path / "news.csv").write_text(f"headline,text,date,colour\n{rows}")
    report = index.add_files(tmp_path / "news.csv", dry_run=True)
    assert [one.title for one in report.understood] == [f"Title {n}" for n in range(10)]
    first = report.understood[0]
    assert (first.path, first.line) == (str(tmp_path / "news.csv"), 2)
    assert (first.body_chars, first.excerpt_chars, first.others) == (7, 0, ("colour",))
    assert first.published is not None
    assert first.published.date().isoformat() == "2024-03-05"
    assert index.add_files(tmp_path / "news.csv").understood == ()


def test_what_was_guessed_and_what_an_archive_holds_beside_is_said(
    index: Index, tmp_path: Path
) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "old.txt").write_bytes("Brackwater café\n\nA £5 fee.\n".encode("latin-1"))
    with zipfile.ZipFile(tmp_path / "x" / "all.zip", "w") as archive:
        archive.writestr("one.md", "One\n")
        archive.writestr("picture.png", b"\x89PNG")
    report = index.add_files(tmp_path / "x")
    assert report.added == 2
    assert report.passed_over[".png"] == 1
    (note,) = report.notes
    assert note.path == str(tmp_path / "x" / "old.txt")
    assert note.text.startswith("not UTF-8: read as cp1252")


def test_what_to_do_with_other_files_is_said_once(index: Index, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.ODS", "c.pdf", "d.opml", "e.png", "f.txt"):
        (tmp_path / name).write_bytes(b"A title\n\nA text.\n")
    assert index.add_files(tmp_path, dry_run=True).next == (
        "Spreadsheets are read as CSV: save them so.",
        "Documents are read as text or HTML: save them so.",
        "Lists of feeds are read by: semsearch feeds import.",
    )
    (skipped,) = index.add_files(tmp_path / "a.xlsx", dry_run=True).skipped
    assert skipped.reason == "unknown ending: .xlsx; spreadsheets are read as CSV: save them so"


def test_a_date_ahead_is_said(index: Index, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    dates = [now + timedelta(hours=23), now + timedelta(days=2), now - timedelta(days=2)]
    records: list[dict[str, object]] = [
        {"id": str(number), "title": "T", "excerpt": "E.", "published": date.isoformat()}
        for number, date in enumerate(dates)
    ]
    report = index.add_files(write_json_lines(tmp_path / "x.jsonl", records), dry_run=True)
    (note,) = report.notes
    assert (note.text, note.line, note.records) == (
        "a record is dated in the future; the date was kept",
        2,
        1,
    )

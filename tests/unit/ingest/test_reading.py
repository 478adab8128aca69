import gzip
import json
import lzma
import tarfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from semsearch.errors import StorageError
from semsearch.ingest.files import SourceFile, find_files
from semsearch.ingest.reading import ReadOptions, fingerprint, read_document, read_file
from semsearch.ingest.records import Removed
from semsearch.model.article import Provider
from semsearch.model.status import Skipped
from tests.unit.ingest.samples import FRONT_MATTER, as_article, as_skipped, read_bytes

ARCHIVE = Path(__file__).parents[4] / "shared" / "data" / "everyday_azure_md.tar.xz"
BREAKS_OFF = "not valid UTF-8: it breaks off within a character"
GAZETTE = Provider("Lisk Gazette", "gazette.example")
JSON_LINES = (
    json.dumps({"id": "a", "title": "Ferry", "provider": "Lisk", "published": "2024-03-05"})
    + "\n\n{broken\n"
    + json.dumps({"id": "b", "title": "Storm", "secured": "blob", "lang": "en"})
    + "\n"
).encode()


@pytest.mark.parametrize("name", ["a.md", "a.markdown", "a.txt", "A.MD"])
def test_the_content_and_not_the_ending_tells_front_matter_from_text(
    tmp_path: Path, name: str
) -> None:
    (front,) = read_bytes(tmp_path / name, FRONT_MATTER.encode())
    assert as_article(front).heat is None
    assert as_article(front).category == "local"
    (plain,) = read_bytes(tmp_path / name, b"Ferry returns\n\nTeaser.\n\nText.")
    article = as_article(plain)
    assert (article.title, article.excerpt, article.body) == ("Ferry returns", "Teaser.", "Text.")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_encoding_makes_no_difference(tmp_path: Path, encoding: str) -> None:
    (one,) = read_bytes(tmp_path / "a.md", FRONT_MATTER.encode())
    (other,) = read_bytes(tmp_path / "b.md", FRONT_MATTER.encode(encoding))
    (crlf,) = read_bytes(tmp_path / "c.md", FRONT_MATTER.replace("\n", "\r\n").encode())
    assert one == other == crlf


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        pytest.param(b"", 1, "empty file", id="empty"),
        pytest.param(b"---\ntitle: ''\n---\n", 2, "empty title", id="no-title"),
        pytest.param(b"---\ntitle: T\ntopics: [T\n---\n", 4, None, id="broken-yaml"),
        pytest.param(b"---\ntitle: T\n", 1, "front matter is not closed by a line of ---",
                     id="unclosed"),
        pytest.param(b"T\n\nE \xc3", 3, BREAKS_OFF, id="not-utf-8"),
        pytest.param(b"T\n\nE \0", None, "holds a NUL character: not a text", id="nul"),
    ],
)  # fmt: skip
def test_a_broken_file_is_one_skip_with_reason_and_line(
    tmp_path: Path, data: bytes, line: int | None, reason: str | None
) -> None:
    (record,) = read_bytes(tmp_path / "a.md", data)
    skipped = as_skipped(record)
    assert (skipped.path, skipped.line) == ("a.md", line)
    assert skipped.reason == reason or (reason is None and "broken YAML" in skipped.reason)


def test_a_missing_file_is_skipped(tmp_path: Path) -> None:
    for name in ("a.md", "a.jsonl"):
        (record,) = read_file(SourceFile(tmp_path / name, name), ReadOptions())
        assert record == Skipped(name, None, "cannot be read: No such file or directory")
    (folder,) = read_file(SourceFile(tmp_path, "x.md"), ReadOptions())
    assert folder == Skipped("x.md", None, "cannot be read: Is a directory")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("a.jsonl", JSON_LINES, id="plain"),
        pytest.param("a.ndjson", JSON_LINES, id="ndjson"),
        pytest.param("a.JSONL.GZ", gzip.compress(JSON_LINES), id="gz"),
        pytest.param("a.jsonl.xz", lzma.compress(JSON_LINES), id="xz"),
    ],
)
def test_json_lines_are_records_and_skips(tmp_path: Path, name: str, data: bytes) -> None:
    first, broken, last = read_bytes(tmp_path / name, data)
    ferry, storm = as_article(first), as_article(last)
    assert (ferry.id, ferry.title, ferry.provider) == ("a", "Ferry", Provider("Lisk"))
    assert (ferry.published, ferry.zone_assumed) == (datetime(2024, 3, 5, tzinfo=UTC), True)
    assert (storm.id, storm.language, storm.extra) == ("b", "en", {})
    assert as_skipped(broken).line == 3
    assert as_skipped(broken).path == name


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(b'{"title": ""}', "no title and no text", id="no-title"),
        pytest.param(b'{"title": "\\ud800"}',
                     "holds half a surrogate pair at character 0: broken Unicode", id="surrogate"),
        pytest.param(b'{"title": "T\\u0000"}', "holds a NUL character: not a text", id="nul"),
    ],
)  # fmt: skip
def test_a_broken_line_does_not_cost_its_neighbours(
    tmp_path: Path, line: bytes, reason: str
) -> None:
    good = b'{"title": "Ferry"}'
    first, broken, last = read_bytes(tmp_path / "a.jsonl", b"\n".join([good, line, good]))
    assert as_article(first).title == as_article(last).title == "Ferry"
    assert broken == Skipped("a.jsonl", 2, reason)


@pytest.mark.parametrize("ending", ["gz", "xz"])
@pytest.mark.parametrize("damage", ["truncated", "flipped", "no-archive"])
def test_a_damaged_archive_is_skipped_from_where_it_breaks(
    tmp_path: Path, ending: str, damage: str
) -> None:
    lines = "".join(json.dumps({"title": f"Ferry {n}", "body": f"{n * 7919:x}" * 9}) + "\n"
                    for n in range(4_000)).encode()  # fmt: skip
    data = bytearray(gzip.compress(lines) if ending == "gz" else lzma.compress(lines))
    if damage == "truncated":
        del data[len(data) // 2 :]
    elif damage == "flipped":
        data[len(data) // 2] ^= 0xFF
    else:
        data[:6] = b"{broke"
    *good, last = read_bytes(tmp_path / f"a.jsonl.{ending}", bytes(data))
    skips = [record for record in (*good, last) if isinstance(record, Skipped)]
    assert as_skipped(last).reason.startswith("damaged file: ")
    assert as_skipped(last).line == (None if damage == "no-archive" else len(good) + 1)
    if damage == "truncated":
        assert len(skips) == 1
        assert len(good) > 1_000
    if damage == "no-archive":
        assert good == []


def test_the_provider_option_is_for_records_that_name_none(tmp_path: Path) -> None:
    options = ReadOptions(provider=GAZETTE)
    texts = {
        b"Ferry returns\n\nTeaser.": GAZETTE,
        b"Ferry returns\n\nLISK, March 5 (Senn Herald) - Teaser.": Provider("Senn Herald"),
        b"---\ntitle: T\nprovider: {name: Senn Herald}\n---\n": Provider("Senn Herald"),
        b"---\ntitle: T\n---\n": GAZETTE,
    }
    for data, provider in texts.items():
        (record,) = read_bytes(tmp_path / "a.txt", data, options)
        assert as_article(record).provider == provider
    (record,) = read_bytes(tmp_path / "a.jsonl", b'{"title": "T"}', options)
    assert as_article(record).provider == GAZETTE


def test_records_without_identity_are_known_by_file_and_line(tmp_path: Path) -> None:
    one, other = read_bytes(tmp_path / "a.jsonl", b'{"title": "T"}\n{"title": "T"}\n')
    (third,) = read_bytes(tmp_path / "b.txt", b"T")
    (fourth,) = read_bytes(tmp_path / "c.txt", b"T")
    assert len({as_article(record).id for record in (one, other, third, fourth)}) == 4
    again = read_document("T", str(tmp_path / "b.txt"), ReadOptions())
    assert as_article(again).id == as_article(third).id


def test_a_removed_record_is_read_as_removed(tmp_path: Path) -> None:
    text = FRONT_MATTER.replace("published: false", "removed: true")
    (kept,) = read_bytes(tmp_path / "a.md", FRONT_MATTER.encode())
    (removed,) = read_bytes(tmp_path / "b.md", text.encode())
    assert removed == Removed(as_article(kept).id, as_article(kept).provider)


def test_the_fingerprint_follows_content_and_options(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"Ferry returns")
    file, options = SourceFile(path, "a.md"), ReadOptions()
    first = fingerprint(file, options)
    assert first == fingerprint(SourceFile(path, "other name"), ReadOptions())
    others = {
        fingerprint(file, ReadOptions(provider=GAZETTE)),
        fingerprint(file, ReadOptions(provider=Provider("gazette.example", "Lisk Gazette"))),
        fingerprint(file, ReadOptions(stubs=False)),
    }
    path.write_bytes(b"Ferry sinks")
    others.add(fingerprint(file, options))
    assert len(others - {first}) == 4
    with pytest.raises(StorageError, match=r"b\.md: No such file"):
        fingerprint(SourceFile(tmp_path / "b.md", "b.md"), options)


@pytest.mark.archive
@pytest.mark.skipif(not ARCHIVE.is_file(), reason="no development data beside the checkout")
def test_a_real_archive_is_read_whole(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """Every sixth file of it; all of them with --archives."""
    with tarfile.open(ARCHIVE) as archive:
        members = [one for one in archive if one.isfile()]
        assert len(members) == 4_958
        some = members[:: 1 if pytestconfig.getoption("--archives") else 6]
        archive.extractall(tmp_path, some, filter="data")
    found = [one for one in find_files([tmp_path]) if isinstance(one, SourceFile)]
    records = [record for file in found for record in read_file(file, ReadOptions())]
    kinds = Counter(type(record).__name__ for record in records)
    assert kinds["Article"] + kinds["Removed"] == len(found) == len(some)
    assert kinds["Removed"] <= 1

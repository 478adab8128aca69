"""Archives are read as folders, and bombs are refused."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from semsearch.ingest.formats import archives
from semsearch.model.article import Article
from semsearch.model.status import Skipped
from tests.unit.ingest.samples import read_bytes

FILES = {
    "news/one.md": b"---\ntitle: One\n---\nText.\n",
    "news/two.jsonl.gz": gzip.compress(b'{"title": "Two"}\n'),
    "2024-03-05-three.txt": b"Three\n\nText.\n",
    ".hidden/four.md": b"Four\n",
    "__MACOSX/._five.md": b"Five\n",
    "picture.png": b"\x89PNG",
}


def as_zip(files: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return sink.getvalue()


def as_tar(files: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return sink.getvalue()


def as_zst(data: bytes) -> bytes:
    return bytes(pa.compress(data, codec="zstd", asbytes=True))


def outcome(path: Path, data: bytes) -> list[str]:
    return [
        one.title if isinstance(one, Article) else f"{Path(one.path).name}: {one.reason}"
        for one in read_bytes(path, data)
        if isinstance(one, Article | Skipped)
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("a.zip", as_zip(FILES), id="zip"),
        pytest.param("a.tar", as_tar(FILES), id="tar"),
        pytest.param("a.tar.gz", gzip.compress(as_tar(FILES)), id="tar.gz"),
        pytest.param("a.tgz", gzip.compress(as_tar(FILES)), id="tgz"),
        pytest.param("a.tar.xz", lzma.compress(as_tar(FILES)), id="tar.xz"),
        pytest.param("a.tar.bz2", bz2.compress(as_tar(FILES)), id="tar.bz2"),
        pytest.param("a.tar.zst", as_zst(as_tar(FILES)), id="tar.zst"),
        pytest.param("a.tar", gzip.compress(as_tar(FILES)), id="tar that is gz"),
    ],
)
def test_an_archive_is_read_as_a_folder(tmp_path: Path, name: str, data: bytes) -> None:
    one, two, three = read_bytes(tmp_path / name, data)
    assert isinstance(one, Article)
    assert isinstance(two, Article)
    assert isinstance(three, Article)
    assert [one.title, two.title, three.title] == ["One", "Two", "Three"]
    assert three.published is not None
    assert three.published.date().isoformat() == "2024-03-05"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("a.md.gz", gzip.compress(FILES["news/one.md"]), id="gz"),
        pytest.param("a.md.xz", lzma.compress(FILES["news/one.md"]), id="xz"),
        pytest.param("a.md.bz2", bz2.compress(FILES["news/one.md"]), id="bz2"),
        pytest.param("a.md.zst", as_zst(FILES["news/one.md"]), id="zst"),
        pytest.param("a.md.gz", FILES["news/one.md"], id="none"),
        pytest.param("a.md.gz", lzma.compress(FILES["news/one.md"]), id="xz named gz"),
        pytest.param("a.md", gzip.compress(FILES["news/one.md"]), id="gz without the ending"),
        pytest.param("a.md.zst", as_zst(b"---\ntitle: One\n") + as_zst(b"---\nText.\n"),
                     id="two frames"),
        pytest.param("a.md.gz", gzip.compress(b"---\ntitle: One\n")
                     + gzip.compress(b"---\nText.\n"), id="two members"),
    ],
)  # fmt: skip
def test_any_compression_is_found_by_content(tmp_path: Path, name: str, data: bytes) -> None:
    (article,) = read_bytes(tmp_path / name, data)
    assert isinstance(article, Article)
    assert (article.title, article.body) == ("One", "Text.\n")


def encrypted() -> bytes:
    data = bytearray(as_zip({"one.md": b"One\n", "two.md": b"Two\n"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag in the central directory of the first
    return bytes(data)


def linking() -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        info = tarfile.TarInfo("passwd.txt")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
        info = tarfile.TarInfo("../../one.md")
        info.size = 4
        archive.addfile(info, io.BytesIO(b"One\n"))
    return sink.getvalue()


EXPANDS = "it expands to more than 200 times its size"
NO_ZIP = "a.zip: a damaged archive: File is not a zip file"


def blanks() -> dict[str, bytes]:
    """Much that is compressed to little."""
    return {f"{n}.txt": b"T\n\n" + b" " * (30 * 2**20) for n in range(4)}


@pytest.mark.parametrize(
    ("name", "make", "expected"),
    [
        pytest.param("a.zip", lambda: as_zip(blanks()),
                     ["T", "T", "2.txt: " + archives._BOMB, "a.zip: " + archives._BOMB], id="bomb"),
        pytest.param("a.tar.gz", lambda: gzip.compress(as_tar(blanks())),
                     ["T", "T", f"2.txt: damaged in its archive: {EXPANDS}",
                      f"a.tar.gz: a damaged archive: {EXPANDS}"], id="bomb in gz"),
        pytest.param("a.zip", lambda: as_zip({"b.zip": as_zip(FILES), "c.md": b"C\n"}),
                     ["b.zip: an archive within an archive is not opened", "C"], id="within"),
        pytest.param("a.zip", encrypted, ["one.md: it is encrypted", "Two"], id="encrypted"),
        pytest.param("a.tar", linking, ["One"], id="links and paths"),
        pytest.param("a.zip", lambda: as_zip({"a.png": b"x"}),
                     ["a.zip: an archive without a file that can be read"], id="nothing"),
        pytest.param("a.zip", lambda: as_zip(FILES)[:200], [NO_ZIP], id="cut zip"),
        pytest.param("a.zip.gz", lambda: gzip.compress(as_zip(FILES)),
                     ["a.zip.gz: a .zip that is compressed once more is not opened"], id="zip.gz"),
    ],
)  # fmt: skip
def test_hostile_archives_are_plain_lines(
    tmp_path: Path, name: str, make: Callable[[], bytes], expected: list[str]
) -> None:
    assert outcome(tmp_path / name, make()) == expected


def test_a_tar_that_breaks_off_is_read_so_far(tmp_path: Path) -> None:
    data = as_tar({"one.md": b"One\n", "two.md": b"Two\n" * 1_000})
    found = outcome(tmp_path / "a.tar", data[:3_000])
    assert found[0] == "One"
    assert all(": " in one for one in found[1:])
    assert len(found) > 1


def test_an_archive_of_very_many_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 2)
    for name, data in (("a.zip", as_zip(FILES)), ("a.tar", as_tar(FILES))):
        assert outcome(tmp_path / name, data)[-1] == f"{name}: an archive of more than 2 files"

"""Bytes become durable, and whole."""

import hashlib
import os
from pathlib import Path

import pytest

from semsearch.errors import StorageError
from semsearch.store.files import (
    dump_json,
    files_of,
    link_tree,
    make_folder,
    replace_file,
    sha256_of,
    sync,
    write_durably,
)


def test_a_replaced_file_has_the_new_bytes_and_leaves_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "CURRENT"
    replace_file(path, b"1\n")
    replace_file(path, b"22\n")
    assert path.read_bytes() == b"22\n"
    assert list(tmp_path.iterdir()) == [path]


def test_readers_of_the_old_file_keep_it(tmp_path: Path) -> None:
    path = tmp_path / "CURRENT"
    replace_file(path, b"old")
    with path.open("rb") as stream:
        replace_file(path, b"new")
        assert stream.read() == b"old"


def test_the_old_file_stays_when_the_disk_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "CURRENT"
    replace_file(path, b"old")

    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StorageError, match="No space left"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"


def test_the_bytes_and_the_name_are_synced_before_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fsync

    def note(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    replace_file(tmp_path / "CURRENT", b"1\n")
    assert len(synced) == 2
    assert synced[0].startswith(".CURRENT.")
    assert synced[1] == tmp_path.name


def test_a_missing_folder_is_a_storage_error(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere" / "file"
    for write in (write_durably, replace_file):
        with pytest.raises(StorageError, match="file"):
            write(nowhere, b"")
    with pytest.raises(StorageError):
        sync(nowhere)
    (tmp_path / "plain").write_text("")
    with pytest.raises(StorageError):
        make_folder(tmp_path / "plain" / "inside")


def test_a_linked_tree_shares_its_files(tmp_path: Path) -> None:
    source, target = tmp_path / "one", tmp_path / "two"
    make_folder(source / "deep" / "er")
    (source / "a").write_bytes(b"a")
    (source / "deep" / "er" / "b").write_bytes(b"b")
    link_tree(source, target)
    assert [str(path.relative_to(target)) for path in files_of(target)] == ["a", "deep/er/b"]
    for path in files_of(source):
        assert path.samefile(target / path.relative_to(source))
    (target / "a").unlink()
    assert (source / "a").read_bytes() == b"a"


def test_files_are_copied_where_they_cannot_be_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = tmp_path / "one", tmp_path / "two"
    make_folder(source)
    (source / "a").write_bytes(b"a")

    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    link_tree(source, target)
    assert (target / "a").read_bytes() == b"a"
    assert not (target / "a").samefile(source / "a")


def test_the_checksum_is_sha256_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"harbour" * 10_000)
    assert sha256_of(tmp_path / "a") == hashlib.sha256(b"harbour" * 10_000).hexdigest()


def test_json_on_disk_does_not_depend_on_the_order_of_keys() -> None:
    assert dump_json({"b": "ü", "a": 1}) == dump_json({"a": 1, "b": "ü"})
    assert "ü".encode() in dump_json({"b": "ü"})

"""doctor, snapshot and --as-of as a user runs them; none of them needs the model."""

import json
from pathlib import Path

import pytest

from semsearch.maintain.purge import Purged
from semsearch.store.local.generations import LocalGenerations
from tests.support.articles import make_article
from tests.support.commands import answer, run
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index


@pytest.fixture
def filled(folder: Path) -> Path:
    write(folder, "tram", "cod")
    return folder


def write(folder: Path, *words: str) -> None:
    index = open_index(folder, HashingEncoder())
    index.add(make_article(word, f"Notice {word}") for word in words)
    index.close()


def found(folder: Path, *more: str) -> set[str]:
    hits = answer("search", "notice", "--mode", "lexical", "--index", folder, *more)["hits"]
    return {hit["article"]["id"] for hit in hits}


def test_doctor_finds_names_and_mends(filled: Path) -> None:
    assert answer("doctor", "--index", filled)["sound"] is True
    newest = filled / "generations" / str(LocalGenerations(filled).current_number())
    path = next(newest.rglob("articles.npy"))
    path.unlink()
    done = run("doctor", "--index", filled)
    assert done.returncode == 1
    line = done.stdout.splitlines()[0]
    assert "articles.npy" in line
    assert "Run: semsearch doctor --repair" in line
    assert answer("doctor", "--index", filled, code=1)["findings"]
    mended = run("doctor", "--repair", "--index", filled)
    assert mended.returncode == 0
    assert mended.stdout.startswith("Sound: checked 2 versions of articles")


def test_a_catalog_that_is_none_is_told_with_what_helps(filled: Path) -> None:
    (filled / "catalog.db").write_bytes(b"not a database at all, but text " * 200)
    told = answer("doctor", "--index", filled, code=1)["findings"][0]
    assert "snapshot restore" in told["command"]
    done = run("search", "notice", "--mode", "lexical", "--index", filled)
    assert done.returncode == 1
    assert done.stderr.startswith("semsearch: The catalog cannot be read")
    assert "snapshot" in done.stderr
    assert run("doctor", "--index", filled / "none").returncode == 3


def test_snapshots_are_made_listed_asked_verified_and_restored(filled: Path) -> None:
    made = answer("snapshot", "create", "first", "--index", filled)
    write(filled, "otter")
    assert found(filled) == {"tram", "cod", "otter"}
    assert found(filled, "--as-of", "first") == {"tram", "cod"}
    assert found(Path(made["path"])) == {"tram", "cod"}
    assert [one["name"] for one in answer("snapshot", "list", "--index", filled)] == ["first"]
    assert "first" in run("snapshot", "list", "--index", filled).stdout
    kept = filled.parent / "kept"
    assert answer("snapshot", "create", "--to", kept, "--index", filled)["articles"] == 3
    assert answer("snapshot", "verify", kept, "--index", filled)["articles"] == 3
    assert answer("snapshot", "restore", "first", "--index", filled)["articles"] == 2
    assert found(filled) == {"tram", "cod"}
    assert answer("snapshot", "restore", kept, "--index", filled)["articles"] == 3
    assert found(filled) == {"tram", "cod", "otter"}
    assert run("snapshot", "verify", "none", "--index", filled).returncode == 3
    assert run("search", "x", "--as-of", "none", "--index", filled).returncode == 3


def test_a_damaged_snapshot_is_refused(filled: Path) -> None:
    made = answer("snapshot", "create", "first", "--index", filled)
    (Path(made["path"]) / "CURRENT").write_text("1\n")
    for command in ("verify", "restore"):
        done = run("snapshot", command, "first", "--index", filled)
        assert done.returncode == 1
        assert "CURRENT of" in done.stderr
    assert found(filled) == {"tram", "cod"}


def test_an_index_of_an_older_format_is_refused_with_the_command_that_brings_it_up(
    filled: Path,
) -> None:
    newest = filled / "generations" / str(LocalGenerations(filled).current_number())
    manifest = json.loads((newest / "manifest.json").read_text())
    manifest.pop("checksum")
    (newest / "manifest.json").write_text(json.dumps({**manifest, "format": 1}))
    (filled / "CURRENT").write_text(f"{newest.name}\n")
    for command in (("search", "notice", "--mode", "lexical"), ("status",), ("doctor",)):
        done = run(*command, "--index", filled)
        assert done.returncode == 1
        assert "nothing is encoded" in done.stdout + done.stderr
    assert run("rebuild", "--index", filled).returncode == 0
    assert found(filled) == {"tram", "cod"}
    assert answer("doctor", "--index", filled)["sound"] is True


def test_another_model_that_is_not_there_changes_nothing(filled: Path, tmp_path: Path) -> None:
    done = run("reindex", "--model", tmp_path / "no-model", "--index", filled)
    assert done.returncode == 1
    assert found(filled) == {"tram", "cod"}


def test_purge_says_what_it_did_and_what_stays(filled: Path) -> None:
    answer("snapshot", "create", "--index", filled)
    (identity,) = found(filled) - {"cod"}
    done = answer("purge", identity, "--index", filled, kind=Purged)
    assert done["purged"] == [identity]
    assert done["versions"] == 1
    assert any("snapshots" in one["where"] for one in done["remains"])
    assert all(one["what"] and one["until"] for one in done["remains"])
    assert found(filled) == {"cod"}
    refused = run("purge", "nothing", "--index", filled, "--json")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert refused.stderr.startswith("semsearch: There is no article nothing.")

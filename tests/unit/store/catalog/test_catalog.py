"""What a catalog in SQLite is held to beside the contract: old formats and damaged files."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from semsearch.errors import DamagedIndexError, FormatMismatchError
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.checksums import verify_checksums
from semsearch.store.catalog.clusters import ClusterKind
from semsearch.store.catalog.coverage import Coverage
from tests.support.articles import make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_catalog
from tests.support.store import as_format_1, write

ENCODER = HashingEncoder()


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = open_catalog(tmp_path)
    yield opened
    opened.close()


def titles(catalog: Catalog) -> dict[str, str]:
    return {key: one.title for key, one in catalog.by_id(["a", "b", "c"]).items()}


def test_a_catalog_of_format_1_is_refused_with_a_hint_and_brought_up_to_date(
    catalog: Catalog, tmp_path: Path
) -> None:
    write(catalog, ENCODER, [make_article("a")])
    as_format_1(tmp_path)
    with pytest.raises(FormatMismatchError, match="format 1") as caught:
        catalog.check_format()
    assert "semsearch rebuild" in caught.value.hint
    catalog.upgrade()
    catalog.check_format()
    assert titles(catalog) == {"a": "Notice a"}
    assert catalog.sequence == 1
    assert Coverage(catalog.database).counts(1) == dict.fromkeys(ClusterKind, 0)
    catalog.upgrade()  # once more changes nothing
    assert catalog.sequence == 1


def test_only_a_catalog_that_lacks_tables_alone_can_be_brought_up_to_date(
    catalog: Catalog, tmp_path: Path
) -> None:
    catalog.write_setting("format", "99")
    with pytest.raises(FormatMismatchError, match="format 99"):
        catalog.upgrade()
    assert catalog.setting("format") == "99"
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "catalog.db").write_bytes(b"")
    empty = Catalog(f"sqlite:///{tmp_path / 'none' / 'catalog.db'}")
    with pytest.raises(DamagedIndexError):
        empty.upgrade()
    empty.close()


@pytest.mark.parametrize("junk", [b"", b"not a database at all, " * 100], ids=["empty", "text"])
def test_a_file_that_is_no_catalog_is_called_damaged(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "catalog.db").write_bytes(junk)
    catalog = Catalog(f"sqlite:///{tmp_path / 'catalog.db'}")
    with pytest.raises(DamagedIndexError):
        catalog.check_format()
    catalog.close()


def test_a_catalog_with_overwritten_pages_is_called_damaged(tmp_path: Path) -> None:
    catalog = open_catalog(tmp_path)
    write(catalog, ENCODER, [make_article(f"a{n}", f"Notice {n} " * 20) for n in range(200)])
    catalog.close()
    path = tmp_path / "catalog.db"
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(byte ^ 0x5A for byte in data[4096:])
    path.write_bytes(data)
    with pytest.raises(DamagedIndexError):
        list(Catalog(f"sqlite:///{path}").all_articles())


def test_a_file_of_which_a_good_part_is_free_is_written_anew(
    catalog: Catalog, tmp_path: Path
) -> None:
    names = [f"a{number:03}" for number in range(100)]
    articles = [make_article(name, body=f"{name} {random_words(name)}") for name in names]
    write(catalog, ENCODER, articles)
    path = tmp_path / "catalog.db"
    catalog.database.overwrite_freed([])  # all that its log holds is in the file
    catalog.database.give_back_room()
    full = path.stat().st_size
    write(catalog, ENCODER, delete=names[:90])
    catalog.collect(catalog.sequence)
    catalog.database.give_back_room()
    assert path.stat().st_size < full / 2
    assert sorted(catalog.ids()) == names[90:]
    assert verify_checksums(catalog.database).mismatches == ()
    left = path.stat().st_size
    write(catalog, ENCODER, delete=names[90:91])
    catalog.collect(catalog.sequence)
    catalog.database.give_back_room()
    assert path.stat().st_size == left  # little is free


def random_words(seed: str) -> str:
    """Words that no packing makes short."""
    return " ".join(sha256(f"{seed} {number}".encode()).hexdigest() for number in range(200))

"""What a catalog in SQLite is held to beside the contract: old formats and damaged files."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from semsearch.errors import DamagedIndexError
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.checksums import verify_checksums
from tests.support.articles import make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_catalog
from tests.support.store import write

ENCODER = HashingEncoder()


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = open_catalog(tmp_path)
    yield opened
    opened.close()


def titles(catalog: Catalog) -> dict[str, str]:
    return {key: one.title for key, one in catalog.by_id(["a", "b", "c"]).items()}


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

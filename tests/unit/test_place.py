"""Where the parts of an index lie, as settings say it."""

from pathlib import Path

import pytest

from semsearch.config import Place, Settings, load_settings, place_of
from semsearch.errors import ConfigurationError
from semsearch.store.milvus.client import Milvus

SERVER = "milvus+http://milvus.example:19530"
CATALOG = "postgresql+psycopg://news@db.example/news"


def test_a_folder_holds_everything(tmp_path: Path) -> None:
    assert place_of(Settings(index=tmp_path)) == Place(tmp_path, "", "")
    assert place_of(Settings(index=tmp_path, catalog=CATALOG)) == Place(tmp_path, CATALOG, "")


def test_a_folder_may_say_where_its_parts_are(tmp_path: Path) -> None:
    (tmp_path / "semsearch.yaml").write_text(f"catalog: {CATALOG}\nindex: {SERVER}\n", "utf-8")
    assert place_of(Settings(index=tmp_path)) == Place(tmp_path, CATALOG, SERVER)
    other = "postgresql+psycopg://other"
    assert place_of(Settings(index=tmp_path, catalog=other)) == Place(tmp_path, other, SERVER)
    (tmp_path / "semsearch.yaml").write_text(f"index: {tmp_path}\n", "utf-8")
    assert place_of(Settings(index=tmp_path)) == Place(tmp_path, "", "")


def test_servers_need_a_catalog_and_no_folder() -> None:
    with pytest.raises(ConfigurationError, match="catalog"):
        place_of(Settings(index=SERVER))
    place = place_of(Settings(index=SERVER, catalog=CATALOG))
    assert (place.catalog, place.milvus) == (CATALOG, SERVER)
    assert place.folder != place_of(Settings(index=SERVER, catalog=CATALOG + "2")).folder


@pytest.mark.parametrize("url", ["milvus+file:{}/milvus.db", "milvus+file://{}/milvus.db"])
def test_a_file_of_milvus_lies_in_its_folder(tmp_path: Path, url: str) -> None:
    place = place_of(Settings(index=url.format(tmp_path)))
    assert (place.folder, place.catalog) == (tmp_path, "")


@pytest.mark.parametrize("index", ["milvus+ftp://x", "milvus+http:", "milvus+file:", 7])
def test_other_addresses_are_refused(tmp_path: Path, index: object) -> None:
    (tmp_path / "semsearch.yaml").write_text(f"index: {index!r}\n", "utf-8")
    with pytest.raises(ConfigurationError, match="index"):
        load_settings(tmp_path / "semsearch.yaml")


def test_settings_come_from_variables_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEMSEARCH_INDEX", SERVER)
    monkeypatch.setenv("SEMSEARCH_CATALOG", CATALOG)
    assert place_of(load_settings()).milvus == SERVER


def test_a_password_is_never_shown() -> None:
    assert Milvus("milvus+https://me:secret@host:1/db").place == "milvus+https://host:1"

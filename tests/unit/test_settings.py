"""Settings: what is wrong is said without saying secrets."""

from pathlib import Path

import pytest

from semsearch.config import Place, Settings, load_settings, place_of
from semsearch.errors import ConfigurationError
from semsearch.store.milvus.client import Milvus


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SEMSEARCH_SERVICE", "{hunter2"),
        ("SEMSEARCH_SERVICE__CONCURRENT", "hunter2"),
        ("SEMSEARCH_SERVICE__CORS_ORIGINS", "hunter2"),
        ("SEMSEARCH_SERVICE__LOG_LEVEL", "hunter2"),
        ("SEMSEARCH_MODEL__BACKEND", "hunter2"),
        ("SEMSEARCH_SERVICE__STOP_SECONDS", "100"),
    ],
)
def test_a_wrong_variable_is_named_and_its_value_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert "hunter2" not in caught.value.message + caught.value.hint
    assert name.lower().split("_")[1] in caught.value.message.lower()


def test_origins_are_given_as_json(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEMSEARCH_SERVICE__CORS_ORIGINS", '["https://news.example"]')
    assert load_settings().service.cors_origins == ("https://news.example",)


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 3_000 + "]" * 3_000,
        "a: " + "{b: " * 3_000 + "}" * 3_000,
        "a: 2024-99-99",
        "a: [",
        "? [a]\n: b",
        "\0",
        "a: &x [*x]",
        "- a",
    ],
    ids=["lists", "mappings", "no date", "open", "list as key", "nul", "circle", "a list"],
)
def test_what_is_no_file_of_settings_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "semsearch.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load_settings(path)
    assert "\n" not in caught.value.message


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


@pytest.mark.parametrize(
    ("text", "line"),
    [("index: a\n: : bad\n", 2), ("a: [1,\n\nb: 2\n", 4), ("index: a\n\tb: 1\n", 2), ("'x", 1)],
)
def test_a_file_that_is_no_yaml_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    file = tmp_path / "semsearch.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=rf"semsearch\.yaml, line {line} is not YAML: \w"):
        load_settings(file)


@pytest.mark.parametrize("path", ["archive", "/archive/", "/a b"])
def test_a_wrong_path_below_a_proxy_is_told_how_to_write_it(tmp_path: Path, path: str) -> None:
    file = tmp_path / "semsearch.yaml"
    file.write_text(f"service: {{root_path: '{path}'}}\n", "utf-8")
    with pytest.raises(ConfigurationError, match=r"service.root_path: write it as /archive, with"):
        load_settings(file)

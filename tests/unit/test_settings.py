"""Settings: what is wrong is said without saying secrets."""

from pathlib import Path

import pytest

from semsearch.config import load_settings
from semsearch.errors import ConfigurationError


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

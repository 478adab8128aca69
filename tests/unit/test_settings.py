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

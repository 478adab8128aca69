"""A language is told where the text shows it, and left open where it does not."""

import errno
import subprocess
import sys
import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.errors import StorageError
from semsearch.ingest.identity import content_hash
from semsearch.text import language
from semsearch.text.language import language_of, with_language
from tests.support.articles import make_article

ENGLISH = "The harbour master of Lisk closed the northern quay on Tuesday."


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ENGLISH, "en"),
        ("Der Bürgermeister von Lisk tritt zurück, und die Fähre fährt wieder.", "de"),
        ("Le maire de Lisk a démissionné — à midi.", "fr"),
        ("El alcalde de Lisk anunció nuevas obras en el puerto.", "es"),
        ("Il sindaco di Lisk ha annunciato nuovi lavori al porto.", "it"),
        ("Цены на треску выросли на 3,5 % за неделю", "ru"),
        ("地震がリスクを襲った", "ja"),
    ],
)
def test_a_sentence_shows_its_language(text: str, code: str) -> None:
    assert language_of(text) == code
    assert language_of(f"https://gazette.example/a/b/c {text}") == code


@pytest.mark.parametrize(
    "text", ["", " \n", "x", "42", "3,5 %", "🚋", "HPA TQX", "\ud800", "https://gazette.example/a"]
)
def test_what_is_too_short_or_odd_is_left_open(text: str) -> None:
    assert language_of(text) == ""


@given(st.text())
def test_any_text_gets_a_code_of_two_letters_or_none(text: str) -> None:
    code = language_of(text)
    assert code == "" or (len(code) == 2 and code.isalpha() and code.islower())
    assert language_of(text) == code


def test_what_the_record_says_stays() -> None:
    article = make_article("a", ENGLISH, language="nl")
    assert with_language(article) is article


def test_the_lead_shows_the_language_where_the_record_says_none() -> None:
    titled = make_article("a", ENGLISH)
    assert with_language(titled).language == "en"
    untold = make_article("b", "42", body=f"{ENGLISH} The ferry waits.")
    assert with_language(untold).language == "en"
    odd = make_article("c", "42")
    assert with_language(odd) is odd


def test_nothing_else_changes() -> None:
    article = make_article("a", ENGLISH, body="The ferry waits.", quality=7)
    found = with_language(article)
    blank = make_article("a", ENGLISH, body="The ferry waits.", quality=7, language=found.language)
    assert content_hash(found) == content_hash(blank)


def test_the_model_is_not_loaded_before_it_is_needed() -> None:
    code = "import sys, semsearch.text.language; print('py3langid' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_full_temporary_folder_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    language._loaded.cache_clear()
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with pytest.raises(StorageError, match="No space left") as caught:
        language.language_of("The harbour was quiet.")
    assert "TMPDIR" in caught.value.hint

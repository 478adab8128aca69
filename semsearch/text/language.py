"""The language of an article whose record names none, by py3langid; the only module that loads it.

Its model comes with the package (arrays, no pickle) and takes about a second and 100 MB; it is
unpacked to the temporary folder when it is loaded, with the first article that needs it.
"""

from dataclasses import replace
from functools import cache
from threading import Lock
from typing import Any

from semsearch.errors import StorageError
from semsearch.model.article import Article
from semsearch.text.tokens import visible

# More tells nothing new and takes longer.
_CHARS = 160
_LEAST_PROBABILITY = 0.5
_LOADING = Lock()
_CODE = 2  # letters of an ISO 639-1 code


def with_language(article: Article) -> Article:
    """The article with the language that its lead is written in, where it names none itself."""
    if article.language:
        return article
    language = language_of(visible(article.lead).text)
    return replace(article, language=language) if language else article


def language_of(text: str) -> str:
    """The ISO 639-1 code of a text's language; empty where the text is too short or odd to tell.

    Its first 160 characters are looked at, without addresses.
    """
    words = [word for word in text[:_CHARS].split() if any(map(str.isalpha, word))]
    beginning = " ".join(word for word in words if "://" not in word)
    if not beginning:
        return ""
    language, probability = _identifier().classify(beginning)
    return str(language) if probability >= _LEAST_PROBABILITY else ""


def _identifier() -> Any:
    """The model, loaded once.

    Raises:
        StorageError: The temporary folder is full.
    """
    with _LOADING:  # it takes room enough for one
        return _loaded()


@cache
def _loaded() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped] # noqa: PLC0415

    try:
        identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except OSError as error:
        raise StorageError(
            f"The language model cannot be unpacked: {error.strerror}.",
            "It needs 50 MB of the temporary folder (TMPDIR) for a moment.",
        ) from None
    identifier.set_languages([code for code in identifier.labels if len(code) == _CODE])
    return identifier

"""How two aligned sentences word the same: the words that only one of them uses."""

from semsearch.model.article import Phrase
from semsearch.text.tokens import phrases, words


def differing_words(a: str, b: str) -> tuple[tuple[Phrase, ...], tuple[Phrase, ...]]:
    """The content words that only one of two sentences uses, those of ``a`` first.

    Words are compared by their stems. Neighbouring words make one phrase. Phrases index the
    sentence that they stand in.
    """
    words_a, words_b = words(a), words(b)
    terms_a, terms_b = {word.term for word in words_a}, {word.term for word in words_b}
    return phrases(a, words_a, terms_b), phrases(b, words_b, terms_a)

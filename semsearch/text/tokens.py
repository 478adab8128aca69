"""Words of a text as the word index holds them: lower case, without accents, stemmed.

Analysed by tantivy, so that a question and an index never differ.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from semsearch.model.article import Phrase

_FUNCTION_WORDS = """a about above after again against all also am an and another any are as at be
    because been before being below between both but by can could did do does doing down during
    each even ever every few for from further had has have having he her here hers him his how i if
    in into is it its itself just may me might more most much must my no nor not now of off on once
    one only onto or other our out over own s said same say saying says she should so some still
    such t than that the their them then there these they this those through to told too under until
    up upon very was we were what when where which while who whom whose why will with within without
    would yet you your"""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: its index term and where it stands, in characters."""

    term: str
    start: int
    end: int


def _analyzer() -> TextAnalyzer:
    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(64))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .filter(Filter.stemmer("english"))
        .build()
    )


ANALYZER = _analyzer()
AS_WRITTEN = (
    TextAnalyzerBuilder(Tokenizer.simple())
    .filter(Filter.remove_long(40))
    .filter(Filter.lowercase())
    .build()
)


def words(text: str) -> list[Word]:
    """The words of a text as the index holds them: lower case, without accents, stemmed."""
    return [
        Word(token.text, token.char_offset_from, token.char_offset_to or token.char_offset_from)
        for token in ANALYZER.pre_tokenize(text).tokens
    ]


def spellings(text: str) -> list[str]:
    """The words of a text as they are written, in lower case."""
    return [token.text for token in AS_WRITTEN.pre_tokenize(text).tokens]


def terms(text: str) -> frozenset[str]:
    """The words of a text, each once."""
    return frozenset(word.term for word in words(text))


FUNCTION_TERMS = terms(_FUNCTION_WORDS)


def phrases(text: str, tokens: Sequence[Word], elsewhere: Collection[str]) -> tuple[Phrase, ...]:
    """Runs of content words of a text that are not among some terms."""
    runs: list[list[Word]] = [[]]
    for word in tokens:
        if word.term in elsewhere or word.term in FUNCTION_TERMS or len(word.term) == 1:
            runs.append([])
        else:
            runs[-1].append(word)
    return tuple(phrase(text, run) for run in runs if run)


def phrase(text: str, run: Sequence[Word]) -> Phrase:
    """A run of words as it is cited."""
    start, end = run[0].start, run[-1].end
    return Phrase(start, end, text[start:end])

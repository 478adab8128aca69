"""The words of a question that are worth looking up, and how much each is worth."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import log1p

from semsearch.text.tokens import search_words

STOP_WORDS = frozenset(
    """a an the this that these those and or but nor so yet if then than as of at by for from in
    into on onto off out over under up down to with without within about against between through
    during before after above below near i me my we us our you your he him his she her it its they
    them their one ones who whom whose what which when where why how whether there here am is are
    was were be been being do does did doing done have has had having can could will would shall
    should may might must not no any some each every all both few more most much many other
    another such own same only just also too very still even ever again once s t don didn doesn
    isn wasn ll re ve m d let get gets got please tell me know
    thanks thank hello hi hey kindly wonder wondering curious""".split()
)
# They say what is done with the news, not what it is about; so they count half.
ASKING_WORDS = frozenset(
    """say says said saying write writes wrote written report reports reported reporting announce
    announces announced announcing announcement announcements explain explains explained describe
    described tell told happen happens happened article articles story stories news press outlet
    outlets coverage cover covered media journalists recently week weeks new latest good best
    thing things somebody someone something anybody anyone mean means called name named work works
    working use uses used using difference itself first""".split()
)
_ACRONYMS = frozenset({"US", "IT", "WHO"})
_ASKING_WEIGHT = 0.5
_MAX_TERMS = 64
_NUMBER = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Term:
    """An index term of a question.

    Attributes:
        term: As the index holds it.
        weight: Its inverse document frequency, halved for words of asking; 0 where the index
            does not hold it.
        idf: The inverse document frequency, the largest possible where the index does not hold it.
        is_name: Written like a name, an acronym or a number.
        content: Says what the question is about.
    """

    term: str
    weight: float
    idf: float
    is_name: bool
    content: bool


def weigh(text: str, articles: int, frequency: Callable[[str], int]) -> tuple[Term, ...]:
    """The terms of a question without its stop words; with them if nothing else is left.

    Args:
        text: The question as it is searched.
        articles: How many articles the index holds.
        frequency: In how many of them a term stands.

    Returns:
        At most 64 different terms, in order of first use.
    """
    written_terms = [
        (text[word.start : word.end], word.term, word.start) for word in search_words(text)
    ]
    capitals = {one for one, _, _ in written_terms if len(one) > 1 and one.isupper()}
    shouting = any(one.lower() in STOP_WORDS for one in capitals - _ACRONYMS) or text.isupper()
    telling = [one for one in written_terms if not _is_stop(one[0], shouting=shouting)]
    terms: dict[str, Term] = {}
    for written, term, start in telling or written_terms:
        if term in terms or len(terms) >= _MAX_TERMS:
            continue
        number = frequency(term)
        idf = log1p((articles - number + 0.5) / (number + 0.5))
        asking = written.lower() in ASKING_WORDS
        terms[term] = Term(
            term=term,
            weight=idf * (_ASKING_WEIGHT if asking else 1.0) if number else 0.0,
            idf=idf,
            is_name=_is_name(written, start),
            content=not asking and not _is_stop(written, shouting=shouting) and len(written) > 1,
        )
    return tuple(terms.values())


def _is_stop(written: str, *, shouting: bool) -> bool:
    """Whether a word says nothing; US, IT and WHO say something, where not all is in capitals."""
    return written.lower() in STOP_WORDS and (shouting or written not in _ACRONYMS)


def _is_name(written: str, start: int) -> bool:
    capital = start > 0 and written[0].isupper()
    return capital or bool(_NUMBER.match(written)) or (len(written) > 1 and written.isupper())

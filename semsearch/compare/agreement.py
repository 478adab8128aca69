"""Check that two aligned sentences can report one fact: names, figures, direction and time agree.

Alignment says how alike sentences are; opposite sentences are alike, too. What is looked at here
may only rule a pair out.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from semsearch.compare.figures import Figure, FigureKind, figures
from semsearch.text.numerals import MONTHS, WEEKDAYS
from semsearch.text.tokens import FUNCTION_TERMS, terms, words

_NAME = re.compile(r"(?<![\w’'])[A-Z][\w’'.-]*\w")
# Where any word is capitalised: at the beginning, and after a mark that opens a quotation.
_CAPITALISED = re.compile(r"(?:^|[.!?:]\s|[“\"‘'(\[—]\s?)[“\"‘'(\[—\s]*$")
# Words that are capitalised and tell no two things apart.
_DAYS = terms(" ".join(WEEKDAYS))
_NO_NAMES = (
    _DAYS
    | terms(" ".join(MONTHS))
    | terms(
        """jan feb mar apr jun jul aug sept oct nov dec mr mrs ms dr sen rep gov sens reps president
        senator senators congressman congresswoman representative governor judge justice secretary
        minister chairman chairwoman chief attorney general director leader speaker spokesman
        spokeswoman former vice prime republican republicans democrat democrats democratic gop
        american americans us united states america washington house senate congress white court
        committee department administration government news times post press reuters ap cnn abc cbs
        nbc bbc fox journal york twitter tweet facebook est edt et i d r"""
    )
)
_NEGATED = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|unable|fail(?:s|ed|ing)?"
    r"|refus(?:es|ed|e|al|ing)|den(?:y|ies|ied|ying|ial)|declin(?:es|ed|ing)|unlikely|hardly)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_OPPOSITES = tuple(
    (terms(one), terms(other))
    for one, other in (
        (
            """rise rises rose risen rising raise raises raised increase increases increased
            increasing gain gains gained gaining climb climbs climbed climbing jump jumps jumped
            jumping surge surges surged surging soar soars soared soaring grow grows grew growing
            rally rallied rebound rebounded up higher more""",
            """fall falls fell fallen falling drop drops dropped dropping decline declines declining
            decrease decreases decreased decreasing plunge plunges plunged plunging sink sank
            sinking tumble tumbled tumbling slump slumped slide slid cut cuts lower lowered lowering
            shrink shrank loss losses lost lose slip slipped down lower less fewer""",
        ),
        ("open opens opened opening reopen reopened", "close closes closed closing shut shuts"),
        ("begin begins began start starts started starting launch", "end ends ended ending stop"),
        ("win wins won winning victory", "lose loses lost losing defeat defeated"),
        (
            """support supports supported supporting back backs backed backing approve approved
            favor favors endorse endorsed endorses""",
            "oppose opposes opposed opposing reject rejects rejected block blocked against",
        ),
        ("confirm confirms confirmed confirming", "deny denies denied denying"),
        ("arrest arrested charge charged convict convicted", "release released acquit acquitted"),
        ("accept accepts accepted agree agreed", "refuse refuses refused reject rejected decline"),
        ("before", "after"),
        ("first", "last"),
        ("plan plans planned will would expected", "cancel canceled cancelled postpone postponed"),
        ("guilty", "innocent"),
        ("release released releases releasing", "block blocked withhold withheld blocks"),
        ("credible", "false"),
        ("join joins joined joining", "leave leaves left leaving quit quits"),
        ("good best better", "bad worst worse"),
        ("true", "false"),
        ("north northern", "south southern"),
        ("east eastern", "west western"),
        ("north northern south southern", "east eastern west western"),
    )
)


@dataclass(frozen=True, slots=True)
class Said:
    """What of a sentence must agree.

    Attributes:
        names: Terms of the names in it.
        figures: Those in it.
        days: Days of the week named.
        negations: How many words deny something.
        terms: All of its words.
        question: Whether it asks.
    """

    names: frozenset[str]
    figures: tuple[Figure, ...]
    days: frozenset[str]
    negations: int
    terms: frozenset[str]
    question: bool


@lru_cache(maxsize=1 << 16)
def said(text: str) -> Said:
    """What of a sentence must agree with another's."""
    every = frozenset(word.term for word in words(text))
    names: set[str] = set()
    for match in _NAME.finditer(text):
        alone = not _NAME.match(text, match.end() + 1)
        if not (alone and _CAPITALISED.search(text, max(0, match.start() - 4), match.start())):
            names |= terms(match[0].replace(".", "")) - _NO_NAMES - FUNCTION_TERMS
    return Said(
        names=frozenset(names),
        figures=figures(text),
        days=every & _DAYS,
        negations=len(_NEGATED.findall(text)),
        terms=every,
        question=text.rstrip("\"”’')").endswith("?"),
    )


_CONTAINED = 0.8  # of the shorter sentence's words in one run of the longer: it is cut from it
_NAMES_SHARED = 0.5  # of the names of the sentence that has fewer


@lru_cache(maxsize=1 << 16)
def may_agree(a: str, b: str) -> bool:
    """Whether nothing in two sentences speaks against their reporting one fact.

    Not where they share too few of the names that both have, or none of the figures or days that
    both have, where only one of them asks, denies, or tells the opposite direction. A sentence that
    is cut from the other may leave out a part that denies something.
    """
    one, other = said(a), said(b)
    if one.question is not other.question:
        return False
    if one.days and other.days and not one.days & other.days:
        return False
    if not _figures_agree(one, other):
        return False
    if _is_cut_from(a, b):
        return True
    if not _names_agree(one, other) or bool(one.negations) is not bool(other.negations):
        return False
    return not any(
        _opposed(one.terms, other.terms, up, down) or _opposed(one.terms, other.terms, down, up)
        for up, down in _OPPOSITES
    )


def _names_agree(one: Said, other: Said) -> bool:
    least = min(len(one.names), len(other.names))
    return not least or len(one.names & other.names) >= _NAMES_SHARED * least


def _figures_agree(one: Said, other: Said) -> bool:
    for kind in FigureKind:
        a = {each.amount for each in one.figures if each.kind is kind}
        b = {each.amount for each in other.figures if each.kind is kind}
        if a and b and not any(_near(x, y) for x in a for y in b):
            return False
    return True


def _near(x: float, y: float) -> bool:
    return abs(x - y) <= _ROUNDED * max(abs(x), abs(y))


_ROUNDED = 0.02


def _opposed(
    a: frozenset[str], b: frozenset[str], up: frozenset[str], down: frozenset[str]
) -> bool:
    return bool(a & up and b & down and not a & down and not b & up)


def _is_cut_from(a: str, b: str) -> bool:
    terms_a, terms_b = ([word.term for word in words(text)] for text in (a, b))
    if len(terms_a) > len(terms_b):
        terms_a, terms_b = terms_b, terms_a
    matcher = SequenceMatcher(None, terms_a, terms_b, autojunk=False)
    run = matcher.find_longest_match(0, len(terms_a), 0, len(terms_b)).size
    return run >= _CONTAINED * len(terms_a)

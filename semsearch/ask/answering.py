"""How far sentences answer a question: by its names and words, and by the value it asks for.

Who, where, when, how many, how much, how long and how old ask for a person or body, a place, a
time, a number, an amount, a length and an age. Rules of English; a question that asks otherwise, or
in another language, asks for no kind.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from sys import intern

from semsearch.ask.terms import Term
from semsearch.model.article import Article, Field, Passage
from semsearch.text.numerals import NUMBERS
from semsearch.text.sentences import sentences
from semsearch.text.statements import joined
from semsearch.text.tokens import joined_words, single_forms, terms_in, words


class Kind(StrEnum):
    """A kind of value."""

    NAME = "name"
    PLACE = "place"
    TIME = "time"
    NUMBER = "number"
    AMOUNT = "amount"
    LENGTH = "length"
    AGE = "age"


# What may stand before the word that asks.
_BEFORE = (
    r"^\W*(?:(?:and|so|but|well|ok|okay|hi|hello|hey|good (?:morning|afternoon|evening|day)"
    r"|dear \w+|excuse me|sorry|thanks|thank you|please|kindly|just|(?:a )?(?:quick )?question"
    r"|(?:(?:can|could|would|will) you (?:please |kindly )?)?(?:tell|remind) me|let me know"
    r"|do you (?:happen to )?know|(?:does )?any(?:one|body) knows?|any idea"
    r"|i(?:['’]d| would| just)* (?:like|want|wish|need) to know"
    r"|(?:i(?:['’]m|['’]ve been| am| was| have been)?(?: just)? )?(?:wonder|wondering|curious)"
    r"|by|to|from|in|on|at|since|until|till|for|with|of|after|before)\b[\s,.!:;?–—-]*)*"
)
# "Do you know when the ferry returns" asks; "when the ferry returned, ..." tells.
_TOLD = r"(?:(?<=know )|(?<=me )|(?<=wonder )|(?<=wondering )|(?<=curious ))"
_AUXILIARY = (
    r"(?:is|are|was|were|do|does|did|will|would|can|could|has|have|had|should|shall|may|might)\b"
)
_ASKS = tuple(
    (kind, re.compile(_BEFORE + pattern, re.IGNORECASE))
    for kind, pattern in (
        (Kind.AGE, r"how old\b"),
        (Kind.NUMBER, r"(?:how many\b|what (?:is the )?number of\b)"),
        (
            Kind.AMOUNT,
            (
                r"(?:how (?:much|expensive|costly)\b"
                r"|(?:what|which)(?:'s| is| was| are| were)? (?:the )?"
                r"(?:price|cost|value|sum|amount|salary|fee|budget)\b)"
            ),
        ),
        (Kind.LENGTH, r"how long\b"),
        (
            Kind.TIME,
            (
                rf"(?:when\s+{_AUXILIARY}|when\W*$|{_TOLD}when\b"
                r"|(?:what|which) (?:is the |was the )?(?:year|date|day|month|time|week)\b)"
            ),
        ),
        (
            Kind.PLACE,
            (
                rf"(?:where(?:'s)?\s+(?:exactly\s+)?{_AUXILIARY}|where's\b|where\W*$|{_TOLD}where\b"
                r"|(?:what|which) (?:city|town|country|place|state|village|region|location)\b)"
            ),
        ),
        (Kind.NAME, r"(?:who(?:m|'s)?\b|whose\b)"),
    )
)

_SEVERAL = re.compile(r"\b(?:and|or)\s+(?:who|whom|what|which|when|where|why|how)\b", re.IGNORECASE)
_FIRST_WORD = re.compile(r"\w")

_NUMBER_WORD = (
    rf"(?:{'|'.join(word for word in NUMBERS if word != 'one')}"
    r"|hundreds?|thousands?|millions?|billions?|dozens?|half|once|twice)"
)
_FIGURE = r"\d[\d,.]*"
_QUANTITY = rf"(?:{_FIGURE}|\b(?:one|{_NUMBER_WORD})\b)"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_PERIOD = (
    r"(?:second|minute|hour|day|night|week|weekend|fortnight|month|quarter|year|decade|centur)"
)
_HOLDS: dict[Kind, re.Pattern[str]] = {
    Kind.TIME: re.compile(
        rf"\b(?:1[0-9]\d\d|20\d\d)s?\b(?!\s*%)|\b{_MONTH}\.?\s+\d|\d\s+{_MONTH}\b"
        rf"|\b(?:in|since|until|by|last|next|this|early|late|mid|of|from|on|before|after)[\s-]{_MONTH}\b"
        r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"
        rf"|\b(?:last|next|this|that|past|previous|coming|later|earlier|same|following)\s+"
        rf"(?:\w+\s+)?(?:{_PERIOD}|spring|summer|autumn|fall|winter|morning|evening|afternoon)"
        r"|\b(?:today|yesterday|tomorrow|tonight|now|immediately|noon|midnight|dawn|dusk)\b"
        rf"|{_QUANTITY}\s+{_PERIOD}\w*\s+(?:ago|earlier|later|before|after)"
        r"|\d\s*[ap]\.?m\b|\bQ[1-4]\b|\b(?:end|beginning|middle|start) of (?:the )?\w+",
        re.IGNORECASE,
    ),
    Kind.NUMBER: re.compile(_QUANTITY, re.IGNORECASE),
    Kind.AMOUNT: re.compile(
        rf"[$€£¥₹]\s?\d|{_FIGURE}\s*(?:%|per cent|percent|percentage|[kmb]n\b|million|billion"
        r"|trillion|dollars?|euros?|pounds?|cents?|crowns?|francs?|marks?|rupees?|rs\b|yen|yuan|usd"
        r"|eur|gbp|terabytes?|gigabytes?|[tgpmk]b\b|tons?|tonnes?|kilo\w*|kg\b|pounds|liters?|litres?"
        r"|barrels?|acres?|degrees?)"
        rf"|\b{_NUMBER_WORD}\s+(?:\w+\s+)?(?:dollars?|euros?|pounds?|cents?|per cent|percent|tons?"
        r"|times|million|billion)|\b(?:free|gratis|no (?:additional|extra) cost|half|double[sd]?"
        r"|triple[sd]?)\b",
        re.IGNORECASE,
    ),
    Kind.LENGTH: re.compile(
        rf"{_QUANTITY}[\s-]+(?:\w+\s+)?{_PERIOD}|{_QUANTITY}[\s-]+(?:mile|kilomet|met(?:er|re)|feet"
        rf"|foot|inch|yard|page|km\b)|\b(?:a|an|one|half|whole|entire)\s+(?:\w+\s+)?{_PERIOD}"
        r"|\bsince\b|\buntil\b|\bovernight\b"
        r"|\bfor (?:decades|centuries|years|months|weeks|days|hours)",
        re.IGNORECASE,
    ),
    Kind.AGE: re.compile(
        r"\b\d{1,3}[\s-]years?[\s-]old|,\s*\d{1,3}\s*(?:[,.;)]|$)|\baged?\s+(?:of\s+)?\d{1,3}\b"
        r"|\bturn(?:s|ed|ing)?\s+\d{1,3}\b|\b\d{1,3}(?:st|nd|rd|th)\s+birthday|\bborn (?:in|on)\b"
        r"|\b\d{1,3}-year-old|\byears (?:old|of age)",
        re.IGNORECASE,
    ),
}
# What is counted beside a date or in a name is no number of things.
_NO_NUMBER = re.compile(
    rf"\b(?:19|20)\d\d\b|\b{_MONTH}\.?\s+\d{{1,2}}\b|\b\d{{1,2}}\s+{_MONTH}\b"
    r"|\b\w*[A-Za-z]\w*[-.]?\d[\d.]*|\b\d+(?:\.\d+){2,}\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?<![.!?:]\s)(?<!^)(?<![\"“‘'(])\b[A-Z][\w'’.-]*|\b[A-Z][\w'’.-]+\s+[A-Z][\w'’.-]*"
)
_WITHIN = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]")
_CASED = 0.02  # of the words; in text in lower case only a stray one is
_IN_A_PLACE = re.compile(
    r"\b(?:in|at|near|from|outside|inside|across|off|to|around|of|into|throughout|toward)\s+"
    r"(?:the\s+|an?\s+)?(?:\w+\s+){0,2}?([A-Z][\w'’.-]*)"
)


def kind_asked(text: str) -> Kind | None:
    """The kind of value that a question asks for; None where it asks for none, or for several."""
    begins = _FIRST_WORD.search(text)
    if begins is None or _SEVERAL.search(text, begins.start() + 1):
        return None
    return next((kind for kind, asks in _ASKS if asks.search(text)), None)


def asking_words(text: str) -> str:
    """The words of a question that only ask: they stand in no answer."""
    found = next((match for _, asks in _ASKS if (match := asks.search(text))), None)
    return "" if found is None else found[0]


def holds(kind: Kind, sentence: str, given: Collection[str], *, cased: bool = True) -> bool:
    """Whether a sentence holds a value of a kind that the question does not hold itself.

    Args:
        kind: Of the value.
        sentence: One sentence.
        given: Index terms of the question: a name that it gives is no answer.
        cased: Whether the text writes names with capitals; where it does not, names and places
            cannot be told, and are taken to be there.
    """
    match kind:
        case Kind.NAME:
            return not cased or any(_is_new(name, given) for name in _NAME.findall(sentence))
        case Kind.PLACE:
            places = _IN_A_PLACE.findall(sentence)
            return not cased or any(_is_new(name, given) for name in places)
        case Kind.NUMBER:
            return _HOLDS[kind].search(_NO_NUMBER.sub(" ", sentence)) is not None
        case _:
            return _HOLDS[kind].search(sentence) is not None


def is_cased(text: str) -> bool:
    """Whether a text writes names with capitals: there are some within its sentences."""
    return len(_WITHIN.findall(text)) >= _CASED * len(text.split())


def _is_new(name: str, given: Collection[str]) -> bool:
    return any(word.term not in given for word in words(name))


# Words that say one thing in questions and in news; each line is taken for one word.
_SAME = """
found founder cofounder establish
buy bought acquire acquisition purchase takeover pay paid
cost price priced worth value fee spend spent
sell sold sale
die death dead kill
employ employee staff workforce
headquarter headquartered based
end expire expiry retire retirement deprecate
begin began begun start
launch release unveil introduce debut available
win won winner victory
lose lost loss
choose chose chosen elect
beat defeat
increase grow grew growth rise rose risen
decrease reduce reduction lower drop fall fell fallen cut
earn revenue profit income
raise funding
weigh weight
build built construct construction
hold held
lead led leader
make made
take took taken last
give gave given
go went gone
say said tell told
see saw seen
send sent
meet met
marry wedding
own owner
write wrote author
study graduate college university
arrest custody detain
""".strip().splitlines()


_NAMED = 0.3  # of the names by weight; a sentence with fewer is about something else
_AROUND = 0.5
_BESIDE = 0.8
_LEANT = 0.3
_BEGINNING = 400  # characters of the lead
_PASSAGES = 3


_KEPT = 4_096  # passages of which it is remembered what they say: some are read again and again


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says: its terms, and with one term for all that say the same (``same_word``).

    Few terms are looked for among few, so tuples do, which take a tenth of the memory of sets.
    """

    terms: tuple[str, ...]
    one_way: tuple[str, ...]

    @classmethod
    def by(cls, terms: Iterable[str]) -> "Said":
        """What is said by some terms."""
        own = tuple(dict.fromkeys(terms))
        return cls(own, tuple(map(same_word, own)))


@lru_cache(_KEPT)
def said(text: str) -> Said:
    """What a text says; letters with points are also the word that they make."""
    return Said.by(map(intern, [*terms_in(text), *(word.term for word in joined_words(text))]))


def _is_in(term: str, terms: Collection[str]) -> bool:
    """Whether a term of a question is among the terms of a text, in any of its forms."""
    return term in terms or ("|" in term and any(form in terms for form in single_forms(term)))


@dataclass(frozen=True, slots=True)
class Around:
    """What the sentences of an article are about: its headline, and how it begins."""

    headline: str
    beginning: str

    @classmethod
    def of(cls, article: Article) -> "Around":
        """Of an article."""
        return cls(article.headline, article.lead[:_BEGINNING])

    def names(self, term: str) -> bool:
        """Whether a term stands there."""
        return _is_in(term, said(self.headline).terms) or _is_in(term, said(self.beginning).terms)

    def says(self, term: str) -> bool:
        """Whether anything there says the same as a term, which ``same_word`` gave."""
        headline, beginning = said(self.headline), said(self.beginning)
        return _is_in(term, headline.one_way) or _is_in(term, beginning.one_way)


@dataclass(frozen=True)
class Asked:
    """What a question asks.

    Attributes:
        kind: Of the value that it asks for; None where it asks for none.
        names: Its names and numbers with their weights.
        rest: Its other words of content, each as ``same_word`` has it, with their weights.
        given: All its terms.
    """

    kind: Kind | None
    names: Mapping[str, float]
    rest: Mapping[str, float]
    given: frozenset[str]

    @classmethod
    def of(cls, text: str, terms: Sequence[Term]) -> "Asked":
        """What a question asks, of which these are the terms."""
        asking = set(terms_in(asking_words(text)))
        content = [term for term in terms if term.content and term.term not in asking]
        return cls(
            kind_asked(text),
            {term.term: term.idf for term in content if term.is_name},
            {same_word(term.term): term.idf for term in content if not term.is_name},
            frozenset(terms_in(text)),
        )

    def held(self, sentence: Said, around: "Around") -> float:
        """How much of what is asked a sentence says, 0..1.

        Names may stand in the headline or the beginning of the article instead; other words count
        half where only the headline has them.
        """
        named = sum(
            weight
            for term, weight in self.names.items()
            if _is_in(term, sentence.terms) or around.names(term)
        )
        of_names = named / sum(self.names.values()) if self.names else 1.0
        if of_names < _NAMED:
            return 0.0
        if not self.rest:
            return 1.0
        here, there = sentence.one_way, said(around.headline).one_way
        told = sum(
            weight * (1.0 if _is_in(term, here) else _AROUND if _is_in(term, there) else 0.0)
            for term, weight in self.rest.items()
        )
        return told / sum(self.rest.values())

    @cached_property
    def _weights(self) -> Mapping[str, float]:
        return {**{same_word(term): w for term, w in self.names.items()}, **self.rest}

    @cached_property
    def _forms(self) -> frozenset[str]:
        return frozenset(form for term in self._weights for form in single_forms(term))

    @cached_property
    def _total(self) -> float:
        return sum(self._weights.values())

    def said(self, sentence: Said, around: "Around") -> float:
        """The share of names and words by weight that a sentence says, 0..1.

        What the headline and the beginning say already counts a little for it.
        """
        weights, here = self._weights, sentence.one_way
        if not self._total or self._forms.isdisjoint(here):
            return 0.0
        held = sum(
            weight * (1.0 if _is_in(term, here) else _LEANT if around.says(term) else 0.0)
            for term, weight in weights.items()
        )
        return held / self._total

    @property
    def by_capitals(self) -> bool:
        """Whether capitals tell the kind of value that is asked for."""
        return self.kind in (Kind.NAME, Kind.PLACE)

    def has_value(self, sentence: str, *, cased: bool) -> bool:
        """Whether a sentence holds a value of the kind that is asked for."""
        return self.kind is None or holds(self.kind, sentence, self.given, cased=cased)


def best_answer(asked: Asked, article: Article, passages: Sequence[tuple[Passage, float]]) -> float:
    """How far the sentence of an article that answers best does so, 0..1.

    Only sentences with a value of the kind that is asked for count; the words may stand in the
    sentence beside it, which counts a little less.

    Args:
        asked: What is asked.
        article: Whose title and nearest passages are looked at.
        passages: All its passages with their cosines.
    """
    around = Around.of(article)
    cased = asked.by_capitals and is_cased(article.body or article.excerpt or article.title)
    nearest = nearest_read(passages)
    texts = [article.title, *(article.text(p.field)[p.start : p.end] for p in nearest)]
    return max(
        (rating for text in texts for rating in _ratings(asked, text, around, cased)), default=0.0
    )


def _ratings(
    asked: Asked,
    text: str,
    around: Around,
    cased: bool,  # noqa: FBT001
) -> Iterator[float]:
    spans = sentences_of(text)
    for place, (start, end) in enumerate(spans):
        if not asked.has_value(text[start:end], cased=cased):
            continue
        yield asked.held(said(text[start:end]), around)
        beside = spans[max(place - 1, 0)][0], spans[min(place + 1, len(spans) - 1)][1]
        yield _BESIDE * asked.held(said(text[slice(*beside)]), around)


def nearest_read(passages: Sequence[tuple[Passage, float]]) -> list[Passage]:
    """The few nearest passages of excerpt and body, which are looked at for an answer."""
    read = [one for one in passages if one[0].field in (Field.EXCERPT, Field.BODY)]
    return [passage for passage, _ in sorted(read, key=lambda one: -one[1])[:_PASSAGES]]


@lru_cache(_KEPT)
def sentences_of(text: str) -> tuple[tuple[int, int], ...]:
    """The spans of the sentences of a passage."""
    return tuple(joined(text, sentences(text)))


def same_word(term: str) -> str:
    """One index term for all that say the same."""
    return _same_words().get(term, term)


@cache
def _same_words() -> dict[str, str]:
    lines = [[word.term for word in words(line)] for line in _SAME]
    return {term: line[0] for line in lines for term in line}

"""How far sentences answer a question: by its names and words, and by the value it asks for."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from semsearch.ask.asked import Kind, asking_words, holds, is_cased, kind_asked
from semsearch.ask.terms import Term
from semsearch.model.article import Article, Field, Passage
from semsearch.text.sentences import sentences
from semsearch.text.statements import joined
from semsearch.text.tokens import terms, words

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
_KEPT = 4_096  # passages whose sentences are remembered: some are read again and again


@dataclass(frozen=True, slots=True)
class Around:
    """What the sentences of an article are about: terms of its headline, and of how it begins."""

    headline: frozenset[str]
    beginning: frozenset[str]

    @classmethod
    def of(cls, article: Article) -> "Around":
        """Of an article."""
        headline = terms(article.headline)
        return cls(headline, headline | terms(article.lead[:_BEGINNING]))


@dataclass(frozen=True, slots=True)
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
        asking = {word.term for word in words(asking_words(text))}
        content = [term for term in terms if term.content and term.term not in asking]
        return cls(
            kind_asked(text),
            {term.term: term.idf for term in content if term.is_name},
            {same_word(term.term): term.idf for term in content if not term.is_name},
            frozenset(word.term for word in words(text)),
        )

    def held(self, sentence: Collection[str], around: "Around") -> float:
        """How much of what is asked a sentence says, 0..1.

        Names may stand in the headline or the beginning of the article instead; other words count
        half where only the headline has them.
        """
        near = {*sentence, *around.beginning}
        named = sum(weight for term, weight in self.names.items() if term in near)
        of_names = named / sum(self.names.values()) if self.names else 1.0
        if of_names < _NAMED:
            return 0.0
        if not self.rest:
            return 1.0
        here, there = _one_way(sentence), _one_way(around.headline)
        told = sum(
            weight * (1.0 if term in here else _AROUND if term in there else 0.0)
            for term, weight in self.rest.items()
        )
        return told / sum(self.rest.values())

    def said(self, sentence: Collection[str], around: "Around") -> float:
        """The share of names and words by weight that a sentence says, 0..1.

        What the headline and the beginning say already counts a little for it.
        """
        weights = {**{same_word(term): w for term, w in self.names.items()}, **self.rest}
        total = sum(weights.values())
        here, there = _one_way(sentence), _one_way(around.beginning)
        held = sum(
            weight * (1.0 if term in here else _LEANT if here and term in there else 0.0)
            for term, weight in weights.items()
        )
        return held / total if total and weights.keys() & here else 0.0

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
    cased = is_cased(article.body or article.excerpt or article.title)
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
        yield asked.held(terms(text[start:end]), around)
        beside = spans[max(place - 1, 0)][0], spans[min(place + 1, len(spans) - 1)][1]
        yield _BESIDE * asked.held(terms(text[slice(*beside)]), around)


def nearest_read(passages: Sequence[tuple[Passage, float]]) -> list[Passage]:
    """The few nearest passages of excerpt and body, which are looked at for an answer."""
    read = [one for one in passages if one[0].field in (Field.EXCERPT, Field.BODY)]
    return [passage for passage, _ in sorted(read, key=lambda one: -one[1])[:_PASSAGES]]


@lru_cache(_KEPT)
def sentences_of(text: str) -> tuple[tuple[int, int], ...]:
    """The spans of the sentences of a passage."""
    return tuple(joined(text, sentences(text)))


def _one_way(terms: Collection[str]) -> set[str]:
    return {same_word(term) for term in terms}


def same_word(term: str) -> str:
    """One index term for all that say the same."""
    return _same_words().get(term, term)


@cache
def _same_words() -> dict[str, str]:
    lines = [[word.term for word in words(line)] for line in _SAME]
    return {term: line[0] for line in lines for term in line}

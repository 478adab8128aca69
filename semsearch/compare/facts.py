"""Say what is reported where: facts of several voices, and what one lacks.

``sentence_rows`` says it of every sentence and every other article.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations, product

import numpy as np

from semsearch.compare.agreement import said
from semsearch.compare.aligned_story import AlignedStory, SentenceKey, tells_of
from semsearch.compare.alignment import ALIGNED, Alignment, Scorer, align, probability
from semsearch.compare.evidence import Claim
from semsearch.compare.sentences import ComparedText, Sentences
from semsearch.deadline import go_on
from semsearch.model.article import Basis, Phrase
from semsearch.model.comparison import (
    Match,
    MissingFact,
    SentenceRow,
    SentenceStatus,
    SharedFact,
    Status,
    Wording,
)
from semsearch.text.statements import is_fragment_of_quote, words_in
from semsearch.text.tokens import phrases, terms, words

_MIN_WORDS = 10  # of a sentence that is said to be missing elsewhere
_PRONOUNS = frozenset("he she it they we you i this that these those here there".split())
_MIN_OTHERS = 2  # providers that report what another does not

Fact = tuple[SentenceKey, ...]
"""Sentences that report one fact, at most one of each provider."""


def group_facts(story: AlignedStory) -> list[Fact]:
    """Sentences of different voices that report the same: those of most providers first.

    Sentences that are each other's best match are joined, the likest first, where every sentence
    of one group is shared with every one of the other. So no two stand together through a third.
    Among facts of as many providers those nearest to the story's headlines come first.
    """
    matches: list[tuple[float, SentenceKey, SentenceKey]] = []
    for a, b in combinations(range(len(story.voices)), 2):
        go_on()
        there, back = story.alignments[a, b], story.alignments[b, a].best
        for i, j in enumerate(there.best.tolist()):
            if back[j] == i and there.shared[i, j]:
                matches.append((-round(float(there.logits[i, j]), 6), (a, i), (b, j)))
    group: dict[SentenceKey, Fact] = {}
    for _, one, other in sorted(matches):
        go_on()
        first, second = group.get(one, (one,)), group.get(other, (other,))
        if first == second or not _may_be_joined(story, first, second):
            continue
        merged = tuple(sorted([*first, *second]))
        group.update(dict.fromkeys(merged, merged))
    return sorted(set(group.values()), key=lambda fact: (-len(fact), -_central(story, fact), fact))


def _may_be_joined(story: AlignedStory, first: Fact, second: Fact) -> bool:
    return all(
        not set(story.voices[a].providers) & set(story.voices[b].providers)
        and story.alignments[a, b].shared[i, j]
        for (a, i), (b, j) in product(first, second)
    )


def _central(story: AlignedStory, fact: Fact) -> float:
    """Mean cosine of a fact's sentences with the headlines of the story, 0 without any."""
    headlines = [text.headline for text in story.texts if text.headline is not None]
    if not headlines:
        return 0.0
    vectors = [story.texts[text].main.vectors[number] for text, number in fact]
    return round(float(np.mean(np.stack(vectors) @ np.stack(headlines).T)), 4)


def shared_fact(story: AlignedStory, fact: Fact) -> SharedFact:
    """A fact with how each pair of its sentences words it."""
    wording = []
    for (one, (a, i)), (other, (b, j)) in combinations(enumerate(fact), 2):
        go_on()
        texts = (story.texts[text].main.span(number).text for text, number in ((a, i), (b, j)))
        only_a, only_b = differing_words(*texts)
        score = probability(float(story.alignments[a, b].logits[i, j]))
        wording.append(Wording(a=one, b=other, score=score, only_a=only_a, only_b=only_b))
    return SharedFact(
        sentences=tuple(map(story.cite, fact)),
        wording=tuple(wording),
        basis=story.least_basis(text for text, _ in fact),
        method=ALIGNED,
        evidence=story.evidence[Claim.SHARED],
    )


def missing_facts(story: AlignedStory, facts: Sequence[Fact]) -> Iterator[MissingFact]:
    """What two or more others report, and no text of a provider does, where absence can be told.

    All of the provider's texts must be whole, tell of the event, and be no older than those that
    report the fact.
    """
    for provider in story.providers:
        texts, articles = story.texts_of(provider), story.articles_of(provider)
        # A duplicate of its own that is not compared may hold more.
        if len(articles) != len(texts):
            continue
        for fact in facts:
            go_on()
            if (
                len(fact) >= _MIN_OTHERS
                and not any(text in texts for text, _ in fact)
                and all(
                    story.may_lack(text, other)
                    and is_ruled_out(story, fact, text)
                    and tells_something(
                        story.texts[other].main.span(number).text, story.texts[text].terms
                    )
                    for text in texts
                    for other, number in fact
                )
            ):
                yield MissingFact(
                    provider=provider,
                    articles=tuple(article.id for article in articles),
                    sentences=tuple(map(story.cite, fact)),
                    status=Status.NOT_FOUND,
                    basis=Basis.FULL,
                    method=ALIGNED,
                    evidence=story.evidence[Claim.MISSING],
                )


def tells_something(sentence: str, elsewhere: Collection[str]) -> bool:
    """Whether a sentence that a text lacks tells something by itself.

    It has ten words, and a name or a figure that stands nowhere in the text, beyond its first
    word. It is neither a question, nor a part of a quotation, nor begins with a pronoun.
    """
    held = words_in(sentence)
    if len(held) < _MIN_WORDS:
        return False
    return (
        held[0].casefold().replace("’", "'").partition("'")[0] not in _PRONOUNS
        and not telling(sentence) <= set(elsewhere)
        and not said(sentence).question
        and not is_fragment_of_quote(sentence)
    )


def telling(sentence: str) -> frozenset[str]:
    """The names and figures of a sentence, as terms, beyond its first word."""
    held, found = words_in(sentence), said(sentence)
    # The first word of a sentence is capitalised, name or not.
    first = terms(held[0]) if held else frozenset[str]()
    return (found.names - first) | {term for term in found.terms if term[0].isdigit()}


def is_ruled_out(story: AlignedStory, fact: Fact, text: int) -> bool:
    """Whether a text does not hold a fact that others report.

    Every sentence of the fact is looked up in it. The clearest must be ruled out, and each must
    come half the way: one may hold a second fact that is there.
    """
    limit = story.scorer.not_found_below
    tops = [float(story.alignments[a, text].logits[i].max()) for a, i in fact]
    return min(tops) < limit and max(tops) < limit / 2


def sentence_rows(story: AlignedStory) -> Iterator[SentenceRow]:
    """Every sentence, title and excerpt included, against every other article."""
    texts = sorted(story.all_texts.values(), key=lambda text: text.article.id)
    for text in texts:
        others = [other for other in texts if other is not text]
        for sentences in (text.teaser, text.main):
            if not len(sentences):
                continue
            go_on()
            columns = [_statuses(story, sentences, other) for other in others]
            for number in range(len(sentences)):
                span = sentences.span(number)
                yield SentenceRow(
                    article=span.article,
                    field=span.field,
                    start=span.start,
                    end=span.end,
                    text=span.text,
                    others=tuple(column[number] for column in columns),
                )


def _statuses(story: AlignedStory, a: Sentences, b: ComparedText) -> list[SentenceStatus]:
    """The status of every sentence of ``a`` in ``b``, with the sentence that decides it."""
    alignment, lacking = _aligned(story, a, b)
    statuses = []
    go_on()
    for number, best in enumerate(alignment.best.tolist()):
        logit = float(alignment.logits[number, best])
        status = sentence_status(
            logit, story.scorer, shared=bool(alignment.shared[number, best]), lacking=lacking
        )
        where = b.main.spans[best]
        absent = status in (Status.NOT_FOUND, Status.UNKNOWN)
        statuses.append(
            SentenceStatus(
                article=b.article.id,
                status=status,
                score=probability(logit),
                match=None if absent else Match(where.field, where.start, where.end),
            )
        )
    return statuses


def sentence_status(logit: float, scorer: Scorer, *, shared: bool, lacking: bool) -> Status:
    """The status by the sentence that decides.

    Args:
        logit: Log-odds that it reports the same.
        scorer: Has the limit of absence.
        shared: Whether it counts as reporting the same.
        lacking: Whether absence can be told of the text. Otherwise what is not reported for sure
            is ``UNKNOWN``: the rest of the article may say it.
    """
    if shared:
        return Status.STATED
    if not lacking:
        return Status.UNKNOWN
    return Status.NOT_FOUND if logit < scorer.not_found_below else Status.UNCLEAR


def _aligned(story: AlignedStory, a: Sentences, b: ComparedText) -> tuple[Alignment, bool]:
    """How sentences match another text, and whether absence can be told of that.

    What the story has aligned is taken from it; the rest is aligned here.
    """
    one, other = story.numbers.get(a.article.id), story.numbers.get(b.article.id)
    whole = story.all_texts[a.article.id].main
    if one is None or other is None:
        main = align(whole, b.main, story.scorer)
    else:
        main = story.alignments[one, other]
    alignment = main if a is whole else align(a, b.main, story.scorer)
    return alignment, b.is_whole and tells_of(b.article, a.article, main)


def differing_words(a: str, b: str) -> tuple[tuple[Phrase, ...], tuple[Phrase, ...]]:
    """The content words that only one of two sentences uses, those of ``a`` first.

    Words are compared by their stems. Neighbouring words make one phrase. Phrases index the
    sentence that they stand in.
    """
    words_a, words_b = words(a), words(b)
    terms_a, terms_b = {word.term for word in words_a}, {word.term for word in words_b}
    return phrases(a, words_a, terms_b), phrases(b, words_b, terms_a)

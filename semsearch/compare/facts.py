"""Say what is reported where: facts of several voices, what one lacks, values that do not agree.

``sentence_rows`` says it of every sentence and every other article.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, product

import numpy as np

from semsearch.compare.aligned_story import AlignedStory, SentenceKey
from semsearch.compare.alignment import ALIGNED, Alignment, Scorer, align, probability
from semsearch.compare.conflicts import find_conflicts, reported_values
from semsearch.compare.evidence import Claim
from semsearch.compare.sentences import ComparedText, Sentences
from semsearch.compare.wording import LABELS_FROM, differing_words
from semsearch.deadline import go_on
from semsearch.model.article import Basis
from semsearch.model.comparison import (
    Difference,
    Match,
    MissingFact,
    SentenceRow,
    SentenceStatus,
    SharedFact,
    Status,
    Wording,
)

_OF_ONE_KIND = "values that count alike, neither of which the other text holds"
_MIN_WORDS = 8  # of a sentence that is said to be missing elsewhere
_MIN_OTHERS = 2  # providers that report what another does not

Fact = tuple[SentenceKey, ...]
"""Sentences that report one fact, at most one of each provider."""


def group_facts(story: AlignedStory) -> list[Fact]:
    """Sentences of different voices that match each other, the facts of most voices first.

    Sentences that are each other's best match are joined, the most certain first. A group stays
    together only while no two of its sentences are ruled out as a match, so that groups do not
    chain from one fact to the next.
    """
    matches: list[tuple[float, SentenceKey, SentenceKey]] = []
    for a, b in combinations(range(len(story.voices)), 2):
        go_on()
        there, back = story.alignments[a, b], story.alignments[b, a].best
        for i, j in enumerate(there.best.tolist()):
            if back[j] == i and there.logits[i, j] >= story.scorer.shared_from:
                matches.append((-round(float(there.logits[i, j]), 6), (a, i), (b, j)))
    group: dict[SentenceKey, Fact] = {}
    for _, one, other in sorted(matches):
        go_on()
        first, second = group.get(one, (one,)), group.get(other, (other,))
        if first == second or not _may_be_joined(story, first, second):
            continue
        merged = tuple(sorted([*first, *second]))
        group.update(dict.fromkeys(merged, merged))
    return sorted(set(group.values()), key=lambda fact: (-len(fact), fact))


def _may_be_joined(story: AlignedStory, first: Fact, second: Fact) -> bool:
    return all(
        not set(story.voices[a].providers) & set(story.voices[b].providers)
        and story.alignments[a, b].logits[i, j] >= story.scorer.not_found_below
        for (a, i), (b, j) in product(first, second)
    )


def shared_fact(story: AlignedStory, fact: Fact) -> SharedFact:
    """A fact with how each pair of its sentences words it."""
    wording = []
    for (one, (a, i)), (other, (b, j)) in combinations(enumerate(fact), 2):
        go_on()
        score = float(story.alignments[a, b].logits[i, j])
        if score < story.scorer.shared_from:
            continue
        texts = (story.texts[text].main.span(number).text for text, number in ((a, i), (b, j)))
        differing = differing_words(*texts)
        wording.append(
            Wording(
                a=one,
                b=other,
                score=probability(score),
                only_a=differing.only_a,
                only_b=differing.only_b,
                labels=differing.labels if score >= LABELS_FROM else (),
            )
        )
    return SharedFact(
        sentences=tuple(map(story.cite, fact)),
        wording=tuple(wording),
        basis=story.least_basis(text for text, _ in fact),
        method=ALIGNED,
        evidence=story.evidence[Claim.SHARED],
    )


def missing_facts(story: AlignedStory, facts: Sequence[Fact]) -> Iterator[MissingFact]:
    """What two or more others report, and no text of a provider held in full does."""
    for provider in story.providers:
        texts, articles = story.texts_of(provider), story.articles_of(provider)
        if not all(article.basis is Basis.FULL for article in articles):
            continue
        if not all(story.texts[text].is_full for text in texts):
            continue
        for fact in facts:
            go_on()
            long_enough = all(
                len(story.texts[text].main.words[number].terms) >= _MIN_WORDS
                for text, number in fact
            )
            if (
                long_enough
                and len(fact) >= _MIN_OTHERS
                and not any(text in texts for text, _ in fact)
                and all(is_ruled_out(story, fact, text) for text in texts)
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


def is_ruled_out(story: AlignedStory, fact: Fact, text: int) -> bool:
    """Whether a text does not hold a fact that others report.

    Every sentence of the fact is looked up in it. The clearest sentence must be ruled out, and
    their average must come half the way: one may hold a second fact that is there.
    """
    limit = story.scorer.not_found_below
    tops = [float(story.alignments[a, text].logits[i].max()) for a, i in fact]
    return min(tops) < limit and bool(np.mean(tops) < limit / 2)


def differences(story: AlignedStory, *, certain: bool) -> Iterator[Difference]:
    """Values that do not agree: of one thing for certain, or of one kind alone."""
    for (a, b), conflicts in story.conflicts.items():
        for conflict in conflicts:
            if conflict.certain is certain:
                yield Difference(
                    kind=conflict.a.value.kind,
                    a=story.cite((a, conflict.a.sentence)),
                    b=story.cite((b, conflict.b.sentence)),
                    value_a=conflict.a.value.phrase,
                    value_b=conflict.b.value.phrase,
                    score=probability(conflict.score),
                    basis=story.least_basis((a, b)),
                    method=ALIGNED if certain else _OF_ONE_KIND,
                    evidence=story.evidence[Claim.DIFFERS if certain else Claim.MAY_DIFFER],
                )


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
    alignment, conflicting = _aligned(story, a, b)
    statuses = []
    go_on()
    for number, best in enumerate(alignment.best.tolist()):
        logit = float(alignment.logits[number, best])
        status = sentence_status(logit, story.scorer, full=b.is_full)
        if (number, best) in conflicting:
            status = Status.DIFFERS
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


def sentence_status(logit: float, scorer: Scorer, *, full: bool) -> Status:
    """The status by the log-odds of the best sentence alone.

    What is not reported for sure is ``UNKNOWN`` where the body is not held: the rest of the
    article may say it.
    """
    if logit >= scorer.shared_from:
        return Status.STATED
    if not full:
        return Status.UNKNOWN
    return Status.NOT_FOUND if logit < scorer.not_found_below else Status.UNCLEAR


def _aligned(
    story: AlignedStory, a: Sentences, b: ComparedText
) -> tuple[Alignment, set[tuple[int, int]]]:
    """How sentences match another text, and which pairs hold values of one thing that conflict.

    What the story has aligned is taken from it; the rest is aligned here. Values are compared in
    bodies alone, or where there is none in what stands for it.
    """
    one, other = story.numbers.get(a.article.id), story.numbers.get(b.article.id)
    is_main = a is story.all_texts[a.article.id].main
    if is_main and one is not None and other is not None:
        conflicts = story.conflicts.get((min(one, other), max(one, other)), ())
        pairs = {(each.a.sentence, each.b.sentence) for each in conflicts if each.certain}
        return story.alignments[one, other], {p if one < other else p[::-1] for p in pairs}
    alignment = align(a, b.main, story.scorer)
    if a.spans[0].field is not b.main.spans[0].field:
        return alignment, set()
    conflicts = find_conflicts(reported_values(a), reported_values(b.main), alignment)
    return alignment, {(each.a.sentence, each.b.sentence) for each in conflicts if each.certain}

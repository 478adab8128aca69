"""Tell what an article says that a watch has not seen of its event before.

Sentences are looked up in each text that was seen as a comparison looks them up
(``compare.alignment``). A new fact is a sentence that none of them states, that comes at least half
the way to being ruled out in each, and that has a name or a figure which stands in none of them
(``compare.facts.tells_something``).
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from semsearch.compare.alignment import align, published_scorer
from semsearch.compare.facts import telling, tells_something
from semsearch.compare.sentences import ComparedText, Sentences, prepare
from semsearch.encode.encoder import Vectors
from semsearch.library import Library
from semsearch.model.article import Article, Field
from semsearch.model.watch import NewSentence
from semsearch.relate.update import sentence_texts
from semsearch.store.catalog.rows import text_hash
from semsearch.store.whitening import widen
from semsearch.text.sentences import article_sentences

_NOT_LETTERS = re.compile(r"[\W_]+")
_LEAST_CUT = 20
"""Characters from which what another sentence begins with is that sentence, cut off."""
_MAX_SEEN = 30
"""Texts that an article is held against, the latest; more tell the same."""
_MIN_TELLING = 4
"""Names and figures that no other text has, from which a sentence is rich."""


def compared_texts(library: Library, articles: Mapping[int, Article]) -> dict[int, ComparedText]:
    """Articles ready to be compared, by key; what has no vectors yet is encoded, not written."""
    held = library.catalog.sentences_of(articles)
    texts = {}
    for pk, article in articles.items():
        if pk in held:
            spans, vectors = held[pk]
            texts[pk] = prepare(article, spans, widen(vectors))
            continue
        cut = (article, article_sentences(article))
        if cut[1]:
            encoded = library.encode(sentence_texts(cut))
            texts[pk] = prepare(article, cut[1], encoded)
    return texts


def told_once(text: ComparedText | None) -> list[tuple[NewSentence, Vectors]]:
    """What an article says beside its headline, each sentence once, with its vector.

    A teaser often is the beginning of the body, cut off within a sentence.
    """
    if text is None:
        return []
    every = [
        (NewSentence(span.field, span.start, span.end, span.text), part.vectors[number])
        for part in (text.teaser, text.main)
        for number in range(len(part))
        for span in [part.span(number)]
        if span.field is not Field.TITLE
    ]
    kept = set(map(id, without_repeats([one for one, _ in every], text.article.title)))
    return [(one, vector) for one, vector in every if id(one) in kept]


def without_stated(
    told: Sequence[tuple[NewSentence, Vectors]], others: Sequence[ComparedText]
) -> list[tuple[NewSentence, Vectors]]:
    """Sentences without those that stand to the letter in some texts."""
    held = {
        _letters(part.span(number).text)
        for other in others
        for part in (other.teaser, other.main)
        for number in range(len(part))
    }
    return [one for one in told if _letters(one[0].text) not in held]


def without_repeats(sentences: Sequence[NewSentence], title: str) -> list[NewSentence]:
    """Sentences without the headline, and without those that another one repeats or completes."""
    letters = [_letters(one.text) for one in sentences]
    seen = {_letters(title)}
    longer = sorted(set(letters))
    cut = {
        one
        for one, following in pairwise(longer)
        if len(one) >= _LEAST_CUT and following.startswith(one)
    }
    kept = []
    for one, own in zip(sentences, letters, strict=True):
        if own not in seen and own not in cut:
            kept.append(one)
        seen.add(own)
    return kept


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub(" ", text).strip().casefold()


def hashes_of(article: Article, text: ComparedText | None) -> tuple[bytes, ...]:
    """Hashes of the sentences of an article; of its headline where it holds none."""
    parts = () if text is None else (text.main, text.teaser)
    told = [
        text_hash(part.span(number).text)
        for part in parts
        for number in range(len(part))
        if part.spans[number].field is not Field.TITLE
    ]
    return tuple(dict.fromkeys(told or [text_hash(article.title)]))


def new_facts(
    text: ComparedText | None,
    seen: Sequence[ComparedText],
    known: Iterable[bytes],
    *,
    grows: bool = False,
) -> list[tuple[NewSentence, Vectors]]:
    """The sentences of an article that tell what was not seen before, with their vectors.

    Args:
        text: The article; None where it holds no sentences.
        seen: Texts that were seen of its event, in order of time.
        known: Hashes of sentences that were seen, those of texts that are gone included.
        grows: Whether it is a page to which news of one thing is added: what is added resembles
            what stands there, so a sentence that none states and that is rich is a new fact, too.
    """
    if text is None:
        return []
    hashes = frozenset(known)
    said = frozenset[str]().union(*(other.terms for other in seen))
    facts: list[tuple[NewSentence, Vectors]] = []
    for part in (text.teaser, text.main):
        absent, stated = _looked_up(part, seen[-_MAX_SEEN:])
        for number in range(len(part)):
            where, one = part.spans[number], part.span(number).text
            if (
                where.field is not Field.TITLE
                and (absent[number] or (grows and not stated[number] and is_rich(one, said)))
                and text_hash(one) not in hashes
                and tells_something(one, said)
            ):
                sentence = NewSentence(where.field, where.start, where.end, one)
                facts.append((sentence, part.vectors[number]))
    return facts


def is_rich(sentence: str, elsewhere: Collection[str]) -> bool:
    """Whether a sentence has so many names and figures of its own that it tells much."""
    return len(telling(sentence) - set(elsewhere)) >= _MIN_TELLING


def _looked_up(
    part: Sentences, seen: Sequence[ComparedText]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Of each sentence whether no text seems to state it, and whether one does for sure."""
    absent, stated = np.ones(len(part), np.bool_), np.zeros(len(part), np.bool_)
    scorer = published_scorer()
    for other in seen if len(part) else ():
        if len(other.main):
            alignment = align(part, other.main, scorer)
            absent &= alignment.top < scorer.not_found_below / 2
            stated |= alignment.shared.any(axis=1)
        if len(other.teaser):
            stated |= align(part, other.teaser, scorer).shared.any(axis=1)
    return absent & ~stated, stated

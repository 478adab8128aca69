"""Read what a watch waits for, and keep what it is judged by."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from semsearch.ask.get import find_article
from semsearch.ask.parsing import ParsedQuery
from semsearch.ask.search import Searcher
from semsearch.ask.similar import TextProfile
from semsearch.ask.terms import Term, weigh
from semsearch.errors import NoSuchStoryError
from semsearch.library import Library
from semsearch.model.watch import WatchKind
from semsearch.store.catalog.clusters import ClusterKind
from semsearch.store.catalog.watch_rows import StoredWatch
from semsearch.text.tokens import FUNCTION_TERMS
from semsearch.watch.assessing import filters_of, read_question


def read_watch(
    library: Library, searcher: Searcher, watch: StoredWatch, now: datetime
) -> StoredWatch:
    """A watch with what it is judged by: its question's vector and terms, or where it begins from.

    Raises:
        InvalidQueryError: Its question is empty or too long.
        NoSuchArticleError, NoSuchStoryError: What it names is not there.
        ModelUnavailableError: It cannot be encoded.
    """
    spec, snapshot = watch.spec, library.snapshot()
    model = model_name(library)
    not_here = searcher.parser(snapshot).unknown(filters_of(spec)) if len(snapshot) else ()
    if spec.kind is WatchKind.QUESTION:
        reading = read_question(library, searcher, spec, snapshot, now)
        terms = weigh(reading.parsed.text, len(snapshot), snapshot.words)
        return replace(
            watch,
            interpreted=(
                *reading.parsed.notes,
                *_wording(reading.parsed),
                *_hollow(terms),
                *not_here,
            ),
            terms=tuple(term.term for term in terms),
            anchors=(),
            model=model,
            vector=reading.vector,
        )
    if spec.kind is WatchKind.SIMILAR:
        find_article(library, spec.similar)
        pk = library.catalog.pks_at([spec.similar], snapshot.sequence)[spec.similar]
        profile = TextProfile.of(*snapshot.vectors_of(pk))
        anchor = profile.anchor
        text = anchor if profile.text is None else profile.text
        title = np.zeros_like(text) if profile.title is None else profile.title
        vector = np.concatenate([text, title])
        return replace(
            watch,
            interpreted=not_here,
            terms=(),
            anchors=(spec.similar,),
            model=model,
            vector=vector,
        )
    story = library.coverage.cluster(ClusterKind.STORY, spec.story, snapshot.sequence)
    if story is None:
        raise NoSuchStoryError(f"There is no story {spec.story}.")
    members = library.coverage.members([story.key])[story.key]
    anchors = tuple(sorted(library.catalog.ids_of(members).values()))
    return replace(watch, interpreted=not_here, terms=(), anchors=anchors, model=model, vector=None)


def _wording(parsed: ParsedQuery) -> Iterator[str]:
    """The phrases that a watch waits for, and the words that it leaves out, in sentences."""
    for group in parsed.phrases:
        shown = " or ".join(f'"{phrase}"' for phrase in group)
        yield f"It reports only articles that hold {shown}."
    for wish in parsed.left_out:
        yield f'It reports no article that holds "{wish.words}".'


def _hollow(terms: Sequence[Term]) -> Iterator[str]:
    """That a question asks for nothing, in a sentence."""
    if all(term.term in FUNCTION_TERMS for term in terms):
        yield (
            "Its words stand in nearly every article, so none will surely answer: name what it is "
            "about."
        )


def model_name(library: Library) -> str:
    """Names the encoder that an index was made with, to tell vectors of another."""
    made_with = library.made_with or {}
    return f"{made_with.get('model', '')} {made_with.get('weights_sha256', '')}"

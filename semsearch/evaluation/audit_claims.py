"""What pages claim of stories, duplicate groups and overlapping texts, each in one sentence.

A comparison's claims are those that its page shows before everything is asked for.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from semsearch.errors import InvalidQueryError
from semsearch.index import Index
from semsearch.model.clusters import FoundDuplicate, StoryView
from semsearch.model.comparison import Comparison, Span
from semsearch.model.relation import LineageKind, Relation, RelationKind, stated


class Kind(StrEnum):
    """Kinds of claims; those of a comparison are named as in its ``evidence``."""

    STORY = "story"
    STORY_PAIR = "story_pair"
    SHARED = "shared"
    MISSING = "missing"
    NOT_FOUND = "not_found"
    FRAMES = "frames"
    QUOTES = "quotes"
    SOURCING = "sourcing"
    UPSTREAM = "upstream"
    GROUP = "group"
    ORIGINAL = "original"
    COPIED_FROM = "copied_from"
    RELATION_IN_STORY = "relation_in_story"
    RELATION_OF_OVERLAP = "relation_of_overlap"


OF_STORIES = {*Kind} - {Kind.GROUP, Kind.ORIGINAL, Kind.COPIED_FROM, Kind.RELATION_OF_OVERLAP}
OF_GROUPS = {Kind.GROUP, Kind.ORIGINAL, Kind.COPIED_FROM}
_OF_COMPARISONS = OF_STORIES - {Kind.STORY, Kind.STORY_PAIR, Kind.RELATION_IN_STORY}

# How much a page shows at first.
_FACTS, _MISSING, _OUTLETS, _SENTENCES, _NAMES = 10, 8, 12, 4, 8

_OVERLAP = 0.3  # share of one text's runs of five words that the other has
_STORY_SIZE = 3
MOST_TEXTS = 30  # of one claim

_ONE_EVENT = "report one event."


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim with the sentences it quotes and the articles whose text is needed to judge it."""

    kind: Kind
    statement: str
    quoted: tuple[Span, ...] = ()
    whole: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Says what is claimed."""
        places = [(span.article, span.field.value, span.start, span.end) for span in self.quoted]
        key = repr((self.kind.value, self.statement, places, self.whole))
        return f"{self.kind}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def story_claims(index: Index, identity: str, kinds: Collection[Kind]) -> Iterator[Candidate]:
    """What the page of a story claims; relations of its pairs have no statement yet.

    Claims of kinds that are not wanted are left out where they would cost something.
    """
    view = index.story(identity)
    yield from _events(view, kinds)
    if _OF_COMPARISONS.isdisjoint(kinds):
        return
    try:
        found = index.compare(story=identity)
    except InvalidQueryError:  # too few sentences, or too many articles: its page compares nothing
        return
    yield from _comparison_claims(found)


def _events(view: StoryView, kinds: Collection[Kind]) -> Iterator[Candidate]:
    ids = [member.article.id for member in view.members]
    if len(ids) >= _STORY_SIZE:
        some = tuple(ids[:: -(-len(ids) // MOST_TEXTS)])
        of = f" ({len(some)} of them are below)" if len(some) < len(ids) else ""
        yield Candidate(Kind.STORY, f"These {len(ids)} articles{of} {_ONE_EVENT}", whole=some)
    for pair in combinations(ids, 2):
        yield Candidate(Kind.STORY_PAIR, f"These two articles {_ONE_EVENT}", whole=pair)
        if Kind.RELATION_IN_STORY in kinds:
            yield Candidate(Kind.RELATION_IN_STORY, "", whole=pair)  # related when it is drawn


def _comparison_claims(found: Comparison) -> Iterator[Candidate]:
    names = _names(found)
    texts = {voice.article for voice in found.voices}
    for fact in found.shared_facts[:_FACTS]:
        cited = tuple(one.sentence for one in fact.sentences)
        yield Candidate(Kind.SHARED, "All these sentences report the same fact.", cited)
    groups = list(dict.fromkeys(one.sentences for one in found.reported_by_others_not_here))
    for missing in found.reported_by_others_not_here:
        if missing.sentences in groups[:_MISSING]:
            yield Candidate(
                Kind.MISSING,
                "The marked sentences report one fact, and what is held of "
                f"{names[missing.provider]} (the whole texts) does not report it.",
                tuple(one.sentence for one in missing.sentences),
                tuple(one for one in missing.articles if one in texts) or missing.articles,
            )
    yield from _outlet_claims(found, names)
    for source in found.common_upstream:
        who = ", ".join(names[key] for key in source.providers)
        statement = f"{source.name} is a source of what each of them reports: {who}."
        yield Candidate(Kind.UPSTREAM, statement, source.spans[:_NAMES])


def _names(found: Comparison) -> dict[str, str]:
    outlets = [(one.provider, one.id) for one in found.articles]
    return {o.key or identity: o.name or o.domain or identity for o, identity in outlets}


def _outlet_claims(found: Comparison, names: Mapping[str, str]) -> Iterator[Candidate]:
    outlets = {one.id: names[one.provider.key or one.id] for one in found.articles}
    for view in found.providers[:_OUTLETS]:
        who = names[view.key]
        for span in view.sentences.only_here_sentences[:_SENTENCES]:
            is_own = span.article in view.articles
            shown = "" if is_own else f", here as {outlets[span.article]} prints it,"
            yield Candidate(
                Kind.NOT_FOUND,
                f"The marked sentence{shown} is part of what {who} reports, and none of the other "
                "texts reports it.",
                (span,),
                view.sentences.against,
            )
        for frame in view.frames.counts[:_SENTENCES]:
            if frame.strongest is not None:
                statement = f"The marked sentence is about: {frame.frame}."
                yield Candidate(Kind.FRAMES, statement, (frame.strongest,))
        sources = (*view.sourcing.agencies, *view.sourcing.outlets)[:_NAMES]
        for mention in sources:
            statement = f"{mention.name} is a source of what {who} reports."
            yield Candidate(Kind.SOURCING, statement, mention.spans[:_SENTENCES])
        for span in view.sourcing.anonymous[:_SENTENCES]:
            statement = f"“{span.text}” stands for a source of {who} that is not named."
            yield Candidate(Kind.SOURCING, statement, (span,))
        if view.sourcing.quoted_share:  # that nothing is quoted is mostly plain to see
            statement = f"{view.sourcing.quoted_share:.0%} of the text of {who} is quoted speech."
            yield Candidate(Kind.QUOTES, statement, whole=view.articles)


def group_claims(index: Index, identity: str, kinds: Collection[Kind]) -> Iterator[Candidate]:
    """What the page of a duplicate group claims."""
    view = index.group(identity)
    members = {member.article.id: member.article.provider for member in view.group.members}
    names = {i: outlet.name or outlet.domain or i for i, outlet in members.items()}
    some = tuple(members)[:MOST_TEXTS]
    of = f" ({len(some)} of them are below)" if len(some) < view.group.size else ""
    statement = f"These {view.group.size} articles{of} are one text: copies, or edited copies."
    yield Candidate(Kind.GROUP, statement, whole=some)
    if view.group.original_known:
        who = names[view.group.original]
        yield Candidate(
            Kind.ORIGINAL,
            f"The text of {who} (1) is the original: the others come from it.",
            whole=(view.group.original, *(one for one in some if one != view.group.original)),
        )
    for one in view.descent if Kind.COPIED_FROM in kinds else ():
        match one.lineage:
            case LineageKind.UNKNOWN:
                continue
            case LineageKind.COMMON_SOURCE:
                statement = f"Both have their text from {one.source}."
            case LineageKind.COPY_OF | LineageKind.EDITED_FROM:
                verb = "copied" if one.lineage is LineageKind.COPY_OF else "edited"
                who, source = names[one.article], names[one.parent]
                statement = f"{who} (2) {verb} the text of {source} (1)."
        yield Candidate(Kind.COPIED_FROM, statement, whole=(one.parent, one.article))


def overlap_claims(index: Index, identity: str, _kinds: Collection[Kind]) -> Iterator[Candidate]:
    """The relation of an article with each that holds much of its text, or the other way round."""
    for other in index.duplicates(identity, min_probability=0).duplicates:
        statement = claimed(other)
        if statement and max(other.containment_a, other.containment_b) >= _OVERLAP:
            first, second = sorted((identity, other.article.id))
            yield Candidate(Kind.RELATION_OF_OVERLAP, statement, whole=(first, second))


def claimed(pair: Relation | FoundDuplicate) -> str:
    """What pages state of two articles; empty where they say that it is not sure."""
    if pair.relation is RelationKind.UNDECIDABLE or not pair.probabilities.is_sure:
        return ""
    return stated(pair.relation, pair.probabilities)

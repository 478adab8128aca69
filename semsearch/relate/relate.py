"""The relation of two articles: ``judge`` what they are, ``compare`` with all the evidence.

``relate`` does so for articles of an index by their ids.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from semsearch.deadline import go_on
from semsearch.errors import BatchTooLargeError, NoSuchArticleError
from semsearch.library import Library
from semsearch.model.article import Article, Basis
from semsearch.model.relation import (
    Agreement,
    Cosines,
    Judgement,
    PairEvidence,
    Relation,
    RelationKind,
    Relations,
    SharedSpan,
    Side,
    stated,
)
from semsearch.relate.candidates import near_in_time
from semsearch.relate.changes import differences
from semsearch.relate.classify import likeliest, relation_model
from semsearch.relate.facts import Facts, facts_of
from semsearch.relate.features import Features, features_of, is_identical
from semsearch.relate.lineage import lineage
from semsearch.relate.profile import (
    SECONDS_A_DAY,
    Profile,
    ProfileCache,
    cosine,
    days_apart,
    profile_article,
)
from semsearch.relate.same_event import CROWD, of_few
from semsearch.relate.spans import shared_spans
from semsearch.store.snapshot import Snapshot
from semsearch.text.shingles import MAX_CHARS, contained

_MIN_WORDS = 8
"""Words below which a text is a caption or a line at most."""
_MIN_SAME_STORY = 0.2
"""Probability of one event from which a headline alone leaves open what else it may be."""
_IN_PLACE = (
    "what both hold has no word of either headline: it is held for a notice in place of the text"
)
_FACTS_CHARS = 20_000
_MAX_SPANS = 200
_MAX_CHANGES = 100

ArticleOrId = str | Article
"""The id of an article in the index, or an article that need not be there."""


def relate(library: Library, pairs: Sequence[tuple[ArticleOrId, ArticleOrId]]) -> Relations:
    """The relations of some pairs, in their order; needs an index only for ids.

    See ``Index.relate_pairs``.
    """
    most = library.limits.max_pairs
    if len(pairs) > most:
        raise BatchTooLargeError(f"At most {most:,} pairs at once, not {len(pairs):,}.")
    with library.consistent_read():
        ids = dict.fromkeys(side for pair in pairs for side in pair if isinstance(side, str))
        indexed = _indexed_profiles(library, ids) if ids else {}
        crowds = _crowds(library.snapshot(), indexed) if ids else {}
        given: dict[int, Profile] = {}

        def profile(side: ArticleOrId) -> Profile:
            if isinstance(side, str):
                return indexed[side]
            if id(side) not in given:
                given[id(side)] = profile_article(library, side)
            return given[id(side)]

        relations = []
        for a, b in pairs:
            go_on()
            side_a, side_b = profile(a), profile(b)
            # Of the fuller of two days, as stories are made; where one is unknown, many.
            crowd = max(
                crowds.get(side, CROWD) if isinstance(side, str) else CROWD for side in (a, b)
            )
            relation = compare(side_a, side_b, crowd)
            relations.append(replace(relation, a=side_a.article.id, b=side_b.article.id))
        return Relations(tuple(relations))


def _indexed_profiles(library: Library, ids: Collection[str]) -> dict[str, Profile]:
    snapshot = library.snapshot()
    pks = library.catalog.pks_at(ids, snapshot.sequence)
    by_pk = ProfileCache(library, snapshot).get(pks.values())
    profiles = {identity: by_pk[pk] for identity, pk in pks.items() if pk in by_pk}
    for identity in ids:
        if identity not in profiles:
            raise NoSuchArticleError(f"There is no article {identity}.")
    return profiles


def _crowds(snapshot: Snapshot, profiles: Mapping[str, Profile]) -> dict[str, int]:
    """How many articles are of the days around each one that has a date; each day is asked once."""
    days = {
        identity: int(one.seconds // SECONDS_A_DAY)
        for identity, one in profiles.items()
        if one.seconds is not None
    }
    near = near_in_time(set(days.values()), CROWD, snapshot)
    return {identity: len(near[day]) for identity, day in days.items()}


def judge(a: Profile, b: Profile, features: Features | None = None) -> Judgement:
    """What a pair is; the same for ``judge(b, a)``."""
    features = features or features_of(a, b)
    probabilities = relation_model().probabilities(features)
    undecidable = _too_little_text(a, b, features, probabilities.same_story)
    relation = RelationKind.UNDECIDABLE if undecidable else likeliest(probabilities)
    return Judgement(relation, probabilities)


def compare(a: Profile, b: Profile, crowd: int = CROWD) -> Relation:
    """What a pair is, and why; ``compare(b, a)`` says the same with the sides swapped.

    ``crowd`` is how many articles of the archive are within three days of them.
    """
    features = features_of(a, b)
    features = replace(features, event=features.event + of_few(crowd))
    judgement = judge(a, b, features)
    probabilities = judgement.probabilities
    shared = shared_spans(a, b)
    reasons = relation_model().reasons(likeliest(probabilities), features)
    is_duplicate = judgement.relation.is_duplicate
    return Relation(
        relation=judgement.relation,
        statement=stated(judgement.relation, probabilities),
        probabilities=probabilities,
        p_duplicate=probabilities.duplicate,
        calibration=relation_model().calibration,
        evidence=_evidence(a, b, shared, reasons, are_duplicates=is_duplicate),
        lineage=lineage(judgement.relation, a, b, shared) if is_duplicate else None,
        reason=_too_little_text(a, b, features, probabilities.same_story),
    )


def _too_little_text(a: Profile, b: Profile, features: Features, same_story: float) -> str:
    """Why too little text is held to tell; empty where there is enough."""
    if features.notice:
        return _IN_PLACE
    if is_identical(a, b):
        return ""
    reasons = [reason for side in _sides(a, b) if (reason := _lack_of(*side, same_story))]
    return "; ".join(reasons)


def _sides(a: Profile, b: Profile) -> tuple[tuple[Side, Profile], tuple[Side, Profile]]:
    return ("a", a), ("b", b)


def _lack_of(side: Side, profile: Profile, same_story: float) -> str:
    if not profile.size:
        kind = "nothing but captions and notices" if len(profile.words) else "no text"
        return f"{side} holds {kind}"
    if same_story < _MIN_SAME_STORY:
        return ""
    if profile.article.basis is Basis.TITLE:
        return f"of {side} only the title is held: headlines do not tell copies from other reports"
    if profile.size < _MIN_WORDS:
        return f"{side} holds {profile.size} words of text"
    return ""


def _evidence(
    a: Profile,
    b: Profile,
    shared: tuple[SharedSpan, ...],
    reasons: tuple[str, ...],
    *,
    are_duplicates: bool,
) -> PairEvidence:
    facts_a, facts_b = _facts(a), _facts(b)
    days = days_apart(a, b)
    return PairEvidence(
        words_a=a.size,
        words_b=b.size,
        containment_a=contained(a.shingles, b.all_shingles),
        containment_b=contained(b.shingles, a.all_shingles),
        shared_words=sum(span.words for span in shared if not span.boilerplate),
        shared=shared[:_MAX_SPANS],
        cosine=Cosines(
            title=cosine(a.title_vector, b.title_vector),
            excerpt=cosine(a.excerpt_vector, b.excerpt_vector),
            body=cosine(a.body_vector, b.body_vector),
            lead=cosine(a.lead_vector, b.lead_vector),
            text=cosine(a.text_vector, b.text_vector),
        ),
        hours_apart=None if days is None else days * 24,
        names=_agreement(facts_a.names, facts_b.names),
        numbers=_agreement(facts_a.numbers, facts_b.numbers),
        months=_agreement(facts_a.months, facts_b.months),
        regions=_agreement(facts_a.regions, facts_b.regions),
        rested_on=reasons,
        cut=tuple(
            f"of each text of {side} only the first {MAX_CHARS:,} characters were compared"
            for side, profile in _sides(a, b)
            if profile.words.cut
        ),
        changes=differences(a, b).changes[:_MAX_CHANGES] if are_duplicates else (),
    )


def _facts(profile: Profile) -> Facts:
    article = profile.article
    text = f"{article.title}\n{article.excerpt[:_FACTS_CHARS]}\n{article.body[:_FACTS_CHARS]}"
    return facts_of(text)


def _agreement(a: frozenset[str], b: frozenset[str]) -> Agreement:
    """Facts conflict where each article names some that the other does not."""
    return Agreement(
        agree=tuple(sorted(a & b)),
        only_a=tuple(sorted(a - b)),
        only_b=tuple(sorted(b - a)),
        conflict=bool(a - b) and bool(b - a),
    )

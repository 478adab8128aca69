"""Show ranked articles: hits with duplicates and stories, a row per provider, facets."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.ask.answering import Around, Asked, Said, is_cased, nearest_read, said, sentences_of
from semsearch.ask.fusion import Ranked
from semsearch.ask.outlets import SameOutlets, folded
from semsearch.ask.retrieval import Evidence, PreparedQuery
from semsearch.library import Library
from semsearch.model.article import (
    Article,
    Field,
    Passage,
    first_published,
    lag_hours,
    lag_precision,
)
from semsearch.model.filters import Attribute, Condition, normal_text
from semsearch.model.search import (
    Collapse,
    DayCount,
    Duplicates,
    Facets,
    Hit,
    HitPassage,
    ProviderFraming,
    ProviderRow,
    StoryOfHit,
    event_statement,
    summary,
)
from semsearch.model.status import ProviderCount, TopicCount
from semsearch.store.catalog.clusters import Cluster, ClusterKind
from semsearch.store.protocols import LEXICAL_FIELDS
from semsearch.store.snapshot import Candidates, Snapshot
from semsearch.text.statements import is_notice
from semsearch.text.tokens import Word, is_plain, phrases, search_terms, single_forms, words

GROUP, STORY = ClusterKind.GROUP, ClusterKind.STORY
_MAX_IDS = 100
_FEW = 50  # articles of a story that are read along with the others
_EACH_ITS_OWN = SameOutlets()


def show_hits(
    library: Library,
    question: PreparedQuery,
    evidence: Evidence,
    ranked: Sequence[Ranked],
    first_rank: int,
) -> tuple[tuple[Hit, ...], list[Article]]:
    """One page of ranked articles as hits.

    Returns:
        The hits and the article of each.

    Raises:
        StaleGenerationError: The generation is no longer kept.
    """
    articles = library.hydrate([one.pk for one in ranked])
    folded = {one.pk: one.folded for one in ranked}
    best = ranked[0].pk if ranked and first_rank == 1 else None
    coverage = hit_coverage(library, question.snapshot, question.condition, folded, best)
    weights = {form: one.weight for one in question.terms for form in single_forms(one.term)}
    asked = question.asked
    hits = tuple(
        Hit(
            rank=rank,
            score=one.score,
            score_parts=one.parts,
            article=summary(articles[one.pk]),
            passage=best_passage(
                articles[one.pk], evidence.candidates.passages(one.row), weights, asked
            ),
            duplicates=coverage[one.pk].duplicates,
            story=coverage[one.pk].story,
            folded=coverage[one.pk].folded,
            explanation=explanation(one, evidence, question) if question.query.explain else None,
        )
        for rank, one in enumerate(ranked, start=first_rank)
    )
    return hits, [articles[one.pk] for one in ranked]


@dataclass(frozen=True, slots=True)
class HitCoverage:
    """The duplicates and the story of a hit, and the ids of what it stands for."""

    duplicates: Duplicates
    story: StoryOfHit | None
    folded: tuple[str, ...]


def hit_coverage(
    library: Library,
    snapshot: Snapshot,
    condition: Condition,
    hits: Mapping[int, tuple[int, ...]],
    best: int | None = None,
) -> dict[int, HitCoverage]:
    """What other articles share with hits, by key.

    Duplicates outside the filters are neither counted nor named.

    Args:
        library: The index.
        snapshot: The generation that is asked.
        condition: The filters.
        hits: Keys of hits, with those that each stands for.
        best: That of which ``answered_story`` will be asked: what it needs is read along.
    """
    homes = library.coverage.homes_at(hits, snapshot.sequence)
    groups = {pk: home[GROUP] for pk, home in homes.items() if GROUP in home}
    stories = {pk: home[STORY] for pk, home in homes.items() if STORY in home}
    keys = {group.key for group in groups.values()}
    told = {stories[best].key} if best in stories else set[int]()
    members = library.coverage.members_at(keys | told, snapshot.sequence)
    grouped = [pk for key in keys for pk in members[key]]
    within = snapshot.vectors.satisfying(grouped, condition)
    wanted = within | {pk for pks in hits.values() for pk in pks}
    about = {pk for key in told for pk in members[key]}
    heads = library.hydrate(wanted | about if len(about) <= _FEW else wanted, texts=False)
    order = {pk: (head.published is None, head.published, head.id) for pk, head in heads.items()}

    def coverage_of(pk: int) -> HitCoverage:
        group, story = groups.get(pk), stories.get(pk)
        mine = () if group is None else within.intersection(members[group.key]) - {pk}
        others = sorted(mine, key=order.__getitem__)
        return HitCoverage(
            Duplicates(len(others), tuple(heads[each].id for each in others[:_MAX_IDS])),
            _story_of_hit(story) if story else None,
            tuple(heads[each].id for each in hits[pk]),
        )

    return {pk: coverage_of(pk) for pk in hits}


def _story_of_hit(story: Cluster) -> StoryOfHit:
    return StoryOfHit(story.id, story.size, story.providers, event_statement(story.providers))


def homes_of(
    library: Library, snapshot: Snapshot, collapse: Collapse, candidates: Candidates
) -> NDArray[np.int64]:
    """Equal for candidates that are shown as one, shape (n,): by group or story.

    Texts that are equal but too short to be called duplicates are shown as one, too.
    """
    duplicates = collapse is Collapse.DUPLICATES
    kind = ClusterKind.GROUP if duplicates else ClusterKind.STORY
    pks = candidates.pks.tolist()
    clusters = library.coverage.clusters_of(kind, pks, snapshot.sequence)
    content = candidates.content.tolist() if duplicates else pks
    keys = [
        (0, clusters[pk].key) if pk in clusters else (1, same)
        for pk, same in zip(pks, content, strict=True)
    ]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([numbers[key] for key in keys], np.int64)


def explanation(one: Ranked, evidence: Evidence, question: PreparedQuery) -> dict[str, object]:
    """The terms of the question, what a hit attains of them, and its passages."""
    candidates, lexical = evidence.candidates, evidence.lexical
    rows = range(candidates.first[one.row], candidates.first[one.row + 1])
    return {
        "mode": question.query.mode.value,
        "words_by": " and ".join(evidence.words_by) or question.snapshot.words.engine,
        "terms": [
            {"term": term.term, "weight": round(term.weight, 4), "idf": round(term.idf, 4)}
            for term in question.terms
        ],
        "attained": {
            field.value: round(lexical.get(field, {}).get(one.pk, 0.0), 6)
            for field in LEXICAL_FIELDS
        },
        "passages": [
            {
                "field": passage.field.value,
                "start": passage.start,
                "end": passage.end,
                "cosine": round(cosine, 6),
                "similarity": round(float(candidates.similarity[row]), 6),
            }
            for row, (passage, cosine) in zip(rows, candidates.passages(one.row), strict=True)
        ],
    }


@dataclass(frozen=True, slots=True)
class AnsweredStory:
    """The story of the best hit: its id, and the first article of the index that tells it."""

    id: str
    first: Article | None


def answered_story(
    library: Library, question: PreparedQuery, ranking: Sequence[Ranked]
) -> AnsweredStory | None:
    """The story of the best hit, if it is in one."""
    if not ranking:
        return None
    pk, at = ranking[0].pk, question.snapshot.sequence
    story = library.coverage.homes_at([pk], at)[pk].get(STORY)
    if story is None:
        return None
    members = library.coverage.members_at([story.key], at)[story.key]
    return AnsweredStory(story.id, first_published(library.hydrate(members, texts=False).values()))


def provider_rows(
    hits: Sequence[Hit],
    articles: Sequence[Article],
    same: SameOutlets = _EACH_ITS_OWN,
    story: AnsweredStory | None = None,
) -> tuple[ProviderRow, ...]:
    """One row per provider among the hits, in order of its best rank.

    Lags count from the first article of ``story``.
    """
    places: dict[str, list[int]] = {}
    for place, article in enumerate(articles):
        places.setdefault(same.key(article.provider), []).append(place)
    terms = {
        key: {term for place in mine for term in said(articles[place].headline).terms}
        for key, mine in places.items()
    }
    used = Counter(term for own in terms.values() for term in own)
    rows = []
    for key, mine in places.items():
        hit, article = hits[mine[0]], articles[mine[0]]
        providers = [articles[place].provider for place in mine]
        about = story is not None and hit.story is not None and hit.story.id == story.id
        rows.append(
            ProviderRow(
                domain=next((one.domain for one in providers if one.domain), ""),
                name=next((one.name for one in providers if one.name), ""),
                hits=len(mine),
                ranks=tuple(hits[place].rank for place in mine),
                framing=_framing(
                    hit,
                    article,
                    story.first if story is not None and about else None,
                    {term for term in terms[key] if used[term] > 1},
                ),
            )
        )
    return tuple(rows)


def _framing(
    hit: Hit, article: Article, first: Article | None, elsewhere: set[str]
) -> ProviderFraming:
    return ProviderFraming(
        article=article.id,
        headline=article.headline,
        only_here=phrases(article.headline, words(article.headline), elsewhere),
        passage=hit.passage,
        published=article.published,
        precision=article.precision,
        lag_hours=lag_hours(article, first),
        lag_precision=lag_precision(article, first),
        basis=article.basis,
    )


def count_facets(library: Library, pks: Collection[int], same: SameOutlets) -> Facets:
    """Counts over some articles by key: by outlet, topic and day.

    The cost is that of those articles, whatever the index holds.

    Raises:
        StaleGenerationError: They are gone; the generation is no longer kept.
    """
    heads = library.hydrate(pks, texts=False).values()
    providers = folded(
        Counter(head.provider for head in heads if head.provider.key).most_common(),
        same.key,
    )
    topics = folded(
        Counter(topic for head in heads for topic in _topics(head)).most_common(),
        lambda one: normal_text(Attribute.TOPIC, one),
    )
    days = Counter(head.published.date() for head in heads if head.published is not None)
    by_number = sorted(providers, key=lambda one: (-providers[one], one.domain, one.name))
    return Facets(
        articles=len(heads),
        providers=tuple(ProviderCount(provider, providers[provider]) for provider in by_number),
        topics=tuple(
            TopicCount(topic, topics[topic])
            for topic in sorted(topics, key=lambda one: (-topics[one], one))
        ),
        days=tuple(DayCount(day, days[day]) for day in sorted(days)),
    )


def _topics(head: Article) -> list[str]:
    """The topics of an article, each in one writing."""
    return list(
        {normal_text(Attribute.TOPIC, one): one for one in head.topics if one.strip()}.values()
    )


_MAX_EQUALS = 100
_BY_NAMES = 0.3  # of a sentence with a value, beside the words that say what was done
_ENOUGH = 0.25  # of what is asked, by weight


def best_passage(
    article: Article,
    passages: Sequence[tuple[Passage, float]],
    terms: Mapping[str, float],
    asked: Asked | None = None,
) -> HitPassage:
    """The passage nearest to the question, with the question's words marked.

    Where the question asks for a kind of value, and none of its sentences answers, the nearest one
    of the next few whose sentence does is shown.

    A title is shown only where nothing else is held; between equally near passages (as when
    no vector was compared) the one with more of the question's words wins, then the first.

    Args:
        article: Whose passages these are.
        passages: With their cosines.
        terms: Index terms of the question and their weights.
        asked: What it asks; None: no sentence is named.
    """
    equals = _nearest(passages)
    if not equals:
        return HitPassage(Field.TITLE, 0, len(article.title), article.title)
    read = [search_terms(text_of(article, passage), terms) for passage in equals]
    worth = [sum(terms[word.term] for word in marked) for _, marked in read]
    best = max(range(len(equals)), key=lambda i: (worth[i], -i))
    passage, (every, marked) = equals[best], read[best]
    answer = None if asked is None else _answer(article, passage, every, asked)
    if asked is not None and asked.kind is not None and answer is None:
        for other in nearest_read(passages):
            every, words_in_it = search_terms(text_of(article, other), terms)
            answer = _answer(article, other, every, asked)
            if answer is not None:
                passage, marked = other, words_in_it
                break
    text = text_of(article, passage)
    return HitPassage(passage.field, passage.start, passage.end, text, _merged(marked), answer)


def nearest_text(article: Article, passages: Sequence[tuple[Passage, float]]) -> str:
    """The headline and the passage nearest to the question, for a model that reads both."""
    texts = [text_of(article, passage) for passage in _nearest(passages)[:1]]
    return "\n\n".join(dict.fromkeys([article.headline, *texts]))


def _nearest(passages: Sequence[tuple[Passage, float]]) -> list[Passage]:
    """The nearest passages of excerpt and body, else of the title; several if equally near."""
    shown = [one for one in passages if one[0].field in (Field.EXCERPT, Field.BODY)]
    shown = shown or [one for one in passages if one[0].field is Field.TITLE]
    nearest = max((round(cosine, 6) for _, cosine in shown), default=0.0)
    return [passage for passage, cosine in shown if round(cosine, 6) == nearest][:_MAX_EQUALS]


def text_of(article: Article, passage: Passage) -> str:
    """The text of a passage."""
    return article.text(passage.field)[passage.start : passage.end]


def _merged(marked: Sequence[Word]) -> tuple[tuple[int, int], ...]:
    """Spans of words; pairs of letters that overlap are one."""
    spans: list[tuple[int, int]] = []
    for word in marked:
        if spans and word.start < spans[-1][1]:
            spans[-1] = (spans[-1][0], word.end)
        else:
            spans.append((word.start, word.end))
    return tuple(spans)


def _answer(
    article: Article, passage: Passage, terms: Sequence[str], asked: Asked
) -> tuple[int, int] | None:
    """The sentence that answers best, the first of equals; None where none does.

    It is no link, caption or notice, says enough of what is asked, and holds a value of the kind
    that is asked for.
    """
    text = text_of(article, passage)
    around = Around.of(article)
    if asked.kind is None and asked.said(Said.by(terms), around) < _ENOUGH and is_plain(text):
        return None  # no sentence says more than all of them
    cased = asked.by_capitals and is_cased(article.text(passage.field))
    best: tuple[float, tuple[int, int]] | None = None
    for span in sentences_of(text):
        sentence = text[slice(*span)]
        if not asked.has_value(sentence, cased=cased):
            continue
        says = said(sentence)
        share = asked.said(says, around)
        if asked.kind is not None:
            share = (asked.held(says, around) + _BY_NAMES * share) / (1 + _BY_NAMES)
        # Looked for last, for that takes longest.
        if share >= _ENOUGH and (best is None or share > best[0]) and not is_notice(sentence):
            best = (share, span)
    return None if best is None else best[1]

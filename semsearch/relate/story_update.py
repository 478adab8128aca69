"""Update the stories that an indexing run touches, and summarise each."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import numpy as np

from semsearch.model.article import Article, by_time
from semsearch.model.filters import timestamp
from semsearch.relate.facts import credited_agencies
from semsearch.relate.group_update import changes_of
from semsearch.relate.groups import Node, Pair, connected
from semsearch.relate.profile import Profile, ProfileCache, Vectors
from semsearch.relate.same_event import CROWD, CROWD_DAYS, in_crowd
from semsearch.relate.stories import regroup
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.clusters import ClusterKind, CoverageBatch, NewCluster
from semsearch.store.catalog.coverage import Coverage
from semsearch.store.catalog.relations import Edge
from semsearch.text.shingles import Hashes, word_hash
from semsearch.text.tokens import FUNCTION_TERMS, words

_DAY = 86_400
_MIN_SHARED_WORDING = 0.1
"""p_duplicate from which two texts of one agency share wording."""

_AGREEMENT = 0.5
"""Weight of a headline's words that stand in the other texts, beside the cosine to their average.

On the sample corpus, from .3 on a plain report gives the title of all 25 larger stories."""
_NOT_PLAIN = re.compile(
    r"[!?]|^[\"'\u2018\u201c\u201e\u00ab\u300c]"
    r"|\b[A-Z]{3,}\W+[A-Z]{3,}\b"
    r"|(?i:^(?:opinion|comment(?:ary)?|column|editorial|letters?|analysis|essay|review|podcast|video|watch"
    r"|live)\b\s*[:|\u2013\u2014-]|\blive (?:updates|blog)\b)",
)
"""A question, a shout, a quotation, or what says that it is a column."""

GroupsOf = Callable[[Iterable[int]], Mapping[int, str]]
NearInTime = Callable[[Iterable[int], int], Mapping[int, set[int]]]


def update_stories(
    catalog: Catalog,
    coverage: Coverage,
    profiles: ProfileCache,
    touched: set[int],
    gone: set[int],
    groups_of: GroupsOf,
    near_in_time: NearInTime,
) -> CoverageBatch:
    """Find the stories around some articles anew.

    Args:
        catalog: Holds the articles.
        coverage: Holds the relations, those of new articles among them.
        profiles: Gives what articles are summarised by.
        touched: Keys of new articles, and of those whose duplicate groups changed.
        gone: Keys of articles that are no more.
        groups_of: Gives the duplicate groups that articles are in, by every member of them.
        near_in_time: Gives the articles that are dated within three days of each of some days
            (since 1970), and no more of each day than are asked for.
    """
    reached = touched | {
        pk for edge in coverage.relations.edges_of(touched) for pk in (edge.low, edge.high)
    }
    reached |= _judged_anew(_days(catalog, touched | gone), gone, near_in_time)
    reached |= groups_of(reached).keys()  # one text is in one story
    before = coverage.clusters_of(ClusterKind.STORY, gone | reached)
    members = coverage.members(cluster.key for cluster in before.values())
    story_of = {pk: cluster.id for cluster in before.values() for pk in members[cluster.key]}
    concerned = (reached | story_of.keys()) - gone
    heads = catalog.heads(concerned | gone)
    groups = groups_of(concerned)
    days = _days(catalog, concerned)
    near = near_in_time(set(days.values()), CROWD)
    crowds = {pk: len(near[day]) for pk, day in days.items()}

    def p_story(edge: Edge) -> float:
        """By the fuller of the two days; where a date is unknown, as it was judged."""
        if edge.low not in crowds or edge.high not in crowds:
            return edge.p_story
        crowd = max(crowds[edge.low], crowds[edge.high])
        return in_crowd(edge.p_story, edge.p_duplicate, crowd)

    pairs = [
        Pair(heads[edge.low].id, heads[edge.high].id, edge.p_duplicate, p_story(edge))
        for edge in coverage.relations.edges_of(concerned)
        if edge.low in concerned and edge.high in concerned
    ]
    regrouped = regroup(
        [Node(heads[pk].id, heads[pk].published) for pk in sorted(concerned)],
        pairs,
        {heads[pk].id: story for pk, story in story_of.items() if pk in heads},
        lambda identity: coverage.cluster(ClusterKind.STORY, identity) is not None,
        {heads[pk].id: groups[pk] for pk in concerned if pk in groups},
    )
    pks = {heads[pk].id: pk for pk in concerned}
    home = {member: story.id for story in regrouped.stories for member in story.members}
    within: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.a in home and home[pair.a] == home.get(pair.b):
            within[home[pair.a]].append(pair)
    summarised = [
        summarise(
            story.id,
            profiles.get(pks[member] for member in story.members),
            groups,
            within[story.id],
        )
        for story in regrouped.stories
    ]
    present = {cluster.id: cluster for cluster in before.values()}
    return changes_of(ClusterKind.STORY, present, members, summarised, regrouped.changes)


def _days(catalog: Catalog, pks: Iterable[int]) -> dict[int, int]:
    """Days since 1970 of those articles that have a date."""
    return {
        pk: timestamp(head.published) // _DAY
        for pk, head in catalog.heads(pks).items()
        if head.published is not None
    }


def _judged_anew(moved: Mapping[int, int], gone: set[int], near_in_time: NearInTime) -> set[int]:
    """Articles of the days of which more or fewer are there now, as long as there are few.

    What their pairs are depends on how many articles are of those days (``in_crowd``).
    """
    around: dict[int, set[int]] = defaultdict(set)
    for pk, day in moved.items():
        for near in range(day - CROWD_DAYS, day + CROWD_DAYS + 1):
            around[near].add(pk)
    most = max(map(len, around.values()), default=0)
    anew: set[int] = set()
    for day, pks in near_in_time(around, CROWD + most).items():
        before = len(pks - around[day]) + len(around[day] & gone)
        if min(before, CROWD) != min(len(pks), CROWD):
            anew |= pks
    return anew


def summarise(
    identity: str,
    members: Mapping[int, Profile],
    groups: Mapping[int, str],
    pairs: Iterable[Pair],
) -> NewCluster:
    """A story with its title, dates, outlets and independent origins.

    The lead gives the title: of the articles with a plain headline, or else of all that have one,
    the article that is nearest to the average of all and whose headline's words stand in most of
    the others. Origins are independent: the copies and edited copies of one text count once, and
    so do texts that credit the same agency and share wording.
    """
    articles = {pk: profile.article for pk, profile in members.items()}
    dates = [timestamp(date) for one in articles.values() if (date := one.published) is not None]
    texts = {pk: groups.get(pk, article.id) for pk, article in articles.items()}
    lead = _lead(members, texts)
    return NewCluster(
        kind=ClusterKind.STORY,
        id=identity,
        lead=lead,
        title=articles[lead].title.strip(),
        providers=len({article.provider.key for article in articles.values()} - {""}),
        origins=_origins(articles, texts, pairs),
        first=min(dates, default=None),
        last=max(dates, default=None),
        members=tuple(sorted(articles)),
    )


def _lead(members: Mapping[int, Profile], texts: Mapping[int, str]) -> int:
    """Each text counts once, so that an often copied one is not central for its copies."""
    vectors = {pk: _lead_vector(profile) for pk, profile in members.items()}
    by_text: dict[str, list[Vectors]] = {}
    for pk in sorted(members, key=lambda pk: members[pk].article.id):
        by_text.setdefault(texts[pk], []).append(vectors[pk])
    centre = np.mean([np.mean(same, axis=0) for same in by_text.values()], axis=0)

    reported = _texts_by_word(members, texts)

    def rank(pk: int) -> tuple[bool, bool, float, tuple[datetime, str]]:
        article = members[pk].article
        title = article.title.strip()
        agreeing = _agreeing(title, reported, len(by_text) - 1)
        score = round(float(vectors[pk] @ centre) + _AGREEMENT * agreeing, 6)
        return not title, bool(_NOT_PLAIN.search(title)), -score, by_time(article)

    return min(members, key=rank)


def _texts_by_word(members: Mapping[int, Profile], texts: Mapping[int, str]) -> dict[int, int]:
    """In how many different texts each word stands."""
    words_of: dict[str, list[Hashes]] = {}
    for pk, profile in members.items():
        words_of.setdefault(texts[pk], []).append(profile.all_words)
    distinct = [np.unique(np.concatenate(same)) for same in words_of.values()]
    found, counts = np.unique(np.concatenate(distinct), return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))


def _agreeing(title: str, reported: Mapping[int, int], others: int) -> float:
    """How many of a headline's content words stand in the other texts, from 0 to 1.

    Two are added to their number: a short headline that all share says less than a long one.
    """
    content = {
        word_hash(title[word.start : word.end])
        for word in words(title)
        if word.term not in FUNCTION_TERMS
    }
    if not others or not content:
        return 0.0
    found = sum(reported.get(word, 1) - 1 for word in content)  # one is the headline's own text
    return found / others / (len(content) + 2)


def _lead_vector(profile: Profile) -> Vectors:
    if profile.lead_vector is None:
        return np.zeros(profile.passages.shape[1], np.float32)
    return profile.lead_vector


def _origins(
    articles: Mapping[int, Article], texts: Mapping[int, str], pairs: Iterable[Pair]
) -> int:
    """The number of sets that same texts and same agencies make."""
    pks = {article.id: pk for pk, article in articles.items()}
    links = []
    for pair in pairs:
        if pair.p_duplicate >= _MIN_SHARED_WORDING and pair.a in pks and pair.b in pks:
            a, b = pks[pair.a], pks[pair.b]
            if set(credited_agencies(articles[a])) & set(credited_agencies(articles[b])):
                links.append((texts[a], texts[b]))
    return len(connected(list(dict.fromkeys(texts.values())), links))

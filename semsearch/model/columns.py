"""The tables that results can be had as: their columns, and the rows of each result."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from semsearch.errors import InvalidRequestError
from semsearch.model.article import Article
from semsearch.model.check import DraftCheck
from semsearch.model.check_columns import FINDING_SENTENCES, FINDINGS, findings, sentences
from semsearch.model.clusters import (
    Descent,
    DuplicateGroup,
    DuplicateGroups,
    DuplicatesFound,
    GroupMember,
    GroupView,
    Stories,
    StoryView,
)
from semsearch.model.comparison import Comparison
from semsearch.model.relation import Relation, Relations
from semsearch.model.search import SearchResults, SimilarResults
from semsearch.model.status import ProviderList, TopicList
from semsearch.model.watch import Alerts, Replay
from semsearch.model.watch_columns import (
    ALERT_REPORTS,
    ALERT_SENTENCES,
    ALERTS,
    REPLAYED,
    new_sentences,
    reports,
)
from semsearch.tables import (
    FLAG,
    NUMBER,
    NUMBERS,
    TEXT,
    TEXTS,
    TIME,
    WHOLE,
    WHOLES,
    Column,
    Pair,
    Table,
    at,
    column,
)

if TYPE_CHECKING:
    import pyarrow as pa


def _of_article(path: str = "article", *, whole: bool = False) -> tuple[Column, ...]:
    """The columns of an article, which a row has at a path."""
    get = at(path)

    def precision(row: Any) -> object:
        article = get(row)
        return None if article.published is None else article.precision

    texts = [column("excerpt", TEXT, "Its excerpt; empty where it has none.", f"{path}.excerpt")]
    if whole:
        texts.append(column("body", TEXT, "Its text; empty where it is not held.", f"{path}.body"))
    return (
        column("id", TEXT, "Id of the article.", f"{path}.id"),
        column("title", TEXT, "Its headline.", f"{path}.title"),
        *texts,
        column("url", TEXT, "Its address; empty where it has none.", f"{path}.url"),
        column("provider", TEXT, "Name of its outlet.", f"{path}.provider.name"),
        column("provider_domain", TEXT, "Domain of its outlet.", f"{path}.provider.domain"),
        column("published", TIME, "When it was published; null: unknown.", f"{path}.published"),
        column(
            "precision", TEXT, "`day`: only the day is known (midnight); else `time`.", precision
        ),
        column("topics", TEXTS, "Its topics.", lambda row: list(get(row).topics)),
        column("category", TEXT, "Its section.", f"{path}.category"),
        column("type", TEXT, "Its type, such as article.", f"{path}.type"),
        column("language", TEXT, "ISO 639-1 code of its language.", f"{path}.language"),
        column("quality", WHOLE, "0-100; null: unknown.", f"{path}.quality"),
        column("heat", WHOLE, "0-100; null: unknown.", f"{path}.heat"),
    )


_BASIS = (
    column("basis", TEXT, "How much is held: `full`, `excerpt` or `title`.", "article.basis"),
    column("stub", FLAG, "Known from a link of another article alone.", "article.stub"),
)
_LINEAGE = (
    column("lineage", TEXT, "`copy_of`, `edited_from`, `common_source` or `unknown`; null: no "
            "duplicate.", "lineage.kind"),
    column("first", TEXT, "Which side the other was made from, `a` or `b`; null: unknown.",
            "lineage.first"),
    column("source", TEXT, "The agency that both have it from; empty: none is named.",
            "lineage.source"),
)  # fmt: skip

HITS = Table("hits", "One ranked article.", (
    column("rank", WHOLE, "1 for the best."),
    column("score", NUMBER, "Larger is better; comparable within one answer."),
    *_of_article(),
    *_BASIS,
    column("passage_field", TEXT, "Field that answers best.", "passage.field"),
    column("passage_start", WHOLE, "Where the passage begins in it, in characters.",
            "passage.start"),
    column("passage_end", WHOLE, "Where it ends.", "passage.end"),
    column("passage", TEXT, "The passage.", "passage.text"),
    column("duplicates", WHOLE, "Other articles with its text.", "duplicates.count"),
    column("story", TEXT, "Id of its story; null: no other article reports its event.",
            "story.id"),
    column("story_size", WHOLE, "Articles of that story.", "story.size"),
    column("story_providers", WHOLE, "Outlets of that story.", "story.providers"),
    column("folded", TEXTS, "Ids of hits that this one stands for.", lambda row: list(row.folded)),
    column("score_parts", NUMBERS, "What the score is the sum of.",
            lambda row: list(row.score_parts.items())),
))  # fmt: skip

PROVIDERS = Table("providers", "One outlet in the answer to a question.", (
    column("provider", TEXT, "Name of the outlet.", "name"),
    column("provider_domain", TEXT, "Its domain.", "domain"),
    column("hits", WHOLE, "How many of the hits are its."),
    column("ranks", WHOLES, "Their ranks.", lambda row: list(row.ranks)),
    column("article", TEXT, "Id of its best hit, which the rest is about.", "framing.article"),
    column("headline", TEXT, "That article's headline.", "framing.headline"),
    column("only_here", TEXTS, "Words of it that no other headline of the answer has.",
            lambda row: [phrase.text for phrase in row.framing.only_here]),
    column("passage", TEXT, "Its closest passage.", "framing.passage.text"),
    column("published", TIME, "When it appeared; null: unknown.", "framing.published"),
    column("precision", TEXT, "`day`: only the day is known; else `time`.", "framing.precision"),
    column("lag_hours", NUMBER, "Hours after the first article of the best hit's story; null: not "
            "in it, or a date is unknown.", "framing.lag_hours"),
    column("lag_precision", TEXT, "`day`: the lag is of whole days; else `time`.",
            "framing.lag_precision"),
    column("basis", TEXT, "How much is held: `full`, `excerpt` or `title`.", "framing.basis"),
))  # fmt: skip

STORIES = Table("stories", "Articles that seem to report one event.", (
    column("id", TEXT, "Id of the story."),
    column("title", TEXT, "Its most central headline."),
    column("article", TEXT, "Id of the article with that headline."),
    column("size", WHOLE, "How many articles."),
    column("origins", WHOLE, "Independent texts: duplicates count once."),
    column("providers", WHOLE, "How many outlets."),
    column("first_seen", TIME, "When the first report appeared; null: unknown."),
    column("last_seen", TIME, "When the last did."),
    column("statement", TEXT, "How sure it is: probably, or perhaps one event."),
))  # fmt: skip

STORY_MEMBERS = Table("story_members", "One article of a story, in order of time.", (
    column("story", TEXT, "Id of the story.", "whole"),
    *_of_article("part.article"),
    column("group", TEXT, "Id of its duplicate group; null: in none.", "part.group"),
))  # fmt: skip

STORY_PROVIDERS = Table("story_providers", "One outlet that reports a story, the first first.", (
    column("story", TEXT, "Id of the story.", "whole"),
    column("provider", TEXT, "Name of the outlet.", "part.name"),
    column("provider_domain", TEXT, "Its domain.", "part.domain"),
    column("articles", TEXTS, "Ids of its articles.", lambda row: list(row.part.articles)),
    column("first_published", TIME, "When its first appeared; null: unknown.",
            "part.first_published"),
    column("precision", TEXT, "`day`: only the day is known; else `time`.", "part.precision"),
    column("lag_hours", NUMBER, "Hours after the first report; null: a date is unknown.",
            "part.lag_hours"),
    column("lag_precision", TEXT, "`day`: the lag is of whole days; else `time`.",
            "part.lag_precision"),
))  # fmt: skip

GROUPS = Table("groups", "Articles with the same text.", (
    column("id", TEXT, "Id of the group."),
    column("original", TEXT, "Id of the member that stands for the group."),
    column("original_known", FLAG, "Whether credits or dates tell that all others have it from "
            "this one."),
    column("title", TEXT, "The original's headline."),
    column("size", WHOLE, "How many articles."),
    column("providers", WHOLE, "How many outlets."),
    column("first_published", TIME, "When the first appeared; null: unknown."),
    column("last_published", TIME, "When the last did."),
    column("outlets", TEXTS, "Names of outlets, 20 at most, the original's first.",
            lambda row: list(row.outlets)),
    column("members", TEXTS, "Ids of articles, 200 at most, the original first; none where they "
            "were not asked for.", lambda row: [one.article.id for one in row.members]),
))  # fmt: skip

GROUP_MEMBERS = Table("group_members", "One article of a duplicate group.", (
    column("group", TEXT, "Id of the group.", "group.id"),
    column("is_original", FLAG, "Whether it stands for the group.",
            lambda row: row.member.article.id == row.group.original),
    *_of_article("member.article"),
    column("relation", TEXT, "To the original: `copy`, `edited`, ...; null: it is the original.",
            "member.relation"),
    column("p_duplicate", NUMBER, "Probability that it has the original's text, 0-1.",
            "member.p_duplicate"),
    column("lag_hours", NUMBER, "Hours after the original; null: a date is unknown.",
            "member.lag_hours"),
    column("lag_precision", TEXT, "`day`: the lag is of whole days; else `time`.",
            "member.lag_precision"),
    column("parent", TEXT, "Id of the member that it has its text from, as far as can be told; "
            "null: not asked for.", "descent.parent"),
    column("lineage", TEXT, "How: `copy_of`, `edited_from`, `common_source` or `unknown`.",
            "descent.lineage"),
    column("source", TEXT, "The agency that both have it from; empty: none is named.",
            "descent.source"),
    column("agencies", TEXTS, "News agencies that it credits.",
            lambda row: None if row.descent is None else list(row.descent.agencies)),
))  # fmt: skip

DUPLICATES = Table("duplicates", "One article with the text that was asked about.", (
    *_of_article(),
    column("relation", TEXT, "`copy` or `edited`."),
    column("p_duplicate", NUMBER, "Probability that both are one text, 0-1."),
    column("hours_apart", NUMBER, "Between the two dates; null: one is unknown."),
    column("containment_a", NUMBER, "Share of the asked text's runs of five words that this has, "
            "0-1."),
    column("containment_b", NUMBER, "Share of this article's runs that the asked text has."),
    column("shared_words", WHOLE, "Words in runs that both have."),
    column("rested_on", TEXTS, "What decided, the weightiest first.",
            lambda row: list(row.rested_on)),
    *_LINEAGE,
))  # fmt: skip


def _facts(name: str, what: str) -> tuple[Column, ...]:
    return (
        column(f"{name}_agree", TEXTS, f"{what} that both name.",
                lambda row: list(getattr(row.evidence, name).agree)),
        column(f"{name}_only_a", TEXTS, f"{what} that only a names.",
                lambda row: list(getattr(row.evidence, name).only_a)),
        column(f"{name}_only_b", TEXTS, f"{what} that only b names.",
                lambda row: list(getattr(row.evidence, name).only_b)),
    )  # fmt: skip


RELATIONS = Table("relations", "Two articles, and what they are to each other.", (
    column("a", TEXT, "Id of the one article."),
    column("b", TEXT, "Id of the other."),
    column("relation", TEXT, "`copy`, `edited`, `story`, `related`, `unrelated` or "
            "`undecidable`."),
    column("statement", TEXT, "What may be said of the two; where that is not sure, it says so."),
    column("p_duplicate", NUMBER, "Probability of copy or edited, 0-1."),
    *(
        column(f"p_{kind}", NUMBER, f"Probability of {kind}; the five sum to 1.",
                f"probabilities.{kind}")
        for kind in ("copy", "edited", "story", "related", "unrelated")
    ),
    column("words_a", WHOLE, "Words of a that were compared.", "evidence.words_a"),
    column("words_b", WHOLE, "Words of b.", "evidence.words_b"),
    column("containment_a", NUMBER, "Share of a's runs of five words that b has, 0-1.",
            "evidence.containment_a"),
    column("containment_b", NUMBER, "Share of b's runs that a has.", "evidence.containment_b"),
    column("shared_words", WHOLE, "Words in runs that both have.", "evidence.shared_words"),
    *(
        column(f"cosine_{field}", NUMBER, f"Similarity of meaning of {what}, -1 to 1; null: not "
                "held.", f"evidence.cosine.{field}")
        for field, what in (("title", "the titles"), ("excerpt", "the excerpts"),
                            ("body", "the bodies"), ("lead", "the leads"),
                            ("text", "all passages"))
    ),
    column("hours_apart", NUMBER, "Between the two dates; null: one is unknown.",
            "evidence.hours_apart"),
    *_facts("names", "Names"),
    *_facts("numbers", "Figures"),
    column("changes", TEXTS, "Figures, names and negations that were changed, as `kind: a -> b`.",
            lambda row: [_told(change) for change in row.evidence.changes]),
    column("rested_on", TEXTS, "What decided, the weightiest first.",
            lambda row: list(row.evidence.rested_on)),
    *_LINEAGE,
    column("reason", TEXT, "Why it is undecidable; empty otherwise."),
    column("calibration", TEXT, "Which data the probabilities were fitted on: start of their "
            "SHA-256."),
))  # fmt: skip


def _told(change: Any) -> str:
    sides = (side.text if side else "nothing" for side in (change.a, change.b))
    return f"{change.kind}: {' -> '.join(sides)}"


SHARED_FACTS = Table("shared_facts", "One sentence of a fact that several outlets report; those of "
                     "one `fact` are aligned.", (
    column("fact", WHOLE, "Which fact, from 1.", "whole"),
    column("providers", TEXTS, "Outlets that carry this sentence.",
            lambda row: list(row.part.providers)),
    column("article", TEXT, "Id of the article.", "part.sentence.article"),
    column("field", TEXT, "Its field.", "part.sentence.field"),
    column("start", WHOLE, "Where the sentence begins in it, in characters.",
            "part.sentence.start"),
    column("end", WHOLE, "Where it ends.", "part.sentence.end"),
    column("text", TEXT, "The sentence.", "part.sentence.text"),
))  # fmt: skip

SENTENCES = Table("sentences", "One sentence against one other article.", (
    column("article", TEXT, "Id of the article that has the sentence.", "whole.article"),
    column("field", TEXT, "Its field.", "whole.field"),
    column("start", WHOLE, "Where the sentence begins in it, in characters.", "whole.start"),
    column("end", WHOLE, "Where it ends.", "whole.end"),
    column("text", TEXT, "The sentence.", "whole.text"),
    column("other", TEXT, "Id of the other article.", "part.article"),
    column("status", TEXT, "What it says of it: `stated`, `unclear`, `not_found` or `unknown`.",
            "part.status"),
    column("score", NUMBER, "Probability that it reports the same, 0-1.", "part.score"),
    column("other_field", TEXT, "Field of its closest sentence; null: none.",
            "part.match.field"),
    column("other_start", WHOLE, "Where that begins, in characters.", "part.match.start"),
    column("other_end", WHOLE, "Where it ends.", "part.match.end"),
))  # fmt: skip

OUTLETS = Table("outlets", "One outlet of the index.", (
    column("provider", TEXT, "Its name.", "provider.name"),
    column("provider_domain", TEXT, "Its domain.", "provider.domain"),
    column("articles", WHOLE, "How many articles, stubs included."),
))  # fmt: skip

TOPICS = Table("topics", "One topic of the index.", (
    column("topic", TEXT, "Its name."),
    column("articles", WHOLE, "How many articles have it."),
))  # fmt: skip

ARTICLES = Table("articles", "One article of the index, with its story and its group.", (
    *_of_article("article", whole=True),
    column("zone_assumed", FLAG, "Whether its date came without a zone and was taken as UTC.",
            "article.zone_assumed"),
    column("story", TEXT, "Id of its story; null: no other article reports its event."),
    column("group", TEXT, "Id of its duplicate group; null: in none."),
))  # fmt: skip

TABLES = (HITS, PROVIDERS, STORIES, STORY_MEMBERS, STORY_PROVIDERS, GROUPS, GROUP_MEMBERS,
          DUPLICATES, RELATIONS, SHARED_FACTS, SENTENCES, OUTLETS, TOPICS, ARTICLES,
          ALERTS, ALERT_SENTENCES, ALERT_REPORTS, REPLAYED, FINDINGS,
          FINDING_SENTENCES)  # fmt: skip
"""All of them."""


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """A row of ``ARTICLES``."""

    article: Article
    story: str | None
    group: str | None


@dataclass(frozen=True, slots=True)
class _OfGroup:
    group: DuplicateGroup
    member: GroupMember
    descent: Descent | None


def _members(groups: Iterable[DuplicateGroup]) -> Iterator[_OfGroup]:
    return (_OfGroup(group, member, None) for group in groups for member in group.members)


def _members_of_view(view: GroupView) -> Iterator[_OfGroup]:
    descent = {one.article: one for one in view.descent}
    for member in view.group.members:
        yield _OfGroup(view.group, member, descent.get(member.article.id))


def _sentences(told: Comparison) -> Iterator[Pair]:
    if told.sentences is None:
        raise InvalidRequestError(
            "The comparison does not hold its sentences.",
            "Ask for them: compare(..., detail=Detail.SENTENCES).",
        )
    return (Pair(row, status) for row in told.sentences for status in row.others)


def _facts_of(told: Comparison) -> Iterator[Pair]:
    for number, fact in enumerate(told.shared_facts, 1):
        for sentence in fact.sentences:
            yield Pair(number, sentence)


RowsOf = Callable[[Any], Iterable[Any]]

TABLES_OF: Mapping[type, tuple[tuple[Table, RowsOf], ...]] = {
    SearchResults: ((HITS, attrgetter("hits")), (PROVIDERS, attrgetter("providers"))),
    SimilarResults: ((HITS, attrgetter("hits")),),
    Stories: ((STORIES, attrgetter("stories")),),
    StoryView: (
        (STORY_MEMBERS, lambda view: (Pair(view.story.id, one) for one in view.members)),
        (STORY_PROVIDERS, lambda view: (Pair(view.story.id, one) for one in view.providers)),
    ),
    DuplicateGroups: (
        (GROUPS, attrgetter("groups")),
        (GROUP_MEMBERS, lambda page: _members(page.groups)),
    ),
    GroupView: ((GROUP_MEMBERS, _members_of_view),),
    DuplicatesFound: ((DUPLICATES, attrgetter("duplicates")),),
    Relation: ((RELATIONS, lambda relation: [relation]),),
    Relations: ((RELATIONS, attrgetter("relations")),),
    Comparison: ((SHARED_FACTS, _facts_of), (SENTENCES, _sentences)),
    ProviderList: ((OUTLETS, attrgetter("providers")),),
    TopicList: ((TOPICS, attrgetter("topics")),),
    Alerts: (
        (ALERTS, attrgetter("alerts")),
        (ALERT_SENTENCES, lambda page: new_sentences(page.alerts)),
        (ALERT_REPORTS, lambda page: reports(page.alerts)),
    ),
    Replay: ((REPLAYED, attrgetter("alerts")),),
    DraftCheck: ((FINDINGS, findings), (FINDING_SENTENCES, sentences)),
}
"""The tables of each result, its main one first, and their rows."""


def table_of(result: object, name: str) -> "pa.Table":
    """A result as a table.

    Raises:
        InvalidRequestError: It has no such table, or was not asked for what it needs.
    """
    tables = TABLES_OF[type(result)]
    for table, rows in tables:
        if name in ("", table.name):
            return table.of(rows(result))
    names = ", ".join(table.name for table, _ in tables)
    raise InvalidRequestError(f"There is no table {name} of this.", f"There are: {names}.")

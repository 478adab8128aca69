"""The tables that results can be had as: their columns, and the rows of each result."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from semsearch.errors import InvalidRequestError
from semsearch.model.article import Article
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
from semsearch.model.comparison import Comparison, FactSentence, SentenceRow, SentenceStatus
from semsearch.model.relation import Relation, Relations
from semsearch.model.search import SearchResults, SimilarResults
from semsearch.model.status import ProviderList, TopicList
from semsearch.tables import Column, Table

if TYPE_CHECKING:
    import pyarrow as pa

TEXT, WHOLE, NUMBER, FLAG, TIME, TEXTS, WHOLES, NUMBERS = (
    "string",
    "int64",
    "double",
    "bool",
    "timestamp[us, tz=UTC]",
    "list<string>",
    "list<int64>",
    "map<string, double>",
)


def _at(path: str) -> Callable[[Any], Any]:
    """The value at a path of attributes; None where one on the way is None."""
    steps = path.split(".")

    def value(row: Any) -> Any:
        for step in steps:
            if row is None:
                return None
            row = getattr(row, step)
        return row

    return value


def _column(name: str, kind: str, about: str, of: str | Callable[[Any], object] = "") -> Column:
    return Column(name, kind, about, of if callable(of) else _at(of or name))


def _of_article(at: str = "article", *, whole: bool = False) -> tuple[Column, ...]:
    """The columns of an article, which a row has at a path."""
    get = _at(at)

    def precision(row: Any) -> object:
        article = get(row)
        return None if article.published is None else article.precision

    texts = [_column("excerpt", TEXT, "Its excerpt; empty where it has none.", f"{at}.excerpt")]
    if whole:
        texts.append(_column("body", TEXT, "Its text; empty where it is not held.", f"{at}.body"))
    return (
        _column("id", TEXT, "Id of the article.", f"{at}.id"),
        _column("title", TEXT, "Its headline.", f"{at}.title"),
        *texts,
        _column("url", TEXT, "Its address; empty where it has none.", f"{at}.url"),
        _column("provider", TEXT, "Name of its outlet.", f"{at}.provider.name"),
        _column("provider_domain", TEXT, "Domain of its outlet.", f"{at}.provider.domain"),
        _column("published", TIME, "When it was published; null: unknown.", f"{at}.published"),
        _column(
            "precision", TEXT, "`day`: only the day is known (midnight); else `time`.", precision
        ),
        _column("topics", TEXTS, "Its topics.", lambda row: list(get(row).topics)),
        _column("category", TEXT, "Its section.", f"{at}.category"),
        _column("type", TEXT, "Its type, such as article.", f"{at}.type"),
        _column("language", TEXT, "ISO 639-1 code of its language.", f"{at}.language"),
        _column("quality", WHOLE, "0-100; null: unknown.", f"{at}.quality"),
        _column("heat", WHOLE, "0-100; null: unknown.", f"{at}.heat"),
    )


_BASIS = (
    _column("basis", TEXT, "How much is held: `full`, `excerpt` or `title`.", "article.basis"),
    _column("stub", FLAG, "Known from a link of another article alone.", "article.stub"),
)
_LAG = (
    _column("lag_hours", NUMBER, "Hours after the first; null: a date is unknown."),
    _column("lag_precision", TEXT, "`day`: the lag is of whole days; else `time`."),
)
_LINEAGE = (
    _column("lineage", TEXT, "`copy_of`, `edited_from`, `common_source` or `unknown`; null: no "
            "duplicate.", "lineage.kind"),
    _column("first", TEXT, "Which side the other was made from, `a` or `b`; null: unknown.",
            "lineage.first"),
    _column("source", TEXT, "The agency that both have it from; empty: none is named.",
            "lineage.source"),
)  # fmt: skip

HITS = Table("hits", "One ranked article.", (
    _column("rank", WHOLE, "1 for the best."),
    _column("score", NUMBER, "Larger is better; comparable within one answer."),
    *_of_article(),
    *_BASIS,
    _column("passage_field", TEXT, "Field that answers best.", "passage.field"),
    _column("passage_start", WHOLE, "Where the passage begins in it, in characters.",
            "passage.start"),
    _column("passage_end", WHOLE, "Where it ends.", "passage.end"),
    _column("passage", TEXT, "The passage.", "passage.text"),
    _column("duplicates", WHOLE, "Other articles with its text.", "duplicates.count"),
    _column("story", TEXT, "Id of its story; null: no other article reports its event.",
            "story.id"),
    _column("story_size", WHOLE, "Articles of that story.", "story.size"),
    _column("story_providers", WHOLE, "Outlets of that story.", "story.providers"),
    _column("folded", TEXTS, "Ids of hits that this one stands for.", lambda row: list(row.folded)),
    _column("score_parts", NUMBERS, "What the score is the sum of.",
            lambda row: list(row.score_parts.items())),
))  # fmt: skip

PROVIDERS = Table("providers", "One outlet in the answer to a question.", (
    _column("provider", TEXT, "Name of the outlet.", "name"),
    _column("provider_domain", TEXT, "Its domain.", "domain"),
    _column("hits", WHOLE, "How many of the hits are its."),
    _column("ranks", WHOLES, "Their ranks.", lambda row: list(row.ranks)),
    _column("article", TEXT, "Id of its best hit, which the rest is about.", "framing.article"),
    _column("headline", TEXT, "That article's headline.", "framing.headline"),
    _column("only_here", TEXTS, "Words of it that no other headline of the answer has.",
            lambda row: [phrase.text for phrase in row.framing.only_here]),
    _column("passage", TEXT, "Its closest passage.", "framing.passage.text"),
    _column("published", TIME, "When it appeared; null: unknown.", "framing.published"),
    _column("precision", TEXT, "`day`: only the day is known; else `time`.", "framing.precision"),
    _column("lag_hours", NUMBER, "Hours after the first article of the best hit's story; null: not "
            "in it, or a date is unknown.", "framing.lag_hours"),
    _column("lag_precision", TEXT, "`day`: the lag is of whole days; else `time`.",
            "framing.lag_precision"),
    _column("basis", TEXT, "How much is held: `full`, `excerpt` or `title`.", "framing.basis"),
))  # fmt: skip

STORIES = Table("stories", "One event that several articles report.", (
    _column("id", TEXT, "Id of the story."),
    _column("title", TEXT, "Its most central headline."),
    _column("article", TEXT, "Id of the article with that headline."),
    _column("size", WHOLE, "How many articles."),
    _column("origins", WHOLE, "Independent texts: duplicates count once."),
    _column("providers", WHOLE, "How many outlets."),
    _column("first_seen", TIME, "When the first report appeared; null: unknown."),
    _column("last_seen", TIME, "When the last did."),
))  # fmt: skip

STORY_MEMBERS = Table("story_members", "One article of a story, in order of time.", (
    _column("story", TEXT, "Id of the story.", "story"),
    *_of_article("member.article"),
    _column("group", TEXT, "Id of its duplicate group; null: in none.", "member.group"),
))  # fmt: skip

STORY_PROVIDERS = Table("story_providers", "One outlet that reports a story, the first first.", (
    _column("story", TEXT, "Id of the story.", "story"),
    _column("provider", TEXT, "Name of the outlet.", "member.name"),
    _column("provider_domain", TEXT, "Its domain.", "member.domain"),
    _column("articles", TEXTS, "Ids of its articles.", lambda row: list(row.member.articles)),
    _column("first_published", TIME, "When its first appeared; null: unknown.",
            "member.first_published"),
    _column("precision", TEXT, "`day`: only the day is known; else `time`.", "member.precision"),
    _column("lag_hours", NUMBER, "Hours after the first report; null: a date is unknown.",
            "member.lag_hours"),
    _column("lag_precision", TEXT, "`day`: the lag is of whole days; else `time`.",
            "member.lag_precision"),
))  # fmt: skip

GROUPS = Table("groups", "Articles with one text.", (
    _column("id", TEXT, "Id of the group."),
    _column("original", TEXT, "Id of the member that stands for the group."),
    _column("original_known", FLAG, "Whether credits or dates tell that all others have it from "
            "this one."),
    _column("title", TEXT, "The original's headline."),
    _column("size", WHOLE, "How many articles."),
    _column("providers", WHOLE, "How many outlets."),
    _column("first_published", TIME, "When the first appeared; null: unknown."),
    _column("last_published", TIME, "When the last did."),
    _column("outlets", TEXTS, "Names of outlets, 20 at most, the original's first.",
            lambda row: list(row.outlets)),
    _column("members", TEXTS, "Ids of articles, 200 at most, the original first; none where they "
            "were not asked for.", lambda row: [one.article.id for one in row.members]),
))  # fmt: skip

GROUP_MEMBERS = Table("group_members", "One article of a duplicate group.", (
    _column("group", TEXT, "Id of the group.", "group.id"),
    _column("is_original", FLAG, "Whether it stands for the group.",
            lambda row: row.member.article.id == row.group.original),
    *_of_article("member.article"),
    _column("relation", TEXT, "To the original: `copy`, `edited`, ...; null: it is the original.",
            "member.relation"),
    _column("p_duplicate", NUMBER, "Probability that it has the original's text, 0-1.",
            "member.p_duplicate"),
    _column("lag_hours", NUMBER, "Hours after the original; null: a date is unknown.",
            "member.lag_hours"),
    _column("lag_precision", TEXT, "`day`: the lag is of whole days; else `time`.",
            "member.lag_precision"),
    _column("parent", TEXT, "Id of the member that it has its text from, as far as can be told; "
            "null: not asked for.", "descent.parent"),
    _column("lineage", TEXT, "How: `copy_of`, `edited_from`, `common_source` or `unknown`.",
            "descent.lineage"),
    _column("source", TEXT, "The agency that both have it from; empty: none is named.",
            "descent.source"),
    _column("agencies", TEXTS, "News agencies that it credits.",
            lambda row: None if row.descent is None else list(row.descent.agencies)),
))  # fmt: skip

DUPLICATES = Table("duplicates", "One article with the text that was asked about.", (
    *_of_article(),
    _column("relation", TEXT, "`copy` or `edited`."),
    _column("p_duplicate", NUMBER, "Probability that both are one text, 0-1."),
    _column("hours_apart", NUMBER, "Between the two dates; null: one is unknown."),
    _column("containment_a", NUMBER, "Share of the asked text's runs of five words that this has, "
            "0-1."),
    _column("containment_b", NUMBER, "Share of this article's runs that the asked text has."),
    _column("shared_words", WHOLE, "Words in runs that both have."),
    _column("rested_on", TEXTS, "What decided, the weightiest first.",
            lambda row: list(row.rested_on)),
    *_LINEAGE,
))  # fmt: skip


def _facts(name: str, what: str) -> tuple[Column, ...]:
    return (
        _column(f"{name}_agree", TEXTS, f"{what} that both name.",
                lambda row: list(getattr(row.evidence, name).agree)),
        _column(f"{name}_only_a", TEXTS, f"{what} that only a names.",
                lambda row: list(getattr(row.evidence, name).only_a)),
        _column(f"{name}_only_b", TEXTS, f"{what} that only b names.",
                lambda row: list(getattr(row.evidence, name).only_b)),
    )  # fmt: skip


RELATIONS = Table("relations", "Two articles, and what they are to each other.", (
    _column("a", TEXT, "Id of the one article."),
    _column("b", TEXT, "Id of the other."),
    _column("relation", TEXT, "`copy`, `edited`, `story`, `related`, `unrelated` or "
            "`undecidable`."),
    _column("p_duplicate", NUMBER, "Probability of copy or edited, 0-1."),
    *(
        _column(f"p_{kind}", NUMBER, f"Probability of {kind}; the five sum to 1.",
                f"probabilities.{kind}")
        for kind in ("copy", "edited", "story", "related", "unrelated")
    ),
    _column("words_a", WHOLE, "Words of a that were compared.", "evidence.words_a"),
    _column("words_b", WHOLE, "Words of b.", "evidence.words_b"),
    _column("containment_a", NUMBER, "Share of a's runs of five words that b has, 0-1.",
            "evidence.containment_a"),
    _column("containment_b", NUMBER, "Share of b's runs that a has.", "evidence.containment_b"),
    _column("shared_words", WHOLE, "Words in runs that both have.", "evidence.shared_words"),
    *(
        _column(f"cosine_{field}", NUMBER, f"Similarity of meaning of {what}, -1 to 1; null: not "
                "held.", f"evidence.cosine.{field}")
        for field, what in (("title", "the titles"), ("excerpt", "the excerpts"),
                            ("body", "the bodies"), ("lead", "the leads"),
                            ("text", "all passages"))
    ),
    _column("hours_apart", NUMBER, "Between the two dates; null: one is unknown.",
            "evidence.hours_apart"),
    *_facts("names", "Names"),
    *_facts("numbers", "Figures"),
    _column("changes", TEXTS, "Figures, names and negations that were changed, as `kind: a -> b`.",
            lambda row: [_told(change) for change in row.evidence.changes]),
    _column("rested_on", TEXTS, "What decided, the weightiest first.",
            lambda row: list(row.evidence.rested_on)),
    *_LINEAGE,
    _column("reason", TEXT, "Why it is undecidable; empty otherwise."),
    _column("calibration", TEXT, "Which data the probabilities were fitted on: start of their "
            "SHA-256."),
))  # fmt: skip


def _told(change: Any) -> str:
    sides = (side.text if side else "nothing" for side in (change.a, change.b))
    return f"{change.kind}: {' -> '.join(sides)}"


SHARED_FACTS = Table("shared_facts", "One sentence of a fact that several outlets report; those of "
                     "one `fact` are aligned.", (
    _column("fact", WHOLE, "Which fact, from 1.", "fact"),
    _column("providers", TEXTS, "Outlets that carry this sentence.",
            lambda row: list(row.told.providers)),
    _column("article", TEXT, "Id of the article.", "told.sentence.article"),
    _column("field", TEXT, "Its field.", "told.sentence.field"),
    _column("start", WHOLE, "Where the sentence begins in it, in characters.",
            "told.sentence.start"),
    _column("end", WHOLE, "Where it ends.", "told.sentence.end"),
    _column("text", TEXT, "The sentence.", "told.sentence.text"),
))  # fmt: skip

SENTENCES = Table("sentences", "One sentence against one other article.", (
    _column("article", TEXT, "Id of the article that has the sentence.", "row.article"),
    _column("field", TEXT, "Its field.", "row.field"),
    _column("start", WHOLE, "Where the sentence begins in it, in characters.", "row.start"),
    _column("end", WHOLE, "Where it ends.", "row.end"),
    _column("text", TEXT, "The sentence.", "row.text"),
    _column("other", TEXT, "Id of the other article.", "status.article"),
    _column("status", TEXT, "What it says of it: `stated`, `unclear`, `not_found` or `unknown`.",
            "status.status"),
    _column("score", NUMBER, "Probability that it reports the same, 0-1.", "status.score"),
    _column("other_field", TEXT, "Field of its closest sentence; null: none.",
            "status.match.field"),
    _column("other_start", WHOLE, "Where that begins, in characters.", "status.match.start"),
    _column("other_end", WHOLE, "Where it ends.", "status.match.end"),
))  # fmt: skip

OUTLETS = Table("outlets", "One outlet of the index.", (
    _column("provider", TEXT, "Its name.", "provider.name"),
    _column("provider_domain", TEXT, "Its domain.", "provider.domain"),
    _column("articles", WHOLE, "How many articles, stubs included."),
))  # fmt: skip

TOPICS = Table("topics", "One topic of the index.", (
    _column("topic", TEXT, "Its name."),
    _column("articles", WHOLE, "How many articles have it."),
))  # fmt: skip

ARTICLES = Table("articles", "One article of the index, with its story and its group.", (
    *_of_article("article", whole=True),
    _column("zone_assumed", FLAG, "Whether its date came without a zone and was taken as UTC.",
            "article.zone_assumed"),
    _column("story", TEXT, "Id of its story; null: no other article reports its event."),
    _column("group", TEXT, "Id of its duplicate group; null: in none."),
))  # fmt: skip

TABLES = (HITS, PROVIDERS, STORIES, STORY_MEMBERS, STORY_PROVIDERS, GROUPS, GROUP_MEMBERS,
          DUPLICATES, RELATIONS, SHARED_FACTS, SENTENCES, OUTLETS, TOPICS, ARTICLES)  # fmt: skip
"""All of them."""


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """A row of ``ARTICLES``."""

    article: Article
    story: str | None
    group: str | None


@dataclass(frozen=True, slots=True)
class _OfStory:
    story: str
    member: object


@dataclass(frozen=True, slots=True)
class _OfGroup:
    group: DuplicateGroup
    member: GroupMember
    descent: Descent | None


@dataclass(frozen=True, slots=True)
class _OfFact:
    fact: int
    told: FactSentence


@dataclass(frozen=True, slots=True)
class _OfSentence:
    row: SentenceRow
    status: SentenceStatus


def _members(groups: Iterable[DuplicateGroup]) -> Iterator[_OfGroup]:
    return (_OfGroup(group, member, None) for group in groups for member in group.members)


def _members_of_view(view: GroupView) -> Iterator[_OfGroup]:
    descent = {one.article: one for one in view.descent}
    for member in view.group.members:
        yield _OfGroup(view.group, member, descent.get(member.article.id))


def _sentences(told: Comparison) -> Iterator[_OfSentence]:
    if told.sentences is None:
        raise InvalidRequestError(
            "The comparison does not hold its sentences.",
            "Ask for them: compare(..., detail=Detail.SENTENCES).",
        )
    return (_OfSentence(row, status) for row in told.sentences for status in row.others)


def _facts_of(told: Comparison) -> Iterator[_OfFact]:
    for number, fact in enumerate(told.shared_facts, 1):
        for sentence in fact.sentences:
            yield _OfFact(number, sentence)


RowsOf = Callable[[Any], Iterable[Any]]

TABLES_OF: Mapping[type, tuple[tuple[Table, RowsOf], ...]] = {
    SearchResults: ((HITS, attrgetter("hits")), (PROVIDERS, attrgetter("providers"))),
    SimilarResults: ((HITS, attrgetter("hits")),),
    Stories: ((STORIES, attrgetter("stories")),),
    StoryView: (
        (STORY_MEMBERS, lambda view: (_OfStory(view.story.id, one) for one in view.members)),
        (STORY_PROVIDERS, lambda view: (_OfStory(view.story.id, one) for one in view.providers)),
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
}
"""The tables of each result, its main one first, and their rows."""


def table_of(result: object, name: str = "") -> "pa.Table":
    """A result as a table.

    Args:
        result: One that has tables.
        name: Which of them; empty: the main one.

    Raises:
        InvalidRequestError: It has no such table, or was not asked for what it needs.
    """
    tables = TABLES_OF[type(result)]
    for table, rows in tables:
        if name in ("", table.name):
            return table.of(rows(result))
    names = ", ".join(table.name for table, _ in tables)
    raise InvalidRequestError(f"There is no table {name} of this.", f"There are: {names}.")

"""Ask: a question, its answer, and what narrows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi import Query as Parameter
from fastapi.responses import HTMLResponse
from pydantic import AfterValidator, Field

from semsearch.errors import InvalidQueryError
from semsearch.export.formatting import in_words
from semsearch.export.highlights import bars, phrases, snippet
from semsearch.index import Index
from semsearch.model.clusters import CoverageOrder, CoverageQuery, Story
from semsearch.model.filter_tree import moment_of
from semsearch.model.filters import Attribute, Filters, normal_text
from semsearch.model.search import ALL_STEPS, Collapse, Confidence, Query, Sort
from semsearch.model.status import ProviderCount, TopicCount
from semsearch.web.addresses import PageForm
from semsearch.web.page import IndexDependency, page
from semsearch.web.plots import histogram

router = APIRouter()

_HITS = 10
_COPIES = 12
_STORIES = 6
_NEWEST = 4
_TOPICS = 12

_SORTS = {
    Sort.RELEVANCE: "Best first",
    Sort.NEWEST: "Newest first",
    Sort.OLDEST: "Oldest first",
}
_SURE = {
    "": "All, the nearest first",
    Confidence.LOW: "Only those that may answer",
    Confidence.HIGH: "Only sure answers",
}
_FIRST_CHOICES = 8
_CHOICES = 40


def _distinct(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


_Names = Annotated[tuple[str, ...], AfterValidator(_distinct)]


class QuestionForm(PageForm):
    """What the address asks for.

    Attributes:
        sort: The order of the answers.
        asked: The day that "this week" counts from.
        min_score: Hits of a lower score are left out.
        min_confidence: How sure it must be that an answer is here, for hits to be shown.
        skip: Steps of reading the question that are left out.
        start: Token of a later page.
    """

    q: str = ""
    provider: _Names = ()
    topic: _Names = ()
    since: str = Field(default="", alias="from")
    until: str = Field(default="", alias="to")
    sort: Sort | Literal[""] = ""
    asked: str = ""
    min_score: str = ""
    min_confidence: Confidence | Literal[""] = ""
    skip: _Names = ()
    start: str = ""

    @property
    def query(self) -> Query:
        """As the engine takes it."""
        try:
            min_score = float(self.min_score) if self.min_score else None
        except ValueError:
            raise InvalidQueryError("The lowest score must be a number.") from None
        return Query(
            text=self.q,
            k=_HITS,
            filters=Filters(
                provider=self.provider,
                topic=self.topic,
                since=moment_of(self.since or None),
                until=moment_of(self.until or None, after=True),
            ),
            sort=self.sort or Sort.RELEVANCE,
            asked_at=moment_of(self.asked or None),
            min_score=min_score,
            min_confidence=self.min_confidence or Confidence.NONE,
            collapse=Collapse.DUPLICATES,
            steps=tuple(step for step in ALL_STEPS if step not in self.skip),
            page_token=self.start or None,
            facets=True,
        )


@router.get("/")
def ask(
    request: Request, form: Annotated[QuestionForm, Parameter()], index: IndexDependency
) -> HTMLResponse:
    """The box, and below it the answer or, without a question, what there is to ask about."""
    context = {"form": form, "link": form.link_to("/")}
    if not form.q:
        return page(request, "front.html.jinja", context | _overview(index))
    return page(request, "ask.html.jinja", context | _answer(index, form))


def _overview(index: Index) -> dict[str, object]:
    stories = index.stories(CoverageQuery(k=_STORIES))
    newest = index.stories(CoverageQuery(k=_NEWEST, order=CoverageOrder.RECENT))
    topics = index.topics().topics[:_TOPICS]
    return {
        "status": index.status(),
        "span": index.span(),
        "stories": stories,
        "newest": newest.stories,
        "topics": topics,
        "examples": _example_questions(index, stories.stories, [each.topic for each in topics]),
    }


def _example_questions(index: Index, stories: Sequence[Story], topics: Sequence[str]) -> list[str]:
    questions = [f"What is the latest on {in_words(topic)}?" for topic in topics[:1]]
    for story in stories[:1]:
        questions.append(story.title)
        lead = index.summaries([story.article]).get(story.article)  # it may be gone by now
        outlet = (lead.provider.name or lead.provider.domain) if lead else ""
        if story.first_seen and outlet:
            questions.append(f"What did {outlet} report in {story.first_seen:%B %Y}?")
    return questions


def _answer(index: Index, form: QuestionForm) -> dict[str, object]:
    found = index.search(form.query)
    facets = found.facets
    assert facets is not None  # noqa: S101 - they are asked for
    copies = {
        hit.rank: tuple(dict.fromkeys((*hit.duplicates.ids, *hit.folded)))[:_COPIES]
        for hit in found.hits
    }
    named = index.summaries([each for ids in copies.values() for each in ids])
    return {
        "found": found,
        "rows": [
            (hit, snippet(hit.passage), bar, [named[i] for i in copies[hit.rank] if i in named])
            for hit, bar in zip(found.hits, bars(found.hits), strict=True)
        ],
        "providers": [
            (row, phrases(row.framing.headline, row.framing.only_here)) for row in found.providers
        ],
        "facets": facets,
        "filters": [
            ("provider", "Outlets", outlet_choices(facets.providers, form.provider)),
            ("topic", "Topics", topic_choices(facets.topics, form.topic)),
        ],
        "histogram": histogram(facets.days),
        "sorts": [(sort.value, _SORTS[sort]) for sort in Sort],
        "sure": list(_SURE.items()),
        "today": datetime.now(UTC).date(),
        # Notes beyond the steps of reading are about the ranking; there is nothing to leave out.
        "notes": list(
            zip_longest(found.query.interpreted.notes, found.query.interpreted.steps, fillvalue="")
        ),
    }


@dataclass(frozen=True, slots=True)
class Choice:
    """A value as it is sent and as it is shown."""

    value: str
    label: str
    articles: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """The first ones, all chosen ones among them, and some more."""

    first: tuple[Choice, ...]
    more: tuple[Choice, ...]


def outlet_choices(counted: Iterable[ProviderCount], chosen: Sequence[str]) -> Choices:
    """Outlets by their domain, else by their name."""
    every = [(each.provider, each.articles) for each in counted]
    return _choices(
        Attribute.PROVIDER,
        [Choice(o.key, o.name or o.domain, articles, chosen=False) for o, articles in every],
        chosen,
    )


def topic_choices(counted: Iterable[TopicCount], chosen: Sequence[str]) -> Choices:
    """Topics."""
    return _choices(
        Attribute.TOPIC,
        [Choice(each.topic, in_words(each.topic), each.articles, chosen=False) for each in counted],
        chosen,
    )


def _choices(attribute: Attribute, every: Sequence[Choice], chosen: Sequence[str]) -> Choices:
    """Chosen values first, those that nothing has too, then by the number of articles."""
    wanted = {normal_text(attribute, value): value for value in chosen}
    choices: list[Choice] = []
    met: set[str] = set()
    for each in every:
        same = {normal_text(attribute, name) for name in (each.value, each.label)} & wanted.keys()
        met |= same
        # What was chosen is sent as it was written, else it would be sent twice.
        choices.append(replace(each, value=wanted[min(same)], chosen=True) if same else each)
    choices += [Choice(wanted[name], wanted[name], 0, chosen=True) for name in wanted.keys() - met]
    choices.sort(key=lambda choice: (not choice.chosen, -choice.articles, choice.label))
    first = max(_FIRST_CHOICES, sum(choice.chosen for choice in choices))
    return Choices(tuple(choices[:first]), tuple(choices[first:_CHOICES]))

"""Ask: a question, its answer, and what narrows it."""

from dataclasses import dataclass
from itertools import zip_longest
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi import Query as Parameter
from fastapi.responses import HTMLResponse

from semsearch.ask.parsing import ALL_STEPS
from semsearch.index import Index
from semsearch.model.coverage import CoverageQuery
from semsearch.model.filter_tree import moment_of
from semsearch.model.filters import Filters
from semsearch.model.search import ArticleSummary, Collapse, Query, SearchResults
from semsearch.web import choices
from semsearch.web.dependencies import IndexDependency
from semsearch.web.histogram import histogram
from semsearch.web.links import Link
from semsearch.web.marking import phrases
from semsearch.web.page import page
from semsearch.web.scores import bars
from semsearch.web.snippets import snippet

router = APIRouter()

_HITS = 10
_COPIES = 12
_STORIES = 6
_TOPICS = 12

_Names = Annotated[list[str] | None, Parameter()]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; empty texts ask for nothing.

    Attributes:
        skip: Steps of reading the question that are left out.
        start: Token of a later page.
    """

    q: str
    provider: tuple[str, ...]
    topic: tuple[str, ...]
    since: str
    until: str
    skip: tuple[str, ...]
    start: str

    @property
    def link(self) -> Link:
        """The address of its first page."""
        values = [("q", self.q)]
        values += [("provider", name) for name in self.provider]
        values += [("topic", name) for name in self.topic]
        values += [("from", self.since), ("to", self.until)]
        values += [("skip", step) for step in self.skip]
        return Link("/", tuple((name, value) for name, value in values if value))

    @property
    def query(self) -> Query:
        """As the engine takes it.

        Raises:
            InvalidFilterError: A date cannot be read.
        """
        return Query(
            text=self.q,
            k=_HITS,
            filters=Filters(
                provider=self.provider,
                topic=self.topic,
                since=moment_of(self.since or None),
                until=moment_of(self.until or None, after=True),
            ),
            collapse=Collapse.DUPLICATES,
            steps=tuple(step for step in ALL_STEPS if step not in self.skip),
            page_token=self.start or None,
            facets=True,
        )


def _asked(
    q: str = "",
    provider: _Names = None,
    topic: _Names = None,
    since: Annotated[str, Parameter(alias="from")] = "",
    until: Annotated[str, Parameter(alias="to")] = "",
    skip: _Names = None,
    start: str = "",
) -> Asked:
    return Asked(
        q=q.strip(),
        provider=_named(provider),
        topic=_named(topic),
        since=since.strip(),
        until=until.strip(),
        skip=_named(skip),
        start=start,
    )


def _named(values: list[str] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.strip() for value in values or () if value.strip()))


@router.get("/")
def ask(
    request: Request, asked: Annotated[Asked, Depends(_asked)], index: IndexDependency
) -> HTMLResponse:
    """The box, and below it the answer or, without a question, what there is to ask about."""
    if not asked.q:
        return page(request, "front.html.jinja", {"asked": asked, **_overview(index)})
    found = index.search(asked.query)
    return page(request, "ask.html.jinja", {"asked": asked, **_answer(index, asked, found)})


def _overview(index: Index) -> dict[str, object]:
    stories = index.stories(CoverageQuery(k=_STORIES))
    return {
        "status": index.status(),
        "stories": stories,
        "topics": index.topics().topics[:_TOPICS],
    }


def _answer(index: Index, asked: Asked, found: SearchResults) -> dict[str, object]:
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
            (hit, snippet(hit.passage), bar, _held(copies[hit.rank], named))
            for hit, bar in zip(found.hits, bars(found.hits), strict=True)
        ],
        "providers": [
            (row, phrases(row.framing.headline, row.framing.only_here)) for row in found.providers
        ],
        "facets": facets,
        "filters": [
            ("provider", "Outlets", choices.outlets(facets.providers, asked.provider)),
            ("topic", "Topics", choices.topics(facets.topics, asked.topic)),
        ],
        "histogram": histogram(facets.days),
        # Notes beyond the steps of reading are about the ranking; there is nothing to leave out.
        "notes": list(
            zip_longest(found.query.interpreted.notes, found.query.interpreted.steps, fillvalue="")
        ),
    }


def _held(ids: tuple[str, ...], named: dict[str, ArticleSummary]) -> list[ArticleSummary]:
    return [named[each] for each in ids if each in named]
